"""The webhook: what it is handed, in which order, and what becomes of what it does not take."""

import hashlib
import hmac
import http.server
import json
import os
import re
import signal
import ssl
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from notifications_test import Notifications, push, wpdu  # noqa: E402
from dial_in_test import DialIn, PATIENCE  # noqa: E402

from service_process import make_certificate  # noqa: E402

SECRET = "a secret of ours"


class Receiver:
    """Takes what is posted; `answers` are the statuses of the next ones, then 200."""

    def __init__(self, certificate=None):
        self.posts = []
        self.answers = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers.pop(0) if receiver.answers else 200
                receiver.posts.append((self.path, dict(self.headers), body, status))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def taken(self):
        """The invoke-ids of what it has answered with 200."""
        return [json.loads(body)["invokeId"] for _, _, body, status in self.posts if status == 200]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Webhook(DialIn):
    pusher = Notifications.pusher
    listed = Notifications.listed

    def receiver(self, *arguments):
        receiver = Receiver(*arguments)
        self.addCleanup(receiver.close)
        return receiver

    def send(self, service, *numbers):
        pusher = self.pusher(service)
        for number in numbers:
            pusher.socket.sendall(wpdu(push(number, number)))
            pusher.received(14)

    def test_each_is_posted_in_order_and_signed(self):
        receiver = self.receiver()
        service = self.service(WEBHOOK_URL=f"http://127.0.0.1:{receiver.port}/from/meters?a=b", WEBHOOK_SECRET=SECRET)
        self.send(service, 7, 8, 9)
        self.until("three", lambda: len(receiver.posts) == 3)
        self.assertEqual(receiver.taken(), [7, 8, 9])
        kept = self.listed(service)["notifications"]
        for (path, headers, body, _), one in zip(receiver.posts, kept):
            self.assertEqual((path, headers["Content-Type"]), ("/from/meters?a=b", "application/json"))
            self.assertEqual(json.loads(body), one)
            self.assertEqual(headers["X-DLMS-Delivery"], str(one["id"]))
            signed = headers["X-DLMS-Timestamp"].encode() + b"." + body
            expected = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
            self.assertEqual(headers["X-DLMS-Signature"], expected)
            self.assertLess(abs(time.time() - int(headers["X-DLMS-Timestamp"])), PATIENCE)
        service.process.send_signal(signal.SIGTERM)
        self.assertNotIn(SECRET, service.log())

    def test_one_that_cannot_now_is_tried_until_it_can(self):
        receiver = self.receiver()
        receiver.answers = [503, 429, 500]
        service = self.service(WEBHOOK_URL=f"http://127.0.0.1:{receiver.port}")
        self.send(service, 7, 8)
        self.until("both", lambda: receiver.taken() == [7, 8])
        self.assertEqual([status for *_, status in receiver.posts], [503, 429, 500, 200, 200])
        self.assertEqual(service.call("GET", "/notifications/dead-letters")[1]["deadLetters"], [])

    def test_what_it_refuses_is_put_aside_and_posted_again_on_demand(self):
        receiver = self.receiver()
        receiver.answers = [400, 404, 410]
        service = self.service(WEBHOOK_URL=f"http://127.0.0.1:{receiver.port}")
        self.send(service, 7, 8)
        self.until("the second", lambda: receiver.taken() == [8])
        status, answer = service.call("GET", "/notifications/dead-letters")
        self.assertEqual(status, 200)
        letter, = answer["deadLetters"]
        self.assertEqual((letter["attempts"], letter["notification"]["invokeId"]), (3, 7))
        self.assertIn("410", letter["problem"])
        _, metrics = service.call("GET", "/metrics")
        self.assertIn("dlms_webhook_dead_letters_total 1", metrics)
        self.assertEqual(service.call("POST", "/notifications/dead-letters/retry")[1], {"success": True, "count": 1})
        self.until("the first", lambda: receiver.taken() == [8, 7])
        self.assertEqual(service.call("GET", "/notifications/dead-letters")[1]["deadLetters"], [])

    def test_after_a_sudden_end_it_goes_on_and_none_is_left_out(self):
        receiver = self.receiver()
        data = os.path.join(self.folder, "data")
        url = f"http://127.0.0.1:{receiver.port}"
        number = 0
        for _ in range(5):
            service = self.service(DATA_DIR=data, WEBHOOK_URL=url)
            for _ in range(5):
                number += 1
                self.send(service, number)
            service.process.send_signal(signal.SIGKILL)
            service.process.wait(PATIENCE)
        self.service(DATA_DIR=data, WEBHOOK_URL=url)
        self.until("all", lambda: set(receiver.taken()) == set(range(1, number + 1)))
        # One that was under way may have come twice.
        self.assertEqual(sorted(set(receiver.taken())), list(dict.fromkeys(receiver.taken())))

    def test_nobody_there_is_told_once_and_ends_nothing(self):
        receiver = self.receiver()
        receiver.close()
        service = self.service(WEBHOOK_URL=f"http://127.0.0.1:{receiver.port}")
        self.send(service, 7)
        self.until("tried", lambda: "webhook" in "".join(service.lines))
        begin = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        self.assertEqual(service.process.wait(PATIENCE), 0)
        self.assertLess(time.monotonic() - begin, 10)
        self.assertEqual(len(re.findall("no answer from the webhook", service.log())), 1)

    def test_https_and_a_certificate_of_nobody(self):
        certificate = os.path.join(self.folder, "receiver.pem")
        make_certificate(certificate, "localhost")
        receiver = self.receiver(certificate)
        stranger = self.service(WEBHOOK_URL=f"https://localhost:{receiver.port}")
        self.send(stranger, 6)
        self.until("refused", lambda: "webhook" in "".join(stranger.lines))
        self.assertEqual(receiver.posts, [])
        stranger.close()
        service = self.service(WEBHOOK_URL=f"https://localhost:{receiver.port}/", WEBHOOK_CA_FILE=certificate)
        self.send(service, 7)
        self.until("a post", lambda: receiver.taken() == [7])


if __name__ == "__main__":
    unittest.main(verbosity=2)
