"""./run: what it refuses before it installs or builds anything, and how it starts, watches and stops its children.

The programs are stand-ins that write down when they start and end: here the script is tested. With the real programs
./test runs ./run --once.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class RunCommand(unittest.TestCase):
    def setUp(self):
        # A copy without build system: what goes on to install or build anything fails otherwise than expected.
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "scripts").mkdir()
        shutil.copy(ROOT / "run", self.folder / "run")
        shutil.copy(ROOT / "scripts/common.sh", self.folder / "scripts/common.sh")

    def run_command(self, *arguments, **environment):
        return subprocess.run(["bash", str(self.folder / "run"), *arguments], capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"], **environment})

    def listener(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        return str(taken.getsockname()[1])

    def test_help(self):
        result = self.run_command("--help")
        self.assertEqual(result.returncode, 0)
        for word in ["--once", "--no-simulator", "DLMS_SERVICE_PORT", "Ctrl-C"]:
            self.assertIn(word, result.stdout)

    def test_wrong_usage(self):
        self.assertEqual(self.run_command("--twice").returncode, 2)
        self.assertEqual(self.run_command("--once", "--no-simulator").returncode, 2)

    def test_a_taken_port_is_named(self):
        port = self.listener()
        result = self.run_command(DLMS_SERVICE_PORT=port)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"port {port} is taken already", result.stderr)

    def test_the_port_may_come_from_the_env_file(self):
        port = self.listener()
        for line in [f"DLMS_SERVICE_PORT={port}", f'export DLMS_SERVICE_PORT = "{port}" # why\t',
                     f"  DLMS_SERVICE_PORT='{port}'", f"DLMS_SERVICE_PORT={port} # why", f"DLMS_SERVICE_PORT={port}\r"]:
            (self.folder / ".env").write_text("LOG_LEVEL=INFO\n#DLMS_SERVICE_PORT=1\n" + line + "\n")
            self.assertIn(f"port {port} is taken already", self.run_command().stderr, line)

    def test_a_taken_simulator_port_is_named(self):
        port = self.listener()
        with socket.create_server(("127.0.0.1", 0)) as other:
            free = str(other.getsockname()[1])
        result = self.run_command(DLMS_SERVICE_PORT=free, DLMS_SIMULATOR_PORT=port)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"port {port} is taken already", result.stderr)

    def test_what_is_no_port_is_refused(self):
        for text in ["0", "65536", "99999999999999999999", "http", "80;true", "-1"]:
            result = self.run_command(DLMS_SERVICE_PORT=text)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, re.escape(f"not '{text}'"))


PROGRAM = """#!{python}
import http.server, json, os, signal, sys, threading

name = os.path.basename(sys.argv[0])
port = int(os.environ["DLMS_SERVICE_PORT"]) if name == "dlms-service" else int(sys.argv[sys.argv.index("--port") + 1])

def note(text):
    with open("notes", "a") as notes:
        notes.write(f"{{name}} {{text}}\\n")

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        note(f"{{self.command}} {{self.path}} {{self.headers.get('X-API-Key', '-')}} {{body}}")
        data = {answers}.get(self.path, {{}})
        octets = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)
    do_GET = do_POST = answer
    def log_message(self, *arguments):
        pass

def stop(*_):
    note("ends")
    os._exit({status})

signal.signal(signal.SIGTERM, stop)
{beginning}
note("starts")
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""

READING = {"success": True, "data": {"success": True, "value": "12345.67", "unit": "kWh"}}


