"""A meter, its copy in a scenario, and the simulator that serves the copy: value by value the same."""

import json
import os
import re
import socket
import tempfile
import threading
import unittest

from processes import Simulator, dlms

PASSWORD = {"DLMS_PASSWORD": "00000000"}
# What moves by itself, or is the affair of one client or one run.
MOVING = {(3, 2), (4, 2), (4, 5), (5, 2), (5, 3), (5, 6), (5, 7), (7, 2), (7, 7), (8, 2), (21, 2), (62, 2), (65, 2), (65, 3)}

SECRETS = {(15, 7), (19, 7), (19, 8), (19, 9), (44, 5), (45, 3), (46, 4)}


def documents(text):
    """What is stored in a built scenario's or a clone's logical device, by class, name and attribute."""
    device = json.loads(text)["logical_devices"][0]
    return {(one["class"], one["obis"]): {attribute["id"]: attribute for attribute in one["attributes"]}
            for one in device["objects"]}


class Base(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "meter.json")
        self.environment = {**PASSWORD, "XDG_STATE_HOME": folder.name}

    def start(self, *arguments, **options):
        meter = Simulator(*arguments, **options)
        self.addCleanup(meter.close)
        return meter

    def clone(self, port, *arguments):
        return dlms("clone", f"127.0.0.1:{port}", "--out", self.file, *arguments, environment=self.environment)

    def filled(self, **secrets):
        """The clone with its place-holders replaced."""
        with open(self.file, encoding="utf-8") as file:
            scenario = json.load(file)
        device = scenario["logical_devices"][0]
        for association in device["associations"]:
            if association.get("password") == "REPLACE-PASSWORD":
                association["password"] = secrets.get("password", "00000000")
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump(scenario, file)
        return scenario

    def document(self):
        with open(self.file, encoding="utf-8") as file:
            return documents(file.read())

    def values(self, port, items, *arguments):
        """What is read at once, as types and values; a refusal by its name."""
        result = dlms("read", f"127.0.0.1:{port}", *items, "--tree", *arguments, environment=self.environment)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        readings = json.loads(result.stdout)["readings"]
        self.assertEqual(len(readings), len(items))
        return {item: one.get("data", one.get("error")) for item, one in zip(items, readings)}


class Copies(Base):
    def compare(self, original, link, *arguments):
        done = self.clone(original.port, *arguments, *link, "--force")
        self.assertEqual(done.returncode, 0, done.stderr)
        scenario = self.filled()
        copy = self.start("--scenario", self.file, place="--hdlc-port" if "--hdlc" in link else "--port")
        items = [f"{one['class']}/{one['obis']}/{attribute['id']}"
                 for one in scenario["logical_devices"][0]["objects"] for attribute in one["attributes"]
                 if "r" in attribute["access"] and "computed" not in attribute
                 and (one["class"], attribute["id"]) not in MOVING | SECRETS]
        items += [f"{one['class']}/{one['obis']}/1" for one in scenario["logical_devices"][0]["objects"]]
        differ = []
        for first in range(0, len(items), 200):
            some = items[first:first + 200]
            expected = self.values(original.port, some, *arguments, *link)
            got = self.values(copy.port, some, *arguments, *link)
            self.assertEqual(len(expected), len(some))
            differ += [(item, expected[item], got[item]) for item in expected if expected[item] != got[item]]
        self.assertEqual(differ, [])
        # And what there is, with its rights.
        lists = ["12/0-0:40.0.0.255/2", "12/0-0:40.0.0.255/3"] if "--short-names" in arguments else [
            "15/0-0:40.0.0.255/2"]
        self.assertEqual(self.values(original.port, lists, *arguments, *link),
                         self.values(copy.port, lists, *arguments, *link))
        return scenario, done.stderr, len(items)

    def test_hexcell(self):
        _, errors, count = self.compare(self.start("--scenario", "hexcell"), [], "--brand", "hexcell")
        self.assertGreater(count, 2000)
        self.assertIn("has 1102 of 1102 objects", errors)
        self.assertIn("/logical_devices/0/associations/0/password", errors)

    def test_hexing_over_hdlc(self):
        meter = self.start("--scenario", "hexing", place="--hdlc-port")
        scenario, _, count = self.compare(meter, ["--hdlc"], "--brand", "hexing")
        self.assertGreater(count, 600)
        self.assertEqual(scenario["hdlc"]["address_octets"], 1)

    def test_standard(self):
        _, errors, count = self.compare(self.start("--scenario", "standard"), [], "--client", "1", "--auth", "low")
        self.assertGreater(count, 100)
        self.assertIn("not asked for, being secrets", errors)

    def test_full_with_logical_and_with_short_names(self):
        for arguments in (["--client", "1"], ["--client", "18", "--short-names"]):
            with self.subTest(arguments=arguments):
                scenario, _, _ = self.compare(self.start("--scenario", "full"), [], *arguments, "--auth", "low")
                names = [one["base_name"] for one in scenario["logical_devices"][0]["objects"] if "base_name" in one]
                self.assertEqual(len(names) > 20, "--short-names" in arguments)

    def test_what_does_something_in_the_meter_does_it_in_the_copy(self):
        meter = self.start("--scenario", "standard")
        self.assertEqual(self.clone(meter.port, "--client", "1", "--auth", "low").returncode, 0)
        self.filled()
        copy = self.start("--scenario", self.file)
        relay = [f"127.0.0.1:{copy.port}", "--client", "1", "--auth", "low"]
        done = dlms("action", *relay, "70/0-0:96.3.10.255/remote_disconnect", environment=PASSWORD)
        self.assertEqual(done.returncode, 0, done.stderr)
        state = self.values(copy.port, ["70/0-0:96.3.10.255/2"], "--client", "1", "--auth", "low")
        self.assertEqual(state, {"70/0-0:96.3.10.255/2": {"type": "boolean", "value": False}})


