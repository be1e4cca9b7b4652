"""The control of a running simulator: what it tells of its meters, and what it does to them."""

import json
import socket
import subprocess
import tempfile
import time
import unittest

from processes import SIMULATOR, Controlled, dlms

SERIAL = "1/0-0:96.1.0.255"


def is_over(connection):
    """Whether the peer has closed it, also where nobody had accepted it yet."""
    connection.settimeout(10)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


class Base(unittest.TestCase):
    def start(self, *arguments, **options):
        simulator = Controlled(*(arguments or ["--port", "0"]), **options)
        self.addCleanup(simulator.close)
        return simulator


class Telling(Base):
    def test_the_list_and_the_sums(self):
        fleet = self.start("--port", "0", "--multi-drop", "5")
        status, answer = fleet.ask("GET", "/meters?first=2&count=3")
        self.assertEqual(status, 200)
        self.assertEqual(answer["total"], 5)
        self.assertEqual([(one["meter"], one["line"], one["on"], one["associations"]) for one in answer["meters"]],
                         [(2, 1, True, 0), (3, 1, True, 0), (4, 1, True, 0)])
        self.assertEqual(answer["meters"][0]["names"], ["HXC0000012345679"])
        status, answer = fleet.ask("GET", "/statistics")
        self.assertEqual((answer["meters"], answer["on"], answer["lines"], answer["connections"]), (5, 5, 1, 0))

    def test_one_meter(self):
        meter = self.start()
        status, answer = meter.ask("GET", "/meters/1")
        self.assertEqual(status, 200)
        self.assertEqual((answer["scenario"], answer["answer_delay"], answer["power_losses"]), ("hexcell", 0, 0))
        self.assertRegex(answer["clock"], r"^\d{4}-\d\d-\d\dT")

    def test_values_have_the_form_of_a_scenario(self):
        meter = self.start()
        self.assertEqual(meter.ask("GET", "/meters/1/objects/0-0:96.1.0.255/2"),
                         (200, {"octet-string": "000012345678"}))
        self.assertEqual(meter.ask("GET", "/meters/1/objects/1-0:1.8.0.255/3"),
                         (200, {"structure": [{"integer": 1}, {"enum": 30}]}))
        status, answer = meter.ask("GET", "/meters/1/objects/1-0:1.8.0.255/2?class=3&device=1")
        self.assertEqual((status, list(answer)), (200, ["double-long-unsigned"]))


