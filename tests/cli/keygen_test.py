"""`dlms keygen`, and readings with the keys that it draws."""

import base64
import json
import os
import re
import stat
import subprocess
import tempfile
import time
import unittest

from processes import PROGRAM, Simulator, dlms

OWN_TITLE = "4845530000000001"
METER_TITLE = "5453540000000001"


def der(name):
    """What a PEM file holds."""
    with open(name, encoding="ascii") as file:
        body = re.search(r"-----BEGIN [^-]+-----\n(.*?)-----END", file.read(), re.DOTALL)[1]
    return base64.b64decode(body)


def private_number(name, size):
    octets = der(name)
    place = octets.index(bytes([2, 1, 1, 4, size])) + 5  # ECPrivateKey, version 1
    return octets[place:place + size].hex()


def public_point(name, size):
    octets = der(name)
    place = octets.index(bytes([3, 2 * size + 2, 0, 4])) + 4  # a BIT STRING, a point as it is
    return octets[place:place + 2 * size].hex()


class Keygen(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_keys_are_lines_for_an_environment(self):
        for suite, digits in (("0", 32), ("1", 32), ("2", 64)):
            lines = dlms("keygen", "--suite", suite).stdout.splitlines()
            self.assertEqual([line.split("=")[0] for line in lines],
                             ["DLMS_ENCRYPTION_KEY", "DLMS_AUTHENTICATION_KEY", "DLMS_MASTER_KEY"])
            keys = [line.split("=")[1] for line in lines]
            self.assertEqual({len(key) for key in keys}, {digits})
            self.assertEqual(len(set(keys)), 3)

    def test_no_core_dump_shows_what_the_program_knows(self):
        with subprocess.Popen([PROGRAM, "decode", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as waiting:
            deadline = time.monotonic() + 20
            core = ""
            while not re.search(r" 0 +0 ", core) and time.monotonic() < deadline:
                with open(f"/proc/{waiting.pid}/limits", encoding="ascii") as limits:
                    core = next(line for line in limits if line.startswith("Max core file size"))
                time.sleep(0.01)
            waiting.stdin.close()
        self.assertRegex(core, r" 0 +0 ")

    def test_a_file_is_the_owners_alone_and_never_overwritten(self):
        name = self.path("meter.env")
        self.assertEqual(dlms("keygen", "--out", name).returncode, 0)
        self.assertEqual(stat.S_IMODE(os.stat(name).st_mode), 0o600)
        with open(name, encoding="ascii") as file:
            before = file.read()
        again = dlms("keygen", "--out", name)
        self.assertEqual(again.returncode, 2)
        self.assertIn("File exists", again.stderr)
        with open(name, encoding="ascii") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(dlms("keygen", "--out", self.path("no/folder")).returncode, 2)

    def test_what_is_missing_is_named(self):
        for arguments, word in ((["--signing", "--owner", OWN_TITLE, "--out", "x"], "--suite"),
                                (["--signing", "--suite", "1", "--out", "x"], "--owner"),
                                (["--signing", "--suite", "1", "--owner", "12", "--out", "x"], "--owner"),
                                (["--signing", "--suite", "1", "--owner", OWN_TITLE], "--out"),
                                (["--owner", OWN_TITLE], "--signing"), (["--suite", "3"], "--suite")):
            result = dlms("keygen", *arguments)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(word, result.stderr)

    def pair(self, suite, name, owner, *more):
        made = dlms("keygen", "--suite", suite, "--signing", "--owner", owner, "--out", self.path(name), *more)
        self.assertEqual(made.returncode, 0, made.stderr)

    def test_a_reading_with_signing_keys(self):
        for suite, size in (("1", 32), ("2", 48)):
            own, meter = f"own{suite}", f"meter{suite}"
            self.pair(suite, own, OWN_TITLE)
            self.pair(suite, meter, METER_TITLE)
            self.pair(suite, f"request{suite}", OWN_TITLE, "--request")
            key = "7" * (64 if suite == "2" else 32)
            scenario = {"name": "signing", "logical_devices": [{
                "sap": 1, "name": "TST0000000000001",
                "security": {"system_title": METER_TITLE, "suite": int(suite), "unicast_key": key,
                             "authentication_key": key,
                             "signing_key": private_number(self.path(f"{meter}.key"), size),
                             "client_signing_key": public_point(self.path(f"{own}.crt"), size)},
                "associations": [{"client_sap": 1, "name": "signed", "mechanism": "HLS-ECDSA",
                                  "security": "authenticated_encryption", "conformance": ["get", "set", "action"]}],
                "objects": [{"obis": "1-0:1.8.0.255", "class": 3, "name": "Energy", "attributes": [
                    {"id": 2, "access": "r", "value": {"double-long-unsigned": 12345}}]}]}]}
            with open(self.path("scenario.json"), "w", encoding="utf-8") as file:
                json.dump(scenario, file)
            simulator = Simulator("--scenario", self.path("scenario.json"))
            self.addCleanup(simulator.close)

            def read(*arguments, port=simulator.port, key=key, suite=suite):
                return dlms("read", f"127.0.0.1:{port}", "1-0:1.8.0.255", "--client", "1", "--suite", suite, "--auth",
                            "ecdsa", "--security", "authenticated_encryption", *arguments,
                            environment={"XDG_STATE_HOME": self.folder, "DLMS_ENCRYPTION_KEY": key,
                                         "DLMS_AUTHENTICATION_KEY": key})

            good = read("--signing-key", self.path(f"{own}.key"), "--certificate", self.path(f"{own}.crt"),
                        "--meter-certificate", self.path(f"{meter}.crt"))
            self.assertEqual(good.returncode, 0, good.stderr)
            self.assertIn("12345", good.stdout)
            other = read("--signing-key", self.path(f"{meter}.key"), "--meter-certificate",
                         self.path(f"{meter}.crt"))
            self.assertEqual(other.returncode, 4, other.stderr)
            for arguments, word in (
                    (["--signing-key", self.path(f"{own}.key")], "--meter-certificate"),
                    (["--signing-key", self.path(f"{own}.crt"), "--meter-certificate", self.path(f"{meter}.crt")],
                     "no private key"),
                    (["--signing-key", self.path("nothing")], "cannot be read"),
                    (["--signing-key", self.path(f"{own}.key"), "--meter-certificate", self.path(f"{meter}.crt"),
                      "--authority", self.path(f"{own}.crt")], "may not sign")):
                result = read(*arguments)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(word, result.stderr)

    def test_a_title_of_another_store_is_refused(self):
        result = dlms("read", "127.0.0.1:1", "1.8.0", "--auth", "gmac", "--system-title", "444C4D0102030405",
                      environment={"XDG_STATE_HOME": self.folder, "DLMS_ENCRYPTION_KEY": "7" * 32,
                                   "DLMS_AUTHENTICATION_KEY": "7" * 32})
        self.assertEqual(result.returncode, 2)
        self.assertIn("444C4D", result.stderr)


if __name__ == "__main__":
    unittest.main()
