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
                          "conformance": ["get", "set", "action"]}],
        "objects": [{"obis": "0-0:96.1.1.255", "class": 1, "name": "Number", "attributes": [
            {"id": 2, "access": "rw", "value": {"unsigned": 1}}]}]}]}


class Broadcast(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
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

    def test_a_type_must_be_named_where_no_meter_is_asked(self):
        sent = dlms("write", self.options[0], self.options[1], "7", *self.options[2:], "--broadcast")
        self.assertEqual(sent.returncode, 2, sent.stdout)
        self.assertIn("Nothing was sent", sent.stderr)
        self.assertEqual(self.read(16), 1)


if __name__ == "__main__":
    unittest.main()
