#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps the code in the SDK's pages equal to the programs in examples/sdk, which are compiled.

In a program `// [snippet: name]` and `// [end]` mark a part (`#` in YAML). In a page a line
`<!-- spans.cc: name -->` above a fenced block says that the block is that part.

Usage: check_snippets.py [ROOT]            prints what differs as file:line, exits 1 if anything does:
                                           every ```cpp block has a source and equals it, and every
                                           marked part is shown somewhere.
       check_snippets.py --write [ROOT]    writes the parts into the pages.
"""
import pathlib
import re
import sys
import textwrap

BEGIN = re.compile(r"^\s*(?://|#) \[snippet: (.+)\]$")
END = re.compile(r"^\s*(?://|#) \[end\]$")
SOURCE = re.compile(r"^<!-- ([\w./]+): (.+) -->$")


def parts_of(file, name):
    """{(name, part): its lines without common indentation}"""
    parts, current = {}, None
    for line in file.read_text().splitlines():
        if begin := BEGIN.match(line):
            current = (name, begin[1])
            parts[current] = []
        elif END.match(line):
            current = None
        elif current:
            parts[current].append(line)
    return {key: textwrap.dedent("\n".join(lines)).strip("\n").split("\n") for key, lines in parts.items()}


def all_parts(folder):
    parts = {}
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".cc", ".yaml"}:
            parts.update(parts_of(file, str(file.relative_to(folder))))
    return parts


def blocks_of(lines):
    """Yields (first line, line after the last, language, source or None) of each fenced block."""
    opened = None
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if opened is None:
            source = SOURCE.match(lines[number - 1]) if number else None
            opened = (number + 1, line[3:].strip(), (source[1], source[2]) if source else None)
        else:
            yield opened[0], number, opened[1], opened[2]
            opened = None


def check(page, parts, shown):
    lines = page.read_text().splitlines()
    for begin, end, language, source in blocks_of(lines):
        where = f"{page}:{begin}"
        if source is None:
            if language == "cpp":
                yield f"{where}: this code comes from no example"
        elif source not in parts:
            yield f"{where}: no such part: {source[0]}: {source[1]}"
        else:
            shown.add(source)
            if lines[begin:end] != parts[source]:
                yield f"{where}: differs from {source[0]}: {source[1]}"


def write(page, parts):
    lines = page.read_text().splitlines()
    for begin, end, _, source in reversed(list(blocks_of(lines))):
        if source in parts:
            lines[begin:end] = parts[source]
    page.write_text("\n".join(lines) + "\n")


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--write"]
    root = pathlib.Path(arguments[0] if arguments else ".").resolve()
    parts = all_parts(root / "examples/sdk")
    # api.md is made from the headers, by tools/api_reference.py.
    pages = [page for page in sorted((root / "docs/sdk").glob("*.md")) if page.name != "api.md"]
    pages += [root / "README.md", root / "sdk/README.md"]
    pages = [page for page in pages if page.exists()]
    if "--write" in sys.argv:
        for page in pages:
            write(page, parts)
    shown = set()
    problems = [problem for page in pages for problem in check(page, parts, shown)]
    problems += [f"examples/sdk/{file}: no page shows `{name}`" for file, name in sorted(parts.keys() - shown)]
    print("\n".join(problems) or f"snippets: ok ({len(shown)})")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
