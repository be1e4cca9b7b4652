"""Programs of a ciphered session at their finest log level: no secret in what they emit, and no number twice."""

import base64
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

SERVICE = os.environ["DLMS_SERVICE_PROGRAM"]
SIMULATOR = os.environ["DLMS_SIMULATOR_PROGRAM"]
PROGRAM = os.environ["DLMS_PROGRAM"]
KILLS = int(os.environ.get("DLMS_SERVICE_KILLS", "50"))
SEED = int(os.environ.get("DLMS_SERVICE_KILLS_SEED", "5"))

ENCRYPTION_KEY = bytes.fromhex("A1B2C3D4E5F60718293A4B5C6D7E8F90")
AUTHENTICATION_KEY = bytes.fromhex("0F1E2D3C4B5A69788796A5B4C3D2E1F0")
PASSWORD = b"Geheim-0815-Wort"
MASTER_KEY = bytes.fromhex("5B6C7D8E9FA0B1C2D3E4F50617283940")
NEW_KEY = bytes.fromhex("C4D5E6F708192A3B4C5D6E7F8091A2B3")
SEALING_KEY = bytes.fromhex("7E6D5C4B3A291807F6E5D4C3B2A190807E6D5C4B3A291807F6E5D4C3B2A19081")
CONFORMANCE = ["get", "set", "action", "block-transfer-with-get-or-read", "general-protection"]
ENERGY = {"meter_number": "1", "obis_code": "1-0:1.8.0.255"}


def scenario():
    """A meter with a ciphered client, one with a hash, and one with a password."""
    def client(number, name, mechanism, **more):
        return {"client_sap": number, "name": name, "mechanism": mechanism, "conformance": CONFORMANCE, **more}
    return {"name": "secrets", "logical_devices": [{
        "sap": 1, "name": "TST0000000000001",
        "security": {"system_title": "5453540000000001", "unicast_key": ENCRYPTION_KEY.hex(),
                     "authentication_key": AUTHENTICATION_KEY.hex(), "master_key": MASTER_KEY.hex()},
        "associations": [
            client(1, "ciphered", "HLS-GMAC", security="authenticated_encryption"),
            client(2, "hashed", "HLS-SHA256", password=PASSWORD.decode()),
            client(3, "low", "LLS", password=PASSWORD.decode())],
        "objects": [
            {"obis": "0-0:43.0.0.255", "class": 64, "version": 1, "name": "Security setup", "attributes": [],
             "methods": [{"id": 2, "access": True}]},
            {"obis": "1-0:1.8.0.255", "class": 3, "name": "Energy", "attributes": [
            {"id": 2, "access": "r", "value": {"double-long-unsigned": 12345}}]}]}]}


