#!/usr/bin/env python3
"""Checks every #include of the project against the two tables of docs/layers.md.

usage: check_layers.py [ROOT]

Prints file:line for every include that breaks a rule. Status 0: none; 1: at least one; 2: the tables are unusable.
"""

import re
import sys
from pathlib import Path

SOURCE_SUFFIXES = {".cpp", ".hpp", ".h", ".cc", ".inl", ".ipp"}
SKIPPED_FOLDERS = {".git", ".cache", "build", "third_party"}
INCLUDE = re.compile(r'^\s*#\s*(?:include|import)\s*([<"])([^">]+)[">]')
NAME = re.compile(r"`([^`]+)`")


class UnusableTables(Exception):
    """docs/layers.md does not have the tables that the check needs."""


def rows_after(text, heading):
    """The cells of the table below a heading, without the table's own head."""
    _, found, rest = text.partition(f"\n## {heading}\n")
    if not found:
        raise UnusableTables(f"no heading '{heading}'")
    section = rest.split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    if len(lines) < 3:
        raise UnusableTables(f"no table below '{heading}'")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def covers(name, path):
    """Does a name of the tables (a folder, a file, or the beginning of a file's name) cover a path?"""
    if name.endswith("/") or name.endswith("_"):
        return path.startswith(name)
    return path == name or path.startswith(name + "/") or path.rsplit(".", 1)[0] == name


class Rules:
    def __init__(self, text):
        self.layers = {}
        for cells in rows_after(text, "Our own layers"):
            names = NAME.findall(cells[0])
            if len(names) != 1 or len(cells) < 2:
                raise UnusableTables(f"row without one layer: {cells}")
            self.layers[names[0]] = NAME.findall(cells[1])
        self.outside = []
        for cells in rows_after(text, "Headers from outside"):
            headers, places = NAME.findall(cells[0]), NAME.findall(cells[1])
            if not headers or not places:
                raise UnusableTables(f"row without headers or places: {cells}")
            self.outside.append((headers, places))
        self.folders = {layer.split("/", 1)[0] for layer in self.layers}

    def layer_of(self, path):
        matching = [layer for layer in self.layers if covers(layer, path)]
        return max(matching, key=len) if matching else None

    def complaint(self, path, quote, header, exists):
        """Why this file may not include this header; None if it may."""
        layer = self.layer_of(path)
        if layer is None:
            return "this file's folder is not a layer of docs/layers.md"
        if header.split("/", 1)[0] in self.folders and "/" in header:
            return self.complaint_about_ours(layer, quote, header, exists)
        if quote == '"':
            return "our headers are included by their path from the repository's root, all others in <>"
        return self.complaint_about_outside(path, header)

    def complaint_about_ours(self, layer, quote, header, exists):
        if quote == "<":
            return "our headers are included in quotes"
        if ".." in header.split("/") or not exists:
            return "there is no such header in the repository"
        other = self.layer_of(header)
        if other == layer or any(covers(name, header) for name in self.layers[layer]):
            return None
        return f"{layer} may not include {other or header}"

    def complaint_about_outside(self, path, header):
        for headers, places in self.outside:
            if any(self.names_header(name, header) for name in headers):
                if any(covers(place, path) for place in places):
                    return None
                return f"only in {', '.join(places)}"
        if "/" not in header and "." not in header:
            return None  # the C++ standard library
        return "a header that docs/layers.md does not know"

    @staticmethod
    def names_header(name, header):
        if name.endswith("/"):
            return header.startswith(name)
        return header == name or header.rsplit(".", 1)[0] == name


def sources(root):
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if path.suffix in SOURCE_SUFFIXES and not SKIPPED_FOLDERS & set(relative.parts) and path.is_file():
            yield relative


def check(root, rules):
    complaints, files, includes = [], 0, 0
    for relative in sources(root):
        files += 1
        text = (root / relative).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            includes += 1
            quote, header = match.groups()
            why = rules.complaint(relative.as_posix(), quote, header, (root / header).is_file())
            if why:
                closing = ">" if quote == "<" else quote
                complaints.append(f"{relative.as_posix()}:{number}: {quote}{header}{closing}: {why}")
    return complaints, files, includes


def main(arguments):
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    try:
        rules = Rules((root / "docs/layers.md").read_text(encoding="utf-8"))
    except (OSError, UnusableTables) as problem:
        print(f"docs/layers.md: {problem}", file=sys.stderr)
        return 2
    complaints, files, includes = check(root, rules)
    for complaint in complaints:
        print(complaint)
    if files == 0:
        print(f"no sources below {root}", file=sys.stderr)
        return 2
    print(f"{includes} includes in {files} files, {len(complaints)} against docs/layers.md")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
