"""Meters that call the service: those of the simulator, and callers whose octets stand here."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "server"))
from service_process import (PATIENCE, Service, answer_to, make_certificate, trusting)  # noqa: E402

SIMULATOR = os.environ["DLMS_SIMULATOR_PROGRAM"]
ANSWER = bytes.fromhex("8E310101C117")
# The meter says that the password is wrong.
REFUSING = bytes.fromhex("0001000100110019" "6117A109060760857405080101A203020101A305A10302010D")


def beat(number):
    """Hexcell's heartbeat of a meter of twelve digits."""
    frame = bytes.fromhex("8EA1" + number) + b"\x1F" + b"898601234567"
    return frame + bytes([sum(frame) & 0xFF, 0x17])


def port_of(service):
    for line in service.lines:
        found = re.search(r"meters may call \S+ port (\d+)", line)
        if found:
            return int(found[1])
    raise AssertionError("no port for meters that call: " + "".join(service.lines))


class Caller:
    """A meter that has called, and answers every GET with 1. `silent`: takes requests and never answers."""

    def __init__(self, service, number, silent=False, address="127.0.0.1", wrap=None, log_in=None):
        plain = socket.create_connection(("127.0.0.1", port_of(service)), PATIENCE, (address, 0))
        self.socket = wrap(plain) if wrap else plain
        self.number = number
        self.silent = silent
        self.requests = []
        self.heartbeats_answered = 0
        self.before_answer = None
        self.closed = threading.Event()
        self.socket.sendall(beat(number) if log_in is None else log_in)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        try:
            octets = self.socket.makefile("rb")
            while first := octets.read(1):
                if first == b"\x8E":
                    assert first + octets.read(5) == ANSWER
                    self.heartbeats_answered += 1
                    continue
                header = first + octets.read(7)
                apdu = octets.read(int.from_bytes(header[6:], "big"))
                self.requests.append(apdu)
                if self.before_answer:
                    self.before_answer()
                if not self.silent:
                    self.socket.sendall(answer_to(apdu))
        except (OSError, ValueError):
            pass
        self.closed.set()

    def close(self):
        self.socket.close()


