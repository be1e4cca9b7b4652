#!/usr/bin/env python3
"""Loads dlms-service and prints what it does, beside what is asked of it.

usage: bench/service_load.py PROGRAM [slow|idle|loris|floods|fair]...

  slow    2,000 requests at once, each to a meter that takes 2 s
  idle    1,000 kept connections that ask nothing: the cost
  loris   500 clients that send an octet every 3 s
  floods  bodies, chunks, lines, fields, ambiguous lengths: what is taken of them, and what stays in memory
  fair    64 kept connections on 1 and on 4 workers: the least and the most that one of them gets

The clients and the meters run in this process beside the service, on the same cores: figures are of the whole.
"""

import asyncio
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time

ACCEPTING = bytes.fromhex("000100010011002B"
                          "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000101804000007")


def start(program, **environment):
    # At INFO, for the line that tells the port; the access log goes to nobody.
    reader, writer = os.pipe()
    process = subprocess.Popen([program, "--host", "127.0.0.1", "--port", "0", "--env-file", os.devnull],
                               stdout=writer, env={"PATH": os.environ["PATH"], **environment})
    os.close(writer)
    text = b""
    while not (found := re.search(rb" listens on \S+ port (\d+)\n", text)):
        part = os.read(reader, 4096)
        if not part:
            raise SystemExit("the service did not start")
        text += part
    subprocess.Popen(["cat"], stdin=reader, stdout=subprocess.DEVNULL)
    os.close(reader)
    return process, int(found[1])


