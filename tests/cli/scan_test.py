"""`dlms scan` against simulated meters on a line, against silence, and against peers that talk nonsense."""

import json
import os
import unittest

from processes import Peer, Simulator, dlms


def scan(port, *arguments):
    return dlms("scan", f"127.0.0.1:{port}", "--json", *arguments)


def found(result):
    return [(entry["physical"], entry["client"], entry["answer"], entry["logicalDeviceName"])
            for entry in json.loads(result.stdout)["found"]]


def mechanisms(result):
    return {entry["client"]: entry["mechanism"] for entry in json.loads(result.stdout)["found"]}


class Lines(unittest.TestCase):
    def test_meters_that_share_a_line_are_found_each_at_its_address(self):
        meters = Simulator("--scenario", "hexcell", "--multi-drop", "3", place="--hdlc-port")
        self.addCleanup(meters.close)
        for size in ([], ["--address-size", "2"], ["--brand", "hexcell"]):
            # 19 is silent.
            result = scan(meters.port, "--hdlc", *size, "--physicals", "16-19", "--clients", "16", "--wait", "2")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(found(result),
                             [(16 + i, 16, "associated", f"HXC00000123456{78 + i}") for i in range(3)], size)

    def test_a_client_that_needs_a_password_is_told_from_one_that_is_unknown(self):
        meter = Simulator("--scenario", "hexcell")
        self.addCleanup(meter.close)
        result = scan(meter.port, "--clients", "16,17,99", "--wait", "5")
        self.assertEqual(result.returncode, 0, result.stderr)
        answers = {client: answer for _, client, answer, _ in found(result)}
        self.assertEqual(answers[16], "associated")
        self.assertEqual(answers[17], "needs authentication")
        self.assertNotIn(answers[99], ("associated", "needs authentication"))
        self.assertEqual(mechanisms(result), {16: "lowest", 17: "LLS", 99: None})

    def test_the_mechanism_of_a_client_with_high_level_security_is_found_without_its_key(self):
        for options in ([], ["--hdlc"]):
            meter = Simulator("--scenario", "hexing", place="--hdlc-port" if options else "--port")
            self.addCleanup(meter.close)
            # 1 has a password, 16 nothing, 3 is ciphered: what that wants is not found without keys.
            result = scan(meter.port, "--clients", "1,16,4,3", "--wait", "5", *options)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(mechanisms(result), {1: "LLS", 16: "lowest", 4: "HLS-manufacturer", 3: None})

    def test_a_table_for_people(self):
        meter = Simulator("--scenario", "hexcell")
        self.addCleanup(meter.close)
        result = dlms("scan", f"127.0.0.1:{meter.port}", "--clients", "16", "--wait", "5")
        self.assertEqual(result.stdout, "server 1  client 16  associated  lowest  HXC0000012345678\n")

    def test_nobody_answers(self):
        peer = Peer(lambda connection: [None for _ in iter(lambda: connection.recv(1 << 16), b"")])
        self.addCleanup(peer.close)
        for arguments in ([], ["--hdlc"]):
            result = dlms("scan", f"127.0.0.1:{peer.port}", "--clients", "16", "--wait", "0.2", *arguments)
            self.assertEqual((result.returncode, result.stdout), (0, "Nobody answered.\n"), result.stderr)

    def test_noise_is_nobody_and_ends(self):
        def babble(connection):
            try:
                while True:
                    connection.sendall(b"\x7e\xa0\x23" + os.urandom(1 << 10))
            except OSError:
                pass
        peer = Peer(babble)
        self.addCleanup(peer.close)
        result = scan(peer.port, "--hdlc", "--clients", "16", "--wait", "0.3")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(found(result), [])

    def test_another_meter_that_answers_is_not_the_one_that_was_asked(self):
        def hdlc_frame(addresses, control):  # ISO/IEC 13239 with the check of ITU-T X.25
            content = bytes([0xA0, len(addresses) + 5]) + addresses + bytes([control])
            check = 0xFFFF
            for octet in content:
                check ^= octet
                for _ in range(8):
                    check = check >> 1 ^ (0x8408 if check & 1 else 0)
            return b"\x7e" + content + (check ^ 0xFFFF).to_bytes(2, "little") + b"\x7e"

        def always(server):
            def answer(connection):
                while connection.recv(1 << 16):
                    connection.sendall(hdlc_frame(bytes([16 << 1 | 1]) + server, 0x1F))  # DM
            return answer
        for lower, expected in ((17, []), (16, [16])):
            peer = Peer(always(bytes([1 << 1, lower << 1 | 1])))
            self.addCleanup(peer.close)
            result = scan(peer.port, "--hdlc", "--address-size", "2", "--physicals", "16", "--clients", "16",
                          "--wait", "0.3")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual([place for place, *_ in found(result)], expected)

    def test_no_line_ends_the_scan_at_once(self):
        peer = Peer(lambda connection: None)
        peer.close()
        result = scan(peer.port, "--clients", "0-127", "--servers", "0-127", "--wait", "60")
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        result = dlms("scan", "/dev/nowhere", "--physicals", "0-127", "--wait", "60")
        self.assertEqual((result.returncode, result.stdout), (3, ""))

    def test_a_command_line_that_is_wrong(self):
        for arguments in [["--clients", "x"], ["--servers", "2-1"], ["--physicals", "1"],
                          ["--hdlc", "--physicals", "16384"], ["--hdlc", "--clients", "128"],
                          ["--hdlc", "--physicals", "16", "--address-size", "1"],
                          ["--hdlc", "--servers", "127-128", "--address-size", "2"], ["--wait", "0"]]:
            result = dlms("scan", "127.0.0.1:1", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertNotEqual(result.stderr, "")


if __name__ == "__main__":
    unittest.main()
