#!/usr/bin/env python3
"""What a fleet of simulated meters costs: time to start, memory of a meter and of an open association.

usage: bench/fleet.py PATH/dlms-simulator [METERS [METERS_A_PORT]]
"""

import os
import re
import resource
import socket
import subprocess
import sys
import time

# An AARQ for logical names without authentication, proposing 00001E1D and 65535 octets.
AARQ = bytes.fromhex("601DA109060760857405080101BE10040E01000000065F1F0400001E1DFFFF")
CLIENT = 16


def wpdu(server, apdu):
    return b"".join(number.to_bytes(2, "big") for number in (1, CLIENT, server, len(apdu))) + apdu


def resident(process):
    """Octets of memory, after the process has come to rest."""
    with open(f"/proc/{process}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def processor(process):
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def receive(connection, count):
    octets = b""
    while len(octets) < count:
        part = connection.recv(count - len(octets))
        if not part:
            raise OSError("the meter closed the connection")
        octets += part
    return octets


def associate(connection, server):
    connection.sendall(wpdu(server, AARQ))
    header = receive(connection, 8)
    answer = receive(connection, int.from_bytes(header[6:], "big"))
    if answer[:1] != b"\x61" or b"\xa2\x03\x02\x01\x00" not in answer:
        raise OSError("the meter refused: " + answer.hex())


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    meters = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    on_a_port = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    ports = meters // on_a_port
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    first = 20_000
    begin = time.monotonic()
    simulator = subprocess.Popen([sys.argv[1], "--fleet", str(ports), "--multi-drop", str(on_a_port), "--port",
                                  str(first), "--log-level", "warning"], stdout=subprocess.PIPE, text=True)
    line = simulator.stdout.readline()
    try:
        if not re.match("listening on ", line):
            sys.exit("the simulator did not start")
        start = time.monotonic() - begin
        idle = resident(simulator.pid)
        connections = []
        for port in range(ports):
            connection = socket.create_connection(("127.0.0.1", first + port))
            connections.append(connection)
            for server in range(on_a_port):
                associate(connection, 1 + server)
        busy = resident(simulator.pid)
        before = processor(simulator.pid)
        time.sleep(5)
        load = (processor(simulator.pid) - before) / 5
        print(f"{meters} meters on {ports} ports: start {start:.2f} s, idle {idle / 2**20:.1f} MiB "
              f"({idle / meters / 1024:.2f} KiB a meter), an association each {busy / 2**20:.1f} MiB "
              f"({(busy - idle) / meters / 1024:.2f} KiB an association), {100 * load:.1f} % of a core at rest")
    finally:
        simulator.terminate()
        simulator.wait()


if __name__ == "__main__":
    main()