class Changing(Base):
    def test_a_value_that_is_set_is_read(self):
        meter = self.start()
        self.assertEqual(meter.put("/meters/1/objects/0-0:96.1.0.255/2", {"octet-string": "000000000042"}), [1])
        self.assertEqual(meter.read(SERIAL), "000000000042")

    def test_power_fails_and_comes_back(self):
        meter = self.start()
        with socket.create_connection(("127.0.0.1", meter.port)) as connection:
            self.assertEqual(meter.put("/meters/1/power", {"on": False}), [1])
            self.assertTrue(is_over(connection))
        self.assertEqual(meter.read(SERIAL), 3)  # nobody listens
        self.assertFalse(meter.ask("GET", "/meters/1")[1]["on"])
        self.assertEqual(meter.put("/meters/1/power", {"on": True}), [1])
        self.assertEqual(meter.read(SERIAL), "000012345678")
        self.assertEqual(meter.ask("GET", "/meters/1")[1]["power_losses"], 1)

    def test_one_of_several_behind_a_port_loses_its_power(self):
        for place in (["--port", "0"], ["--hdlc-port", "0"]):
            with self.subTest(place=place):
                fleet = self.start(*place, "--multi-drop", "2")
                where = [["--server", "1"], ["--server", "2"]] if place[0] == "--port" else [
                    ["--hdlc", "--address-size", "2", "--physical", str(16 + i)] for i in range(2)]
                self.assertEqual(fleet.put("/meters/2/power", {"on": False}), [2])
                self.assertEqual(fleet.read(SERIAL, *where[0]), "000012345678")
                self.assertEqual(fleet.read(SERIAL, *where[1], "--timeout", "0.3"), 3)
                self.assertEqual(fleet.put("/meters/2/power", {"on": True}), [2])
                self.assertEqual(fleet.read(SERIAL, *where[1]), "000012345679")

    def test_a_share_of_the_fleet_is_the_same_for_the_same_seed(self):
        fleet = self.start("--port", "0", "--multi-drop", "100")
        first = fleet.put("/meters/*/power?share=20&seed=7", {"on": False})
        self.assertGreater(len(first), 5)
        self.assertLess(len(first), 40)
        self.assertEqual(fleet.ask("GET", "/statistics")[1]["on"], 100 - len(first))
        self.assertEqual(fleet.put("/meters/*/power?share=20&seed=7", {"on": True}), first)
        self.assertEqual(fleet.ask("GET", "/statistics")[1]["on"], 100)
        self.assertNotEqual(fleet.put("/meters/*/power?share=20&seed=8", {"on": False}), first)
        self.assertEqual(fleet.put("/meters/3-5/answer-delay", {"milliseconds": 1}), [3, 4, 5])

    def test_the_clock_jumps(self):
        meter = self.start()
        before = meter.read("0-0:1.0.0.255")
        self.assertEqual(meter.put("/meters/1/clock", {"shift_seconds": 86400 * 366}), [1])
        after = meter.read("0-0:1.0.0.255")
        self.assertEqual(int(after[:4]), int(before[:4]) + 1)

    def test_connections_are_closed_and_the_meter_is_there(self):
        meter = self.start()
        with socket.create_connection(("127.0.0.1", meter.port)) as connection:
            # It is accepted before the control is asked.
            while meter.ask("GET", "/statistics")[1]["connections"] == 0:
                time.sleep(0.01)
            self.assertEqual(meter.put("/meters/1/disconnect", {}), [1])
            self.assertTrue(is_over(connection))
        self.assertEqual(meter.read(SERIAL), "000012345678")

    def test_a_delay_holds_for_answers_from_then_on(self):
        meter = self.start()
        meter.put("/meters/1/answer-delay", {"milliseconds": 2000})
        self.assertEqual(meter.read(SERIAL, "--timeout", "0.3"), 3)
        meter.put("/meters/1/answer-delay", {"milliseconds": 0})
        self.assertEqual(meter.read(SERIAL), "000012345678")

    def test_something_happens_and_is_logged(self):
        meter = self.start()
        self.assertEqual(meter.put("/meters/1/happenings", {"what": "cover_opened"}), [1])

    def test_misbehaviour_begins_at_once_and_ends(self):
        meter = self.start("--scenario", "hexing", "--port", "0")
        secured = ["read", f"127.0.0.1:{meter.port}", "1-0:1.8.0.255", "--brand", "hexing", "--client", "3", "--auth",
                   "gmac", "--security", "authenticated_encryption", "--timeout", "1"]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        keys = {"XDG_STATE_HOME": folder.name, "DLMS_ENCRYPTION_KEY": "00" * 16, "DLMS_AUTHENTICATION_KEY": "00" * 16}
        self.assertEqual(dlms(*secured, environment=keys).returncode, 0)
        meter.put("/meters/1/misbehaviour", {"kind": "wrong_tag"})
        self.assertNotEqual(dlms(*secured, environment=keys).returncode, 0)
        meter.put("/meters/1/misbehaviour", {"kind": None})
        self.assertEqual(dlms(*secured, environment=keys).returncode, 0)