class Rows(Base):
    ITEM = "7/1-0:99.1.0.255/2"

    def rows(self, port, *arguments):
        result = dlms("profile", f"127.0.0.1:{port}", *arguments, environment=PASSWORD)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.splitlines()[1:]

    def test_the_newest_rows(self):
        meter = self.start("--scenario", "standard")
        who = ["--client", "1", "--auth", "low"]
        done = self.clone(meter.port, *who, "--rows", "500")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.filled()
        kept = self.document()[(7, "1-0:99.1.0.255")][2]["profile"]["rows"]
        self.assertEqual(len(kept), 500)
        copy = self.start("--scenario", self.file)
        expected = self.rows(meter.port, *who)
        copied = self.rows(copy.port, *who)
        self.assertEqual(len(copied), 500)
        # A row may have been captured since.
        self.assertIn(copied[-1], expected[-3:])
        at = expected.index(copied[-1])
        self.assertEqual(copied, expected[at - 499:at + 1])

    def test_a_period(self):
        meter = self.start("--scenario", "standard")
        who = ["--client", "1", "--auth", "low"]
        day = self.rows(meter.port, *who)[-400].split(",")[0][:10]
        period = ["--from", f"{day}T00:00", "--to", f"{day}T12:00"]
        self.assertEqual(self.clone(meter.port, *who, *period).returncode, 0)
        self.filled()
        copy = self.start("--scenario", self.file)
        self.assertEqual(self.rows(copy.port, *who), self.rows(meter.port, *who, *period))


class Cutter:
    """Hands octets on to a meter, and breaks off the first connections, each after so many octets of answers."""

    def __init__(self, port, *cuts):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.target = port
        self.cuts = list(cuts)
        self.connections = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                near, _ = self.socket.accept()
            except OSError:
                return
            left = self.cuts[self.connections] if self.connections < len(self.cuts) else 1 << 40
            self.connections += 1
            threading.Thread(target=self.carry, args=(near, left), daemon=True).start()

    def carry(self, near, left):
        with near, socket.create_connection(("127.0.0.1", self.target)) as far:
            threading.Thread(target=self.forward, args=(near, far), daemon=True).start()
            while left > 0:
                octets = far.recv(65536)
                if not octets:
                    break
                near.sendall(octets[:left])
                left -= len(octets)
            for one in (near, far):
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    @staticmethod
    def forward(near, far):
        try:
            while octets := near.recv(65536):
                far.sendall(octets)
            far.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class BadLines(Base):
    def cutter(self, *cuts):
        self.meter = self.start("--scenario", "full")
        line = Cutter(self.meter.port, *cuts)
        self.addCleanup(line.close)
        return line

    WHO = ["--client", "1", "--auth", "low", "--timeout", "5"]

    def test_a_line_that_breaks_off_now_and_then(self):
        self.assertEqual(self.clone(self.cutter().port, *self.WHO).returncode, 0)
        whole = self.document()
        line = self.cutter(4000, 300, 700, 5000)
        done = self.clone(line.port, *self.WHO, "--force")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(line.connections, 3)
        broken = self.document()
        self.assertEqual(broken.keys(), whole.keys())
        for name, attributes in whole.items():
            self.assertEqual({id: (one["access"], "null" if one.get("value", 0) is None else "some")
                              for id, one in attributes.items()},
                             {id: (one["access"], "null" if one.get("value", 0) is None else "some")
                              for id, one in broken[name].items()}, name)
        self.assertNotIn("not answered", done.stderr)

    def test_a_line_that_stays_away(self):
        line = self.cutter(4000, *[0] * 50)
        done = self.clone(line.port, *self.WHO)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("nothing is written", done.stderr)
        self.assertFalse(os.path.exists(self.file))
        line = self.cutter(4000, *[0] * 50)
        done = self.clone(line.port, *self.WHO, "--partial")
        self.assertEqual(done.returncode, 3, done.stderr)
        scenario = self.filled()
        count = len(scenario["logical_devices"][0]["objects"])
        self.assertTrue(0 < count < 25, count)
        copy = self.start("--scenario", self.file)
        self.assertEqual(len(self.values(copy.port, ["15/0-0:40.0.0.255/3"], *self.WHO)), 1)