class RunPrograms(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "scripts").mkdir()
        (self.folder / "tools").mkdir()
        shutil.copy(ROOT / "run", self.folder / "run")
        shutil.copy(ROOT / "scripts/common.sh", self.folder / "scripts/common.sh")
        self.write("tools/cmake", "#!/bin/sh\nexit 0\n")
        self.write("scripts/install_packages.sh", "#!/bin/sh\nexit 0\n")
        self.write("scripts/fetch_httplib.sh", "#!/bin/sh\nexit 0\n")
        self.write("scripts/fetch_swagger_ui.sh", "#!/bin/sh\nexit 0\n")
        self.program("simulator/dlms-simulator")
        self.program("server/dlms-service")

    def write(self, name, text):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def program(self, name, reading=READING, status=0, beginning=""):
        answers = {"/health": {"status": "healthy"}, "/connect": {"success": True}, "/read": reading}
        self.write("build/release/" + name, PROGRAM.format(python=sys.executable, answers=repr(answers), status=status,
                                                           beginning=beginning))

    def start(self, *arguments, path=None, **environment):
        ports = []
        with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
            ports = [str(first.getsockname()[1]), str(second.getsockname()[1])]
        process = subprocess.Popen(["bash", str(self.folder / "run"), *arguments], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, start_new_session=True,
                                   env={"PATH": f"{self.folder}/tools:{path or os.environ['PATH']}",
                                        "DLMS_SERVICE_PORT": ports[0], "DLMS_SIMULATOR_PORT": ports[1],
                                        **environment})
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        """A test that fails half-way leaves no programs behind: ./run ends its children."""
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=60)
        process.stdout.close()
        process.stderr.close()

    def finish(self, process):
        output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors

    def notes(self):
        return (self.folder / "notes").read_text().splitlines()

    def test_once_reads_and_stops_both(self):
        status, output, errors = self.finish(self.start("--once"))
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("First reading: 12345.67 kWh", output)
        self.assertEqual(self.notes()[-2:], ["dlms-service ends", "dlms-simulator ends"])

    def test_without_curl_the_same_requests_are_made(self):
        self.finish(self.start("--once"))
        with_curl = [line.partition('"port"')[0] for line in self.notes()]
        (self.folder / "notes").unlink()
        for tool in ["awk", "bash", "cat", "dirname", "env", "mkdir", "nproc", "sed", "setsid", "tail", "timeout"]:
            os.symlink(shutil.which(tool), self.folder / "tools" / tool)
        status, _, errors = self.finish(self.start("--once", path="/nonexistent"))
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual([line.partition('"port"')[0] for line in self.notes()], with_curl)

    def test_the_api_key_is_used_and_not_shown(self):
        status, output, errors = self.finish(self.start("--once", ENABLE_API_KEY="true", API_KEY="hush-hush"))
        self.assertEqual(status, 0, errors)
        self.assertTrue(any("/read hush-hush" in line for line in self.notes()))
        self.assertNotIn("hush-hush", output + errors)
        (self.folder / "key").write_text("from-a-file\n")
        status, _, errors = self.finish(self.start("--once", ENABLE_API_KEY="true", API_KEY_FILE="key"))
        self.assertEqual(status, 0, errors)
        self.assertTrue(any("/read from-a-file" in line for line in self.notes()))

    def test_a_reading_that_is_no_energy_fails(self):
        for reading in [{"success": True, "data": {"success": False, "error": "no", "value": "1", "unit": "kWh"}},
                        {"success": True, "data": {"success": True, "value": "1", "unit": "Wh"}},
                        {"success": True, "data": {"success": True, "value": None, "unit": "kWh"}}, {}]:
            self.program("server/dlms-service", reading=reading)
            status, _, errors = self.finish(self.start("--once"))
            self.assertEqual(status, 1)
            self.assertIn("reading", errors)
            self.assertEqual(self.notes()[-1], "dlms-simulator ends")

    def serve_then_signal(self, number, *arguments):
        process = self.start(*arguments)
        for line in process.stdout:
            if line.startswith("Ctrl-C"):
                break
        if number is not None:
            os.killpg(process.pid, number)
        return self.finish(process)

    def test_ctrl_c_stops_the_service_before_the_meter(self):
        for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
            status, output, errors = self.serve_then_signal(number)
            self.assertEqual((status, errors), (0, ""))
            self.assertEqual(self.notes()[-2:], ["dlms-service ends", "dlms-simulator ends"])

    def test_no_simulator_serves_only(self):
        status, output, errors = self.serve_then_signal(signal.SIGINT, "--no-simulator")
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual([line.split()[0] for line in self.notes() if "/" not in line], ["dlms-service"] * 2)
        self.assertFalse(any("/read" in line for line in self.notes()))

    def test_a_program_that_stops_badly_spoils_the_status(self):
        self.program("server/dlms-service", status=3)
        status, _, errors = self.finish(self.start("--once"))
        self.assertEqual(status, 1)
        self.assertIn("dlms-service ended with status 3", errors)

    def test_a_program_that_does_not_start_is_shown_with_its_log(self):
        self.program("server/dlms-service", beginning="sys.exit('the reason')")
        status, _, errors = self.finish(self.start("--once"))
        self.assertEqual(status, 1)
        self.assertIn("the reason", errors)
        self.assertIn("dlms-service ended while starting", errors)
        self.assertEqual(self.notes()[-1], "dlms-simulator ends")

    def test_a_program_that_ends_while_serving_ends_all(self):
        process = self.start()
        for line in process.stdout:
            if line.startswith("Ctrl-C"):
                break
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        simulators = [int(child) for child in children
                      if b"dlms-simulator" in Path(f"/proc/{child}/cmdline").read_bytes()]
        self.assertEqual(len(simulators), 1)
        os.kill(simulators[0], signal.SIGKILL)
        status, _, errors = self.finish(process)
        self.assertEqual(status, 1)
        self.assertIn("ended by itself with status 137", errors)
        self.assertEqual(self.notes()[-1], "dlms-service ends")


if __name__ == "__main__":
    unittest.main()
