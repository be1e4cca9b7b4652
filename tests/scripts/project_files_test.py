"""What must agree between the project's own files."""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def scripts():
    return [ROOT / "run", ROOT / "test", ROOT / ".ci/run", *sorted((ROOT / "scripts").glob("*.sh"))]


class ProjectFiles(unittest.TestCase):
    def test_the_shell_scripts_parse_and_can_be_started(self):
        for script in scripts():
            result = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True)
            self.assertEqual((result.returncode, result.stderr), (0, ""), script)
            if script.name != "common.sh":
                self.assertTrue(os.access(script, os.X_OK), f"{script} is not executable")
                self.assertTrue(script.read_text().startswith("#!/usr/bin/env bash\n"), script)

    def test_vcpkg_names_the_libraries_that_debian_gives(self):
        manifest = json.loads((ROOT / "vcpkg.json").read_text())
        ports = {entry if isinstance(entry, str) else entry["name"] for entry in manifest["dependencies"]}
        table = (ROOT / "scripts/install_packages.sh").read_text()
        rows = re.findall(r"^(?:run|test)\|[^|]+\|[^|]+\|(.+)$", table, re.MULTILINE)
        self.assertEqual(ports, {port for port in rows if port != "-"})

    def test_there_is_no_licence_file(self):
        # The licence is the owner's to choose.
        self.assertEqual([], [file.name for file in ROOT.iterdir() if file.name.upper().startswith("LICEN")])
        self.assertIn("all rights reserved by the owner", (ROOT / "README.md").read_text().lower())

    def test_links_between_the_documents_lead_somewhere(self):
        documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        self.assertGreater(len(documents), 10)
        for document in documents:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
                self.assertTrue((document.parent / target).exists(), f"{document.relative_to(ROOT)}: {target}")


if __name__ == "__main__":
    unittest.main()
