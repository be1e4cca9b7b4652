"""What meters send by themselves, through the service's ports to GET /notifications: every push of the vectors, and what
the service makes of repetitions, replays, wrong tags and sudden ends."""

import json
import os
import random
import re
import signal
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from dial_in_test import DialIn, PATIENCE, port_of  # noqa: E402

VECTORS = os.path.join(os.path.dirname(__file__), "..", "vectors", "push.jsonl")
CIPHERS = os.path.join(os.path.dirname(__file__), "..", "vectors", "cipher.jsonl")


def wpdu(apdu, source=1, destination=1):
    return bytes.fromhex("0001") + source.to_bytes(2, "big") + destination.to_bytes(2, "big") + \
        len(apdu).to_bytes(2, "big") + apdu


def push(number, value, confirmed=True, serial=None):
    """A DataNotification with an energy, and with the meter's serial number where one is given."""
    body = b"\x09\x06\x01\x00\x01\x08\x00\xFF\x06" + value.to_bytes(4, "big") + bytes.fromhex("02020F00161E")
    elements = 3
    if serial:
        body = b"\x09\x06\x00\x00\x60\x01\x00\xFF\x0A" + bytes([len(serial)]) + serial.encode() + body
        elements = 5
    return bytes([0x0F, 0x40 if confirmed else 0]) + number.to_bytes(3, "big") + b"\x00\x02" + bytes([elements]) + body


def confirmation(number):
    return wpdu(bytes([0x10, 0x40]) + number.to_bytes(3, "big") + b"\x00")


def expected_body(vector):
    """The Data that a vector says its push carries, however deep; or None where it cannot be known from it."""
    found = []

    def look(node):
        if isinstance(node, dict):
            body = node.get("body")
            if isinstance(body, dict) and "type" in body:
                found.append(body)
            for member in node.values():
                look(member)
        elif isinstance(node, list):
            for member in node:
                look(member)
    look(vector["expect"])
    return found[0] if found else None


class Pusher:
    """A plain connection to the port for meters that call."""

    def __init__(self, service, *octets):
        self.socket = socket.create_connection(("127.0.0.1", port_of(service)), PATIENCE)
        for part in octets:
            self.socket.sendall(part)

    def received(self, count):
        octets = b""
        while len(octets) < count:
            part = self.socket.recv(count - len(octets))
            if not part:
                break
            octets += part
        return octets

    def close(self):
        self.socket.close()


