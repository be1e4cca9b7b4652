"""scripts/fuzz.sh and seeds_to_corpus.py, with fuzz targets that are scripts: what counts here is what is done with
their end, not what they find."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CALM = """for last; do :; done
[[ $(cat "$last"/*) == hello ]] || exit 9
echo 'stat::number_of_executed_units: 12345' >&2
"""
CRASHING = """for argument; do case $argument in -artifact_prefix=*) prefix=${argument#*=} ;; esac; done
printf '\\x0f\\xc4\\x00' >"${prefix}crash-1"
echo 'stat::number_of_executed_units: 7' >&2
exit 77
"""
SILENT = "exit 0\n"


class FuzzScript(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.targets = Path(folder.name) / "targets"
        self.seeds = Path(folder.name) / "seeds"
        self.targets.mkdir()
        self.seeds.mkdir()

    def target(self, name, text, seed="greeting: 68656C6C6F"):
        file = self.targets / name
        file.write_text("#!/usr/bin/env bash\n" + text)
        file.chmod(0o755)
        if seed is not None:
            (self.seeds / f"{name}.hex").write_text(seed + "\n")

    def fuzz(self, seconds="30"):
        return subprocess.run(["bash", str(ROOT / "scripts/fuzz.sh"), str(self.targets), str(self.seeds)],
                              capture_output=True, text=True, env={**os.environ, "FUZZ_SECONDS": seconds})

    def test_targets_that_find_nothing_pass_with_their_seeds_as_corpus(self):
        for name in ["fuzz_one", "fuzz_two", "fuzz_three"]:
            self.target(name, CALM)
        result = self.fuzz()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.count("12345 runs"), 3)

    def test_a_crash_prints_its_input_and_fails(self):
        self.target("fuzz_calm", CALM)
        self.target("fuzz_crashing", CRASHING)
        result = self.fuzz()
        self.assertEqual(result.returncode, 1)
        self.assertIn("\n0fc400\n", result.stderr)
        self.assertIn("fuzz_crashing failed with status 77", result.stderr)

    def test_a_target_that_ran_nothing_fails(self):
        self.target("fuzz_silent", SILENT)
        self.assertEqual(self.fuzz().returncode, 1)

    def test_no_target_and_no_seed_fail(self):
        self.assertIn("no fuzz target", self.fuzz().stderr)
        self.target("fuzz_one", CALM, seed=None)
        result = self.fuzz()
        self.assertEqual(result.returncode, 1)
        self.assertIn("fuzz_one has no seeds", result.stderr)

    def test_too_little_time_is_said(self):
        for number in range(9):
            self.target(f"fuzz_{number}", CALM)
        result = self.fuzz(seconds="10")
        self.assertEqual(result.returncode, 1)
        self.assertIn("too short", result.stderr)


class SeedsToCorpus(unittest.TestCase):
    def convert(self, text):
        with tempfile.TemporaryDirectory() as folder:
            seeds = Path(folder) / "seeds.hex"
            seeds.write_text(text)
            result = subprocess.run([sys.executable, "-B", str(ROOT / "scripts/seeds_to_corpus.py"),
                                     str(Path(folder) / "corpus"), str(seeds)], capture_output=True, text=True)
            corpus = sorted(file.read_bytes() for file in (Path(folder) / "corpus").glob("*"))
        return result, corpus

    def test_every_form_of_a_line(self):
        result, corpus = self.convert("# comment\n\n01ab\nname: 02\nother name 03 # why\ngroups: 04 05 06\nempty:\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("seeds.hex:5:", result.stderr)
        result, corpus = self.convert("# comment\n\n01ab\nname: 02\nother 03 # why\ngroups: 04 05 06\nempty:\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(corpus, [b"", b"\x01\xab", b"\x02", b"\x03", b"\x04\x05\x06"])

    def test_what_is_no_seed_is_named_with_its_line(self):
        for line in ["name: 0", "name: zz", "just words here"]:
            result, _ = self.convert("00\n" + line + "\n")
            self.assertEqual(result.returncode, 1)
            self.assertIn("seeds.hex:2:", result.stderr)

    def test_no_seed_at_all_is_an_error(self):
        self.assertEqual(self.convert("# nothing\n")[0].returncode, 1)


if __name__ == "__main__":
    unittest.main()
