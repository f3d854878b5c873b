#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each public header compiles by itself as C++17; <cairn/trace.h> brings few lines beyond <string>.

Usage: check_headers.py COMPILER INCLUDE_FOLDER
"""
import pathlib
import subprocess
import sys

MOST_LINES = 3000
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]
# Headers of adapters need the library they are for, coroutines need C++20: their own tests include them.
OWN_TESTS = ("adapters", "async")


def compile(compiler, include, text, *options):
    return subprocess.run([compiler, "-x", "c++", "-I", include, *options, "-"], input=text,
                          capture_output=True, text=True)


def lines(compiler, include, header):
    run = compile(compiler, include, f"#include <{header}>\n", "-std=c++17", "-E", "-P")
    return sum(1 for line in run.stdout.splitlines() if line.strip())


def main():
    compiler, include = sys.argv[1:]
    failed = False
    for header in sorted(pathlib.Path(include).rglob("*.h")):
        name = header.relative_to(include).as_posix()
        if name.split("/")[1] in OWN_TESTS:
            continue
        run = compile(compiler, include, f"#include <{name}>\n", "-std=c++17", "-fsyntax-only", *WARNINGS)
        if run.returncode:
            failed = True
            print(f"{name} does not stand alone:\n{run.stderr}")
    more = lines(compiler, include, "cairn/trace.h") - lines(compiler, include, "string")
    print(f"cairn/trace.h: {more} preprocessed lines beyond <string>, at most {MOST_LINES}")
    return failed or more > MOST_LINES


if __name__ == "__main__":
    sys.exit(main())
