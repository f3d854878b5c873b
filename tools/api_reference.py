#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/sdk/api.md: the public headers of the SDK without what only a compiler needs.

Of each header: its opening comment, then the public declarations with the comments beside them.
Bodies, private parts, `detail` namespaces, friends and preprocessor lines are left out. It reads
our own style by counting brackets; it is no parser of C++.

Usage: api_reference.py [ROOT]    writes the page.   --check: only says whether it is up to date.
"""
import pathlib
import re
import sys

GROUPS = [
    ("Start, stop, configuration", ["telemetry.h", "trace/provider.h", "trace/instrumentation.h",
                                     "telemetry/remote_sampler.h"]),
    ("Spans and contexts", ["trace.h", "trace/tracer.h", "trace/span.h", "trace/context.h", "trace/attributes.h",
                            "trace/span_context.h", "trace/ids.h", "trace/timestamp.h"]),
    ("Between processes", ["trace/propagation.h", "trace/baggage.h", "trace/trace_state.h"]),
    ("Threads and coroutines", ["async/wrap.h", "async/asio.h", "async/coroutine.h", "async/traced_promise.h",
                                "async/with_trace.h"]),
    ("Sampling", ["trace/sampler.h"]),
    ("Exporters and processors", ["export/exporters.h", "trace/exporter.h", "trace/processor.h", "trace/span_view.h"]),
    ("Tests", ["testing.h"]),
]
# What adapters are made of; nobody includes them.
INSIDE = {"trace/export_macro.h", "trace/shared_text.h", "adapters/beast_fields.h", "adapters/httplib_in_flight.h",
          "adapters/httplib_headers.h", "adapters/spdlog_flags.h"}
TYPE = re.compile(r"(class|struct|union)\b[^()=]*$")
INTRO = """# API reference
Made from the headers' comments by `tools/api_reference.py`; the headers are in `sdk/include`. What to use when: [guide](guide.md),
[adapters](adapters.md). All is in `namespace cairn::trace` unless a block says otherwise. Public declarations only; `Context&&` and the like
are borrowed for the call unless a comment says more.
"""


def opening_comment(text):
    """The header's first comment behind the SPDX line, and the rest of the file."""
    lines = text.splitlines()[1:]
    comment = []
    while lines and lines[0].startswith("//"):
        comment.append(lines.pop(0)[2:].removeprefix(" "))
    return "\n".join(comment).strip("\n"), "\n".join(lines)


def as_markdown(comment):
    """Indented parts of a comment become code blocks."""
    code, result = False, []
    for line in comment.split("\n"):
        indented = line.startswith("  ")
        if indented and not code:
            if result and result[-1]:
                result.append("")
            result.append("```c++")
        if code and not indented and line:
            while result[-1] == "":
                result.pop()
            result += ["```", ""]
        code = indented or (code and not line)
        result.append(line[2:] if indented else line)
    while result and result[-1] == "":
        result.pop()
    if code:
        result.append("```")
    return "\n".join(result)


def tokens(text):
    """Comments, strings and single characters, in order."""
    return re.findall(r'//[^\n]*|R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|(?:.|\n)', text)


def without_preprocessor(text):
    text = re.sub(r"\\\n", "\f", text)
    text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    # Lines that go on a declaration stay below its parenthesis.
    text = re.sub(r"^( *)CAIRN_API [^;{}]*", lambda found: found[0].replace("\n" + " " * 10, "\n"), text, flags=re.MULTILINE)
    text = re.sub(r"^ *CAIRN_TRACED_METHOD\(.*\)\n", "", text.replace("\f", "\\\n"), flags=re.MULTILINE)
    return re.sub(r" *// (NOLINT|namespace)[^\n]*", "", text).replace("CAIRN_API ", "")


def code_of(statement):
    return " ".join(re.sub(r"//[^\n]*", "", statement).split())


def without_template(code):
    """Without `template <...>` in front."""
    if not code.startswith("template"):
        return code
    depth = 0
    for at, c in enumerate(code):
        depth += (c == "<") - (c == ">" and code[at - 1] != "-")
        if c == ">" and depth == 0:
            return code[at + 1 :].strip()
    return code


def is_function(code):
    head = re.sub(r"operator\W+\(", "operator(", without_template(code))
    return "(" in head and "=" not in head.split("(")[0]


def cut_initialisers(statement):
    """Without the `: a_(a), b_(b)` of a constructor."""
    depth, closed = 0, False
    begin = len("".join(re.findall(r"^(?:\s*//[^\n]*\n)*", statement)))
    for at, c in enumerate(statement):
        if at < begin:
            continue
        if c in "(<[" and not statement.startswith("->", at - 1):
            depth += 1
        elif c in ")>]" and not statement.startswith("->", at - 1):
            depth -= 1
            closed = closed or (c == ")" and depth == 0)
        elif c == ":" and closed and depth == 0 and ":" not in (statement[at - 1], statement[at + 1 : at + 2]):
            return statement[:at].rstrip()
    return statement


