#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when an #include crosses an arrow that tools/layers.txt does not allow, or leaves the SDK for src/.

Usage: check_layers.py [ROOT]    prints each violation as file:line, exits 1 when there is one.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s+"([^"]+)"')


def read_layers(file):
    """Returns {folder: folders it may include}."""
    allowed = {}
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            layer, _, below = line.partition(":")
            allowed[layer] = {layer, "base", *below.split()}
    return allowed


def layer_of(path, allowed):
    """The longest known folder that `path` lies in, or None."""
    return max((layer for layer in allowed if path.startswith(layer + "/")), key=len, default=None)


def violations(root):
    allowed = read_layers(root / "tools/layers.txt")
    for file in sorted((root / "src").rglob("*.[hc]*")):
        mine = layer_of(file.relative_to(root / "src").as_posix(), allowed)
        if mine is None:
            yield f"{file}: its folder is not in tools/layers.txt"
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            include = INCLUDE.match(line)
            theirs = include and layer_of(include[1], allowed)
            if theirs and theirs not in allowed[mine]:
                yield f"{file}:{number}: {mine} may not include {theirs}"


def sdk_violations(root):
    """The SDK installs on its own: it includes nothing of the server."""
    for file in sorted((root / "sdk").rglob("*.[hc]*")):
        if file.suffix not in (".h", ".cc"):
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            include = INCLUDE.match(line)
            if include and (root / "src" / include[1]).exists():
                yield f"{file}:{number}: the SDK may not include {include[1]}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    bad = [*violations(root), *sdk_violations(root)]
    print("\n".join(bad) or "layers: ok")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
