"""`dlms write --broadcast`: to every meter of a line."""

import json
import os
import tempfile
import unittest

from processes import Simulator, dlms

SCENARIO = {
    "name": "broadcast", "hdlc": {"address_octets": 2, "lower_address": 16},
    "logical_devices": [{
        "sap": 1, "name": "TST0000000000001",
        "associations": [{"client_sap": 102, "name": "pre-established", "mechanism": "lowest", "pre_established": True,
                          "conformance": ["get", "set", "action"]},
                         {"client_sap": 103, "name": "ciphered", "mechanism": "lowest", "pre_established": True,
                          "security": "authenticated_encryption", "client_system_title": "4845530000000001",
                          "conformance": ["get", "set", "action"]}],
        "security": {"system_title": "5453540000000001", "unicast_key": "1" * 32, "broadcast_key": "3" * 32,
                     "authentication_key": "2" * 32},
        "objects": [{"obis": "0-0:96.1.1.255", "class": 1, "name": "Number", "attributes": [
            {"id": 2, "access": "rw", "value": {"unsigned": 1}}]},
            {"obis": "1-0:1.8.0.255", "class": 3, "name": "Energy", "attributes": [
                {"id": 2, "access": "r", "value": {"double-long-unsigned": 5}},
                {"id": 3, "access": "r", "value": {"structure": [{"integer": 0}, {"enum": 30}]}}],
             "methods": [{"id": 1, "access": True}]}]}]}


class Broadcast(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        path = os.path.join(folder.name, "scenario.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(SCENARIO, file)
        self.line = Simulator("--scenario", path, "--multi-drop", "2", place="--hdlc-port")
        self.addCleanup(self.line.close)
        self.options = [f"127.0.0.1:{self.line.port}", "1/0-0:96.1.1.255", "--hdlc", "--address-size", "2",
                        "--client", "102", "--pre-established"]

    def read(self, physical):
        result = dlms("read", *self.options, "--physical", str(physical), "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["readings"][0]["value"]

    def test_every_meter_takes_it_and_none_answers(self):
        self.assertEqual([self.read(16), self.read(17)], [1, 1])
        sent = dlms("write", *self.options[:2], "7", *self.options[2:], "--type", "unsigned", "--broadcast",
                    "--physical", "16")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assertIn("sent to all", sent.stdout)
        self.assertEqual([self.read(16), self.read(17)], [7, 7])

    def test_a_method_goes_to_every_meter_and_to_one(self):
        place, _, *options = self.options
        command = ("action", place, "3/1-0:1.8.0.255/reset", *options, "--physical", "17")
        energy = ("read", place, "1-0:1.8.0.255", *options, "--json", "--physical")

        def energies():
            return [json.loads(dlms(*energy, str(physical)).stdout)["readings"][0]["raw"] for physical in (16, 17)]

        self.assertEqual(energies(), [5, 5])
        one = dlms(*command)
        self.assertEqual((one.returncode, one.stdout), (0, "1-0:1.8.0.255 reset: done\n"), one.stderr)
        self.assertEqual(energies(), [5, 0])
        sent = dlms(*command, "--broadcast")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assertIn("sent to all", sent.stdout)
        self.assertEqual(energies(), [0, 0])

    def test_methods_that_are_none(self):
        place, _, *options = self.options
        for method, text in (("1-0:1.8.0.255", "CLASS"), ("3/1-0:1.8.0.255/rest", "(reset)"),
                             ("3/1-0:1.8.0.255/128", "neither a number")):
            result = dlms("action", place, method, *options)
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn(text, result.stderr)
        refused = dlms("action", place, "3/1-0:1.8.0.255/2", *options, "--physical", "16", "--json")
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertFalse(json.loads(refused.stdout)["success"])

    def broadcast(self, keys, value):
        place, item, *options = self.options
        options[options.index("102")] = "103"
        return dlms("write", place, item, value, *options, "--type", "unsigned", "--broadcast", "--physical", "16",
                    "--security", "authenticated_encryption", "--system-title", "4845530000000001",
                    environment={"XDG_STATE_HOME": self.folder, **keys})

    def test_SYMSEC_X_BC_1_a_ciphered_broadcast_is_sealed_with_the_broadcast_key(self):
        good = {"DLMS_BROADCAST_KEY": "3" * 32, "DLMS_AUTHENTICATION_KEY": "2" * 32}
        sent = self.broadcast(good, "9")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assertEqual([self.read(16), self.read(17)], [9, 9])
        # Another key, and the unicast key in its place: it is sent, and no meter does it.
        for wrong in ("4" * 32, "1" * 32):
            self.assertEqual(self.broadcast({**good, "DLMS_BROADCAST_KEY": wrong}, "5").returncode, 0)
        self.assertEqual([self.read(16), self.read(17)], [9, 9])
        without = self.broadcast({"DLMS_ENCRYPTION_KEY": "1" * 32, "DLMS_AUTHENTICATION_KEY": "2" * 32}, "5")
        self.assertEqual(without.returncode, 2)
        self.assertIn("broadcast key", without.stderr)

    def test_a_type_must_be_named_where_no_meter_is_asked(self):
        sent = dlms("write", self.options[0], self.options[1], "7", *self.options[2:], "--broadcast")
        self.assertEqual(sent.returncode, 2, sent.stdout)
        self.assertIn("Nothing was sent", sent.stderr)
        self.assertEqual(self.read(16), 1)


if __name__ == "__main__":
    unittest.main()
