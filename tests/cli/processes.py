"""The programs as processes: a simulated meter on a free port, and peers that misbehave."""

import os
import re
import socket
import subprocess
import threading

PROGRAM = os.environ["DLMS_PROGRAM"]
SIMULATOR = os.environ["DLMS_SIMULATOR_PROGRAM"]
EXAMPLES = os.environ["DLMS_EXAMPLES"]


class Simulator:
    """A running simulator; `port` is where it listens on the loopback address."""

    def __init__(self, *arguments, place="--port"):
        self.process = subprocess.Popen([SIMULATOR, place, "0", "--log-level", "off", *arguments],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.match(r"listening on 127\.0\.0\.1:(\d+) ", line)[1])

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Peer:
    """Listens on a free port and hands each connection to `behave`, then closes it."""

    def __init__(self, behave):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.behave = behave
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.behave(connection)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


def dlms(*arguments, environment=None, stdin=None):
    """Runs `dlms` and returns what it printed and its exit status."""
    clean = {key: value for key, value in os.environ.items() if key != "DLMS_PASSWORD"}
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, input=stdin,
                          env={**clean, **(environment or {})}, check=False)
