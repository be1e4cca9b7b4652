#!/usr/bin/env python3
"""Many simulated meters call dlms-service, and are read over their calls: what the service takes, and whether every value
is the right meter's.

usage: bench/dial_in_load.py SERVICE SIMULATOR [METERS [SECONDS [HEARTBEAT]]]    (5000 meters, 10 s, every 10 s)

Prints the time until all have called, memory, what heartbeats cost while nothing else goes on, and how many reads a second
64 callers get. Meters, service and callers are on the same cores. Exit status 1: a value was wrong, or a read failed.
"""

import http.client
import json
import re
import subprocess
import sys
import threading
import time

from service_load import processor_seconds, resident, start

FIRST = 12345678
CALLERS = 64


def call(port, method, path, body=None, content_type="application/json"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request(method, path, body, {"Content-Type": content_type})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {content[:300]}")
    return content


def register(port, meters):
    """In parts, as an import takes 10,000 rows and a megabyte."""
    for begin in range(0, meters, 2000):
        rows = "".join(f"{FIRST + index},hexcell,dialin\n" for index in range(begin, min(begin + 2000, meters)))
        call(port, "POST", "/meters/import", "meter_number,brand,connection_type\n" + rows, "text/csv")


def states(port):
    return json.loads(call(port, "GET", "/dial-in?limit=1"))["states"]


class Caller(threading.Thread):
    """Reads the serial numbers of its share of the meters, one after the other, on one kept connection."""

    def __init__(self, port, numbers, end):
        super().__init__()
        self.port, self.numbers, self.end = port, numbers, end
        self.reads, self.wrong = 0, []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        while time.monotonic() < self.end:
            for number in self.numbers:
                connection.request("POST", "/read", json.dumps({"meter_number": str(number), "class_id": 1,
                                                                "obis_code": "0-0:96.1.0.255"}),
                                   {"Content-Type": "application/json"})
                data = json.loads(connection.getresponse().read())["data"]
                if not data["success"] or int(data["value"]) != number:
                    self.wrong.append((number, data))
                self.reads += 1
                if time.monotonic() >= self.end:
                    break
        connection.close()


def read_all(port, meters, seconds):
    end = time.monotonic() + seconds
    callers = [Caller(port, range(FIRST + index, FIRST + meters, CALLERS), end) for index in range(CALLERS)]
    begin = time.monotonic()
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    wrong = [one for caller in callers for one in caller.wrong]
    return sum(caller.reads for caller in callers) / (time.monotonic() - begin), wrong


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    meters, seconds, heartbeat = (int(argument) for argument in (sys.argv[3:] + ["5000", "10", "10"][len(sys.argv) - 3:]))
    dial_in = 25512
    service, port = start(sys.argv[1], DIAL_IN_PORT=str(dial_in), DIAL_IN_HOST="127.0.0.1",
                          DIAL_IN_CALLS_OF_ADDRESS=str(meters))
    simulator = None
    try:
        register(port, meters)
        begin = time.monotonic()
        simulator = subprocess.Popen([sys.argv[2], "--dial", f"127.0.0.1:{dial_in}", "--fleet", str(meters),
                                      "--heartbeat", str(heartbeat), "--log-level", "off"],
                                     stdout=subprocess.DEVNULL)
        while states(port)["waiting"] < meters:
            time.sleep(0.2)
        now, most = resident(service)
        print(f"{meters} meters called in {time.monotonic() - begin:.1f} s: {now:.0f} MiB, at most {most:.0f} MiB")
        spent = processor_seconds(service)
        time.sleep(seconds)
        share = (processor_seconds(service) - spent) / seconds
        print(f"heartbeats every {heartbeat} s ({meters / heartbeat:.0f} a second): {100 * share:.1f} % of a core")
        for what in ("associating", "associated"):
            # The first turn makes an association with each meter.
            rate, wrong = read_all(port, meters, seconds)
            now, most = resident(service)
            print(f"{what}: {rate:.0f} reads a second over {CALLERS} connections; {now:.0f} MiB, at most {most:.0f} MiB")
            if wrong:
                print(f"WRONG: {len(wrong)}, the first {wrong[0]}")
                return 1
        metrics = call(port, "GET", "/metrics").decode()
        for line in re.findall(r"^dlms_dial_in_closed_total.* [1-9]\d*$", metrics, re.M):
            print(line)
    finally:
        service.kill()
        if simulator:
            simulator.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
