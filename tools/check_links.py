#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a Markdown page links to a file or heading of this repository that does not exist.

Usage: check_links.py [ROOT]    prints each dead link as file:line, exits 1 when there is one.
"""
import pathlib
import re
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages(root):
    skipped = {"build", "node_modules", "dist", ".git"}
    return sorted(page for page in root.rglob("*.md") if not skipped & set(page.relative_to(root).parts))


def anchors(page):
    """The heading anchors of a page, the way web front ends make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page):
    for number, line in enumerate(page.read_text().splitlines(), 1):
        for target in LINK.findall(line):
            if "://" in target or target.startswith("mailto:"):
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.exists():
                yield f"{page}:{number}: no such file: {target}"
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                yield f"{page}:{number}: no such heading: {target}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    dead = [problem for page in pages(root) for problem in dead_links(page)]
    print("\n".join(dead) or "links: ok")
    return bool(dead)


if __name__ == "__main__":
    sys.exit(main())
