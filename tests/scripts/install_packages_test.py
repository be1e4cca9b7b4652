"""scripts/install_packages.sh where apt is not there, and where nothing is missing."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/install_packages.sh"
TOOLS = ["bash", "cat", "cut", "dirname", "env", "grep", "sed"]


def start(arguments, path, **environment):
    return subprocess.run(["bash", str(SCRIPT), *arguments], capture_output=True, text=True,
                          env={"PATH": path, **environment})


class InstallPackages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = folder.name
        for tool in TOOLS:
            os.symlink(shutil.which(tool), Path(self.path) / tool)

    def script(self, name, text):
        file = Path(self.path) / name
        file.write_text("#!/usr/bin/env bash\n" + text)
        file.chmod(0o755)

    def test_without_apt_it_names_the_packages_for_debian_and_for_vcpkg(self):
        result = start(["run"], self.path)
        self.assertEqual(result.returncode, 3, result.stderr)
        for name in ["g++", "libasio-dev", "libssl-dev", "nlohmann-json", "cpp-httplib", "vcpkg.json"]:
            self.assertIn(name, result.stderr)
        self.assertNotIn("libboost-test-dev", result.stderr)

    def test_the_test_set_is_the_run_set_and_more(self):
        run = start(["run"], self.path).stderr.splitlines()
        test = start(["test"], self.path).stderr.splitlines()
        self.assertLess(set(run), set(test))
        self.assertTrue(any("libclang-rt-19-dev" in line for line in test))

    def test_a_machine_that_was_set_up_by_hand_is_left_alone(self):
        self.assertEqual(start(["run"], self.path, DLMS_SKIP_INSTALL="1").returncode, 0)

    def test_apt_is_not_called_when_nothing_is_missing(self):
        self.script("dpkg-query", 'for name in "${@:3}"; do echo "$name|installed"; done')
        self.script("apt-get", "echo called >&2; exit 1")
        result = start(["test"], self.path)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_only_what_is_missing_is_installed_after_an_update(self):
        calls = Path(self.path) / "calls"
        self.script("dpkg-query", f'''for name in "${{@:3}}"; do
            [[ $name == ninja-build && ! -e {calls}.done ]] && echo "$name|config-files" || echo "$name|installed"
        done''')
        self.script("apt-get", f'echo "$*" >>{calls}; [[ "$*" != *install* ]] || : >{calls}.done')
        if os.geteuid() != 0:
            self.script("sudo", '[[ $1 != -n ]] || shift; exec "$@"')
        result = start(["run"], self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        update, install = calls.read_text().splitlines()
        self.assertTrue(update.endswith(" update"), update)
        self.assertTrue(install.endswith("--no-install-recommends ninja-build"), install)

    @unittest.skipIf(os.geteuid() == 0 and not shutil.which("setpriv"), "root without setpriv")
    def test_without_root_and_sudo_it_says_what_to_do(self):
        self.script("dpkg-query", "exit 1")
        self.script("apt-get", "exit 1")
        command = ["bash", str(SCRIPT), "run"]
        if os.geteuid() == 0:
            os.chmod(self.path, 0o755)
            command = [shutil.which("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        # The script is read as root's child here, so it must come from a place that anybody may read.
        with tempfile.TemporaryDirectory() as folder:
            copies = Path(folder) / "scripts"
            copies.mkdir()
            for name in ["install_packages.sh", "common.sh"]:
                shutil.copy(ROOT / "scripts" / name, copies / name)
            os.chmod(folder, 0o755)
            command[command.index(str(SCRIPT))] = str(copies / "install_packages.sh")
            result = subprocess.run(command, capture_output=True, text=True, env={"PATH": self.path})
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("root", result.stderr)
        self.assertIn("apt-get install --no-install-recommends g++", result.stderr)

    def test_wrong_usage(self):
        self.assertEqual(start([], self.path).returncode, 2)
        self.assertEqual(start(["everything"], self.path).returncode, 2)


if __name__ == "__main__":
    unittest.main()