class Coming(Base):
    def add(self, fleet, **body):
        status, answer = fleet.ask("POST", "/meters", body)
        self.assertEqual(status, 201, answer)
        return answer["added"]

    def serial(self, port, *arguments):
        result = dlms("read", f"127.0.0.1:{port}", SERIAL, "--client", "16", "--json", *arguments)
        return json.loads(result.stdout)["readings"][0]["value"] if result.returncode == 0 else result.returncode

    def test_a_meter_on_a_port_of_its_own(self):
        fleet = self.start("--port", "0")
        added = self.add(fleet, scenario="hexcell")
        self.assertEqual([(one["meter"], one["line"]) for one in added], [(2, 2)])
        self.assertEqual(self.serial(added[0]["port"]), "000012345679")
        self.assertEqual(self.serial(fleet.port), "000012345678")
        self.assertEqual(fleet.ask("GET", "/meters/2")[1]["names"], ["HXC0000012345679"])
        self.assertEqual(fleet.put("/meters/2/power", {"on": False}), [2])
        self.assertEqual(self.serial(added[0]["port"]), 3)

    def test_every_kind_of_port(self):
        fleet = self.start("--port", "0")
        one, two = self.add(fleet, scenario="full", hdlc_port=0, udp_port=0, count=2)
        self.assertEqual({*one}, {"meter", "line", "hdlc_port", "udp_port"})
        self.assertEqual(self.serial(one["hdlc_port"], "--hdlc", "--address-size", "4", "--physical", "16"),
                         self.serial(one["udp_port"], "--udp"))
        self.assertNotEqual(self.serial(one["udp_port"], "--udp"), self.serial(two["udp_port"], "--udp"))

    def test_a_scenario_that_stands_in_the_request(self):
        fleet = self.start("--port", "0")
        scenario = {"name": "mine", "logical_devices": [{
            "sap": 1, "name": "MINE", "objects": [
                {"obis": "0-0:96.1.0.255", "class": 1,
                 "attributes": [{"id": 2, "access": "r", "value": {"octet-string": "000000000500"}}]}],
            "associations": [{"client_sap": 16, "name": "public", "mechanism": "lowest", "conformance": ["get"]}]}]}
        port = self.add(fleet, scenario=scenario)[0]["port"]
        self.assertEqual(self.serial(port), "000000000501")  # counted up by the meters that were there
        scenario["logical_devices"][0]["sap"] = 0
        status, answer = fleet.ask("POST", "/meters", {"scenario": scenario})
        self.assertEqual((status, answer["error"]),
                         (400, "/scenario/logical_devices/0/sap: expected an integer from 1 to 65535"))

    def test_a_meter_behind_the_others_of_a_line(self):
        for place in (["--port", "0"], ["--hdlc-port", "0"]):
            with self.subTest(place=place):
                fleet = self.start(*place, "--multi-drop", "2")
                self.assertEqual(self.add(fleet, scenario="hexcell", line=1), [{"meter": 3, "line": 1}])
                where = ["--server", "3"] if place[0] == "--port" else [
                    "--hdlc", "--address-size", "2", "--physical", "18"]
                self.assertEqual(self.serial(fleet.port, *where), "000012345680")

    def test_numbers_and_addresses_stay_when_meters_go(self):
        fleet = self.start("--port", "0", "--multi-drop", "3")
        self.assertEqual(fleet.ask("DELETE", "/meters/2"), (200, {"removed": [2]}))
        self.assertEqual(self.serial(fleet.port, "--server", "2", "--timeout", "0.3"), 3)
        self.assertEqual(self.serial(fleet.port, "--server", "3"), "000012345680")
        self.assertEqual([one["meter"] for one in fleet.ask("GET", "/meters")[1]["meters"]], [1, 3])
        status, answer = fleet.ask("GET", "/meters/2")
        self.assertEqual((status, answer["error"]), (404, "meter 2 was removed"))
        self.assertEqual(fleet.put("/meters/*/power", {"on": True}), [1, 3])
        self.assertEqual(self.add(fleet, scenario="hexcell")[0]["meter"], 4)
        self.assertEqual(fleet.ask("DELETE", "/meters/1-3"), (200, {"removed": [1, 3]}))
        statistics = fleet.ask("GET", "/statistics")[1]
        self.assertEqual((statistics["meters"], statistics["on"], statistics["lines"]), (1, 1, 1))
        # Nobody listens any more, on the first line either.
        self.assertEqual(self.serial(fleet.port), 3)
        self.assertEqual(fleet.ask("POST", "/meters", {"scenario": "hexcell", "line": 1})[0], 409)

    def test_a_line_goes_with_what_is_open_on_it(self):
        fleet = self.start("--port", "0")
        for _ in range(20):
            one = self.add(fleet, scenario="hexcell")[0]
            with socket.create_connection(("127.0.0.1", one["port"])) as connection:
                while fleet.ask("GET", f"/meters/{one['meter']}")[1]["connections"] == 0:
                    time.sleep(0.01)
                self.assertEqual(fleet.ask("DELETE", f"/meters/{one['meter']}")[0], 200)
                self.assertTrue(is_over(connection))
        self.assertEqual(fleet.ask("GET", "/statistics")[1]["meters"], 1)
        self.assertEqual(self.serial(fleet.port), "000012345678")

    def test_what_cannot_be_added(self):
        fleet = self.start("--port", "0")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for body, status, words in [
                    (b"{", 400, "JSON"), ({}, 400, "scenario"), ({"scenario": "none"}, 400, "built-in"),
                    ({"scenario": "/etc/passwd"}, 400, "built-in"), ({"scenario": 5}, 400, "/scenario"),
                    ({"scenario": "hexcell", "count": 0}, 400, "/count"),
                    ({"scenario": "hexcell", "count": 1001}, 400, "/count"),
                    ({"scenario": "hexcell", "port": 70000}, 400, "/port"),
                    ({"scenario": "hexcell", "port": 65535, "count": 2}, 400, "/port"),
                    ({"scenario": "hexcell", "line": 2}, 409, "no line 2"),
                    ({"scenario": "hexcell", "line": 1, "port": 0}, 400, "/line"),
                    ({"scenario": "hexcell", "places": 1}, 400, "places"),
                    ({"scenario": "hexcell", "port": port}, 409, str(port))]:
                with self.subTest(body=body):
                    got, answer = fleet.ask("POST", "/meters", body)
                    self.assertEqual(got, status, answer)
                    self.assertIn(words, answer["error"])
        self.assertEqual(fleet.ask("GET", "/statistics")[1]["meters"], 1)
        self.assertEqual(self.add(fleet, scenario="hexcell")[0]["meter"], 2)


