"""No case of the catalogue is lost: each is in the suite, or in a test that carries its id, or in the table of those
that are not shown, with a reason. docs/conformance.md holds the two tables."""

import os
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROGRAM = os.environ["DLMS_PROGRAM"]
ENTRY = re.compile(r'\{"([^"]+)", "([SK]+)", "[^"]+"\}')


def rows_below(heading):
    """The cells of the table below a heading of docs/conformance.md."""
    text = (ROOT / "docs/conformance.md").read_text().partition(f"\n## {heading}\n")[2].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def word(id):
    """The id as names of tests carry it."""
    return id.replace("/", "_")


class Catalogue(unittest.TestCase):
    def setUp(self):
        self.entries = dict(ENTRY.findall((ROOT / "conformance/catalogue.cpp").read_text()))
        listed = subprocess.run([PROGRAM, "conformance", "--list"], capture_output=True, text=True, check=True).stdout
        self.suite = {line.split()[0] for line in listed.splitlines()}
        self.tests = {row[0]: (row[1], re.findall(r"`([^`]+)`", row[2])) for row in rows_below("Shown by tests")}
        self.missing = {row[0]: row[1] for row in rows_below("Not shown")}

    def test_the_catalogue_is_whole(self):
        self.assertEqual(len(self.entries), 242)
        # Rows /S1, /S2 ... are sub-tests of one case.
        self.assertEqual(len({re.sub(r"/S[0-9]+$", "", id) for id in self.entries}), 220)

    def test_every_case_is_somewhere(self):
        for id, roles in self.entries.items():
            side = {"S": id in self.suite or "S" in self.tests.get(id, ("", []))[0],
                    "K": "K" in self.tests.get(id, ("", []))[0]}
            for role in roles:
                if not side[role]:
                    self.assertIn(id, self.missing, f"nobody shows {id} for role {role}")

    def test_what_is_not_shown_has_a_reason_and_is_not_shown(self):
        for id, reason in self.missing.items():
            self.assertIn(id, self.entries)
            self.assertGreater(len(reason), 10)
            roles = set(self.entries[id])
            shown = ({"S"} if id in self.suite else set()) | set(self.tests.get(id, ("", []))[0])
            self.assertTrue(roles - shown, f"{id} is shown; its reason is out of date")

    def test_tests_carry_the_ids(self):
        for id, (roles, files) in self.tests.items():
            self.assertIn(id, self.entries)
            self.assertLessEqual(set(roles), set(self.entries[id]) | {"S"})
            self.assertTrue(files)
            for file in files:
                text = (ROOT / "tests" / file).read_text()
                self.assertRegex(text, rf"{re.escape(word(id))}(?![0-9])", f"{file} does not name {id}")


if __name__ == "__main__":
    unittest.main()