class Refusals(Base):
    def test_what_is_refused_is_told_and_counted(self):
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump({"name": "refuses", "logical_devices": [{
                "sap": 1, "name": "TST0000000000001",
                "associations": [{"client_sap": 16, "name": "public", "mechanism": "lowest", "conformance": ["get"]}],
                "objects": [
                    {"obis": "0-0:40.0.0.255", "class": 15,
                     "attributes": [{"id": 2, "access": "r", "computed": "object_list"}]},
                    {"obis": "0-0:96.1.0.255", "class": 1, "fault": "temporary-failure",
                     "attributes": [{"id": 2, "access": "rw", "value": None}]},
                    {"obis": "0-0:96.1.1.255", "class": 1,
                     "attributes": [{"id": 2, "access": "none", "value": {"unsigned": 5}}]},
                    {"obis": "0-0:25.1.0.255", "class": 9999,
                     "attributes": [{"id": 2, "access": "r", "value": {"encoded": "0A02C3A9"}}],
                     "methods": [{"id": 5, "access": True, "returns": {"unsigned": 7}}]}]}]}, file)
        meter = self.start("--scenario", self.file)
        done = self.clone(meter.port, "--force", "--conformance", "get,action")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1/0-0:96.1.0.255/2: ", done.stderr)
        self.assertIn("1 attribute was refused by the meter", done.stderr)
        copied = self.document()
        self.assertEqual(copied[(1, "0-0:96.1.0.255")][2],
                         {"id": 2, "access": "rw", "value": None, "any_type": True})
        self.assertEqual(copied[(1, "0-0:96.1.1.255")][2], {"id": 2, "access": "none", "value": None})
        self.assertEqual(copied[(9999, "0-0:25.1.0.255")][2]["value"], {"encoded": "0A02C3A9"})
        self.start("--scenario", self.file)

    def test_a_file_that_is_there_is_left_alone(self):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write("mine")
        done = self.clone(1)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--force", done.stderr)
        with open(self.file, encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")

    def test_no_meter_and_no_secret(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        self.assertEqual(self.clone(port, "--timeout", "2").returncode, 3)
        self.environment["DLMS_PASSWORD"] = "Geheim17"
        meter = self.start("--scenario", "hexcell")
        self.assertEqual(self.clone(meter.port, "--client", "17", "--auth", "low").returncode, 4)

    def test_keys_are_place_holders(self):
        self.environment |= {"DLMS_ENCRYPTION_KEY": "00" * 16, "DLMS_AUTHENTICATION_KEY": "00" * 16}
        meter = self.start("--scenario", "hexing")
        secured = ["--brand", "hexing", "--client", "3", "--auth", "gmac", "--security", "authenticated_encryption"]
        done = self.clone(meter.port, *secured, "--max-objects", "40")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("40 of 343 objects", done.stderr)
        self.assertEqual(re.findall(r"in place of (\S+)", done.stderr),
                         ["/logical_devices/0/security/unicast_key", "/logical_devices/0/security/authentication_key"])
        copy = self.start("--scenario", self.file)
        # A meter that begins anew begins with new numbers.
        self.environment["XDG_STATE_HOME"] = os.path.join(os.path.dirname(self.file), "new")
        self.assertEqual(self.values(copy.port, ["1/0-0:42.0.0.255/2"], *secured)["1/0-0:42.0.0.255/2"]["type"],
                         "octet-string")


if __name__ == "__main__":
    unittest.main()
