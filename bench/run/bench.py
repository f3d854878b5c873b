#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures a built server from outside: start-up, idle memory, single functions, load by protocol,
the durable engine (durable.py), and every format into it (formats.py).

Writes one JSON file and prints a table. Numbers depend on the machine and on its neighbours: each
report carries the speed of memcpy at the same moment, and ratios to it are what can be compared.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

from durable import durable_rows, measure_durable, measure_store, run_loader, store_rows
from formats import format_rows, measure_formats
from server_process import Server, engines

ROOT = Path(__file__).resolve().parents[2]
# Name in the report, protocol, further flags of cairn-load.
LOADS = [
    ("gRPC", "grpc", []),
    ("HTTP", "http", []),
    ("gRPC, gzip", "grpc", ["--encoding", "gzip"]),
    ("HTTP, gzip", "http", ["--encoding", "gzip"]),
    ("HTTP, zstd", "http", ["--encoding", "zstd"]),
    ("gRPC, high cardinality", "grpc", ["--high-cardinality"]),
    ("gRPC, 10 k spans/s", "grpc", ["--spans-per-second", "10000"]),
    ("gRPC, 100 k spans/s", "grpc", ["--spans-per-second", "100000"]),
    ("gRPC, 10 spans a request", "grpc", ["--spans-per-request", "10", "--in-flight", "32"]),
]


def measure_memcpy():
    """GB/s of copying 32 MiB, the best of five."""
    size = 32 << 20
    source, target = memoryview(bytearray(os.urandom(size))), memoryview(bytearray(size))
    best = float("inf")
    for _ in range(5):
        begin = time.perf_counter()
        target[:] = source
        best = min(best, time.perf_counter() - begin)
    return size / best / 1e9


