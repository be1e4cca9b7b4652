#!/usr/bin/env python3
"""The service reads a fleet of simulated meters in a loop while a share of them does wrong, and every value that comes
is compared with what the simulator knows to be true: no wrong value, no request without an answer, no memory that grows.

usage: soak_test.py [--meters 50] [--seconds 25] [--minutes M] [--share 5] [--workers 16] [--seed 1]

DLMS_SERVICE_PROGRAM and DLMS_SIMULATOR_PROGRAM name the programs. Exit status 0: nothing was found.
"""

import argparse
import collections
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

SERVICE = os.environ["DLMS_SERVICE_PROGRAM"]
SIMULATOR = os.environ["DLMS_SIMULATOR_PROGRAM"]

# A request that takes longer than this hangs: far beyond the service's own deadlines below.
PATIENCE = 120
# Of the service for one answer of a meter, in milliseconds.
TIMEOUT = 1500
# For every meter to be read again after the last fault.
RECOVERY = 180

ENCRYPTION_KEY = "A1B2C3D4E5F60718293A4B5C6D7E8F90"
AUTHENTICATION_KEY = "0F1E2D3C4B5A69788796A5B4C3D2E1F0"
PASSWORD = "00000000"
SERVICES = ["get", "set", "action", "block-transfer-with-get-or-read", "multiple-references", "selective-access",
            "priority-mgmt-supported"]

SERIAL = "0-0:96.1.0.255"
SET = "1-0:1.8.0.255"
LIVING = "1-0:2.8.0.255"

# What PUT /meters/N/misbehaviour may be told. A kind that this simulator does not have is left out, and told at the end.
# Left out for plain meters: what nobody can know from the octets alone.
OF_ANSWERS = ["wrong_invoke_id", "wrong_block_number", "endless_blocks", "wrong_length", "stale_answer",
              "unexpected_notification", "refused_list", "reboot", "aare_no_user_information", "aare_trailing_octet",
              "rlre_missing"]
OF_CIPHERED_ANSWERS = ["wrong_tag", "replay", "old_counter", "counter_reset", "downgrade", "wrong_title",
                       "wrong_reply", "reflected_challenge", "corrupt", "wrong_wpdu_length", "truncate"]
OF_LINES = ["delay", "jitter", "bandwidth", "slow_octets", "lose", "duplicate", "reorder", "stuck", "close",
            "half_open"]


def scenario(number):
    """A meter with a title of its own; client 1 has a password, client 3 keys."""
    return {"name": f"soak {number}", "load": {"base_power": 3_600_000, "peak_power": 0}, "logical_devices": [{
        "sap": 1, "name": f"SOK{number:013d}",
        "security": {"system_title": f"534F4B{number:010X}", "unicast_key": ENCRYPTION_KEY,
                     "authentication_key": AUTHENTICATION_KEY},
        "associations": [
            {"client_sap": 1, "name": "plain", "mechanism": "LLS", "password": PASSWORD, "conformance": SERVICES},
            {"client_sap": 3, "name": "ciphered", "mechanism": "HLS-GMAC", "security": "authenticated_encryption",
             "conformance": SERVICES}],
        "objects": [
            {"obis": "0-0:1.0.0.255", "class": 8, "attributes": [
                {"id": 2, "access": "rw", "computed": "clock_time"}]},
            {"obis": SERIAL, "class": 1, "attributes": [
                {"id": 2, "access": "r", "value": {"visible-string": f"SERIAL-{number:06d}"}}]},
            {"obis": SET, "class": 3, "attributes": [
                {"id": 2, "access": "r", "value": {"double-long-unsigned": 0}},
                {"id": 3, "access": "r", "value": {"structure": [{"integer": 0}, {"enum": 30}]}}]},
            {"obis": LIVING, "class": 3, "attributes": [
                {"id": 2, "access": "r", "living": "energy_active_import", "type": "double-long-unsigned", "scaler": 0},
                {"id": 3, "access": "r", "value": {"structure": [{"integer": 0}, {"enum": 30}]}}]}]}]}


class Program:
    """A process whose log goes nowhere, but the line that tells its port."""

    def __init__(self, command, pattern, environment):
        # Freed memory is given back, also with the address sanitizer.
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=1:malloc_context_size=0", **environment})
        self.port = None
        self.tail = collections.deque(maxlen=40)
        while self.port is None:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("did not start: " + " ".join(command) + "\n" + "".join(self.tail))
            self.tail.append(line)
            found = re.search(pattern, line)
            self.port = found and int(found[1])
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.tail.append(line)

    def resident(self):
        """MiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1]) / 1024

    def end(self):
        """Whether it ended in order."""
        was_alive = self.process.poll() is None
        self.process.terminate()
        try:
            return self.process.wait(60) == 0 and was_alive
        except subprocess.TimeoutExpired:
            self.process.kill()
            return False


class Http:
    """One kept connection."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(self, method, path, body=None):
        for attempt in (1, 2):
            try:
                self.connection.request(method, path, None if body is None else json.dumps(body),
                                        {"Content-Type": "application/json"})
                answer = self.connection.getresponse()
                return answer.status, json.loads(answer.read())
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # An idle connection that was closed meanwhile.
                self.connection.close()
                if attempt == 2:
                    raise
        return None