class DialIn(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def service(self, **environment):
        service = Service({"DIAL_IN_PORT": "0", "DIAL_IN_HOST": "127.0.0.1", "DLMS_SERVICE_HOST": "127.0.0.1",
                           **environment})
        self.addCleanup(service.close)
        return service

    def simulator(self, port, *arguments):
        process = subprocess.Popen([SIMULATOR, "--dial", f"127.0.0.1:{port}", *arguments],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

        def end():
            process.kill()
            process.wait()
        self.addCleanup(end)
        return process

    def caller(self, *arguments, **options):
        caller = Caller(*arguments, **options)
        self.addCleanup(caller.close)
        return caller

    def until(self, what, found, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            result = found()
            if result:
                return result
            time.sleep(0.02)
        self.fail("not in time: " + what)

    @staticmethod
    def calls(service, query=""):
        status, shown = service.call("GET", "/dial-in" + query)
        assert status == 200, shown
        return shown["calls"]

    @staticmethod
    def counted(service, name):
        _, text = service.call("GET", "/metrics")
        return float(re.search("^" + re.escape(name) + r" (\S+)$", text, re.M)[1])

    def connect(self, service, number, status=200, seconds="20", **more):
        got, answer = service.call("POST", "/connect", {"meter_number": number, "brand": "hexcell",
                                                        "connection_type": "dialin", **more},
                                   **{"X-Request-Timeout": seconds})
        self.assertEqual(got, status, answer)
        return answer

    def read(self, service, number, code="1-0:1.8.0.255", seconds="20", **more):
        status, answer = service.call("POST", "/read", {"meter_number": number, "obis_code": code,
                                                         "class_id": 1, **more},
                                      **{"X-Request-Timeout": seconds})
        self.assertEqual(status, 200, answer)
        return answer["data"]


class Meters(DialIn):
    """Those of the simulator."""

    def check_maker(self, scenario, form, maker, number, **more):
        service = self.service()
        self.simulator(port_of(service), "--scenario", scenario, "--dial-as", form, "--heartbeat", "1")
        self.connect(service, number, brand=scenario, **more)
        reading = self.read(service, number, "0-0:1.0.0.255", class_id=8)
        self.assertTrue(reading["success"], reading)
        shown = self.until("two heartbeats", lambda: [call for call in self.calls(service)
                                                      if call["heartbeats"] >= 2])
        self.assertEqual([(call["state"], call["maker"], call["meterNumber"], call["proven"]) for call in shown],
                         [("serving", maker, number, True)])
        # Its modem has had its answers: it would have hung up after three.
        time.sleep(3)
        self.assertTrue(self.read(service, number, "0-0:1.0.0.255", class_id=8)["success"])
        self.assertEqual(self.counted(service, "dlms_dial_in_accepted_total"), 1)
        return service

    def test_hexcell(self):
        # The zeros that fill its number up need not be said.
        self.check_maker("hexcell", "hexcell", "hexcell", "12345678")

    def test_hexing(self):
        service = self.service()
        self.simulator(port_of(service), "--scenario", "hexing", "--dial-as", "hexing", "--heartbeat", "1")
        serial = self.until("a log-in", lambda: [call["serialNumber"] for call in self.calls(service, "?state=held")])
        service.close()
        for form in ("hexing", "hexing-b"):
            with self.subTest(form):
                self.check_maker("hexing", form, "hexing", serial[0])

    def test_registered_meters_are_read_over_their_calls_again_and_again(self):
        service = self.service(DATA_DIR=os.path.join(self.folder, "data"))
        for number in range(1, 6):
            status, answer = service.call("POST", "/meters", {
                "meter_number": str(12345677 + number), "brand": "hexcell", "connection_type": "dialin"})
            self.assertEqual(status, 201, answer)
        self.simulator(port_of(service), "--scenario", "hexcell", "--fleet", "5", "--heartbeat", "1")
        values = {}
        for turn in range(3):
            for number in range(12345678, 12345683):
                serial = self.read(service, str(number), "0-0:96.1.0.255", class_id=1)
                self.assertTrue(serial["success"], serial)
                values.setdefault(str(serial["value"]), set()).add(number)
                # Given back, the connection serves the next association.
                self.assertEqual(service.call("POST", f"/disconnect?meter_number={number}")[0], 200)
        self.assertEqual(len(values), 5)
        self.assertTrue(all(len(numbers) == 1 for numbers in values.values()), values)
        self.assertEqual(self.counted(service, "dlms_dial_in_accepted_total"), 5)

    def test_hdlc_over_a_call(self):
        # A modem in front of a meter's HDLC port.
        with socket.create_server(("127.0.0.1", 0)) as free:
            hdlc_port = free.getsockname()[1]
        process = subprocess.Popen([SIMULATOR, "--scenario", "hexcell", "--hdlc-port", str(hdlc_port),
                                    "--log-level", "off"], stdout=subprocess.PIPE, text=True)

        def end():
            process.kill()
            process.communicate()
        self.addCleanup(end)
        self.assertIn(str(hdlc_port), process.stdout.readline())
        service = self.service()
        meter = socket.create_connection(("127.0.0.1", hdlc_port), PATIENCE)
        modem = socket.create_connection(("127.0.0.1", port_of(service)), PATIENCE)
        self.addCleanup(meter.close)
        self.addCleanup(modem.close)
        modem.sendall(beat("000000000007"))
        self.assertEqual(modem.recv(6), ANSWER)

        def relay(source, target):
            try:
                while octets := source.recv(4096):
                    target.sendall(octets)
            except OSError:
                pass
        for pair in ((meter, modem), (modem, meter)):
            threading.Thread(target=relay, args=pair, daemon=True).start()
        for _ in range(3):
            self.connect(service, "7", dialin_link="hdlc")
            self.assertTrue(self.read(service, "7", "0-0:96.1.0.255")["success"])
            service.call("POST", "/disconnect?meter_number=7")
        self.assertEqual(self.counted(service, "dlms_dial_in_accepted_total"), 1)

    def test_after_a_sudden_end_meters_call_again_and_are_served(self):
        data = os.path.join(self.folder, "data")
        service = self.service(DATA_DIR=data)
        port = port_of(service)
        service.call("POST", "/meters", {"meter_number": "12345678", "brand": "hexcell", "connection_type": "dialin"})
        self.simulator(port, "--scenario", "hexcell", "--heartbeat", "1")
        for turn in range(3):
            with self.subTest(turn):
                self.assertTrue(self.read(service, "12345678", "0-0:96.1.0.255", class_id=1, seconds="30")["success"])
                service.process.send_signal(signal.SIGKILL)
                service.process.wait(PATIENCE)
                service = self.service(DATA_DIR=data, DIAL_IN_PORT=str(port))


class Callers(DialIn):
    """Those whose octets stand above."""

    def test_a_meter_that_is_not_there_is_waited_for_and_no_longer_than_the_deadline(self):
        service = self.service()
        begin = time.monotonic()
        refused = self.connect(service, "7", 504, seconds="1")
        self.assertLess(time.monotonic() - begin, 10)
        self.assertEqual(refused["error"]["code"], "connect-timeout")
        reading = self.read(service, "7", seconds="1")
        self.assertEqual((reading["success"], reading["errorCode"]), (False, "connect-timeout"))
        # It calls while somebody waits.
        late = threading.Timer(1, lambda: self.caller(service, "000000000007"))
        late.start()
        self.assertEqual(self.read(service, "7")["raw"], 1)
        late.join()

    def test_a_service_that_does_not_listen_says_so(self):
        service = Service({})
        self.addCleanup(service.close)
        refused = self.connect(service, "7", 502)
        self.assertIn("DIAL_IN_PORT", refused["detail"])
        self.assertEqual(service.call("GET", "/dial-in")[1]["listening"], False)

    def test_callers_that_nobody_knows_are_held_and_never_asked(self):
        service = self.service()
        caller = self.caller(service, "000000000042")
        held = self.until("held", lambda: self.calls(service, "?state=held"))[0]
        self.assertEqual((held["serialNumber"], held["meterNumber"], held["maker"], held["signal"]),
                         ("000000000042", None, "hexcell", 31))
        self.assertIn("registered", held["reason"])
        self.until("an answer", lambda: caller.heartbeats_answered == 1)
        # Known with another type of connection, it is not asked either.
        self.connect(service, "42", 502, connection_type="tcp", ip_address="127.0.0.1", port=1)
        caller.socket.sendall(beat("000000000042"))
        self.assertEqual(caller.requests, [])
        # As a meter that calls it is.
        self.connect(service, "42")
        self.assertEqual(self.read(service, "42")["raw"], 1)
        self.assertEqual(self.calls(service)[0]["state"], "serving")
        # Forgotten, its call is nobody's again, once it says something.
        service.call("POST", "/disconnect?meter_number=42")
        self.until("held again", lambda: self.calls(service, "?state=held"))

    def test_held_and_unidentified_callers_are_closed_in_time(self):
        service = self.service(DIAL_IN_HOLD="1")
        caller = self.caller(service, "000000000042")
        self.assertTrue(caller.closed.wait(PATIENCE))
        self.assertEqual(self.counted(service, 'dlms_dial_in_closed_total{cause="held-too-long"}'), 1)

    def test_a_silent_connection_is_over(self):
        service = self.service(DIAL_IN_SILENCE="1")
        caller = self.caller(service, "000000000007")
        self.connect(service, "7")
        self.assertTrue(caller.closed.wait(PATIENCE))
        self.assertEqual(self.counted(service, 'dlms_dial_in_closed_total{cause="silent"}'), 1)

    def test_a_number_that_fits_two_meters_is_held(self):
        service = self.service()
        for number in ("7", "07"):
            service.call("POST", "/meters", {"meter_number": number, "brand": "hexcell", "connection_type": "dialin"})
        self.caller(service, "000000000007")
        held = self.until("held", lambda: self.calls(service, "?state=held"))[0]
        self.assertIn("07, 7", held["reason"])

    def test_heartbeats_are_answered_in_the_middle_of_a_request(self):
        service = self.service()
        caller = self.caller(service, "000000000007")
        self.connect(service, "7")
        answered = []

        def beat_and_wait():
            before = caller.heartbeats_answered
            caller.socket.sendall(beat("000000000007"))
            # Its answer comes although ours to the request has not been sent.
            caller.socket.settimeout(PATIENCE)
            answered.append(before)
        caller.before_answer = beat_and_wait
        for _ in range(3):
            self.assertEqual(self.read(service, "7")["raw"], 1)
        self.until("all answers", lambda: caller.heartbeats_answered == 4)
        self.assertEqual(len(answered), 3)

    def test_one_who_claims_anothers_number_does_not_push_him_out(self):
        service = self.service()
        right = self.caller(service, "000000000007")
        self.connect(service, "7", timeout=1000)
        impostor = self.caller(service, "000000000007", silent=True, address="127.0.0.2")
        self.until("both", lambda: len(self.calls(service, "?meter_number=7")) == 2)
        for _ in range(3):
            self.assertEqual(self.read(service, "7")["raw"], 1)
        self.assertFalse(right.closed.is_set())
        # He was asked once, could not make an association, and comes last from then on.
        asked = len(impostor.requests)
        self.assertLessEqual(asked, 1)
        again = self.caller(service, "000000000007", silent=True, address="127.0.0.2")
        self.until("the other's call", lambda: len(self.calls(service, "?meter_number=7")) >= 2)
        service.call("POST", "/disconnect?meter_number=7")
        self.connect(service, "7", timeout=1000)
        self.assertEqual(self.read(service, "7")["raw"], 1)
        self.assertEqual(again.requests, [])

    def test_nor_does_one_behind_the_same_address_who_refuses(self):
        service = self.service()
        right = self.caller(service, "000000000007")
        self.connect(service, "7")
        impostors = [self.caller(service, "000000000007", silent=True) for _ in range(2)]
        for impostor in impostors:
            impostor.before_answer = lambda impostor=impostor: impostor.socket.sendall(REFUSING)
        self.until("all", lambda: len(self.calls(service, "?meter_number=7")) == 3)
        for _ in range(3):
            self.assertEqual(self.read(service, "7")["raw"], 1)
            service.call("POST", "/disconnect?meter_number=7")
            self.connect(service, "7")
        self.assertFalse(right.closed.is_set())

    def test_a_meter_that_calls_again_replaces_its_stale_connection(self):
        service = self.service()
        stale = self.caller(service, "000000000007")
        self.connect(service, "7", timeout=1000)
        self.assertEqual(self.read(service, "7")["raw"], 1)
        stale.silent = True
        fresh = self.caller(service, "000000000007")
        self.assertEqual(self.read(service, "7")["raw"], 1)
        self.assertTrue(fresh.requests)
        self.assertTrue(stale.closed.wait(PATIENCE))

    def test_a_refused_association_leaves_the_connection(self):
        service = self.service()
        caller = self.caller(service, "000000000007", silent=True)
        caller.before_answer = lambda: caller.socket.sendall(REFUSING)
        self.connect(service, "7", 502)
        shown = self.calls(service)
        self.assertEqual([(call["state"], call["proven"], call["failures"]) for call in shown], [("waiting", False, 1)])
        caller.before_answer = None
        caller.silent = False
        self.assertEqual(self.read(service, "7")["raw"], 1)

    def test_what_is_no_modem_is_cut_off_and_counted(self):
        service = self.service()
        right = self.caller(service, "000000000007")
        self.connect(service, "7")
        damaged = bytearray(beat("000000000008"))
        damaged[21] ^= 1
        endless = bytes.fromhex("000100010001FFFF")
        for octets, cause in ((b"GET / HTTP/1.1\r\n\r\n", "garbage"), (endless, "garbage"), (b"\x8E\xA2", "garbage"),
                              (beat("000000000009") * 400, "flooded")):
            with self.subTest(octets[:10].hex()):
                name = 'dlms_dial_in_closed_total{cause="' + cause + '"}'
                before = self.counted(service, name)
                caller = self.caller(service, "", log_in=octets)
                self.assertTrue(caller.closed.wait(PATIENCE))
                self.assertEqual(self.counted(service, name), before + 1)
        wrong = self.caller(service, "", log_in=bytes(damaged))
        self.until("counted", lambda: self.counted(service, 'dlms_dial_in_frames_total{kind="damaged"}') == 1)
        self.assertEqual([call["state"] for call in self.calls(service, "?state=identifying")], ["identifying"])
        # Octet by octet, a log-in is a log-in.
        for octet in beat("000000000009"):
            wrong.socket.sendall(bytes([octet]))
        self.until("a log-in", lambda: self.calls(service, "?state=held"))
        self.assertEqual(self.read(service, "7")["raw"], 1)
        self.assertFalse(right.closed.is_set())

    def test_no_address_takes_all_the_room(self):
        service = self.service(DIAL_IN_CALLS_OF_ADDRESS="3")
        taken = [self.caller(service, f"00000000010{index}", address="127.0.0.3") for index in range(6)]
        self.until("three too many",
                   lambda: self.counted(service, 'dlms_dial_in_closed_total{cause="too-many"}') == 3)
        self.until("closed", lambda: sum(caller.closed.is_set() for caller in taken) == 3)
        self.caller(service, "000000000007")
        self.connect(service, "7")

    def test_one_who_changes_his_name_is_held(self):
        service = self.service()
        caller = self.caller(service, "000000000007")
        self.connect(service, "7")
        service.call("POST", "/disconnect?meter_number=7")
        self.connect(service, "7")
        caller.socket.sendall(beat("000000000008"))
        self.until("the second", lambda: caller.heartbeats_answered == 2)
        service.call("POST", "/disconnect?meter_number=7")
        held = self.until("held", lambda: self.calls(service, "?state=held"))[0]
        self.assertIn("000000000008", held["reason"])

    def test_pages_and_wrong_queries(self):
        service = self.service()
        for index in range(5):
            self.caller(service, f"00000000020{index}")
        self.until("five", lambda: len(self.calls(service, "?state=held")) == 5)
        seen = []
        query = "?limit=2"
        while query:
            _, page = service.call("GET", "/dial-in" + query)
            self.assertEqual(page["total"], 5)
            seen += [call["serialNumber"] for call in page["calls"]]
            query = page["cursor"] and f"?limit=2&cursor={page['cursor']}"
        self.assertEqual(seen, [f"00000000020{index}" for index in range(5)])
        for query, name in (("?limit=0", "limit"), ("?limit=x", "limit"), ("?cursor=-1", "cursor"),
                            ("?state=gone", "state")):
            status, answer = service.call("GET", "/dial-in" + query)
            self.assertEqual((status, answer["detail"][0]["loc"]), (422, ["query", name]))

    def test_tls(self):
        certificate = os.path.join(self.folder, "meter.pem")
        make_certificate(certificate, "head end")
        service = self.service(DIAL_IN_TLS_CERT_FILE=certificate)
        context = trusting(certificate)
        self.caller(service, "000000000007", wrap=context.wrap_socket)
        self.connect(service, "7")
        self.assertEqual(self.read(service, "7")["raw"], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