def describe_machine():
    model = next((line.split(":", 1)[1].strip()
                  for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "")
    return {"cpu": model, "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "load_average": os.getloadavg()[0], "memcpy_gb_per_second": measure_memcpy()}


def measure_start(binary, times):
    seconds, idle = [], []
    for _ in range(times):
        with Server(binary) as server:
            seconds.append(server.seconds_to_start)
            idle.append(server.rss_bytes())
    return {"seconds_median": statistics.median(seconds), "seconds_all": seconds,
            "idle_rss_bytes_median": statistics.median(idle),
            "binary_bytes": binary.stat().st_size}


def measure_micro(build, seconds):
    """google-benchmark's own records of every *_bench binary of bench/micro."""
    results = []
    if seconds == 0:
        return results
    for path in sorted((build / "bench" / "micro").glob("*_bench")):
        if not os.access(path, os.X_OK):
            continue
        done = subprocess.run([path, "--benchmark_format=json",
                               f"--benchmark_min_time={seconds}"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: {path.name} failed:\n{done.stderr}")
        for record in json.loads(done.stdout)["benchmarks"]:
            results.append({"binary": path.name, **record})
    return results


def spans_to_prepare(flags, arguments):
    if arguments.quick:
        return 1_000
    # Compressed requests repeat their ids after one round: enough of them for a whole run.
    return int(300_000 * arguments.seconds) if "--encoding" in flags else 100_000


def measure_load(binary, loader, load, arguments):
    name, protocol, flags = load
    with Server(binary, arguments.server_flag) as server:
        return {"name": name, **run_loader(loader, server, protocol, [
            "--seconds", str(arguments.seconds), "--prepared-spans",
            str(spans_to_prepare(flags, arguments)), *flags])}


def table(rows):
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [str(cell).ljust(width) if i == 0 else str(cell).rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())


def report_load(loads):
    print("\nload, loader and server on the same cores")
    rows = [("", "k spans/s", "MB/s", "server ns/span", "loader ns/span", "p50 ms", "p99 ms",
             "peak MB", "rejected", "errors")]
    for load in loads:
        # Repeated ids: the server saw the same spans again, which may cost it less or more.
        name = load["name"] + (", ids repeat" if load["ids_repeat"] else "")
        rows.append((name, f"{load['spans_per_second'] / 1e3:.0f}",
                     f"{load['megabytes_per_second']:.0f}", f"{load['server_cpu_ns_per_span']:.0f}",
                     f"{load['loader_cpu_ns_per_span']:.0f}", f"{load['latency_p50_ms']:.1f}",
                     f"{load['latency_p99_ms']:.1f}", f"{load['server_peak_bytes'] / 1e6:.0f}",
                     load["spans_rejected"], sum(load["errors"].values())))
    table(rows)


def print_report(report):
    machine, start = report["machine"], report["start"]
    print(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_average']:.1f}, "
          f"memcpy {machine['memcpy_gb_per_second']:.1f} GB/s")
    if start:
        print(f"start-up {start['seconds_median'] * 1e3:.1f} ms, "
              f"idle {start['idle_rss_bytes_median'] / 1e6:.1f} MB, "
              f"binary {start['binary_bytes'] / 1e6:.1f} MB")
    if report["micro"]:
        print("\nsingle functions")
        rows = [("", "ns", "ns/span", "GB/s", "allocations/span")]
        for record in report["micro"]:
            per_span, speed = record.get("s/span"), record.get("bytes/s")
            allocations = record.get("allocations/span")
            rows.append((record["name"], f"{record['cpu_time']:.0f}",
                         f"{per_span * 1e9:.0f}" if per_span else "",
                         f"{speed / 1e9:.2f}" if speed else "",
                         "" if allocations is None else f"{allocations:.3f}"))
        table(rows)
    if report["load"]:
        report_load(report["load"])
    if report["durable"]:
        print("\ndurable engine, load over the network; loader and server share the cores unless "
              "it says one core")
        table(durable_rows(report["durable"]))
        paced = report["durable"]["paced"]
        print(f"  resident when idle {paced['idle_rss_bytes'] / 1e6:.1f} MB, "
              f"after the paced load {paced['rss_after_bytes'] / 1e6:.1f} MB")
    if report["store"]:
        print("\ndurable engine, without a server")
        table(store_rows(report["store"]))
    if report["formats"]:
        print("\nevery format into the durable engine, the ratio to OTLP protobuf in the same run")
        table(format_rows(report["formats"]))


SECTIONS = ["start", "micro", "load", "durable", "store", "formats"]

# What --quick, no flag and --full mean: "does it work?", a minute or two, and what is published.
EXTENTS = {
    "quick": {"starts": 1, "seconds": 0.1, "micro_seconds": 0, "durable_seconds": 0.1,
              "durable_spans": 2_000, "paced_seconds": 0.1, "store_spans": 10_000,
              "seconds_a_question": 0.02, "format_spans": 2_000, "format_rounds": 1},
    "usual": {"starts": 5, "seconds": 1, "micro_seconds": 0.1, "durable_seconds": 1.5,
              "durable_spans": 300_000, "paced_seconds": 3, "store_spans": 500_000,
              "seconds_a_question": 0.3, "format_spans": 60_000, "format_rounds": 3},
    "full": {"starts": 10, "seconds": 5, "micro_seconds": 0.2, "durable_seconds": 10,
             "durable_spans": 2_000_000, "paced_seconds": 30, "store_spans": 10_000_000,
             "seconds_a_question": 10, "format_spans": 300_000, "format_rounds": 5},
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release",
                        help="where cairn-load and the micro benchmarks were built")
    parser.add_argument("--cairn", type=Path, help="the server; default: the one in --build")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench",
                        help="folder for bench.json")
    parser.add_argument("--quick", action="store_true",
                        help="one start, a blink of everything else: does it work?")
    parser.add_argument("--full", action="store_true", help="10 million spans; half an hour")
    parser.add_argument("--sections", default=",".join(SECTIONS), help="some of the default")
    parser.add_argument("--strict", action="store_true", help="fail when a span is not accepted")
    parser.add_argument("--only", help="loads whose name contains this")
    parser.add_argument("--server-flag", action="append", default=[],
                        help="further flag of `cairn serve` under load, as --server-flag=--key=value")
    for name, value in EXTENTS["usual"].items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(value), default=None)
    arguments = parser.parse_args()
    extent = "quick" if arguments.quick else "full" if arguments.full else "usual"
    for name, value in EXTENTS[extent].items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    arguments.sections = arguments.sections.split(",")
    if not set(arguments.sections) <= set(SECTIONS):
        parser.error(f"sections are {', '.join(SECTIONS)}")
    return arguments


def measure(arguments, binary, loader):
    wanted = set(arguments.sections)
    store_bench = arguments.build / "bench" / "store" / "cairn-store-bench"
    # An older server has no durable engine.
    if "columnar" not in engines(binary):
        wanted -= {"durable"}
    if not os.access(store_bench, os.X_OK):
        wanted -= {"store"}
    formats_bench = arguments.build / "bench" / "micro" / "cairn-formats-bench"
    if not os.access(formats_bench, os.X_OK):
        wanted -= {"formats"}
    report = {"machine": describe_machine(), "start": None, "micro": [], "load": [],
              "durable": None, "store": [], "formats": []}
    if "start" in wanted:
        report["start"] = measure_start(binary, arguments.starts)
    if "micro" in wanted:
        report["micro"] = measure_micro(arguments.build, arguments.micro_seconds)
    if "load" in wanted:
        report["load"] = [measure_load(binary, loader, load, arguments) for load in LOADS
                          if arguments.only is None or arguments.only in load[0]]
    if "durable" in wanted:
        report["durable"] = measure_durable(binary, loader, arguments)
    if "store" in wanted:
        report["store"] = measure_store(store_bench, arguments)
    if "formats" in wanted:
        report["formats"] = measure_formats(formats_bench, arguments)
    return report


def lost_spans(report):
    """The loads that lost some; to be told to slow down is not to lose."""
    loads = list(report["load"])
    lost = [load["name"] for load in loads
            if load["errors"] or load["spans_accepted"] != load["spans_sent"]]
    if report["durable"]:
        lost += [load["name"] for load in report["durable"]["loads"] + [report["durable"]["paced"]]
                 if set(load["errors"]) - {"http 429", "http 503", "grpc 8", "grpc 14"}]
    return lost + ["the store" for store in report["store"] if store["spans_rejected"]]


def main():
    arguments = parse_arguments()
    binary = arguments.cairn or arguments.build / "cairn"
    loader = arguments.build / "bench" / "load" / "cairn-load"
    for needed in (binary, loader):
        if not os.access(needed, os.X_OK):
            sys.exit(f"bench: {needed} is not there; build it first")
    report = measure(arguments, binary, loader)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "bench.json").write_text(json.dumps(report, indent=1) + "\n")
    print_report(report)
    lost = lost_spans(report)
    if arguments.strict and lost:
        sys.exit(f"bench: spans were not accepted over {', '.join(lost)}")


if __name__ == "__main__":
    main()
