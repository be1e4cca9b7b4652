"""The examples, as they stand, against the simulator."""

import subprocess
import unittest
from pathlib import Path

from processes import EXAMPLES, Simulator


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.meter = Simulator("--scenario", "hexcell")
        cls.addClassCleanup(cls.meter.close)

    def run_example(self, name):
        return subprocess.run([str(Path(EXAMPLES) / name), "127.0.0.1", str(self.meter.port)],
                              capture_output=True, text=True, timeout=60, check=False)

    def test_read_register(self):
        result = self.run_example("example_read_register")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"^1-0:1\.8\.0\.255 = \d+\.\d\d kWh\n$")

    def test_read_clock(self):
        result = self.run_example("example_read_clock")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\n$")


if __name__ == "__main__":
    unittest.main()
