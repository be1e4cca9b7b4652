"""Simulated meters that call the head end: log-in, heartbeats, requests on the same connection, and calling again."""

import socket
import subprocess
import unittest
import urllib.request

from processes import SIMULATOR

# An AARQ for logical names without authentication, and GET of the serial number; client 16, server 1.
AARQ = bytes.fromhex("000100100001001F601DA109060760857405080101BE10040E01000000065F1F0400001E1DFFFF")
GET_SERIAL = bytes.fromhex("000100100001000DC001C100010000600100FF0200")
SERIAL = bytes.fromhex("000012345678")
HEXCELL_ANSWER = bytes.fromhex("8E310101C117")
EMPTY_WPDU = bytes.fromhex("0001000100010000")


def receive(connection, count):
    octets = b""
    while len(octets) < count:
        part = connection.recv(count - len(octets))
        if not part:
            raise OSError("the meter hung up")
        octets += part
    return octets


def wpdu(connection):
    header = receive(connection, 8)
    return header[:6], receive(connection, int.from_bytes(header[6:], "big"))


class Dialling(unittest.TestCase):
    def setUp(self):
        self.head_end = socket.create_server(("127.0.0.1", 0))
        self.head_end.settimeout(30)
        self.addCleanup(self.head_end.close)

    def start(self, *arguments):
        port = self.head_end.getsockname()[1]
        process = subprocess.Popen([SIMULATOR, "--log-level", "off", "--dial", f"127.0.0.1:{port}", *arguments],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.terminate)
        self.assertTrue(process.stdout.readline().startswith(f"dialling 127.0.0.1:{port} (scenario "))
        return process

    def accept(self):
        connection, _ = self.head_end.accept()
        connection.settimeout(30)
        self.addCleanup(connection.close)
        return connection

    def heartbeat(self, connection):
        frame = receive(connection, 23)
        self.assertEqual((frame[:2], frame[22]), (b"\x8e\xa1", 0x17))
        self.assertEqual(frame[21], sum(frame[:21]) & 0xFF)
        return frame[2:8]

    def associate(self, connection):
        connection.sendall(AARQ)
        ports, aare = wpdu(connection)
        self.assertEqual((ports, aare[0]), (bytes.fromhex("000100010010"), 0x61))

    def test_a_hexcell_meter_logs_in_and_serves_between_heartbeats(self):
        self.start("--heartbeat", "1")
        connection = self.accept()
        self.assertEqual(self.heartbeat(connection), SERIAL)
        # The answer in pieces, and a request in the same segment as its end.
        connection.sendall(HEXCELL_ANSWER[:2])
        connection.sendall(HEXCELL_ANSWER[2:] + AARQ)
        self.assertEqual(wpdu(connection)[1][0], 0x61)
        for _ in range(3):
            self.assertEqual(self.heartbeat(connection), SERIAL)
            connection.sendall(HEXCELL_ANSWER + GET_SERIAL)
            self.assertEqual(wpdu(connection)[1], bytes.fromhex("C401C1000906") + SERIAL)

    def test_a_hexing_meter_logs_in_by_a_notification(self):
        for form in ("hexing", "hexing-b"):
            with self.subTest(form=form):
                process = self.start("--scenario", "hexing", "--dial-as", form, "--heartbeat", "1")
                connection = self.accept()
                ports, login = wpdu(connection)
                self.assertEqual(ports, bytes.fromhex("000100010001"))
                # Confirmed, no time, three elements: the push setup, 0-0:96.1.0.255, and the number behind it.
                self.assertEqual(login[:6], bytes.fromhex("0F4000000100"))
                self.assertEqual(login[6:24], bytes.fromhex("0203" "09060000190900FF" "09060000600100FF"))
                number = login[26:]
                self.assertEqual(login[24:26], bytes([9, len(number)]))
                connection.sendall(EMPTY_WPDU)
                for _ in range(2):
                    if form == "hexing":
                        self.assertEqual(wpdu(connection)[1][:2], b"\x01\x11")
                        connection.sendall(EMPTY_WPDU)
                    else:
                        beat = receive(connection, 21)
                        self.assertEqual((beat[:2], beat[18]), (b"\xdd\x10", 0x12))
                        self.assertTrue(beat[2:18].endswith(number))
                        connection.sendall(b"\xda")
                self.associate(connection)
                process.terminate()
                process.wait()

    def test_every_meter_of_a_fleet_calls_under_its_own_number(self):
        self.start("--fleet", "2", "--multi-drop", "3")
        numbers = sorted(self.heartbeat(self.accept()) for _ in range(6))
        self.assertEqual(numbers, [bytes.fromhex(f"0000123456{78 + i}") for i in range(6)])

    def test_it_calls_again_when_it_was_hung_up_on(self):
        self.start()
        for _ in range(2):
            connection = self.accept()
            self.heartbeat(connection)
            connection.close()
        self.associate(self.accept_after_login())

    def accept_after_login(self):
        connection = self.accept()
        self.heartbeat(connection)
        return connection

    def test_heartbeats_that_nobody_answers_end_the_call(self):
        self.start("--heartbeat", "1")
        connection = self.accept()
        for _ in range(3):
            self.heartbeat(connection)
        self.assertEqual(connection.recv(1), b"")
        self.heartbeat(self.accept())  # and it calls again

    def test_what_is_no_wpdu_ends_the_call(self):
        self.start()
        connection = self.accept_after_login()
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        self.assertEqual(connection.recv(1), b"")
        self.heartbeat(self.accept())

    def test_a_meter_without_power_calls_nobody(self):
        port = self.head_end.getsockname()[1]
        process = subprocess.Popen([SIMULATOR, "--log-level", "off", "--multi-drop", "2", "--dial", f"127.0.0.1:{port}",
                                    "--control", "0"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.terminate)
        process.stdout.readline()
        control = int(process.stdout.readline().rsplit(" ", 1)[1])
        calls = {}
        for _ in range(2):
            connection = self.accept()
            calls[self.heartbeat(connection)] = connection
            connection.sendall(HEXCELL_ANSWER)

        def power(on):
            body = b'{"on": true}' if on else b'{"on": false}'
            request = urllib.request.Request(f"http://127.0.0.1:{control}/meters/1/power", body, method="PUT")
            with urllib.request.urlopen(request, timeout=30) as response:
                self.assertEqual(response.status, 200)
        power(False)
        self.assertEqual(calls[SERIAL].recv(1), b"")
        self.head_end.settimeout(3)
        with self.assertRaises(TimeoutError):
            self.head_end.accept()
        power(True)
        self.head_end.settimeout(30)
        self.assertEqual(self.heartbeat(self.accept()), SERIAL)
        # The other one has not been hung up on.
        other = next(call for number, call in calls.items() if number != SERIAL)
        self.associate(other)

    def test_a_head_end_that_cannot_be(self):
        for wrong in ("nowhere", "127.0.0.1:", ":5512", "127.0.0.1:0", "127.0.0.1:65536"):
            result = subprocess.run([SIMULATOR, "--dial", wrong], capture_output=True, text=True, timeout=60,
                                    check=False)
            self.assertEqual((result.returncode, result.stdout), (1, ""), wrong)
            self.assertIn("--dial: HOST:PORT is expected", result.stderr)


if __name__ == "__main__":
    unittest.main()