class Enduring(Base):
    def test_a_client_that_drips_a_body_holds_up_nobody_and_no_end(self):
        meter = self.start()
        slow = [socket.create_connection(("127.0.0.1", meter.control)) for _ in range(8)]
        for connection in slow:
            self.addCleanup(connection.close)
            connection.sendall(b"PUT /meters/1/power HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n ")
        self.assertEqual(meter.ask("GET", "/statistics")[0], 200)
        meter.process.terminate()
        meter.process.wait(20)
        self.assertEqual(meter.process.returncode, 0)

    def test_a_port_that_was_taken_while_the_power_was_off(self):
        meter = self.start()
        meter.put("/meters/1/power", {"on": False})
        with socket.create_server(("127.0.0.1", meter.port)):
            status, answer = meter.ask("PUT", "/meters/1/power", {"on": True})
            self.assertEqual((status, answer["changed"], list(answer["failed"])), (409, [], ["1"]))
        meter.put("/meters/1/power", {"on": True})
        self.assertEqual(meter.read(SERIAL), "000012345678")

    def test_one_meter_that_cannot_holds_up_no_other(self):
        fleet = self.start("--scenario", "hexcell", "--scenario", "small", "--port", "0")
        status, answer = fleet.ask("PUT", "/meters/*/objects/0-0:96.1.0.255/2", {"octet-string": "000000000042"})
        self.assertEqual(status, 200, answer)
        status, answer = fleet.ask("PUT", "/meters/*/objects/1-0:99.1.0.255/8", {"double-long-unsigned": 10})
        self.assertEqual((status, answer["changed"], list(answer["failed"])), (404, [1], ["2"]))