class Notifications(DialIn):
    def pusher(self, *arguments):
        pusher = Pusher(*arguments)
        self.addCleanup(pusher.close)
        return pusher

    def listed(self, service, query=""):
        status, answer = service.call("GET", "/notifications" + query)
        self.assertEqual(status, 200, answer)
        return answer

    def first(self, service, query="", count=1):
        return self.until(f"{count} notifications", lambda: (
            lambda found: len(found) >= count and found)(self.listed(service, query)["notifications"]))

    @staticmethod
    def counted_notifications(service, result):
        _, text = service.call("GET", "/metrics")
        return float(re.search(r'^dlms_notifications_total\{result="' + result + r'"\} (\S+)$', text, re.M)[1])

    def test_every_vector_through_the_listener(self):
        service = self.service(DIAL_IN_CALLS_OF_ADDRESS="10000")
        cursor = 0
        read = 0
        with open(VECTORS, encoding="utf-8") as lines:
            vectors = [json.loads(line) for line in lines]
        for vector in vectors:
            octets = bytes.fromhex(vector["hex"])
            framed = octets if octets[0] in (0x7E, 0x68) else wpdu(octets)
            pusher = self.pusher(service, framed)
            body = expected_body(vector) if vector["valid"] else None
            known = body is not None or not vector["valid"] or "ciphertext" in json.dumps(vector["expect"])
            if not known or "block_data" in json.dumps(vector["expect"]) and body is None:
                pusher.close()  # a part of something: nothing comes of it
                continue
            with self.subTest(vector["id"]):
                answer = self.listed(service, f"?cursor={cursor}&wait=20")
                self.assertEqual(len(answer["notifications"]), 1)
                cursor = answer["cursor"]
                notification = answer["notifications"][0]
                if not vector["valid"]:
                    self.assertEqual((notification["service"], notification["body"]), ("unknown", None))
                    self.assertTrue(notification["problem"])
                elif body is None:
                    self.assertEqual(notification["protection"], "undeciphered")
                else:
                    self.assertEqual(notification["service"], "data-notification")
                    self.assertEqual(notification["body"], body)
                    read += 1
                    self.assertTrue(notification["values"])
            pusher.close()
        self.assertGreater(read, 30)

    def test_values_have_their_objects_without_a_parser_of_the_maker(self):
        service = self.service()
        with open(VECTORS, encoding="utf-8") as lines:
            vectors = {vector["id"]: bytes.fromhex(vector["hex"]) for vector in map(json.loads, lines)}
        # Aidon, Kaifa, Kamstrup, Landis+Gyr; the number of values, and one of them.
        for name, count, obis, value, unit in (
                ("push-0021", 27, "1-0:32.7.0.255", "227.5", "V"),
                ("push-0023", 18, "1-0:1.8.0.255", "109552.25", "kWh"),
                ("push-0006", None, "1-0:1.8.0.255", "4752.026", "kWh"),
                ("push-0058", 18, "1-0:32.7.0.255", 2322, None),
                ("push-0069", 18, "1-1:1.8.0.255", 8582328, None),
                ("push-0008", 13, "1-0:1.7.0.255", "331", None),
                ("push-0093", 13, "1-1:1.8.0.255", "2302502", None)):
            with self.subTest(name):
                before = self.listed(service, "?limit=1000")["cursor"]
                octets = vectors[name]
                self.pusher(service, octets if octets[0] == 0x7E else wpdu(octets))
                shown = self.first(service, f"?cursor={before}")[0]
                rows = {row["obisCode"]: row for row in shown["values"]}
                self.assertEqual((rows[obis]["value"], rows[obis]["unit"]), (value, unit))
                if count:
                    self.assertEqual(len(shown["values"]), count)

    def test_a_confirmation_comes_when_it_is_kept_and_a_repetition_is_kept_once(self):
        service = self.service()
        pusher = self.pusher(service, wpdu(push(7, 1000)))
        self.assertEqual(pusher.received(14), confirmation(7))
        kept = self.listed(service)["notifications"]
        self.assertEqual([(one["invokeId"], one["confirmed"], one["values"][0]["value"]) for one in kept],
                         [(7, True, "1.000")])
        pusher.socket.sendall(wpdu(push(7, 1000)) * 2)
        self.assertEqual(pusher.received(28), confirmation(7) * 2)
        self.assertEqual(len(self.listed(service)["notifications"]), 1)
        self.assertEqual(self.counted_notifications(service, "duplicate"), 2)
        # Not confirmed is not asked for.
        pusher.socket.sendall(wpdu(push(8, 1001, confirmed=False)) + wpdu(push(9, 1002)))
        self.assertEqual(pusher.received(14), confirmation(9))

    def keyed_caller(self, service, vectors, number="7", **security):
        """A meter with keys, known and calling, and the octets of the vectors in WPDUs."""
        status, answer = service.call("POST", "/meters", {"meter_number": number, "brand": "hexcell",
                                                          "connection_type": "dialin", **security})
        self.assertEqual(status, 201, answer)
        caller = self.caller(service, number.rjust(12, "0"))
        self.until("its call", lambda: self.calls(service, f"?meter_number={number}"))
        with open(CIPHERS, encoding="utf-8") as lines:
            found = {vector["id"]: vector for vector in map(json.loads, lines)}
        return caller, [wpdu(bytes.fromhex(found[name]["hex"])) for name in vectors]

    def test_what_is_ciphered_is_opened_once_and_only_with_its_keys(self):
        data = os.path.join(self.folder, "data")
        service = self.service(DATA_DIR=data, KEY_ENCRYPTION_KEY="11" * 32)
        key = "4D5944554D4D59474C4F42414C4B4559"
        caller, (old, late, next_one) = self.keyed_caller(
            service, ("cipher-0072", "cipher-0076", "cipher-0077"), security="authenticated_encryption",
            encryption_key=key, authentication_key=key)
        caller.socket.sendall(late)
        shown = self.first(service)[0]
        self.assertEqual((shown["protection"], shown["systemTitle"], shown["invocationCounter"], shown["service"]),
                         ("verified", "2F19229199164103", 489, "data-notification"))
        self.assertTrue(shown["values"])
        self.assertNotIn(key, json.dumps(shown))
        # The same once more, one from before, and one with another octet.
        forged = bytearray(next_one)
        forged[-1] ^= 1
        caller.socket.sendall(late + old + bytes(forged))
        self.until("all counted", lambda: [self.counted_notifications(service, result) for result in
                                           ("duplicate", "replayed", "forged")] == [1, 1, 1])
        caller.socket.sendall(next_one)
        self.assertEqual([one["invocationCounter"] for one in self.first(service, "", 2)], [489, 490])
        # Nor after a sudden end.
        service.process.send_signal(signal.SIGKILL)
        service.process.wait(PATIENCE)
        service = self.service(DATA_DIR=data, KEY_ENCRYPTION_KEY="11" * 32)
        caller = self.caller(service, "000000000007")
        caller.socket.sendall(old + late + next_one)
        self.until("all counted", lambda: [self.counted_notifications(service, result) for result in
                                           ("duplicate", "replayed", "kept")] == [2, 1, 0])

    def test_without_an_authentication_key_it_is_unverified_and_without_any_it_is_kept_as_it_came(self):
        service = self.service()
        caller, (encrypted,) = self.keyed_caller(service, ("cipher-0032",), security="encryption",
                                                 encryption_key="101112131415161718191A1B1C1D1E1F")
        caller.socket.sendall(encrypted)
        shown = self.first(service)[0]
        self.assertEqual((shown["protection"], shown["problem"]), ("unverified", None))
        self.assertTrue(shown["body"])
        other, (protected,) = self.keyed_caller(service, ("cipher-0108",), number="8")
        other.socket.sendall(protected)
        shown = self.first(service, "?meter_number=8")[0]
        self.assertEqual((shown["protection"], shown["service"], shown["systemTitle"], shown["body"]),
                         ("undeciphered", "unknown", "4D4D4D0000000042", None))
        self.assertIn("no key", shown["problem"])
        self.assertEqual(bytes.fromhex(shown["raw"]), protected[8:])

    def test_in_the_middle_of_a_request_it_is_kept_and_the_request_goes_on(self):
        service = self.service()
        caller = self.caller(service, "000000000007")
        self.connect(service, "7")
        pushed = []

        def push_first():
            pushed.append(len(pushed))
            caller.socket.sendall(wpdu(push(100 + len(pushed), len(pushed), confirmed=False)))
        caller.before_answer = push_first
        for _ in range(5):
            self.assertEqual(self.read(service, "7")["raw"], 1)
        kept = self.first(service, "?meter_number=7", 5)
        self.assertEqual([one["invokeId"] for one in kept], [101, 102, 103, 104, 105])
        self.assertEqual({(one["meterNumber"], one["serialNumber"], one["source"]) for one in kept},
                         {("7", "000000000007", "dial-in")})

    def test_over_udp_the_meter_is_known_by_its_body(self):
        service = self.service(NOTIFICATION_UDP_PORT="0")
        service.call("POST", "/meters", {"meter_number": "77", "brand": "hexing", "ip_address": "127.0.0.1"})
        port = next(int(found[1]) for found in (re.search(r"push to \S+ UDP port (\d+)", line)
                                                for line in service.lines) if found)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as meter:
            meter.settimeout(PATIENCE)
            meter.sendto(b"\x00", ("127.0.0.1", port))
            meter.sendto(wpdu(push(5, 42, serial="0077")), ("127.0.0.1", port))
            self.assertEqual(meter.recv(100), confirmation(5))
        shown = self.listed(service)["notifications"]
        self.assertEqual([(one["source"], one["meterNumber"], one["serialNumber"]) for one in shown],
                         [("udp", "77", "0077")])

    def test_who_waits_is_answered_when_something_comes_or_the_time_is_over(self):
        service = self.service()
        begin = time.monotonic()
        self.assertEqual(self.listed(service, "?wait=1")["notifications"], [])
        self.assertGreaterEqual(time.monotonic() - begin, 1)
        answers = []
        waiting = [threading.Thread(target=lambda: answers.append(self.listed(service, "?wait=60")))
                   for _ in range(3)]
        for thread in waiting:
            thread.start()
        self.pusher(service, wpdu(push(7, 1)))
        for thread in waiting:
            thread.join(PATIENCE)
        self.assertEqual([len(answer["notifications"]) for answer in answers], [1, 1, 1])
        for query, name in (("?wait=61", "wait"), ("?wait=x", "wait"), ("?limit=0", "limit"), ("?cursor=a", "cursor"),
                            ("?service=mail", "service")):
            status, answer = service.call("GET", "/notifications" + query)
            self.assertEqual((status, answer["detail"][0]["loc"]), (422, ["query", name]))

    @staticmethod
    def events(service, query="", **headers):
        connection = service.connection()
        connection.request("GET", "/notifications/events" + query, headers=headers)
        return connection, connection.getresponse()

    @staticmethod
    def event(answer):
        """The next event: its id and what it says."""
        number = None
        while line := answer.readline():
            text = line.decode().rstrip("\n")
            if text.startswith("id: "):
                number = int(text[4:])
            if text.startswith("data: "):
                return number, json.loads(text[6:])
        raise AssertionError("the events have ended")

    def test_events_come_as_they_happen_and_go_on_where_they_were(self):
        service = self.service()
        connection, answer = self.events(service)
        self.assertEqual((answer.status, answer.getheader("Content-Type")), (200, "text/event-stream"))
        pusher = self.pusher(service)
        for number in (7, 8, 9):
            pusher.socket.sendall(wpdu(push(number, number)))
            pusher.received(14)
            self.assertEqual(self.event(answer)[1]["invokeId"], number)
        connection.close()
        first = self.listed(service)["notifications"][0]
        later, answer = self.events(service, **{"Last-Event-ID": str(first["id"])})
        self.assertEqual([self.event(answer)[1]["invokeId"] for _ in range(2)], [8, 9])
        filtered, _ = self.events(service, "?meter_number=none")
        self.assertEqual(service.call("GET", "/notifications/events", None, **{"Last-Event-ID": "x"})[0], 422)
        # The service ends in its time although they listen.
        begin = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        self.assertEqual(service.process.wait(PATIENCE), 0)
        self.assertLess(time.monotonic() - begin, 10)
        later.close()
        filtered.close()

    def test_what_is_no_notification_is_counted_and_bombs_are_bounded(self):
        service = self.service()
        caller = self.caller(service, "000000000007")
        self.connect(service, "7")
        service.call("POST", "/disconnect?meter_number=7")
        bombs = [bytes.fromhex("0F0000000100") + b"\x01\x01" * 200 + b"\x00",    # nested
                 bytes.fromhex("0F0000000200") + bytes.fromhex("0184FFFFFFFF"),   # four billion elements
                 bytes.fromhex("0F0000000300") + bytes.fromhex("0984FFFFFFFF00")]
        for bomb in bombs:
            caller.socket.sendall(wpdu(bomb))
        caller.socket.sendall(wpdu(bytes.fromhex("C4010000")))
        kept = self.first(service, "?service=unknown", len(bombs))
        self.assertTrue(all(one["problem"] for one in kept), kept)
        self.until("counted", lambda: self.counted_notifications(service, "other-apdu") == 1)
        self.assertFalse(caller.closed.is_set())

    def test_who_pushes_without_end_is_cut_off(self):
        service = self.service()
        pusher = self.pusher(service)
        body = b"\x09\x82\x0F\x00" + bytes(0x0F00)
        sent = 0
        with self.assertRaises(OSError):
            while sent < 100_000:
                sent += 1
                pusher.socket.sendall(wpdu(bytes([0x0F, 0]) + sent.to_bytes(3, "big") + b"\x00" + body))
        self.assertLess(sent * len(body), 20 << 20)
        _, metrics = service.call("GET", "/metrics")
        self.assertIn('dlms_dial_in_closed_total{cause="flooded"} 1', metrics)

    def test_none_that_was_confirmed_is_lost_in_a_sudden_end(self):
        times = int(os.environ.get("DLMS_KILLS", "10"))
        data = os.path.join(self.folder, "data")
        confirmed = []
        sent = 0
        for turn in range(times):
            service = self.service(DATA_DIR=data)
            pusher = self.pusher(service)
            pusher.socket.settimeout(PATIENCE)
            end = threading.Timer(random.uniform(0.01, 0.3), service.process.send_signal, [signal.SIGKILL])
            end.start()
            try:
                while True:
                    sent += 1
                    pusher.socket.sendall(wpdu(push(sent, sent)))
                    octets = pusher.received(14)
                    if octets != confirmation(sent):
                        break
                    confirmed.append(sent)
            except OSError:
                pass
            end.join()
            service.process.wait(PATIENCE)
            pusher.close()
        service = self.service(DATA_DIR=data)
        kept = []
        cursor = 0
        while page := self.listed(service, f"?cursor={cursor}&limit=1000")["notifications"]:
            kept += [one["invokeId"] for one in page]
            cursor = page[-1]["id"]
        self.assertGreater(len(confirmed), times)
        self.assertEqual(sorted(set(confirmed) - set(kept)), [])
        self.assertEqual(len(kept), len(set(kept)))
        self.assertEqual(kept, sorted(kept))

    def test_the_oldest_go(self):
        service = self.service(NOTIFICATIONS_KEPT="10")
        pusher = self.pusher(service)
        for number in range(1, 1001):
            pusher.socket.sendall(wpdu(push(number, number)))
        self.assertEqual(pusher.received(14 * 1000)[-14:], confirmation(1000))
        self.until("few", lambda: len(self.listed(service, "?limit=1000")["notifications"]) <= 110)


if __name__ == "__main__":
    unittest.main(verbosity=2)
