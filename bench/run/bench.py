#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures a built server from outside: start-up, idle memory, single functions, load by protocol.

Writes one JSON file and prints a table. Numbers depend on the machine and on its neighbours: each
report carries the speed of memcpy at the same moment, and ratios to it are what can be compared.
"""

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTS = ["receivers.otlp.grpc", "receivers.otlp.http", "query.http", "admin", "health", "metrics"]

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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`cairn serve` on free ports with a memory store; a context manager."""

    def __init__(self, binary, extra=()):
        self.folder = tempfile.TemporaryDirectory(prefix="cairn-bench-")
        self.health = free_port()
        self.ports_file = Path(self.folder.name) / "ports.json"
        flags = ["--data", str(Path(self.folder.name) / "data"), "--log.level", "warn"]
        for key in PORTS:
            flags += [f"--{key}.port", str(self.health if key == "health" else 0)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CAIRN_")}
        self.command = [str(binary), "serve", "--ports-file", str(self.ports_file), *flags, *extra]
        self.environment = environment

    def __enter__(self):
        begin = time.perf_counter()
        self.process = subprocess.Popen(self.command, env=self.environment)
        try:
            self.wait_until_healthy(begin + 30)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        self.seconds_to_start = time.perf_counter() - begin
        self.ports = json.loads(self.ports_file.read_text())
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def wait_until_healthy(self, deadline):
        while True:
            if self.process.poll() is not None:
                sys.exit(f"bench: the server ended with {self.process.returncode}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.health}/status") as answer:
                    if answer.status == 200 and self.ports_file.exists():
                        return
            except (urllib.error.URLError, ConnectionError):
                pass
            if time.perf_counter() > deadline:
                sys.exit("bench: the server is not healthy after 30 s")
            time.sleep(0.0005)

    def rss_bytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0


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
    return 1_500_000 if "--encoding" in flags else 100_000


def measure_load(binary, loader, load, arguments):
    name, protocol, flags = load
    with Server(binary, arguments.server_flag) as server:
        endpoint = f"{protocol}://127.0.0.1:{server.ports['otlp_' + protocol]}"
        done = subprocess.run([loader, "--endpoint", endpoint, "--pid", str(server.process.pid),
                               "--seconds", str(arguments.seconds), "--prepared-spans",
                               str(spans_to_prepare(flags, arguments)), *flags],
                              stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: load over {name} failed")
        return {"name": name, **json.loads(done.stdout)}


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


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release",
                        help="where cairn-load and the micro benchmarks were built")
    parser.add_argument("--cairn", type=Path, help="the server; default: the one in --build")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench",
                        help="folder for bench.json")
    parser.add_argument("--seconds", type=float, default=5, help="of each load")
    parser.add_argument("--micro-seconds", type=float, default=0.2, help="of each single function")
    parser.add_argument("--starts", type=int, default=10, help="how often start-up is measured")
    parser.add_argument("--quick", action="store_true",
                        help="one start, a blink of every load, no single functions: does it work?")
    parser.add_argument("--strict", action="store_true", help="fail when a span is not accepted")
    parser.add_argument("--only", help="loads whose name contains this")
    parser.add_argument("--server-flag", action="append", default=[],
                        help="further flag of `cairn serve` under load, as --server-flag=--key=value")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.starts, arguments.seconds, arguments.micro_seconds = 1, 0.1, 0
    return arguments


def main():
    arguments = parse_arguments()
    binary = arguments.cairn or arguments.build / "cairn"
    loader = arguments.build / "bench" / "load" / "cairn-load"
    for needed in (binary, loader):
        if not os.access(needed, os.X_OK):
            sys.exit(f"bench: {needed} is not there; build it first")
    report = {"machine": describe_machine(), "start": measure_start(binary, arguments.starts),
              "micro": measure_micro(arguments.build, arguments.micro_seconds),
              "load": [measure_load(binary, loader, load, arguments) for load in LOADS
                       if arguments.only is None or arguments.only in load[0]]}
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "bench.json").write_text(json.dumps(report, indent=1) + "\n")
    print_report(report)
    lost = [load["name"] for load in report["load"]
            if load["errors"] or load["spans_accepted"] != load["spans_sent"]]
    if arguments.strict and lost:
        sys.exit(f"bench: spans were not accepted over {', '.join(lost)}")


if __name__ == "__main__":
    main()
