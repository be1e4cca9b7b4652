"""`dlms-service` as a process: how it ends while a meter keeps silent."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import unittest

SERVICE = os.environ["DLMS_SERVICE_PROGRAM"]

# The AARE by which a meter accepts client 17, in its WPDU.
ACCEPTING = bytes.fromhex("000100010011002B"
                          "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000101804000007")
AARQ, RLRQ, GET_REQUEST = 0x60, 0x62, 0xC0

# Far beyond all deadlines of these tests, and far below what the meter's own time-out would take.
PATIENCE = 60
METER_TIMEOUT = 600_000


class SilentMeter:
    """Accepts an association and then answers nothing; `waits_for` tells when an APDU has come."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.arrived = {AARQ: threading.Event(), RLRQ: threading.Event(), GET_REQUEST: threading.Event()}
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        try:
            connection, _ = self.socket.accept()
        except OSError:
            return  # closed
        with connection, connection.makefile("rb") as octets:
            while header := octets.read(8):
                apdu = octets.read(int.from_bytes(header[6:], "big"))
                if apdu[0] == AARQ:
                    connection.sendall(ACCEPTING)
                self.arrived[apdu[0]].set()

    def waits_for(self, tag):
        return self.arrived[tag].wait(PATIENCE)

    def close(self):
        # Whoever never connected is not waited for.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()


class Service:
    """The program on a free port."""

    def __init__(self):
        self.process = subprocess.Popen([SERVICE, "--host", "127.0.0.1", "--port", "0", "--env-file", os.devnull],
                                        stdout=subprocess.PIPE, text=True)
        self.port = None
        while self.port is None:
            listens = re.search(r" listens on \S+ port (\d+)$", self.process.stdout.readline())
            self.port = listens and int(listens[1])
        self.log = threading.Thread(target=self.process.stdout.read)
        self.log.start()

    def connect(self, meter):
        status, _ = self.call("/connect", {"meter_number": "1", "brand": "hexcell", "ip_address": "127.0.0.1",
                                           "port": meter.port, "timeout": METER_TIMEOUT})
        assert status == 200, status

    def call(self, path, body, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            return answer.status, json.load(answer)
        finally:
            connection.close()

    def read(self, seconds):
        """Begins a reading that may take so long, and returns the list that its answer will come into."""
        answers = []

        def work():
            try:
                answers.append(self.call("/read", {"meter_number": "1", "obis_code": "1-0:1.8.0.255"},
                                         **{"X-Request-Timeout": str(seconds)}))
            except OSError as error:
                answers.append(error)
            except http.client.HTTPException as error:
                answers.append(error)

        reader = threading.Thread(target=work)
        reader.start()
        return reader, answers

    def status_at_end(self):
        return self.process.wait(PATIENCE)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.join()
        self.process.stdout.close()


class Ending(unittest.TestCase):
    def setUp(self):
        self.meter = SilentMeter()
        self.addCleanup(self.meter.close)
        # Its end ends the meter's connection too: a test that fails waits for nobody.
        self.service = Service()
        self.addCleanup(self.service.close)
        self.service.connect(self.meter)

    def test_a_call_in_work_ends_by_its_deadline_and_the_service_with_it(self):
        reader, answers = self.service.read(2)
        self.assertTrue(self.meter.waits_for(GET_REQUEST))
        self.service.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.service.status_at_end(), 0)
        reader.join()
        status, answer = answers[0]
        self.assertEqual((status, answer["success"], answer["data"]["errorCode"]), (200, False, "timeout"))

    def test_a_release_without_answer_keeps_nobody(self):
        self.service.process.send_signal(signal.SIGTERM)
        self.assertTrue(self.meter.waits_for(RLRQ))
        self.assertEqual(self.service.status_at_end(), 0)

    def test_a_second_signal_ends_at_once_whatever_is_in_work(self):
        reader, answers = self.service.read(300)
        self.assertTrue(self.meter.waits_for(GET_REQUEST))
        self.service.process.send_signal(signal.SIGTERM)
        # Once it drains it accepts nobody: only then is the next signal the second.
        while self.is_listening():
            pass
        self.service.process.send_signal(signal.SIGINT)
        self.assertEqual(self.service.status_at_end(), 0)
        reader.join()
        self.assertIsInstance(answers[0], Exception)

    def is_listening(self):
        try:
            socket.create_connection(("127.0.0.1", self.service.port)).close()
        except ConnectionError:  # refused, or reset as the listener closed
            return False
        return True


if __name__ == "__main__":
    unittest.main()
