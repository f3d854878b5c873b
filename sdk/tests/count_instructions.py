#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions of a span with callgrind: two loop lengths, subtracted.

Usage: count_instructions.py SPANS_LOOP    prints JSON; exits 1 when a span costs more than its budget.
"""
import json
import re
import subprocess
import sys
import tempfile

# Counted with the kernel's clock, which costs some more than the cycle counter, but always the same.
BUDGET = {"five": 800, "unsampled": 200}


def instructions(program, kind, count):
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
             "--toggle-collect=one_span", program, kind, str(count)],
            capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", run.stderr)[1])


def main():
    program = sys.argv[1]
    few, many = 1000, 11000
    spans = {kind: round((instructions(program, kind, many) - instructions(program, kind, few)) / (many - few), 1)
             for kind in BUDGET}
    print(json.dumps({"instructions_per_span": spans, "budget": BUDGET}))
    return any(spans[kind] > BUDGET[kind] for kind in BUDGET)


if __name__ == "__main__":
    sys.exit(main())
