"""The programs as processes: a simulated meter on a free port, and peers that misbehave."""

import json
import os
import re
import socket
import subprocess
import threading
import urllib.error
import urllib.request

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


class Controlled:
    """Lines of meters on free ports, of hexcell where no other is named, and the control."""

    def __init__(self, *arguments, token=None, control="0"):
        environment = {**os.environ, **({"DLMS_SIMULATOR_CONTROL_TOKEN": token} if token else {})}
        self.process = subprocess.Popen([SIMULATOR, "--log-level", "off", "--control", control, *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        line = self.process.stdout.readline()
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", line)[1])
        self.control = int(re.fullmatch(r"control on port (\d+)\n", self.process.stdout.readline())[1])

    def close(self):
        self.process.terminate()
        self.process.communicate()

    def ask(self, method, path, body=None, headers=None):
        """Status and JSON."""
        data = None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
        request = urllib.request.Request(f"http://127.0.0.1:{self.control}{path}", data, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def put(self, path, body):
        status, answer = self.ask("PUT", path, body)
        assert status == 200, answer
        return answer["changed"]

    def read(self, what, *arguments):
        result = dlms("read", f"127.0.0.1:{self.port}", what, "--client", "16", "--json", *arguments)
        return json.loads(result.stdout)["readings"][0]["value"] if result.returncode == 0 else result.returncode


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


def dlms(*arguments, environment=None, stdin=None, patience=60):
    """Runs `dlms`, for so many seconds at most, and returns what it printed and its exit status."""
    clean = {key: value for key, value in os.environ.items() if key != "DLMS_PASSWORD"}
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=patience, input=stdin,
                          env={**clean, **(environment or {})}, check=False)
