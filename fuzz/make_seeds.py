#!/usr/bin/env python3
"""Writes fuzz/seeds/<target>/vectors.hex from tests/vectors: every vector of the target's APDUs, valid or not, under
its name. Seeds that fuzzing found stand in other files of the same folders and are left alone.

usage: fuzz/make_seeds.py
"""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def vectors(layer):
    with open(ROOT / "tests" / "vectors" / f"{layer}.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def starts_with(*tags):
    return lambda vector: vector["hex"][:2] in tags


# target: (layer, which of its vectors, octets in front of each)
TARGETS = {
    "aarq": ("acse", starts_with("60"), ""),
    "aare": ("acse", starts_with("61"), ""),
    "release": ("acse", starts_with("62", "63"), ""),
    "axdr_data": ("data", lambda vector: True, ""),
    "render_value": ("data", lambda vector: True, "00"),
    "get_request": ("xdlms", starts_with("C0"), ""),
    "get_response": ("xdlms", starts_with("C4"), ""),
    "set": ("xdlms", starts_with("C1", "C5"), ""),
    "initiate": ("xdlms", starts_with("01", "08"), ""),
    "refusals": ("xdlms", starts_with("D8", "0E"), ""),
    "wrapper_stream": ("wrapper", lambda vector: True, "05"),
}


def main():
    for target, (layer, wanted, prefix) in TARGETS.items():
        chosen = [vector for vector in vectors(layer) if vector["hex"] and wanted(vector)]
        assert chosen, target
        folder = ROOT / "fuzz" / "seeds" / target
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "vectors.hex", "w", encoding="utf-8") as file:
            for vector in chosen:
                name = vector["name"].replace("\n", " ")
                file.write(f"# {vector['id']} {name}\n{prefix}{vector['hex']}\n")


if __name__ == "__main__":
    main()
