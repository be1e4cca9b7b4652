"""scripts/check_layers.py passes on the tree and finds what is planted in a copy of it."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECK = ROOT / "scripts/check_layers.py"


def check(root):
    return subprocess.run([sys.executable, str(CHECK), str(root)], capture_output=True, text=True)


class CheckLayers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.tree = Path(cls.folder.name) / "tree"
        shutil.copytree(ROOT, cls.tree, ignore=shutil.ignore_patterns(".*", "build", "third_party"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def header(self, path):
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#pragma once\n")
        self.addCleanup(file.unlink)

    def plant(self, path, line):
        """Adds one include at the end of a file (which is made if need be) and returns the check's result."""
        file = self.tree / path
        before = file.read_text() if file.exists() else None
        text = (before or "") + line + "\n"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        try:
            return check(self.tree), f"{path}:{len(text.splitlines())}:"
        finally:
            if before is None:
                file.unlink()
            else:
                file.write_text(before)

    def refused(self, path, line, because=""):
        result, place = self.plant(path, line)
        self.assertIn(because, result.stdout)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertTrue(result.stdout.startswith(place), f"{place} is not in: {result.stdout}")
        self.assertEqual(len(result.stdout.splitlines()), 2, result.stdout)

    def accepted(self, path, line):
        result, _ = self.plant(path, line)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_tree_passes(self):
        result = check(ROOT)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_upward_includes_are_refused(self):
        # Headers that are there, so that the direction is all that can be wrong.
        for layer in ["stack/axdr", "stack/cosem", "stack/wrapper", "stack/acse", "client", "server"]:
            self.header(f"{layer}/planted.hpp")
        self.refused("stack/base/hex.hpp", '#include "stack/axdr/planted.hpp"',
                     '"stack/axdr/planted.hpp": stack/base may not include stack/axdr')
        for path, header in [("stack/axdr", "stack/cosem"), ("stack/association", "stack/wrapper"),
                             ("stack/xdlms", "stack/acse"), ("transport", "client"), ("render", "server")]:
            self.refused(f"{path}/planted.cpp", f'  #  include "{header}/planted.hpp" // why not',
                         f"{path} may not include {header}")

    def test_a_sideways_include_is_refused_although_the_header_exists(self):
        self.refused("server/planted.cpp", '#include "simulator/planted.hpp"')
        self.header("simulator/planted.hpp")
        self.refused("server/planted.cpp", '#include "simulator/planted.hpp"', "may not include simulator")
        self.accepted("tests/planted.cpp", '#include "simulator/planted.hpp"')

    def test_downward_includes_are_accepted(self):
        self.accepted("stack/axdr/planted.cpp", '#include "stack/base/hex.hpp"')
        self.accepted("server/planted.cpp", '#include "stack/base/hex.hpp"')

    def test_headers_from_outside_stand_where_they_may(self):
        self.refused("stack/wrapper/planted.cpp", "#include <asio.hpp>")
        self.refused("stack/wrapper/planted.cpp", "#include <asio/ip/tcp.hpp>")
        self.refused("client/planted.cpp", "#include <nlohmann/json.hpp>")
        self.refused("server/planted.cpp", "#include <httplib.h>")
        self.refused("transport/planted.cpp", "#include <spdlog/spdlog.h>")
        self.refused("stack/base/planted.cpp", "#include <sys/socket.h>")
        self.refused("stack/base/planted.cpp", "#include <thread>")
        self.refused("stack/axdr/planted.cpp", "#include <openssl/evp.h>")
        self.refused("transport/planted.cpp", "#include <unknown/thing.h>")
        self.accepted("transport/planted.cpp", "#include <asio.hpp>")
        self.accepted("server/json_planted.cpp", "#include <nlohmann/json.hpp>")
        self.accepted("stack/base/planted.cpp", "#include <vector>")

    def test_ours_is_included_by_its_path_in_quotes(self):
        self.refused("stack/base/planted.cpp", '#include "hex.hpp"')
        self.refused("stack/base/planted.cpp", '#include "../base/hex.hpp"')
        self.refused("stack/axdr/planted.cpp", "#include <stack/base/hex.hpp>")
        self.refused("stack/axdr/planted.cpp", '#include "stack/base/no_such_header.hpp"')

    def test_a_folder_that_is_no_layer_is_refused(self):
        self.refused("stack/novelty/planted.cpp", "#include <vector>")

    def test_without_its_tables_the_check_does_not_pass(self):
        table = self.tree / "docs/layers.md"
        before = table.read_text()
        table.write_text(before.replace("## Our own layers", "## Layers"))
        try:
            self.assertEqual(check(self.tree).returncode, 2)
        finally:
            table.write_text(before)


if __name__ == "__main__":
    unittest.main()
