#!/usr/bin/env python3
"""Turns seed files of named hex lines into a libFuzzer corpus: one binary file a line.

usage: seeds_to_corpus.py OUTPUT_FOLDER SEED_FILE_OR_FOLDER...

A line is `hex`, `name: hex` or `name hex`; hex digits may stand in groups; `#` begins a comment.
"""

import re
import sys
from pathlib import Path

HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")


def octets_of(line):
    """The octets of one line; None for a line without any content; ValueError if it is no seed."""
    text = line.split("#", 1)[0].strip()
    if not text:
        return None
    after_colon = text.rsplit(":", 1)[1] if ":" in text else text
    after_name = text.split(None, 1)[1] if len(text.split(None, 1)) == 2 else text
    for candidate in (after_colon, after_name):
        digits = "".join(candidate.split())
        if HEX.fullmatch(digits):
            return bytes.fromhex(digits)
    raise ValueError(f"neither hex nor a name and hex: {text[:60]!r}")


def files_of(path):
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    return [path]


def main(arguments):
    if len(arguments) < 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    output = Path(arguments[0])
    output.mkdir(parents=True, exist_ok=True)
    written = 0
    for seeds in (file for name in arguments[1:] for file in files_of(Path(name))):
        for number, line in enumerate(seeds.read_text(encoding="utf-8").splitlines(), 1):
            try:
                octets = octets_of(line)
            except ValueError as problem:
                print(f"{seeds}:{number}: {problem}", file=sys.stderr)
                return 1
            if octets is not None:
                (output / f"{seeds.stem}-{number}").write_bytes(octets)
                written += 1
    if written == 0:
        print(f"no seed in {' '.join(arguments[1:])}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