class Simulator:
    """A meter at trace level; close() returns all that it has said."""

    def __init__(self, folder):
        path = os.path.join(folder, "scenario.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(scenario(), file)
        self.log_name = os.path.join(folder, "simulator.log")
        with open(self.log_name, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [SIMULATOR, "--port", "0", "--log-level", "trace", "--scenario", path],
                stdout=subprocess.PIPE, stderr=log, text=True)
        self.port = int(re.match(r"listening on 127\.0\.0\.1:(\d+) ", self.process.stdout.readline())[1])

    def close(self):
        self.process.terminate()
        rest, _ = self.process.communicate()
        with open(self.log_name, encoding="utf-8") as log:
            return rest + log.read()


class Service:
    """The service at trace level, with a folder for what outlives it."""

    def __init__(self, folder, number=0):
        self.log_name = os.path.join(folder, f"service{number}.log")
        with open(self.log_name, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [SERVICE], stderr=log, stdout=log,
                env={**os.environ, "DLMS_SERVICE_PORT": "0", "DLMS_SERVICE_HOST": "127.0.0.1",
                     "LOG_LEVEL": "TRACE", "DATA_DIR": os.path.join(folder, "data"),
                     "KEY_ENCRYPTION_KEY": SEALING_KEY.hex()})
        self.port = None
        while self.port is None and self.process.poll() is None:
            if found := re.search(r"listens on 127\.0\.0\.1 port (\d+)", self.text()):
                self.port = int(found[1])
            time.sleep(0.02)

    def post(self, path, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def close(self):
        self.process.terminate()
        self.process.wait()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def text(self):
        with open(self.log_name, encoding="utf-8") as log:
            return log.read()


def connect(port, **changes):
    return {"meter_number": "1", "brand": "other", "ip_address": "127.0.0.1", "port": port, "client_address": 1,
            "timeout": 5000, "auth_type": "HighGMAC", "security": "authenticated_encryption",
            "encryption_key": ENCRYPTION_KEY.hex(), "authentication_key": AUTHENTICATION_KEY.hex(), **changes}


def forms(secret):
    """How a secret could stand in a text."""
    return [secret.hex(), secret.hex().upper(), secret.hex(" "), base64.b64encode(secret).decode(),
            secret.decode("latin-1")]


def keep_reading(service, port):
    """Until the service is killed."""
    try:
        service.post("/connect", connect(port))
        while True:
            service.post("/read", ENERGY)
    except (OSError, http.client.HTTPException):
        pass


class Secrets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_no_secret_is_emitted(self):
        simulator = Simulator(self.folder)
        service = Service(self.folder)
        emitted = []
        for changes in ({}, {"dedicated_key": "00" * 16}, {"authentication_key": "11" * 16},
                        {"auth_type": "HighSHA256", "security": "none", "client_address": 2,
                         "password": PASSWORD.decode()},
                        {"auth_type": "Low", "security": "none", "client_address": 3, "password": PASSWORD.decode()},
                        {"authentication_key": 17}, {"encryption_key": "A1B2"}):
            emitted += [str(service.post("/connect", connect(simulator.port, **changes))),
                        str(service.post("/read", ENERGY))]
        self.assertIn("12345", emitted[1])
        for options in (["--client", "1", "--auth", "gmac", "--security", "authenticated_encryption"],
                        ["--client", "2", "--auth", "sha256"], ["--client", "3", "--auth", "low"]):
            ended = subprocess.run(
                [PROGRAM, "read", f"127.0.0.1:{simulator.port}", "-v", *options, "1-0:1.8.0.255"],
                capture_output=True, text=True, timeout=60, check=False,
                env={**os.environ, "XDG_STATE_HOME": self.folder, "DLMS_PASSWORD": PASSWORD.decode(),
                     "DLMS_ENCRYPTION_KEY": ENCRYPTION_KEY.hex(),
                     "DLMS_AUTHENTICATION_KEY": AUTHENTICATION_KEY.hex()})
            self.assertEqual(ended.returncode, 0, ended.stderr)
            emitted += [ended.stdout, ended.stderr]
        service.post("/connect", connect(simulator.port))
        for path, body in (
                ("/write", {**ENERGY, "obis_code": "0-0:40.0.0.255", "class_id": 15, "attribute_id": 7,
                            "value": PASSWORD.decode(), "data_type": "octet-string"}),
                ("/write", {**ENERGY, "obis_code": "0-0:40.0.0.255", "class_id": 15, "attribute_id": 7,
                            "value": PASSWORD.decode(), "data_type": "unsigned"}),
                ("/meters/1/actions", {"obis_code": "0-0:43.0.0.255", "class_id": 64, "method_id": 2,
                                       "value": PASSWORD.decode()}),
                (f"/disconnect?meter_number=2&password={PASSWORD.decode()}", {})):
            status, answer = service.post(path, body)
            self.assertIn(status, (200, 400), answer)
            emitted.append(answer)
        changed = [service.post("/meters/1/keys", body) for body in (
            {"operation": "transfer", "new_encryption_key": NEW_KEY.hex(), "master_key": MASTER_KEY.hex()},
            {"operation": "transfer", "new_encryption_key": NEW_KEY.hex(), "master_key": NEW_KEY.hex()},
            {"operation": "keep", "master_key": MASTER_KEY.hex()},
            {"operation": "rotate"})]
        self.assertEqual([status for status, _ in changed], [200, 502, 200, 200], changed)
        reading = service.post("/read", ENERGY)
        self.assertIn("12345", str(reading))
        emitted += [str(changed), str(reading)]
        with open(os.path.join(self.folder, "data/secrets.db-wal"), "rb") as file:
            emitted.append(file.read().decode("latin-1"))
        service.close()
        emitted += [service.text(), simulator.close()]
        for name in ("data/counters.db", "data/secrets.db", "dlms/counters.db"):
            with open(os.path.join(self.folder, name), "rb") as file:
                emitted.append(file.read().decode("latin-1"))
        for secret in (ENCRYPTION_KEY, AUTHENTICATION_KEY, PASSWORD, MASTER_KEY, NEW_KEY, SEALING_KEY):
            for form in forms(secret):
                for text in emitted:
                    self.assertNotIn(form, text)
        # What was searched has the octets of the line in it.
        self.assertIn("->", service.text())

    def test_no_secret_of_a_change_from_the_command_line_is_emitted(self):
        simulator = Simulator(self.folder)
        options = [f"127.0.0.1:{simulator.port}", "-v", "--client", "1", "--auth", "gmac", "--security",
                   "authenticated_encryption"]
        keys = {"DLMS_ENCRYPTION_KEY": ENCRYPTION_KEY.hex(), "DLMS_AUTHENTICATION_KEY": AUTHENTICATION_KEY.hex(),
                "DLMS_MASTER_KEY": MASTER_KEY.hex()}
        emitted = []

        def run(*arguments):
            ended = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False,
                                   env={**os.environ, "XDG_STATE_HOME": self.folder, **keys})
            self.assertEqual(ended.returncode, 0, ended.stderr)
            emitted.extend([ended.stdout, ended.stderr])

        secrets = [ENCRYPTION_KEY, AUTHENTICATION_KEY, MASTER_KEY]
        run("read", *options, "1-0:1.8.0.255", "--envelope", "wrapped_key")
        for number in (1, 2):
            file_name = os.path.join(self.folder, f"new{number}.env")
            run("keys", "rotate", *options, "--out", file_name, "--keys", "encryption,authentication,master")
            with open(file_name, encoding="ascii") as file:
                keys = dict(line.strip().split("=") for line in file if not line.startswith("#"))
            self.assertEqual(len(keys), 3)
            secrets += [bytes.fromhex(key) for key in keys.values()]
        run("read", *options, "1-0:1.8.0.255")
        emitted.append(simulator.close())
        with open(os.path.join(self.folder, "dlms/counters.db"), "rb") as file:
            emitted.append(file.read().decode("latin-1"))
        for secret in secrets:
            for form in forms(secret):
                for text in emitted:
                    self.assertNotIn(form, text)
        self.assertIn("->", emitted[1])

    def test_a_service_that_is_killed_repeats_no_number(self):
        """DLMS_SERVICE_KILLS kills at random moments of a seed; the numbers are those on the wire."""
        moments = random.Random(SEED)
        simulator = Simulator(self.folder)
        relay = Relay(simulator.port)
        for kill in range(KILLS):
            service = Service(self.folder, kill)
            before = len(relay.numbers)
            caller = threading.Thread(target=keep_reading, args=(service, relay.port), daemon=True)
            caller.start()
            # From the first number on, so that none is killed before it sends.
            deadline = time.monotonic() + 60
            while len(relay.numbers) == before and time.monotonic() < deadline:
                time.sleep(0.001)
            time.sleep(moments.uniform(0, 0.2))
            service.kill()
            caller.join()
        relay.close()
        simulator.close()
        self.assertGreaterEqual(len(relay.numbers), KILLS)
        self.assertEqual(len(relay.numbers), len(set(relay.numbers)))


class Relay:
    """Between service and meter: keeps the invocation counter of each ciphered APDU of the service."""

    def __init__(self, meter):
        self.meter = meter
        self.numbers = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            meter = socket.create_connection(("127.0.0.1", self.meter))
            threading.Thread(target=self.forward, args=(connection, meter), daemon=True).start()
            threading.Thread(target=self.back, args=(meter, connection), daemon=True).start()

    def forward(self, connection, meter):
        with connection, meter, connection.makefile("rb") as octets:
            try:
                while len(header := octets.read(8)) == 8:
                    apdu = octets.read(int.from_bytes(header[6:], "big"))
                    self.note(apdu)
                    meter.sendall(header + apdu)
            except OSError:
                pass

    def note(self, apdu):
        """glo-initiate in AARQ and RLRQ, glo-get and glo-action; security control 30."""
        if apdu[:1] in (b"\x60", b"\x62"):
            place = re.search(rb"\x21.\x30", apdu, re.DOTALL)
            self.numbers.append(apdu[place.start() + 3:place.start() + 7])
        elif apdu[:1] in (b"\xc8", b"\xcb") and apdu[2:3] == b"\x30":
            self.numbers.append(apdu[3:7])

    @staticmethod
    def back(meter, connection):
        try:
            while octets := meter.recv(65536):
                connection.sendall(octets)
        except OSError:
            pass

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


if __name__ == "__main__":
    unittest.main()
