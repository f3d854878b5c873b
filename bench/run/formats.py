# SPDX-License-Identifier: Apache-2.0
"""Measures what a span costs in each format on its way into the store."""

import json
import subprocess
import sys


def measure_formats(formats_bench, arguments):
    done = subprocess.run([formats_bench, "--spans", str(arguments.format_spans), "--rounds",
                           str(arguments.format_rounds)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit("bench: cairn-formats-bench failed")
    return json.loads(done.stdout)


def format_rows(formats):
    rows = [("", "B/span", "decode ns", "append ns", "WAL threads ns", "CPU ns/span", "ratio",
             "decode's ratio")]
    for made in formats:
        rows.append((made["name"], f"{made['bytes_per_span']:.0f}",
                     f"{made['decode_cpu_ns_per_span']:.0f}",
                     f"{made['append_cpu_ns_per_span']:.0f}",
                     f"{made['engine_threads_cpu_ns_per_span']:.0f}",
                     f"{made['cpu_ns_per_span']:.0f}", f"{made['ratio']:.2f}",
                     f"{made['decode_ratio']:.2f}"))
    return rows
