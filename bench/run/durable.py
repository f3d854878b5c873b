# SPDX-License-Identifier: Apache-2.0
"""Measures the durable (columnar) engine: behind a server, and alone."""

import json
import os
import subprocess
import sys
import time

from server_process import Server, pinned_to

# Name in the report, protocol, further flags of cairn-load.
LOADS = [
    ("HTTP", "http", []),
    ("gRPC", "grpc", []),
    ("HTTP, gzip", "http", ["--encoding", "gzip"]),
    ("gRPC, gzip", "grpc", ["--encoding", "gzip"]),
    ("HTTP, high cardinality", "http", ["--high-cardinality"]),
]
PACED = 100_000  # spans a second


def run_loader(loader, server, protocol, flags, cores=None):
    endpoint = f"{protocol}://127.0.0.1:{server.ports['otlp_' + protocol]}"
    done = subprocess.run([loader, "--endpoint", endpoint, "--pid", str(server.process.pid),
                           *flags], stdout=subprocess.PIPE, text=True,
                          preexec_fn=pinned_to(cores))
    if done.returncode != 0:
        sys.exit(f"bench: load over {protocol} failed")
    return json.loads(done.stdout)


def measure_ingest(binary, loader, load, one_core, arguments):
    """Fresh spans only: what is prepared is sent once, or with other ids each round.

    One core: the server has the first, the loader another. Else both run where the kernel likes.
    """
    name, protocol, flags = load
    cores = sorted(os.sched_getaffinity(0))
    server_cores = {cores[0]} if one_core else None
    loader_cores = {cores[-1]} if one_core else None
    prepared = str(arguments.durable_spans)
    flags = ["--seconds", str(arguments.durable_seconds), "--prepared-spans", prepared, *flags]
    if "--encoding" in flags:
        flags += ["--spans", prepared]
    with Server(binary, arguments.server_flag, "columnar", server_cores) as server:
        result = run_loader(loader, server, protocol, flags, loader_cores)
        result["disk_bytes"] = server.disk_bytes()
    where = "one core" if one_core else "all cores"
    return {"name": f"{name}, {where}", "one_core": one_core, **result}


def measure_paced(binary, loader, arguments):
    flags = ["--seconds", str(arguments.paced_seconds), "--spans-per-second", str(PACED),
             "--prepared-spans", str(arguments.durable_spans)]
    with Server(binary, arguments.server_flag, "columnar") as server:
        idle = server.rss_bytes()
        result = run_loader(loader, server, "grpc", flags)
        time.sleep(min(arguments.paced_seconds / 4, 2))  # the last flush
        after = server.rss_bytes()
    return {"name": f"gRPC, {PACED // 1000} k spans/s", "idle_rss_bytes": idle,
            "rss_after_bytes": after, **result}


def measure_durable(binary, loader, arguments):
    loads = [measure_ingest(binary, loader, load, one_core, arguments)
             for one_core in (True, False) for load in LOADS
             if not one_core or len(os.sched_getaffinity(0)) > 1]
    return {"loads": loads, "paced": measure_paced(binary, loader, arguments)}


def measure_store(store_bench, arguments):
    """cairn-store-bench's own reports: base and high cardinality, and once as it runs in service."""
    reports = []
    for flags in ([], ["--high-cardinality"], ["--background"]):
        command = [store_bench, "--spans", str(arguments.store_spans), "--seconds-a-question",
                   str(arguments.seconds_a_question), *flags]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit("bench: cairn-store-bench failed")
        reports.append(json.loads(done.stdout))
    return reports


def durable_rows(durable):
    paced = durable["paced"]
    rows = [("", "k spans/s", "MB/s", "server ns/span", "p50 ms", "p99 ms", "peak MB", "refused",
             "ids repeat")]
    for load in durable["loads"] + [paced]:
        rows.append((load["name"], f"{load['spans_per_second'] / 1e3:.0f}",
                     f"{load['megabytes_per_second']:.0f}", f"{load['server_cpu_ns_per_span']:.0f}",
                     f"{load['latency_p50_ms']:.1f}", f"{load['latency_p99_ms']:.1f}",
                     f"{load['server_peak_bytes'] / 1e6:.0f}", sum(load["errors"].values()),
                     "yes" if load["ids_repeat"] else "no"))
    return rows


def store_rows(reports):
    """One column a report."""
    def line(name, form, value):
        return (name, *(form.format(value(report)) for report in reports))

    def query(name, key):
        return lambda report: next((q[key] for q in report["queries"] if q["name"] == name), 0)

    titles = ["as in service" if report["background"] else
              "high cardinality" if report["high_cardinality"] else "base" for report in reports]
    rows = [("", *titles),
            line("million spans", "{:.1f}", lambda r: r["spans"] / 1e6),
            line("memcpy GB/s", "{:.1f}", lambda r: r["memcpy_gb_per_second"]),
            line("OTLP B/span", "{:.0f}", lambda r: r["otlp_bytes_per_span"]),
            line("flushed B/span", "{:.2f}", lambda r: r["after_flush"]["bytes_per_span_of_store"]),
            line("compacted B/span", "{:.2f}", lambda r: r["after_compaction"]["bytes_per_span"]),
            line("decode ns/span", "{:.0f}", lambda r: r["write"]["decode_cpu_ns_per_span"]),
            line("append ns/span", "{:.0f}", lambda r: r["write"]["append_cpu_ns_per_span"]),
            line("engine's threads ns/span", "{:.0f}",
                 lambda r: r["write"]["engine_threads_cpu_ns_per_span"]),
            line("flush ns/span", "{:.0f}", lambda r: r["write"]["flush_cpu_ns_per_span"]),
            line("compact ns/span", "{:.0f}", lambda r: r["compact"]["cpu_ns_per_span"]),
            line("close and open ms", "{:.0f}", lambda r: r["close_and_open_seconds"] * 1e3),
            line("RSS written MB", "{:.0f}", lambda r: r["rss_written"]["now_bytes"] / 1e6),
            line("RSS queried MB", "{:.0f}", lambda r: r["rss_queried"]["now_bytes"] / 1e6),
            line("write to ack p50 ms", "{:.2f}",
                 lambda r: r["freshness"]["written_to_acknowledged_p50_ms"]),
            line("ack to found p50 ms", "{:.3f}",
                 lambda r: r["freshness"]["acknowledged_to_found_p50_ms"]),
            line("ack to found p99 ms", "{:.3f}",
                 lambda r: r["freshness"]["acknowledged_to_found_p99_ms"])]
    for question in reports[0]["queries"]:
        name = question["name"]
        rows.append(line(f"{name}, p50 ms", "{:.3f}", query(name, "p50_ms")))
        rows.append(line(f"{name}, p99 ms", "{:.3f}", query(name, "p99_ms")))
    return rows