class Meter:
    def __init__(self, number, added, serial):
        self.name = f"{number:06d}"
        self.number = added["meter"]
        self.port = added["port"]
        self.serial = serial
        self.ciphered = number % 2 == 1
        self.value = 0
        self.connected = False

    def connect_body(self):
        body = {"meter_number": self.name, "brand": "other", "ip_address": "127.0.0.1", "port": self.port,
                "timeout": TIMEOUT}
        if not self.ciphered:
            return {**body, "client_address": 1, "auth_type": "Low", "password": PASSWORD}
        return {**body, "client_address": 3, "auth_type": "HighGMAC", "security": "authenticated_encryption",
                "encryption_key": ENCRYPTION_KEY, "authentication_key": AUTHENTICATION_KEY}


class Soak:
    def __init__(self, options, folder):
        self.options = options
        self.random = random.Random(options.seed)
        self.counts = collections.Counter()
        self.lock = threading.Lock()
        self.found = []
        self.stops = threading.Event()
        self.simulator = Program(
            [SIMULATOR, "--port", "0", "--scenario", "small", "--log-level", "off", "--control", "0"],
            r"control on port (\d+)", {})
        self.service = Program(
            [SERVICE, "--host", "127.0.0.1", "--port", "0", "--env-file", os.devnull], r"listens on \S+ port (\d+)",
            {"DATA_DIR": folder, "KEY_ENCRYPTION_KEY": "7E" * 32})
        control = Http(self.simulator.port)
        self.meters = []
        for number in range(1, options.meters + 1):
            status, answer = control.ask("POST", "/meters", {"scenario": scenario(number)})
            if status != 201:
                raise SystemExit(f"meter {number} was not added: {answer}")
            added = answer["added"][0]
            _, serial = control.ask("GET", f"/meters/{added['meter']}/objects/{SERIAL}/2")
            self.meters.append(Meter(number, added, serial["visible-string"]))
        self.kinds = {ciphered: self.known_kinds(control, OF_ANSWERS + OF_LINES +
                                                 (OF_CIPHERED_ANSWERS if ciphered else []))
                      for ciphered in (False, True)}

    def known_kinds(self, control, kinds):
        known = []
        for kind in kinds:
            status, _ = control.ask("PUT", "/meters/1/misbehaviour", {"kind": kind})
            if status == 200:
                known.append(kind)
            else:
                self.counts["kinds that this simulator does not have"] += 1
        control.ask("PUT", "/meters/1/misbehaviour", {"kind": None})
        return known

    def find(self, what):
        with self.lock:
            self.found.append(what)

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    # Reading

    def truth(self, control, meter, code):
        status, value = control.ask("GET", f"/meters/{meter.number}/objects/{code}/2")
        assert status == 200, value
        return next(iter(value.values()))

    def read(self, service, control, meter):
        """Whether every value was read; a wrong one is kept."""
        if self.random.random() < 0.3:
            value = self.random.randrange(1 << 32)
            status, answer = control.ask("PUT", f"/meters/{meter.number}/objects/{SET}/2",
                                         {"double-long-unsigned": value})
            assert status == 200, answer
            meter.value = value
        if not meter.connected:
            status, answer = service.ask("POST", "/connect", meter.connect_body())
            meter.connected = status == 200
            if not meter.connected:
                self.count(f"connect: {answer.get('errorCode', status)}")
                return False
        before = self.truth(control, meter, LIVING)
        begun = time.monotonic()
        status, answer = service.ask("POST", "/read-multiple", {"meter_number": meter.name, "obis_codes": [
            {"code": SERIAL, "classId": 1}, {"code": SET, "classId": 3}, {"code": LIVING, "classId": 3}]})
        taken = time.monotonic() - begun
        with self.lock:
            self.longest = max(self.longest, taken)
        after = self.truth(control, meter, LIVING)
        readings = answer.get("data", {}).get("readings", []) if status == 200 else []
        if status != 200:
            self.count(f"read: {answer.get('errorCode', status)}")
            meter.connected = False
        good = 0
        for reading, code, is_right in zip(readings, (SERIAL, SET, LIVING), (
                lambda one: one.get("value") == meter.serial,
                lambda one: one.get("raw") == meter.value,
                lambda one: before <= one.get("raw", -1) <= after)):
            if not reading["success"]:
                self.count(f"item: {reading.get('errorCode')}")
            elif not is_right(reading):
                self.find(f"meter {meter.name} {code}: read {reading}; true are {meter.serial}, {meter.value}, "
                          f"{before} to {after}")
            else:
                good += 1
                self.count("right values")
        return good == 3

    longest = 0.0

    def work(self, meters):
        service, control = Http(self.service.port), Http(self.simulator.port)
        try:
            while not self.stops.is_set():
                for meter in meters:
                    if self.stops.is_set():
                        return
                    self.read(service, control, meter)
        except Exception as error:  # whatever it is, the soak has found it
            self.find(f"{type(error).__name__}: {error}")
            self.stops.set()

    # Faults

    def faults_of(self, meter):
        number = f"/meters/{meter.number}"
        shift = self.random.choice((-7200, 5, 86400))
        heal = [(f"{number}/misbehaviour", {"kind": None})]
        return ([("power", (f"{number}/power", {"on": False}), [(f"{number}/power", {"on": True})]),
                 ("disconnect", (f"{number}/disconnect", {}), []),
                 ("slow answers", (f"{number}/answer-delay", {"milliseconds": 400}),
                  [(f"{number}/answer-delay", {"milliseconds": 0})]),
                 ("no answer in time", (f"{number}/answer-delay", {"milliseconds": 3 * TIMEOUT}),
                  [(f"{number}/answer-delay", {"milliseconds": 0})]),
                 ("clock", (f"{number}/clock", {"shift_seconds": shift}), [])] +
                [(kind, (f"{number}/misbehaviour", {"kind": kind}), heal) for kind in self.kinds[meter.ciphered]])

    def break_meters(self):
        """Keeps the share of the fleet faulty, each meter for a few seconds."""
        control = Http(self.simulator.port)
        share = max(1, round(self.options.meters * self.options.share / 100))
        broken = {}  # when it is healed, and how
        try:
            while not self.stops.is_set():
                now = time.monotonic()
                for meter, (end, heal) in list(broken.items()):
                    if now >= end:
                        del broken[meter]
                        self.change(control, *heal)
                while len(broken) < share:
                    meter = self.random.choice([one for one in self.meters if one not in broken])
                    name, begin, heal = self.random.choice(self.faults_of(meter))
                    self.change(control, begin)
                    self.count(f"fault: {name}")
                    broken[meter] = (now + self.random.uniform(0.5, 4), heal)
                self.stops.wait(0.1)
            for _, heal in broken.values():
                self.change(control, *heal)
        except Exception as error:
            self.find(f"{type(error).__name__}: {error}")
            self.stops.set()

    @staticmethod
    def change(control, *requests):
        for request in requests:
            status, answer = control.ask("PUT", *request)
            assert status == 200, answer

    def recover(self):
        """Without faults every meter is read, and right."""
        service, control = Http(self.service.port), Http(self.simulator.port)
        end = time.monotonic() + RECOVERY
        left = list(self.meters)
        while left and time.monotonic() < end:
            left = [meter for meter in left if not self.read(service, control, meter)]
        for meter in left:
            self.find(f"meter {meter.name} is not read again after the last fault")

    def run(self):
        seconds = self.options.minutes * 60 if self.options.minutes else self.options.seconds
        workers = min(self.options.workers, len(self.meters))
        threads = [threading.Thread(target=self.work, args=(self.meters[i::workers],)) for i in range(workers)]
        threads.append(threading.Thread(target=self.break_meters))
        for thread in threads:
            thread.start()
        self.stops.wait(seconds / 2)
        half = [self.simulator.resident(), self.service.resident()]
        self.stops.wait(seconds / 2)
        self.stops.set()
        for thread in threads:
            thread.join(2 * PATIENCE)
            if thread.is_alive():
                self.find("a request hangs")
                return self.report(half)
        if not self.found:
            self.recover()
        return self.report(half)

    def report(self, half):
        end = [self.simulator.resident(), self.service.resident()]
        for name, before, after in zip(("simulator", "service"), half, end):
            # Caches and arenas fill up in the first half; what is lost per request goes on in the second.
            if after > before * 1.15 + 8:
                self.find(f"the {name} grew from {before:.0f} to {after:.0f} MiB in the second half")
            print(f"{name}: {before:.0f} MiB in the middle, {after:.0f} at the end")
        for name, program in (("simulator", self.simulator), ("service", self.service)):
            if not program.end():
                self.find(f"the {name} did not end in order:\n" + "".join(program.tail))
        for what, count in sorted(self.counts.items()):
            print(f"{count:8} {what}")
        print(f"longest request {self.longest:.1f} s")
        if not self.counts["right values"]:
            self.find("nothing was read")
        if not any(what.startswith("fault: ") for what in self.counts):
            self.find("there were no faults")
        for what in self.found[:20]:
            print("FOUND:", what)
        print(f"{len(self.found)} findings")
        return 1 if self.found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--meters", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=25)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--share", type=float, default=5, help="percent of the meters that do wrong at a time")
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    with tempfile.TemporaryDirectory() as folder:
        return Soak(parser.parse_args(), folder).run()


if __name__ == "__main__":
    sys.exit(main())
