"""`dlms-service` as a process on a free port, and meters for it."""

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import threading

SERVICE = os.environ["DLMS_SERVICE_PROGRAM"]
DLMS = os.environ.get("DLMS_PROGRAM", "")

# Far beyond all deadlines of these tests.
PATIENCE = 60

# The AARE by which a meter accepts client 17 with GET, SET and ACTION, in its WPDU.
ACCEPTING = bytes.fromhex("000100010011002B"
                          "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000101904000007")


class Service:
    """The program; `wait=False` leaves it to the caller to see whether it starts."""

    def __init__(self, environment=None, wait=True, secure=None):
        self.process = subprocess.Popen(
            [SERVICE, "--host", "127.0.0.1", "--port", "0", "--env-file", os.devnull], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env={"PATH": os.environ["PATH"], **(environment or {})})
        self.secure = secure
        self.port = None
        self.lines = []
        while wait and self.port is None:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("the service did not start: " + "".join(self.lines))
            self.lines.append(line)
            listens = re.search(r" listens on \S+ port (\d+)\b", line)
            self.port = listens and int(listens[1])
        self.reader = threading.Thread(target=self.read_log)
        self.reader.start()

    def read_log(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def log(self):
        """All lines, once it has ended."""
        self.process.wait(PATIENCE)
        self.reader.join()
        return "".join(self.lines)

    def connection(self):
        if self.secure:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=self.secure)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def call(self, method, path, body=None, **headers):
        connection = self.connection()
        try:
            octets = None if body is None else json.dumps(body)
            connection.request(method, path, octets, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            content = answer.read()
            is_json = "json" in (answer.getheader("Content-Type") or "")
            return answer.status, json.loads(content) if is_json else content.decode()
        finally:
            connection.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()


class WritableMeter:
    """Accepts associations and answers every GET with the number 1 and every SET and ACTION with success, on any
    number of connections."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    @staticmethod
    def serve(connection):
        try:
            with connection, connection.makefile("rb") as octets:
                while header := octets.read(8):
                    apdu = octets.read(int.from_bytes(header[6:], "big"))
                    connection.sendall(answer_to(apdu))
        except OSError:
            pass  # the service was killed

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


def wpdu(apdu):
    return bytes.fromhex("000100010011") + len(apdu).to_bytes(2, "big") + apdu


def answer_to(apdu):
    if apdu[0] == 0x60:
        return ACCEPTING
    if apdu[0] == 0x62:
        return wpdu(bytes.fromhex("6303800100"))
    if apdu[0] == 0xC3:
        return wpdu(bytes([0xC7, 0x01, apdu[2], 0x00, 0x00]))
    if apdu[0] == 0xC1:
        return wpdu(bytes([0xC5, 0x01, apdu[2], 0x00]))
    return wpdu(bytes([0xC4, 0x01, apdu[2], 0x00, 0x06, 0, 0, 0, 1]))


def trusting(certificate, own=None):
    """A TLS context that trusts one certificate, and shows another."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    if own:
        context.load_cert_chain(own)
    return context


def make_certificate(file, name):
    """A certificate that signs itself, with its key, in one file."""
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                           "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", "-"],
                          capture_output=True, text=True, check=True)
    with open(file + ".new", "w", encoding="ascii") as new:
        new.write(made.stdout)
    os.replace(file + ".new", file)
