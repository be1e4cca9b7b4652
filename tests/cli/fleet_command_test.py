"""`dlms fleet` against the control of a running simulator: what it prints, and how it ends."""

import json
import os
import socket
import tempfile
import unittest

from control_test import Controlled, is_over
from processes import Peer, dlms

SERIAL = "0-0:96.1.0.255/2"


class Fleet(unittest.TestCase):
    def start(self, *arguments, **options):
        simulator = Controlled(*(arguments or ["--port", "0", "--multi-drop", "5"]), **options)
        self.addCleanup(simulator.close)
        return simulator

    def fleet(self, simulator, *arguments, **environment):
        return dlms("fleet", "--control", f"127.0.0.1:{simulator.control}", *arguments, environment=environment)

    def done(self, simulator, *arguments):
        result = self.fleet(simulator, *arguments)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        return result.stdout

    def test_looking(self):
        simulator = self.start()
        lines = self.done(simulator, "list", "--first", "2", "--count", "3").splitlines()
        self.assertEqual([line.split() for line in lines[1:4]],
                         [[str(n), "1", "on", "0", "hexcell", f"HXC{12345677 + n:013d}"] for n in (2, 3, 4)])
        self.assertEqual(lines[4], "3 of 5 meters")
        self.assertIn("5 of 5 meters", self.done(simulator, "list"))
        self.assertIn("meters: 5\n", self.done(simulator, "statistics"))
        self.assertIn("open.gets: 0\n", self.done(simulator, "show", "1"))
        self.assertEqual(json.loads(self.done(simulator, "get", "1", SERIAL)), {"octet-string": "000012345678"})
        self.assertEqual(json.loads(self.done(simulator, "--json", "statistics"))["meters"], 5)
        self.assertEqual(json.loads(self.done(simulator, "list", "--json"))["total"], 5)

    def test_changing(self):
        simulator = self.start()
        self.assertEqual(self.done(simulator, "set", "2", SERIAL, '{"octet-string": "000000000042"}'), "changed: 2\n")
        self.assertEqual(json.loads(self.done(simulator, "get", "2", SERIAL, "--class", "1", "--device", "1")),
                         {"octet-string": "000000000042"})
        self.assertEqual(self.done(simulator, "power", "1-3", "off"), "changed: 1-3\n")
        self.assertIn("on: 2\n", self.done(simulator, "statistics"))
        self.assertEqual(self.done(simulator, "power", "*", "on"), "changed: 1-5\n")
        self.assertEqual(self.done(simulator, "delay", "1", "250"), "changed: 1\n")
        self.assertIn("answer_delay: 250\n", self.done(simulator, "show", "1"))
        year = int(self.done(simulator, "show", "1").split("clock: ")[1][:4])
        self.done(simulator, "clock", "1", "--by", "-31622400")
        self.assertEqual(int(self.done(simulator, "show", "1").split("clock: ")[1][:4]), year - 1)
        self.assertEqual(self.done(simulator, "happening", "1", "cover_opened"), "changed: 1\n")
        self.assertEqual(self.done(simulator, "misbehave", "*", "wrong_tag", "--share", "50", "--seed", "3"),
                         self.done(simulator, "misbehave", "*", '{"kind": null}', "--share", "50", "--seed", "3"))
        self.assertEqual(self.done(simulator, "misbehave", "1", "none"), "changed: 1\n")
        with socket.create_connection(("127.0.0.1", simulator.port)) as connection:
            self.done(simulator, "disconnect", "1")
            self.assertTrue(is_over(connection))

    def test_coming_and_going(self):
        simulator = self.start("--port", "0")
        added = self.done(simulator, "add", "full", "--udp-port", "0", "--count", "2").splitlines()
        self.assertRegex(added[0], r"^meter 2, line 2, udp_port \d+$")
        self.assertRegex(added[1], r"^meter 3, line 3, udp_port \d+$")
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"name": "mine", "logical_devices": [
                {"sap": 1, "name": "MINE", "associations": [], "objects": []}]}, file)
            file.flush()
            self.assertEqual(self.done(simulator, "add", file.name, "--line", "1"), "meter 4, line 1\n")
            file.write("}")
            file.flush()
            result = self.fleet(simulator, "add", file.name)
            self.assertEqual(result.returncode, 2)
        self.assertEqual(self.done(simulator, "remove", "2-4"), "removed: 2-4\n")
        self.assertIn("1 of 1 meters", self.done(simulator, "list"))

    def test_exit_statuses(self):
        simulator = self.start("--scenario", "hexcell", "--scenario", "small", "--port", "0", token="secret")
        known = {"DLMS_SIMULATOR_CONTROL_TOKEN": "secret"}
        for arguments, status, words in [
                (["show", "9"], 1, "from 1 to 2"), (["get", "1", "0-0:96.1.77.255/2"], 1, "no such attribute"),
                (["get", "1", "0-0:96.1.77"], 2, "OBIS"), (["set", "1", SERIAL, "{"], 2, "no value"),
                (["power", "1", "maybe"], 2, "on"), (["misbehave", "1", "politely"], 2, "kind"),
                (["add", "none"], 2, "/scenario"), (["add", "small", "--line", "8"], 1, "no line 8"),
                (["set", "*", "1-0:99.1.0.255/8", '{"double-long-unsigned": 5}'], 1, "meter 2: ")]:
            with self.subTest(arguments=arguments):
                result = self.fleet(simulator, *arguments, **known)
                self.assertEqual(result.returncode, status, result.stderr)
                self.assertIn(words, result.stderr)
        # What could be done was done, and is told.
        self.assertEqual(self.fleet(simulator, "set", "*", "1-0:99.1.0.255/8", '{"double-long-unsigned": 6}',
                                    **known).stdout, "changed: 1\n")
        self.assertEqual(self.fleet(simulator, "list").returncode, 4)
        self.assertEqual(self.fleet(simulator, "list", DLMS_SIMULATOR_CONTROL_TOKEN="wrong").returncode, 4)
        self.assertEqual(dlms("fleet", "list", environment={
            **known, "DLMS_SIMULATOR_CONTROL": f"127.0.0.1:{simulator.control}"}).returncode, 0)

    def test_nobody_and_somebody_else(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        result = dlms("fleet", "--control", f"127.0.0.1:{port}", "list")
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertIn(f"127.0.0.1:{port}", result.stderr)
        for answer, status in ((b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 5),
                               (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 5),
                               (b"SSH-2.0-OpenSSH\r\n", 3)):
            def behave(connection, answer=answer):
                connection.recv(4096)
                connection.sendall(answer)
            peer = Peer(behave)
            self.addCleanup(peer.close)
            self.assertEqual(dlms("fleet", "--control", f"127.0.0.1:{peer.port}", "list").returncode, status, answer)


if __name__ == "__main__":
    unittest.main()
