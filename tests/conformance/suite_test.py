"""`dlms conformance` against the simulator: every model, over the wrapper and over HDLC, with no case FAILED and none
INCONCLUSIVE that is not named here with its reason."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

PROGRAM = os.environ["DLMS_PROGRAM"]
SIMULATOR = os.environ["DLMS_SIMULATOR_PROGRAM"]
HERE = Path(__file__).parent
ROOT = HERE.parent.parent

# (model, link) or model: {case: reason why nothing is shown}.
KNOWN_INCONCLUSIVE = {}

MODELS = ["full", "hexing", "hexcell", "secured"]


class Simulator:
    """A simulated meter with a TCP port for the wrapper, one for HDLC, and a UDP port."""

    def __init__(self, model):
        scenario = str(HERE / "secured_meter.json") if model == "secured" else model
        self.process = subprocess.Popen(
            [SIMULATOR, "--scenario", scenario, "--port", "0", "--hdlc-port", "0", "--udp-port", "0", "--log-level",
             "off"], stdout=subprocess.PIPE, text=True)
        self.ports = [int(re.match(r"listening on 127\.0\.0\.1:(\d+) ", self.process.stdout.readline())[1])
                      for _ in range(3)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Suite(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_suite(self, simulator, model, link, *arguments, allow=()):
        """Runs the suite and returns the cases of its JSON report by id, and the exit status."""
        declaration = json.loads((HERE / "declarations" / f"{model}.json").read_text())
        declaration["link"] = link
        declaration["allow"] = declaration.get("allow", []) + list(allow)
        if link == "wrapper":
            declaration["udp_port"] = simulator.ports[2]
        file = self.folder / "declaration.json"
        file.write_text(json.dumps(declaration))
        port = simulator.ports[1 if link == "hdlc" else 0]
        report = self.folder / "report.json"
        done = subprocess.run(
            [PROGRAM, "conformance", f"127.0.0.1:{port}", "--declaration", str(file), "--counters",
             str(self.folder / "counters.db"), "--report", "json", str(report), *arguments],
            capture_output=True, text=True, timeout=200, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return {case["id"]: case for case in json.loads(report.read_text())["cases"]}, done

    def judge(self, model, link):
        with Simulator(model) as simulator:
            cases, done = self.run_suite(simulator, model, link)
        known = {**KNOWN_INCONCLUSIVE.get(model, {}), **KNOWN_INCONCLUSIVE.get((model, link), {})}
        wrong = [f"{case['verdict']} {id}: {case.get('reason', '')}" for id, case in cases.items()
                 if case["verdict"] == "FAILED" or (case["verdict"] == "INCONCLUSIVE" and id not in known)]
        self.assertEqual(wrong, [])
        # A reason that is not true any more goes.
        self.assertEqual([id for id in known if cases[id]["verdict"] != "INCONCLUSIVE"], [])
        for case in cases.values():
            self.assertTrue(case["verdict"] == "PASSED" or case["reason"], case["id"])
        counts = {}
        for case in cases.values():
            counts[case["verdict"]] = counts.get(case["verdict"], 0) + 1
        self.assertEqual(done.returncode, 1 if "INCONCLUSIVE" in counts else 0)
        print(f"{model} over {link}: {counts}", file=sys.stderr)
        self.check_documented(model, link, counts)

    def check_documented(self, model, link, counts):
        """docs/conformance.md has the numbers: | model | link | passed | inapplicable |."""
        row = f"| `{model}` | {link} | {counts.get('PASSED', 0)} | {counts.get('INAPPLICABLE', 0)} |"
        self.assertTrue(row in (ROOT / "docs/conformance.md").read_text(), f"docs/conformance.md lacks the row {row}")

    def test_policies(self):
        """Policies are only ever strengthened, so each case has a meter of its own."""
        for number in (1, 2, 3):
            with Simulator("secured") as simulator:
                case = f"SYMSEC_0_SecPol_{number}"
                cases, _ = self.run_suite(simulator, "secured", "wrapper", "--case", case, allow=["policy"])
                self.assertEqual(cases[case]["verdict"], "PASSED", cases[case].get("reason"))

    def test_reports(self):
        """Every form of report is well formed, and none shows a password or a key."""
        with Simulator("full") as simulator:
            files = {form: self.folder / f"report.{form}" for form in ("text", "junit", "html")}
            arguments = [text for form, file in files.items() for text in ("--report", form, str(file))]
            cases, _ = self.run_suite(simulator, "full", "wrapper", "--case", "APPL_OPEN_1", "--case", "APPL_OPEN_7/S*",
                                      "--case", "HDLC_FRAME_P1", *arguments)
        self.assertEqual(cases["HDLC_FRAME_P1"]["verdict"], "INAPPLICABLE")
        self.assertIn("APPL_OPEN_7/S5", files["text"].read_text())
        suite = xml.etree.ElementTree.parse(files["junit"]).getroot()
        self.assertEqual(int(suite.get("tests")), len(cases))
        self.assertEqual(len(suite.findall("testcase")), len(cases))
        page = files["html"].read_text()
        self.assertIn("AARQ", page.upper())
        password = "AC0A8008" + b"00000000".hex()
        for file in (*files.values(), self.folder / "report.json"):
            self.assertNotIn(password, file.read_text().upper())
            self.assertNotIn("&quot;00000000&quot;", file.read_text())

    def test_a_failing_meter_fails(self):
        """What the meter does not keep of its declaration is FAILED, exit status 1."""
        with Simulator("full") as simulator:
            declaration = json.loads((HERE / "declarations/full.json").read_text())
            declaration["associations"][0]["max_receive_pdu_size"] = 4095
            file = self.folder / "wrong.json"
            file.write_text(json.dumps(declaration))
            done = subprocess.run([PROGRAM, "conformance", f"127.0.0.1:{simulator.ports[0]}", "--declaration", str(file),
                                   "--case", "APPL_OPEN_1", "--case", "APPL_OPEN_X_10"], capture_output=True, text=True,
                                  timeout=60, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"FAILED +APPL_OPEN_1 +server-max-receive-pdu-size is not the declared one")
        self.assertRegex(done.stdout, r"PASSED +APPL_OPEN_X_10")

    def test_bad_input(self):
        for text, sentence in (("{", "no JSON"), ("{}", "/associations: is missing"),
                               ('{"associations": [{}]}', "/associations/0/client_sap: is missing"),
                               ('{"associations": [{"client_sap": 1, "mechanism": "LLS"}]}',
                                "/associations/0/password: is missing"),
                               ('{"associations": [{"client_sap": 1, "conformance": ["got"]}]}', "'got' is no conformance"),
                               ('{"associations": [{"client_sap": 1}], "lnk": 1}', "/lnk: is not known here")):
            file = self.folder / "bad.json"
            file.write_text(text)
            done = subprocess.run([PROGRAM, "conformance", "127.0.0.1:1", "--declaration", str(file)],
                                  capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(sentence, done.stderr)
        file.write_text('{"associations": [{"client_sap": 1}]}')
        for arguments, sentence in ((["--case", "NO_SUCH"], "no case of the suite"),
                                    (["--report", "pdf", "x"], "expected text, junit, json or html")):
            done = subprocess.run([PROGRAM, "conformance", "127.0.0.1:1", "--declaration", str(file), *arguments],
                                  capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(sentence, done.stderr)


def add(model, link):
    setattr(Suite, f"test_{model}_over_{link}", lambda self: self.judge(model, link))


for one in MODELS:
    add(one, "wrapper")
    add(one, "hdlc")

if __name__ == "__main__":
    unittest.main()