class Refusing(Base):
    def test_what_is_asked_wrongly_is_told_where(self):
        meter = self.start()
        for method, path, body, status, words in [
                ("GET", "/", None, 404, "/meters"), ("GET", "/meters/0", None, 404, "from 1 to 1"),
                ("GET", "/meters/2", None, 404, "from 1 to 1"), ("GET", "/meters/x", None, 404, "number"),
                ("GET", "/meters/1/power", None, 405, "PUT"), ("DELETE", "/meters/1/power", None, 405, "GET or PUT"),
                ("POST", "/meters/1", None, 405, "GET or DELETE"), ("PATCH", "/meters", None, 405, "GET or POST"),
                ("GET", "/meters?count=100000", None, 400, "at most 1000"),
                ("PUT", "/meters/1/power", {"on": "yes"}, 400, "/on"),
                ("PUT", "/meters/1/power", {}, 400, "on"), ("PUT", "/meters/1/power", b"{", 400, "JSON"),
                ("PUT", "/meters/1/power", {"on": True, "of": 1}, 400, "of"),
                ("PUT", "/meters/1/power?share=0", {"on": True}, 400, "share"),
                ("PUT", "/meters/1/power?share=101", {"on": True}, 400, "share"),
                ("PUT", "/meters/1/nothing", {}, 404, "command"),
                ("PUT", "/meters/1/answer-delay", {"milliseconds": -1}, 400, "/milliseconds"),
                ("PUT", "/meters/1/happenings", {"what": "rain"}, 400, "/what"),
                ("PUT", "/meters/1/misbehaviour", {"kind": "rude"}, 400, "/kind"),
                ("PUT", "/meters/1/misbehaviour", {}, 400, "kind"),
                ("PUT", "/meters/1/misbehaviour", {"kind": None, "percent": 5}, 400, "/percent"),
                ("PUT", "/meters/1/misbehaviour", ["lose", "rude"], 400, "/1"),
                ("PUT", "/meters/1/misbehaviour", [{"kind": "lose", "percent": 0}], 400, "/0/percent"),
                ("PUT", "/meters/1/misbehaviour", {"kind": "lose", "at": 0}, 400, "/at"),
                ("PUT", "/meters/1/misbehaviour", {"kind": "lose", "milliseconds": 5}, 400, "/milliseconds"),
                ("PUT", "/meters/1/misbehaviour", {"kind": "delay", "milliseconds": 0}, 400, "/milliseconds"),
                ("PUT", "/meters/1/misbehaviour", ["lose"] * 65, 400, "at most 64"),
                ("GET", "/meters/1/objects/1-0:1.8.0.255", None, 400, "ATTRIBUTE"),
                ("GET", "/meters/1/objects/nonsense/2", None, 400, "OBIS"),
                ("GET", "/meters/1/objects/1-0:99.99.99.255/2", None, 404, "no such"),
                ("GET", "/meters/1/objects/1-0:1.8.0.255/99", None, 404, "no such"),
                ("GET", "/meters/1/objects/1-0:1.8.0.255/2?device=9", None, 404, "no such"),
                ("PUT", "/meters/1/objects/1-0:1.8.0.255/2", {"double-long-unsigned": 1}, 409, "itself"),
                ("PUT", "/meters/1/objects/0-0:96.1.0.255/2", {"octet-string": "zz"}, 400, "/octet-string"),
                ("PUT", "/meters/1/objects/0-0:96.1.0.255/2", {"unsigned": 256}, 400, "/unsigned")]:
            with self.subTest(method=method, path=path, body=body):
                answer = meter.ask(method, path, body)
                self.assertEqual(answer[0], status, answer)
                self.assertIn(words, answer[1]["error"])
        self.assertEqual(meter.read(SERIAL), "000012345678")

    def test_a_token_is_wanted_where_one_is_set(self):
        meter = self.start(token="sesame")
        self.assertEqual(meter.ask("GET", "/statistics")[0], 401)
        self.assertEqual(meter.ask("GET", "/statistics", headers={"Authorization": "Bearer sesam"})[0], 401)
        self.assertEqual(meter.ask("GET", "/statistics", headers={"Authorization": "Bearer sesame"})[0], 200)

    def test_other_machines_need_a_token(self):
        result = subprocess.run([SIMULATOR, "--port", "0", "--control", "0.0.0.0:0"], capture_output=True, text=True,
                                timeout=60, check=False)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("DLMS_SIMULATOR_CONTROL_TOKEN", result.stderr)
        for wrong in ("x", "127.0.0.1:", "127.0.0.1:65536"):
            result = subprocess.run([SIMULATOR, "--port", "0", "--control", wrong], capture_output=True, text=True,
                                    timeout=60, check=False)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn("--control", result.stderr)


if __name__ == "__main__":
    unittest.main()
