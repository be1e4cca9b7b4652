"""`dlms` against the simulator: what it prints, and its exit status for everything that can go wrong."""

import json
import os
import re
import subprocess
import tempfile
import unittest

from processes import Peer, Simulator, dlms


class ModeC(unittest.TestCase):
    def test_the_data_block_of_a_simulated_meter_is_read(self):
        meter = Simulator("--scenario", "hexcell", "--mode-e", place="--hdlc-port")
        self.addCleanup(meter.close)
        result = dlms("readout", f"127.0.0.1:{meter.port}", "--start-baud", "1200", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        document = json.loads(result.stdout)
        self.assertEqual(document["manufacturer"], "HXC")
        lines = {line["address"]: line for line in document["lines"]}
        self.assertEqual(lines["1.8.0"]["unit"], "kWh")
        energy = dlms("read", f"127.0.0.1:{meter.port}", "1-0:1.8.0.255", "--hdlc", "--mode-e", "--baud", "1200",
                      "--brand", "hexcell", "--json")
        self.assertEqual(energy.returncode, 0, energy.stderr)
        read = float(json.loads(energy.stdout)["readings"][0]["value"])
        self.assertLess(abs(read - float(lines["1.8.0"]["value"])), 1)


class Reading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.meter = Simulator("--scenario", "hexcell")
        cls.addClassCleanup(cls.meter.close)
        cls.host = f"127.0.0.1:{cls.meter.port}"

    def read(self, *arguments, **more):
        return dlms("read", self.host, *arguments, **more)

    def test_a_register_is_printed_with_its_unit(self):
        result = self.read("1-0:1.8.0.255", "--brand", "hexcell")
        self.assertEqual(result.returncode, 0, result.stderr)
        head, line = result.stdout.splitlines()
        self.assertRegex(head, r"^OBIS code +class +attribute +value$")
        self.assertRegex(line, r"^1-0:1\.8\.0\.255 +3 +2 +\d+\.\d\d kWh  \(double-long-unsigned\)$")

    def test_base_units(self):
        result = self.read("1.8.0", "--brand", "hexcell", "--energy-unit", "base")
        self.assertRegex(result.stdout, r" \d+0 Wh  ")

    def test_json_has_the_members_of_the_rest_interface(self):
        result = self.read("1.8.0", "0-0:1.0.0.255", "--brand", "hexcell", "--json", "--tree")
        self.assertEqual(result.returncode, 0, result.stderr)
        energy, clock = json.loads(result.stdout)["readings"]
        self.assertEqual(energy["unit"], "kWh")
        self.assertEqual(energy["scaler"], -2)
        self.assertEqual(round(float(energy["value"]) * 100), energy["raw"])
        self.assertEqual(energy["data"], {"type": "double-long-unsigned", "value": energy["raw"]})
        self.assertEqual((clock["obisCode"], clock["classId"], clock["attributeId"]), ("0-0:1.0.0.255", 8, 2))
        self.assertEqual(clock["encoding"], "date-time")
        self.assertRegex(clock["value"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")

    def test_classes_and_attributes_by_item(self):
        result = self.read("3/1-0:1.8.0.255/3", "0-0:42.0.0.255", "--brand", "hexcell", "--json")
        scaler_unit, name = json.loads(result.stdout)["readings"]
        self.assertEqual(scaler_unit["value"], [1, 30])
        self.assertEqual((name["value"], name["encoding"]), ("HXC0000012345678", "text"))

    def test_digits_are_shown_as_the_brand_means_them(self):
        for brand, value, encoding in (("hexcell", "000012345678", "bcd"), ("Hexcell", "000012345678", "bcd"),
                                       ("generic", "000012345678", "hex")):
            result = self.read("0-0:96.1.0.255", "--brand", brand, "--client", "17", "--auth", "low", "--password",
                               "00000000", "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            reading = json.loads(result.stdout)["readings"][0]
            self.assertEqual((reading["value"], reading["encoding"]), (value, encoding))

    def test_one_object_that_is_not_there_spoils_no_other(self):
        result = self.read("1-0:9.9.9.255", "1.8.0", "--brand", "hexcell", "--json")
        self.assertEqual(result.returncode, 1)
        missing, energy = json.loads(result.stdout)["readings"]
        self.assertEqual((missing["success"], missing["errorCode"]), (False, "object-undefined"))
        self.assertTrue(energy["success"])
        table = self.read("1-0:9.9.9.255", "1.8.0", "--brand", "hexcell")
        self.assertIn("object-undefined. Check the OBIS code and the class", table.stdout)

    def test_the_password_comes_from_wherever_it_may(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("00000000\n")
            file.flush()
            ways = [
                (["--password", "00000000"], {}),
                (["--password-hex", "3030303030303030"], {}),
                (["--password-file", file.name], {}),
                (["--password-file", "-"], {"stdin": "00000000\r\n"}),
                (["--auth", "low"], {"environment": {"DLMS_PASSWORD": "00000000"}}),
            ]
            for arguments, more in ways:
                result = self.read("1.8.0", "--client", "17", *arguments, **more)
                self.assertEqual(result.returncode, 0, (arguments, result.stderr))

    def test_the_trace_shows_octets_and_no_password(self):
        result = self.read("1.8.0", "--brand", "hexcell", "-v")
        self.assertIn("-> 000100110001", result.stderr)
        self.assertIn("C001C1000301000108", result.stderr)
        self.assertNotIn("3030303030303030", result.stderr)

    def test_an_unknown_client_is_rejected(self):
        result = self.read("1.8.0", "--client", "99")
        self.assertEqual((result.returncode, result.stdout), (4, ""))
        self.assertIn("Try another --client", result.stderr)


class Writing(unittest.TestCase):
    def setUp(self):
        self.meter = Simulator("--scenario", "hexcell")
        self.addCleanup(self.meter.close)
        self.host = f"127.0.0.1:{self.meter.port}"

    def write(self, *arguments):
        return dlms("write", self.host, *arguments, "--brand", "hexcell")

    def test_a_clock_is_set_and_goes_on_from_there(self):
        result = self.write("0-0:1.0.0.255", "2031-05-06T07:08:00")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("is now 2031-05-06T07:08:00", result.stdout)
        back = dlms("read", self.host, "0-0:1.0.0.255", "--brand", "hexcell", "--json")
        reading = json.loads(back.stdout)["readings"][0]
        self.assertRegex(reading["value"], "^2031-05-06T07:")
        self.assertRegex(reading["raw"], "8000FF$", "deviation and status stay as the meter has them")

    def test_what_the_meter_refuses(self):
        result = self.write("1.8.0", "5")
        self.assertEqual(result.returncode, 1)
        self.assertIn("read-write-denied", result.stderr)

    def test_a_value_that_does_not_fit_is_not_sent(self):
        for value in ["yesterday", "12", "[1]"]:
            result = self.write("0-0:1.0.0.255", value, "-v")
            self.assertEqual(result.returncode, 2, value)
            self.assertIn("expected a ", result.stderr)
            self.assertIn("Nothing was sent.", result.stderr)
            self.assertNotIn("C101C", result.stderr, "no set-request on the line")

    def test_json(self):
        result = self.write("0-0:1.0.0.255", "2031-05-06T07:08:00", "--json")
        self.assertEqual(json.loads(result.stdout),
                         {"success": True, "obisCode": "0-0:1.0.0.255", "value": "2031-05-06T07:08:00"})
        result = self.write("1.8.0", "5", "--json")
        self.assertEqual(json.loads(result.stdout)["errorCode"], "read-write-denied")


class NamedAttributes(unittest.TestCase):
    LIMITER = "71/0-0:17.0.0.255"

    @classmethod
    def setUpClass(cls):
        cls.meter = Simulator("--scenario", "standard")
        cls.addClassCleanup(cls.meter.close)
        cls.host = f"127.0.0.1:{cls.meter.port}"

    def call(self, command, *arguments):
        return dlms(command, self.host, *arguments, "--client", "1", "--password", "00000000")

    def limits(self):
        items = [f"{self.LIMITER}/{number}" for number in (4, 5)]
        readings = json.loads(self.call("read", *items, "--json").stdout)["readings"]
        return [reading["value"] for reading in readings]

    def test_a_value_names_the_attribute(self):
        result = self.call("write", self.LIMITER, '{"threshold_normal": 5100}')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("0-0:17.0.0.255 attribute 4 is now 5100", result.stdout)
        self.assertEqual(self.limits()[0], 5100)

    def test_a_value_names_several(self):
        value = '{"threshold_normal": 5200, "threshold_emergency": 70}'
        result = self.call("write", self.LIMITER, value, "-v")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("attribute 4 is now 5200", result.stdout)
        self.assertIn("attribute 5 is now 70", result.stdout)
        self.assertRegex(result.stderr, "-> [0-9A-F]*C104C[0-9A-F]", "one set-request with list")
        self.assertEqual(self.limits(), [5200, 70])

    def test_each_of_several_has_an_outcome(self):
        value = '{"threshold_active": 1, "threshold_emergency": 80}'
        result = self.call("write", self.LIMITER, value, "--json")
        self.assertEqual(result.returncode, 1)
        refused, written = json.loads(result.stdout)
        self.assertEqual((refused["attributeId"], refused["errorCode"]), (3, "read-write-denied"))
        self.assertEqual((written["attributeId"], written["success"]), (5, True))
        self.assertIn("0-0:17.0.0.255 attribute 3: ", result.stderr)

    def test_one_value_that_does_not_fit_keeps_all_back(self):
        before = self.limits()
        result = self.call("write", self.LIMITER, '{"threshold_normal": 1, "threshold_emergency": "x"}')
        self.assertEqual(result.returncode, 2)
        self.assertIn("Nothing was sent.", result.stderr)
        self.assertEqual(self.limits(), before)


class Conformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.meter = Simulator("--scenario", "full")
        cls.addClassCleanup(cls.meter.close)
        cls.host = f"127.0.0.1:{cls.meter.port}"

    def read(self, *arguments):
        # Of the brands this one takes the shortest APDUs.
        return dlms("read", self.host, *arguments, "-v", "--brand", "hexcell", "--client", "2")

    def object_list(self, *arguments):
        return self.read("15/0-0:40.0.0.255/2", "--json", *arguments)

    def test_general_block_transfer_is_proposed_negotiated_and_used(self):
        usual = self.object_list()
        self.assertNotRegex(usual.stderr, "<- [0-9A-F]{16}E0")
        for name in ("200014", "get,selective-access, general-block-transfer"):
            result = self.object_list("--conformance", name, "--block-window", "3")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(json.loads(result.stdout), json.loads(usual.stdout))
            blocks = [line for line in result.stderr.splitlines() if re.search("<- [0-9A-F]{16}E0", line)]
            self.assertGreater(len(blocks), 1, result.stderr)
            self.assertRegex(result.stderr, "-> [0-9A-F]{16}E083", "the window is ours")

    def test_requests_go_out_together(self):
        result = self.read("1.8.0", "2.8.0", "--conformance", "get", "--outstanding-requests", "4")
        self.assertEqual(result.returncode, 0, result.stderr)
        ways = [match[1] for match in re.finditer("(->|<-) [0-9A-F]{16}C[04]01", result.stderr)]
        self.assertEqual(ways[:4], ["->"] * 4)

    def test_what_is_no_conformance_block_is_refused(self):
        result = self.object_list("--conformance", "get,none")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--conformance: a conformance block is", result.stderr)


class Refusals(unittest.TestCase):
    def test_a_wrong_password_is_named_and_never_shown(self):
        meter = Simulator("--scenario", "hexcell")
        self.addCleanup(meter.close)
        result = dlms("read", f"127.0.0.1:{meter.port}", "1.8.0", "--brand", "hexcell", "-v",
                      environment={"DLMS_PASSWORD": "Geheim42"})
        self.assertEqual((result.returncode, result.stdout), (4, ""))
        self.assertIn("authentication-failure", result.stderr)
        self.assertNotIn("Geheim42", result.stderr)
        self.assertNotIn(b"Geheim42".hex().upper(), result.stderr)

    def test_a_closed_port(self):
        peer = Peer(lambda connection: None)
        peer.close()
        result = dlms("read", f"127.0.0.1:{peer.port}", "1.8.0")
        self.assertEqual(result.returncode, 3)
        self.assertIn("refused the connection", result.stderr)

    def peer(self, behave, *arguments):
        peer = Peer(behave)
        self.addCleanup(peer.close)
        return dlms("read", f"127.0.0.1:{peer.port}", "1.8.0", *arguments)

    def test_a_peer_that_says_nothing(self):
        result = self.peer(lambda connection: connection.recv(1 << 16) and connection.recv(1), "--timeout", "0.3")
        self.assertEqual(result.returncode, 3)
        self.assertIn("did not answer within the time-out", result.stderr)

    def test_a_peer_that_closes(self):
        result = self.peer(lambda connection: connection.recv(1 << 16))
        self.assertEqual(result.returncode, 3)
        self.assertIn("connection to the meter was lost", result.stderr)

    def test_a_peer_that_speaks_something_else(self):
        def web_server(connection):
            connection.recv(1 << 16)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.recv(1)
        result = self.peer(web_server)
        self.assertEqual(result.returncode, 5)
        self.assertIn("Is this a DLMS meter", result.stderr)

    def test_a_command_line_that_is_wrong(self):
        for arguments in [[], ["read"], ["read", "127.0.0.1"], ["read", "127.0.0.1", "1.8.x"],
                          ["read", "127.0.0.1:x", "1.8.0"], ["read", "127.0.0.1", "1.8.0", "--auth", "high"],
                          ["read", "127.0.0.1", "1.8.0", "--auth", "low"],
                          ["read", "127.0.0.1", "1.8.0", "--password-hex", "3"],
                          ["read", "127.0.0.1", "1.8.0", "--password-file", "/nonexistent"],
                          ["read", "127.0.0.1", "1.8.0", "--auth", "none", "--password", "x"],
                          ["read", "127.0.0.1", "1.8.0", "--client", "70000"],
                          ["write", "127.0.0.1", "1.8.0", "5", "--type", "u9"], ["fly"]]:
            result = dlms(*arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertNotEqual(result.stderr, "")

    def test_a_damaged_stream_is_shown_and_refused(self):
        frame = "7EA0070321930F017E"
        result = dlms("decode", frame + "7EA0070321930F007E" + frame)
        fault = "check mismatch at octet 15: expected 0F01, got 0F00"
        self.assertEqual(result.returncode, 5)
        self.assertEqual(result.stdout.count("SNRM"), 4)
        self.assertIn(fault, result.stdout)
        self.assertIn(fault, result.stderr)
        result = dlms("decode", "--json", frame + "7EA0070321930F007E" + frame)
        self.assertEqual(result.returncode, 5)
        answer = json.loads(result.stdout)
        self.assertEqual((answer["layer"], answer["error"]["offset"], answer["error"]["code"]),
                         ("stream", 15, "check-mismatch"))

    def test_a_capture_comes_from_standard_input_too(self):
        head = bytes.fromhex("D4C3B2A1020004000000000000000000FFFF000001000000")
        packet = bytes.fromhex("E80300002A0000003C0000003C000000") + bytes(60)
        # pcapng: section header, interface description; it begins with a line feed as text may.
        section = bytes.fromhex("0A0D0D0A1C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF1C000000")
        interface = bytes.fromhex("01000000140000000100000000000400" "14000000")
        for content, packets in ((head + packet + packet, 2), (section + interface, 0)):
            for arguments in (["decode", "-"], ["decode"]):
                result = subprocess.run([os.environ["DLMS_PROGRAM"], *arguments], input=content,
                                        capture_output=True, timeout=60, check=False)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(f"{packets} packets".encode(), result.stderr)
        result = subprocess.run([os.environ["DLMS_PROGRAM"], "decode", "-"], input=b"\n1200 05\n",
                                capture_output=True, timeout=60, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(b"long-unsigned 5", result.stdout)

    def test_what_no_authentication_key_verifies_is_shown_as_unverified(self):
        # sealed with the keys of IEC 62056-5-3's example, as in the Green Book
        keys = ["--ek", "000102030405060708090A0B0C0D0E0F"]
        apdu = ("DB084D4D4D0000BC614E1E3001234567"
                "411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B")
        refused = json.loads(dlms("decode", "--json", apdu, *keys).stdout)["decoded"]
        self.assertIn("authentication key", refused["plaintext_error"])
        shown = json.loads(dlms("decode", "--json", apdu, *keys, "--open-unverified").stdout)
        self.assertEqual(shown["decoded"]["plaintext"], "C0010000080000010000FF0200")
        self.assertIs(shown["decoded"]["plaintext_unverified"], True)
        verified = json.loads(dlms("decode", "--json", apdu, *keys, "--open-unverified", "--ak",
                                   "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF").stdout)["decoded"]
        self.assertEqual(verified["plaintext"], "C0010000080000010000FF0200")
        self.assertNotIn("plaintext_unverified", verified)
        named = json.loads(dlms("decode", "--json", "--layer", "xdlms", apdu, *keys,
                                "--open-unverified").stdout)["decoded"]
        self.assertEqual(named["plaintext"], "C0010000080000010000FF0200")

    def test_a_general_block_that_is_all_is_peeled(self):
        answer = dlms("decode", "--json", "E0C10001000009C401C1000600000001")
        self.assertEqual(json.loads(answer.stdout)["decoded"]["apdu_decoded"]["service"],
                         "get-response")

    def test_decode_shows_apdus_one_a_line(self):
        apdus = "C001C100080000010000FF0200\nC401C1000600000001\n"
        with tempfile.NamedTemporaryFile("w", suffix=".hex") as file:
            file.write(apdus)
            file.flush()
            shown = dlms("decode", file.name)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertIn("line 1: xdlms, 13 octets", shown.stdout)
            self.assertIn("line 2: xdlms, 9 octets", shown.stdout)
            lines = [json.loads(line) for line in
                     dlms("decode", "--json", file.name).stdout.splitlines()]
        self.assertEqual([line["decoded"]["service"] for line in lines],
                         ["get-request", "get-response"])

    def test_a_capture_that_breaks_off_is_malformed(self):
        head = bytes.fromhex("D4C3B2A1020004000000000000000000FFFF000001000000")
        packet = bytes.fromhex("E80300002A0000003C0000003C000000") + bytes(60)
        for content, status in ((head + packet, 0), (head + packet[:-1], 5)):
            with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
                file.write(content)
                file.flush()
                self.assertEqual(dlms("decode", file.name).returncode, status)

    def test_help_tells_how(self):
        result = dlms("--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("Exit status:", result.stdout)
        for command in ["read", "write"]:
            result = dlms(command, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn("Examples:", result.stdout)
            self.assertIn("--password-file", result.stdout)


if __name__ == "__main__":
    unittest.main()
