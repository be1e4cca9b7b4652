"""`dlms-service` as its operator has it: TLS, API keys, configuration, service manager, data folder, sudden ends."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from service_process import (DLMS, PATIENCE, SERVICE, Service, WritableMeter, make_certificate, trusting)

CONNECT = {"meter_number": "1", "brand": "hexcell", "ip_address": "127.0.0.1"}


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, name):
        return os.path.join(self.folder, name)

    def service(self, *, secure=None, wait=True, **environment):
        service = Service(environment, wait, secure)
        self.addCleanup(service.close)
        return service

    def program(self, *arguments, **environment):
        return subprocess.run([SERVICE, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False,
                              env={"PATH": os.environ["PATH"], **environment}, cwd=self.folder)

    def audit(self, *arguments):
        return subprocess.run([DLMS, "audit", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)


class Logs(InFolder):
    def test_lines_are_objects_where_they_are_asked_for(self):
        service = self.service(LOG_FORMAT="json", LOG_LEVEL="TRACE", DATA_DIR=self.file("data"))
        status, _ = service.call("GET", "/health", **{"X-Request-Id": "who-asks"})
        self.assertEqual(status, 200)
        odd = 'a"b\u2028\u0007'
        service.call("PUT", "/meters/" + urllib.parse.quote(odd),
                     {"brand": "hexcell", "ip_address": "127.0.0.1", "password": "canary-7"})
        service.process.send_signal(signal.SIGTERM)
        lines = [json.loads(line) for line in service.log().rstrip("\n").split("\n")]
        for line in lines:
            self.assertRegex(line["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(line["level"], ("trace", "debug", "info", "warning", "error", "critical"))
            self.assertTrue(line["message"])
        asked = [line for line in lines if line.get("request_id") == "who-asks"]
        self.assertEqual([(line["event"], line["method"], line["path"], line["status"]) for line in asked],
                         [("request", "GET", "/health", 200)])
        self.assertNotIn("canary-7", json.dumps(lines))

    def test_another_form_is_refused(self):
        refused = self.program("--check-config", LOG_FORMAT="xml")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("LOG_FORMAT is neither TEXT nor JSON", refused.stderr)


class Tls(InFolder):
    def setUp(self):
        super().setUp()
        self.certificate = self.file("service.pem")
        make_certificate(self.certificate, "service.test")

    def test_calls_go_over_tls_and_not_without(self):
        service = self.service(TLS_CERT_FILE=self.certificate, secure=trusting(self.certificate))
        connection = service.connection()
        self.addCleanup(connection.close)
        for _ in range(3):
            connection.request("GET", "/health")
            answer = connection.getresponse()
            self.assertEqual(json.load(answer)["status"], "healthy")
            self.assertEqual(answer.getheader("Strict-Transport-Security"), "max-age=31536000")
        self.assertIn(connection.sock.version(), ("TLSv1.2", "TLSv1.3"))
        # A body of many records, both ways.
        status, _ = service.call("POST", "/decode", {"hex": "00" * 50_000})
        self.assertEqual(status, 200)
        with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE) as plain:
            plain.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                self.assertNotIn(b"healthy", plain.recv(4096))
            except ConnectionError:
                pass  # reset
        self.assertEqual(service.call("GET", "/health")[0], 200)
        _, metrics = service.call("GET", "/metrics")
        self.assertIn('dlms_http_connections_total{event="handshake_failed"} 1', metrics)

    def test_older_versions_are_refused(self):
        service = self.service(TLS_CERT_FILE=self.certificate)
        context = trusting(self.certificate)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE) as line:
            with self.assertRaises(ssl.SSLError):
                context.wrap_socket(line)

    def test_callers_show_a_certificate_where_one_is_asked_for(self):
        caller = self.file("caller.pem")
        other = self.file("other.pem")
        make_certificate(caller, "caller.test")
        make_certificate(other, "caller.test")
        service = self.service(TLS_CERT_FILE=self.certificate, TLS_CLIENT_CA_FILE=caller,
                               secure=trusting(self.certificate, caller))
        self.assertEqual(service.call("GET", "/health")[0], 200)
        for context in (trusting(self.certificate), trusting(self.certificate, other)):
            service.secure = context
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                service.call("GET", "/health")

    def test_a_certificate_that_is_replaced_is_served_at_once_and_a_bad_one_never(self):
        service = self.service(TLS_CERT_FILE=self.certificate)
        before = self.presented(service)
        make_certificate(self.certificate, "renewed.test")
        while self.presented(service) == before:
            pass
        renewed = self.presented(service)
        with open(self.certificate, "w", encoding="ascii") as file:
            file.write("no certificate")
        service.process.send_signal(signal.SIGHUP)
        while not any("stay in force" in line for line in list(service.lines)):
            pass
        self.assertEqual(self.presented(service), renewed)

    @staticmethod
    def presented(service):
        return ssl.get_server_certificate(("127.0.0.1", service.port), timeout=PATIENCE)

    def test_it_does_not_start_with_what_is_no_certificate(self):
        with open(self.certificate, "w", encoding="ascii") as file:
            file.write("no certificate")
        service = self.service(TLS_CERT_FILE=self.certificate, wait=False)
        self.assertNotEqual(service.process.wait(PATIENCE), 0)
        self.assertIn(f"TLS_CERT_FILE {self.certificate} gives no certificate", service.log())
        checked = self.program("--check-config", TLS_CERT_FILE=self.certificate)
        self.assertEqual(checked.returncode, 1)
        self.assertIn("gives no certificate", checked.stderr)


class Keys(InFolder):
    def test_keys_are_made_listed_and_revoked_while_the_service_runs(self):
        first = self.program("keys", "add", "--data-dir", self.folder, "--name", "backend", "--scopes", "read,write")
        self.assertEqual(first.returncode, 0, first.stderr)
        key = first.stdout.strip()
        self.assertRegex(key, r"^dlms_[0-9a-f]{8}\.[0-9a-f]{64}$")
        service = self.service(DATA_DIR=self.folder, ENABLE_API_KEY="true")
        self.assertEqual(service.call("GET", "/connections")[0], 401)
        self.assertEqual(service.call("GET", "/connections", **{"X-API-Key": key})[0], 200)
        self.assertEqual(service.call("POST", "/write", {}, **{"X-API-Key": key})[0], 422)
        self.assertEqual(service.call("POST", "/meters/1/keys", {}, **{"X-API-Key": key})[0], 403)
        listed = self.program("keys", "list", DATA_DIR=self.folder)
        identity, secret = key.split(".")
        self.assertRegex(listed.stdout, rf"^{identity}  read,write  made \S+  usable  \"backend\"\n$")
        self.assertNotIn(secret, listed.stdout)
        self.assertEqual(self.program("keys", "revoke", identity, DATA_DIR=self.folder).returncode, 0)
        while service.call("GET", "/connections", **{"X-API-Key": key})[0] == 200:
            pass
        self.assertEqual(self.program("keys", "revoke", identity, DATA_DIR=self.folder).returncode, 1)
        shown = self.audit("show", self.file("audit.db")).stdout
        self.assertEqual([json.loads(line)["action"] for line in shown.splitlines()], ["api-key add", "api-key revoke"])
        for text in (shown, service_log(service)):
            self.assertNotIn(secret, text)
        with open(self.file("api_keys.db"), "rb") as file:
            self.assertNotIn(secret.encode(), file.read())

    def test_wrong_orders_are_refused(self):
        for arguments in (["add"], ["add", "--name", "x", "--scopes", "all"], ["add", "--name", "x", "--expires", "soon"],
                          ["revoke"], ["list", "more"], []):
            wrong = self.program("keys", *arguments, DATA_DIR=self.folder)
            self.assertEqual(wrong.returncode, 2, wrong.stderr)
        self.assertEqual(self.program("keys", "list").returncode, 2)

    def test_it_does_not_start_where_no_key_opens(self):
        service = self.service(DATA_DIR=self.folder, ENABLE_API_KEY="true", wait=False)
        self.assertNotEqual(service.process.wait(PATIENCE), 0)
        self.assertIn("no key opens", service.log())


def service_log(service):
    service.process.terminate()
    return service.log()


class Configuration(InFolder):
    def test_what_is_in_force_is_printed_without_secrets(self):
        with open(self.file(".env"), "w", encoding="ascii") as file:
            file.write("LOG_LEVEL=DEBUG\nAPI_KEY=canary-1\n")
        printed = self.program("--print-config", "--port", "1234", ENABLE_API_KEY="true", KEY_ENCRYPTION_KEY="c" * 64)
        self.assertEqual(printed.returncode, 0, printed.stderr)
        lines = printed.stdout.splitlines()
        for line in ('DLMS_SERVICE_PORT="1234"  # command line', 'LOG_LEVEL="DEBUG"  # file', "API_KEY=***  # file",
                     'ENABLE_API_KEY="true"  # environment', "KEY_ENCRYPTION_KEY=***  # environment"):
            self.assertIn(line, lines)
        self.assertNotIn("canary", printed.stdout + printed.stderr)
        self.assertNotIn("cccc", printed.stdout)

    def test_it_is_checked_without_starting(self):
        good = self.program("--check-config")
        self.assertEqual((good.returncode, good.stdout), (0, "dlms-service: the configuration is good\n"))
        bad = self.program("--check-config", DLMS_SERVICE_PORT="x", METER_ALLOW="y", TLS_KEY_FILE="z")
        self.assertEqual(bad.returncode, 1)
        for name in ("DLMS_SERVICE_PORT", "METER_ALLOW", "TLS_KEY_FILE"):
            self.assertIn(name, bad.stderr)


class Manager(InFolder):
    def test_the_service_manager_is_told_how_it_goes(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(self.file("notify"))
            manager.settimeout(PATIENCE)
            service = self.service(NOTIFY_SOCKET=self.file("notify"), WATCHDOG_USEC="200000")
            said = lambda: manager.recv(4096).decode()
            self.assertEqual(said(), f"READY=1\nSTATUS=listening on port {service.port}")
            for _ in range(3):
                self.assertEqual(said(), "WATCHDOG=1")
            service.process.send_signal(signal.SIGHUP)
            while (text := said()) == "WATCHDOG=1":
                pass
            self.assertRegex(text, r"^RELOADING=1\nMONOTONIC_USEC=\d+$")
            while (text := said()) == "WATCHDOG=1":
                pass
            self.assertEqual(text, "READY=1")
            service.process.terminate()
            while (text := said()) == "WATCHDOG=1":
                pass
            self.assertEqual(text, "STOPPING=1\nSTATUS=draining")
            self.assertEqual(service.process.wait(PATIENCE), 0)


class DataFolder(InFolder):
    def test_a_second_service_on_the_same_folder_refuses_to_start(self):
        first = self.service(DATA_DIR=self.folder)
        second = self.service(DATA_DIR=self.folder, wait=False)
        self.assertNotEqual(second.process.wait(PATIENCE), 0)
        self.assertIn("another process uses it", second.log())
        self.assertEqual(first.call("GET", "/health")[0], 200)

    def test_an_audit_log_that_was_changed_is_found(self):
        meter = WritableMeter()
        self.addCleanup(meter.close)
        service = self.service(DATA_DIR=self.folder)
        self.assertEqual(service.call("POST", "/connect", {**CONNECT, "port": meter.port})[0], 200)
        status, answer = service.call("POST", "/write", WRITE)
        self.assertEqual((status, answer["success"]), (200, True))
        whole = self.audit("verify", self.file("audit.db"))  # while it runs
        self.assertEqual(whole.returncode, 0, whole.stderr)
        self.assertIn("is whole: 2 entries", whole.stdout)
        newest = whole.stdout.splitlines()[1].split(": ")[1]
        intent, outcome = [json.loads(line) for line in self.audit("show", self.file("audit.db")).stdout.splitlines()]
        self.assertEqual((intent["phase"], intent["action"], intent["after"]), ("intent", "write", "7"))
        self.assertEqual((outcome["result"], outcome["before"], outcome["after"]), ("success", "0600000001", "0600000007"))
        service.process.terminate()
        service.log()
        self.assertEqual(self.audit("verify", self.file("audit.db"), "--kept-hash", newest).returncode, 0)
        self.assertEqual(self.audit("verify", self.file("audit.db"), "--kept-hash", "00" * 32).returncode, 1)
        self.assertEqual(self.audit("verify", self.file("none")).returncode, 2)


    def test_commands_are_recorded_and_a_token_is_not(self):
        meter = WritableMeter()
        self.addCleanup(meter.close)
        service = self.service(DATA_DIR=self.folder)
        self.assertEqual(service.call("POST", "/connect", {**CONNECT, "port": meter.port})[0], 200)
        script = {"obis_code": "0-0:10.0.106.255", "class_id": 9, "method_id": 1, "value": 3, "data_type": "long-unsigned"}
        self.assertEqual(service.call("POST", "/meters/1/actions", script)[0], 200)
        token = "12345678901234567890"
        service.call("POST", "/meters/1/token", {"token": token})
        service.call("POST", "/meters/1/relay", {"command": "disconnect"})
        self.assertEqual(self.audit("verify", self.file("audit.db")).returncode, 0)
        shown = self.audit("show", self.file("audit.db")).stdout
        entries = [json.loads(line) for line in shown.splitlines()]
        self.assertEqual([(entry["action"], entry["phase"]) for entry in entries],
                         [(action, phase) for action in ("action", "token", "relay") for phase in ("intent", "outcome")])
        self.assertEqual((entries[0]["target"], entries[1]["result"]), ("9 0-0:10.0.106.255 method 1", "success"))
        self.assertEqual((entries[2]["after"], entries[4]["after"]), ("...7890", "disconnect"))
        self.assertNotIn(token, shown + service_log(service))


WRITE = {"meter_number": "1", "obis_code": "0-0:96.1.0.255", "class_id": 1, "attribute_id": 2, "value": 7,
         "data_type": "double-long-unsigned"}


class SuddenEnd(InFolder):
    """SIGKILL under load: what was answered is in the audit log, the log is whole, and the next service goes on."""

    def test_everything_that_was_answered_outlives_a_kill(self):
        meter = WritableMeter()
        self.addCleanup(meter.close)
        answered = 0
        for kill in range(int(os.environ.get("DLMS_KILLS", "10"))):
            service = Service({"DATA_DIR": self.folder, "KEY_ENCRYPTION_KEY": "42" * 32})
            self.addCleanup(service.close)
            # Under a key of the meter's, so that an invocation counter is reserved, too.
            self.assertEqual(service.call("POST", "/meters/1/keys", {"operation": "keep", "encryption_key": "01" * 16})[0],
                             200)
            answered += 1
            self.assertEqual(service.call("POST", "/connect", {**CONNECT, "port": meter.port})[0], 200)
            counts = [0] * 4
            enough = threading.Event()

            def write(place, service=service, counts=counts, enough=enough):
                try:
                    while service.call("POST", "/write", WRITE)[1]["success"]:
                        counts[place] += 1
                        if counts[place] == 1 + 2 * place:
                            enough.set()
                except (OSError, ValueError, http.client.HTTPException):
                    pass  # killed

            writers = [threading.Thread(target=write, args=(place,)) for place in range(4)]
            for writer in writers:
                writer.start()
            self.assertTrue(enough.wait(PATIENCE))
            service.process.kill()
            for writer in writers:
                writer.join()
            service.log()
            answered += sum(counts)
            verified = self.audit("verify", self.file("audit.db"))
            self.assertEqual(verified.returncode, 0, f"kill {kill}: {verified.stderr}")
            entries = [json.loads(line) for line in self.audit("show", self.file("audit.db")).stdout.splitlines()]
            succeeded = sum(entry["phase"] == "outcome" and entry["result"] == "success" for entry in entries)
            self.assertGreaterEqual(succeeded, answered, f"kill {kill}")
        service = self.service(DATA_DIR=self.folder, KEY_ENCRYPTION_KEY="42" * 32)
        _, keys = service.call("GET", "/meters/1/keys")
        self.assertEqual(keys["kept"], "sealed")
        self.assertEqual([entry["state"] for entry in keys["keys"]], ["current"])


# Addresses that no meter may have, whatever METER_ALLOW says, in every form that a resolver takes.
NEVER = """
169.254.169.254 169.254.0.1 169.254.255.255 0xa9fea9fe 0xA9FEA9FE 2852039166 025177524776 0251.0376.0251.0376
0xa9.0xfe.0xa9.0xfe 169.254.43518 169.16689662 0xa9.254.0251.0xfe 0000251.0376.0251.0376 ::ffff:169.254.169.254
::ffff:a9fe:a9fe ::FFFF:A9FE:A9FE 0:0:0:0:0:ffff:a9fe:a9fe 0000:0000:0000:0000:0000:ffff:a9fe:a9fe
0.0.0.0 0 0x0 00 0.0 0.0.0 0.1.2.3 0x00010203 ::ffff:0.0.0.0 ::ffff:0:0 :: 0:0:0:0:0:0:0:0 0::0
224.0.0.1 239.255.255.255 0xe0000001 3758096385 ::ffff:224.0.0.1 ff02::1 FF02::1 ff05::2 ff0e::1
255.255.255.255 0xffffffff 4294967295 037777777777 240.0.0.1 ::ffff:255.255.255.255
fe80::1 FE80::1 fe80:0:0:0:0:0:0:1 febf::1 fe80::a9fe:a9fe fec0::1
""".split()
# Loopback, where the list has other networks only.
LOOPBACK = """
127.0.0.1 127.1 127.0.1 127.255.255.254 0x7f000001 0x7F.1 2130706433 017700000001 0177.0.0.1 0x7f.0x0.0x0.0x1
::1 0:0:0:0:0:0:0:1 ::0001 ::ffff:127.0.0.1 ::ffff:7f00:1
""".split()


class Targets(InFolder):
    def test_no_form_of_an_address_gets_around_the_list(self):
        everything = self.service(METER_ALLOW="0.0.0.0/0 ::/0")
        elsewhere = self.service(METER_ALLOW="10.0.0.0/8 fc00::/7")
        self.assertGreaterEqual(len(NEVER) + len(LOOPBACK), 60)
        for service, forms in ((everything, NEVER), (elsewhere, NEVER), (elsewhere, LOOPBACK)):
            for form in forms:
                status, answer = service.call("POST", "/connect", {**CONNECT, "ip_address": form, "port": 1, "timeout": 2000})
                self.assertEqual((status, answer["error"]["code"]), (403, "not-allowed-target"), form)


class Abuse(InFolder):
    """Small forms of bench/service_load.py: what is refused, and that others are served meanwhile."""

    def raw(self, service, octets, limit=8 * 1024 * 1024):
        """Sends until the service closes, or so much, and returns the first line of its answer."""
        taken = 0
        with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE) as line:
            try:
                for part in octets:
                    line.sendall(part)
                    taken += len(part)
                    if taken > limit:
                        break
            except ConnectionError:
                pass
            try:
                first = line.makefile("rb").readline().decode()
            except ConnectionError:
                first = ""
        return first

    def test_floods_are_cut_off_and_ambiguous_requests_refused(self):
        service = self.service()
        head = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        endless = lambda start, part: (start if i == 0 else part for i in range(10_000))
        floods = {
            "body": endless(head + b"Content-Length: 300000000\r\n\r\n", b"x" * 65536),
            "chunks": endless(head + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
            "line": endless(head + b"X-A: ", b"x" * 65536),
            "fields": endless(head, b"A: b\r\n" * 10_000),
            "gzip": iter([head + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"]),
            "two lengths": iter([head + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"]),
            "negative": iter([head + b"Content-Length: -1\r\n\r\n"]),
            "both": iter([head + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"]),
            "chunk size": iter([head + b"Transfer-Encoding: chunked\r\n\r\n-2\r\nxx\r\n"]),
        }
        for name, octets in floods.items():
            first = self.raw(service, octets)
            if first:  # a client that still sends may lose the answer, as TCP has it
                self.assertRegex(first, r"^HTTP/1.1 4\d\d ", name)
            self.assertEqual(service.call("GET", "/health")[0], 200)

    def test_slow_and_silent_clients_hold_up_nobody(self):
        service = self.service(HTTP_THREADS="1")
        lines = []
        try:
            for i in range(100):
                line = socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE)
                lines.append(line)
                line.sendall(b"" if i % 2 else b"GET /health HTTP/1.1\r\nHos")
            for _ in range(20):
                self.assertEqual(service.call("GET", "/health")[0], 200)
        finally:
            for line in lines:
                line.close()

    def test_many_kept_connections_are_all_served_by_one_thread(self):
        service = self.service(HTTP_THREADS="1")
        connections = [service.connection() for _ in range(64)]
        self.addCleanup(lambda: [connection.close() for connection in connections])
        for _ in range(3):
            for connection in connections:
                connection.request("GET", "/health")
            for connection in connections:
                answer = connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, 200)


if __name__ == "__main__":
    unittest.main()