def resident(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        text = file.read()
    of = lambda name: int(re.search(rf"{name}:\s+(\d+) kB", text)[1]) / 1024
    return of("VmRSS"), of("VmHWM")


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Meter:
    """A port that is any number of meters; every GET is answered after a time."""

    def __init__(self, seconds):
        self.seconds = seconds

    async def serve(self, reader, writer):
        try:
            while True:
                header = await reader.readexactly(8)
                apdu = await reader.readexactly(int.from_bytes(header[6:], "big"))
                if apdu[0] == 0x60:
                    writer.write(ACCEPTING)
                elif apdu[0] == 0x62:
                    writer.write(bytes.fromhex("00010001001100056303800100"))
                else:
                    await asyncio.sleep(self.seconds)
                    writer.write(bytes.fromhex("0001000100110009C401") + apdu[2:3] + bytes.fromhex("000600000001"))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    async def start(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=4096)
        return server.sockets[0].getsockname()[1]


class Client:
    """One kept connection."""

    def __init__(self, port):
        self.port = port
        self.reader = self.writer = None

    async def call(self, method, path, body=None):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        content = b"" if body is None else json.dumps(body).encode()
        self.writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                          f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        return int(head[9:12]), await self.reader.readexactly(length)


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


class Watch:
    """Asks /health every 20 ms, and keeps how long that took."""

    def __init__(self, port):
        self.port = port
        self.times = []

    async def __aenter__(self):
        self.task = asyncio.create_task(self.run())
        return self

    async def __aexit__(self, *_):
        self.task.cancel()

    async def run(self):
        client = Client(self.port)
        while True:
            begin = time.perf_counter()
            status, _ = await client.call("GET", "/health")
            assert status == 200
            self.times.append((time.perf_counter() - begin) * 1000)
            await asyncio.sleep(0.02)

    def text(self):
        return (f"/health p50 {percentile(self.times, 0.5):.1f} ms, p99 {percentile(self.times, 0.99):.1f} ms, "
                f"most {max(self.times):.1f} ms (asked: 50)")


async def slow(program, count=2000, seconds=2.0):
    process, port = start(program)
    meter = await Meter(seconds).start()
    clients = [Client(port) for _ in range(count)]

    async def connect(number):
        status, answer = await clients[number].call("POST", "/connect", {
            "meter_number": str(number), "brand": "hexcell", "ip_address": "127.0.0.1", "port": meter})
        assert status == 200, answer

    for begin in range(0, count, 100):
        await asyncio.gather(*(connect(number) for number in range(begin, min(begin + 100, count))))

    async def read(number):
        begin = time.perf_counter()
        status, answer = await clients[number].call("POST", "/read", {
            "meter_number": str(number), "obis_code": "0-0:96.1.0.255", "class_id": 1})
        assert status == 200 and json.loads(answer)["success"], answer
        return time.perf_counter() - begin

    async with Watch(port) as watch:
        times = await asyncio.gather(*(read(number) for number in range(count)))
    now, most = resident(process)
    print(f"slow    {count} requests at once, each to a meter that takes {seconds} s: all answered; p50 "
          f"{percentile(times, 0.5):.2f} s, p99 {percentile(times, 0.99):.2f} s (asked: 2.5), most {max(times):.2f} s; "
          f"memory {now:.0f} MB, at most {most:.0f} MB (asked: 100); {watch.text()}")
    process.kill()


async def idle(program, count=1000, seconds=5):
    process, port = start(program)
    clients = [Client(port) for _ in range(count)]
    for client in clients:
        await client.call("GET", "/health")
    before = processor_seconds(process)
    await asyncio.sleep(seconds)
    cost = (processor_seconds(process) - before) / seconds
    async with Watch(port) as watch:
        await asyncio.sleep(1)
    print(f"idle    {count} kept connections: {cost * 100:.1f} % of a core (asked: 5), {resident(process)[0]:.0f} MB; "
          f"{watch.text()}")
    process.kill()


async def loris(program, count=500, seconds=15):
    process, port = start(program)
    closed = 0

    async def drip():
        nonlocal closed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for octet in b"GET /health HTTP/1.1\r\nX-A: " + b"x" * 100:
                writer.write(bytes([octet]))
                await writer.drain()
                try:
                    await asyncio.wait_for(reader.read(1), 3)
                    closed += 1
                    return
                except asyncio.TimeoutError:
                    pass
        except ConnectionError:
            closed += 1

    before = resident(process)[0]
    async with Watch(port) as watch:
        tasks = [asyncio.create_task(drip()) for _ in range(count)]
        await asyncio.sleep(seconds)
    print(f"loris   {count} clients with an octet every 3 s, for {seconds} s: {closed} cut off, memory "
          f"+{resident(process)[0] - before:.1f} MB; {watch.text()}")
    for task in tasks:
        task.cancel()
    process.kill()


async def floods(program):
    process, port = start(program)
    head = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    cases = [("a body of 300 MB", head + b"Content-Length: 300000000\r\n\r\n", b"x" * 65536),
             ("chunks without end", head + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
             ("a line without end", head + b"X-A: ", b"x" * 65536),
             ("a million fields", head, b"A: b\r\n" * 10_000),
             ("a packed body", head + b"Content-Encoding: gzip\r\nContent-Length: 65536\r\n\r\n", b"\x1f\x8b" * 32768),
             ("a chunk of -2", head + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n", b"x" * 65536),
             ("two lengths", head + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n", b"{}"),
             ("a negative length", head + b"Content-Length: -1\r\n\r\n", b"x"),
             ("length and chunks", head + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", b"{}"),
             ("CR LF in an encoded field", b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: a%0d%0aX-B: c\r\n\r\n", b"")]
    await Client(port).call("GET", "/health")
    before = resident(process)[1]
    async with Watch(port) as watch:
        for name, begin, part in cases:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            sent = 0
            first_line = asyncio.create_task(reader.readline())
            try:
                writer.write(begin)
                while sent < 400_000_000 and part and not first_line.done():
                    writer.write(part)
                    sent += len(part)
                    await asyncio.wait_for(writer.drain(), 5)
                    if len(part) < 100:
                        break
                    await asyncio.sleep(0)
                answer = await asyncio.wait_for(first_line, 5)
            except (ConnectionError, asyncio.TimeoutError):
                answer = b""
            writer.close()
            print(f"floods  {name}: {sent / 1e6:.1f} MB sent, answer {answer[9:].decode().strip() or 'connection reset'}")
    print(f"floods  memory at most +{resident(process)[1] - before:.1f} MB (asked: 10); {watch.text()}")
    process.kill()


async def fair(program, count=64, seconds=5):
    for workers in (1, 4):
        process, port = start(program, HTTP_THREADS=str(workers))
        answered = [0] * count
        end = time.perf_counter() + seconds

        async def ask(number, port=port, answered=answered, end=end):
            client = Client(port)
            while time.perf_counter() < end:
                await client.call("GET", "/health")
                answered[number] += 1
                await asyncio.sleep(0.01)

        await asyncio.gather(*(ask(number) for number in range(count)))
        print(f"fair    {count} kept connections, {workers} workers: each got {min(answered)} to {max(answered)} answers, "
              f"mean {statistics.mean(answered):.0f}")
        process.kill()


async def main(program, names):
    parts = {"slow": slow, "idle": idle, "loris": loris, "floods": floods, "fair": fair}
    for name in names or parts:
        await parts[name](program)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