class Reader:
    """Walks the tokens of a header; `lines` gets what is public."""

    def __init__(self, text):
        self.tokens, self.at, self.lines = tokens(text), 0, []

    def skip_braces(self):
        depth = 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return

    def rest_of_line(self):
        """A comment behind a declaration, on its line."""
        ahead = self.at
        while ahead < len(self.tokens) and self.tokens[ahead] == " ":
            ahead += 1
        if ahead < len(self.tokens) and self.tokens[ahead].startswith("//"):
            self.at = ahead + 1
            return "  " + self.tokens[ahead]
        return ""

    def scope(self, indent, visible, shown):
        """Until the brace that closes this scope. Nothing in it can be seen unless `shown`."""
        statement, depth = "", 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            code = code_of(statement)
            depth += (token in "([") - (token in ")]") if len(token) == 1 else 0
            if token == "}" and depth == 0:
                self.at += 1
                return
            if token == "{" and depth == 0:
                if code.startswith("namespace") or code.startswith("inline namespace"):
                    self.at += 1
                    seen = (shown or code.startswith("namespace cairn")) and "detail" not in code
                    if shown and seen:
                        self.lines += ["", "// In " + code.rstrip(" {") + ":"]
                    self.scope(indent, seen, seen)
                elif code.startswith("enum"):
                    self.enum(statement, indent, visible)
                elif TYPE.match(without_template(code)):
                    self.type(statement, code, indent, visible)
                elif is_function(code):
                    self.skip_braces()
                    self.emit(cut_initialisers(statement).rstrip() + ";" + self.rest_of_line(), indent, visible)
                else:  # an initialiser: a part of the declaration
                    begin = self.at
                    self.skip_braces()
                    statement += "".join(self.tokens[begin : self.at])
                    continue
                statement = ""
                continue
            self.at += 1
            if token == ";" and depth == 0:
                self.emit(statement + ";" + self.rest_of_line(), indent, visible)
                statement = ""
            elif token == ":" and code in ("public", "private", "protected"):
                visible, statement = shown and code == "public", ""
            else:
                statement += token

    def type(self, statement, code, indent, visible):
        self.at += 1
        hidden_at_first = without_template(code).startswith("class")
        shown = visible and not re.match(r"template\s*<\s*>", code)
        self.emit(statement.rstrip() + " {", indent, shown)
        if shown:
            self.scope(indent + 1, not hidden_at_first, True)
            while self.lines and self.lines[-1] == "":
                self.lines.pop()
        else:
            self.scope(indent + 1, False, False)
        if self.at < len(self.tokens):
            tail = ""
            while self.tokens[self.at] != ";":
                tail += self.tokens[self.at]
                self.at += 1
            self.at += 1
            if shown:
                self.lines.append("  " * indent + "}" + (" " + tail.strip() if tail.strip() else "") + ";")

    def enum(self, statement, indent, visible):
        begin = self.at
        self.skip_braces()
        body = "".join(self.tokens[begin : self.at])
        self.at += 1  # the semicolon
        self.emit(statement + body + ";" + self.rest_of_line(), indent, visible)

    def emit(self, statement, indent, visible):
        code = code_of(statement)
        hidden = code in ("", ";") or code.startswith(("friend", "using namespace")) or "detail::" in code
        hidden = hidden or re.fullmatch(r"(class|struct) \w+ ?;", code)  # said in full elsewhere
        hidden = hidden or re.search(r"->.*enable_if", code)
        if not visible or hidden:
            return
        gap = "" if statement.startswith("\n\n") or "\n\n" in statement[:2] else None
        lines = [line.rstrip() for line in statement.strip("\n").split("\n")]
        while lines and not lines[0]:
            lines.pop(0)
        margin = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
        if gap is not None and self.lines and not self.lines[-1].endswith("{"):
            self.lines.append("")
        for line in lines:
            if line or (self.lines and self.lines[-1]):
                self.lines.append(("  " * indent + line[margin:]).rstrip())


def section(folder, name):
    comment, rest = opening_comment((folder / name).read_text())
    reader = Reader(without_preprocessor(rest))
    reader.scope(0, False, False)
    text = f"### cairn/{name}\n{as_markdown(comment)}\n"
    space = re.search(r"^namespace ([\w:]+)", rest, re.MULTILINE)
    if space and space[1] != "cairn::trace" and reader.lines:
        text += f"In `namespace {space[1]}`.\n"
    declarations = "\n".join(reader.lines).strip("\n")
    if declarations:
        text += f"```c++\n{declarations}\n```\n"
    return text


def render(root):
    folder = root / "sdk/include/cairn"
    headers = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.h"))
    groups = [(title, list(names)) for title, names in GROUPS]
    known = {name for _, names in groups for name in names} | INSIDE
    groups.append(("Adapters", [name for name in headers if name not in known]))
    page = INTRO + "\n"
    for title, names in groups:
        links = [f"[{name}](#cairn{re.sub('[^a-z_]', '', name)})" for name in names if name in headers]
        page += f"- {title}: {', '.join(links)}\n"
    for title, names in groups:
        page += f"\n## {title}\n" + "\n".join(section(folder, name) for name in names if name in headers)
    return page


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    root = pathlib.Path(arguments[0] if arguments else ".").resolve()
    page, text = root / "docs/sdk/api.md", render(root)
    if "--check" not in sys.argv:
        page.write_text(text)
        return 0
    if page.exists() and page.read_text() == text:
        print("api.md: ok")
        return 0
    print("docs/sdk/api.md is not what the headers say; run tools/api_reference.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
