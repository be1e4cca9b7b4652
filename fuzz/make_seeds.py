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
    "call_stream": ("push", lambda vector: True, "05"),
    "pushed_values": ("data", lambda vector: True, ""),
    "wrapper_datagram": ("wrapper", lambda vector: True, ""),
    "wrapper_stream": ("wrapper", lambda vector: True, "05"),
}

# The decoder's layers, as render::DecodeLayer numbers them; a stream is two WPDUs.
LAYERS = ["data", "xdlms", "sn", "acse", "wrapper", "hdlc", "push", "cipher", "iec62056-21"]


def ethernet_packet(payload, sequence):
    """A TCP segment from a meter in IPv4 and Ethernet, as hexadecimal text."""
    segment = f"0FDBC350{sequence:08X}0000000050100FFF00000000{payload}"
    return (f"{'02' * 12}08004500{20 + len(segment) // 2:04X}0000400040060000C0000201C0000202"
            f"{segment}")


def write_seeds(target, seeds):
    folder = ROOT / "fuzz" / "seeds" / target
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "vectors.hex", "w", encoding="utf-8") as file:
        for name, octets in seeds:
            file.write(f"# {name}\n{octets}\n")


def decode_seeds():
    for number, layer in enumerate(LAYERS):
        for vector in vectors(layer):
            yield vector["id"], f"{number:02X}{vector['hex']}"
    wpdus = [vector for vector in vectors("wrapper") if vector.get("valid", True)]
    for first, second in zip(wpdus, wpdus[1:]):
        yield f"stream {first['id']} {second['id']}", f"09{first['hex']}{second['hex']}"


def security_open_seeds():
    for vector in vectors("cipher"):
        if vector["hex"][:2] in ("60", "61", "62", "63") or not vector["hex"]:
            continue
        suite = (vector.get("keys") or {}).get("suite", 0)
        yield vector["id"], f"{suite:02X}{vector['hex']}"
        # And as what is to be sealed.
        yield f"{vector['id']} sealed", f"{0x84 + suite:02X}{vector['hex']}"


def capture_seeds():
    for vector in vectors("wrapper"):
        half = len(vector["hex"]) // 4 * 2
        octets = "00"
        for place in (half, 0):
            part = vector["hex"][place:] if place else vector["hex"][:half]
            packet = ethernet_packet(part, 1000 + place // 2)
            if len(packet) <= 510:
                octets += f"00{len(packet) // 2:02X}{packet}"
        yield vector["id"], octets


def main():
    write_seeds("decode", decode_seeds())
    write_seeds("capture", capture_seeds())
    write_seeds("security_open", security_open_seeds())
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
