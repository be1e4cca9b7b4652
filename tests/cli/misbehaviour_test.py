"""Every misbehaviour of a simulated meter against `dlms read`: the right value, or an error that is told in time."""

import json
import os
import subprocess
import tempfile
import unittest

from processes import SIMULATOR, Controlled, dlms

SERIAL = "1/0-0:96.1.0.255"
NAME = "1/0-0:42.0.0.255"
OBJECTS = "15/0-0:40.0.0.255/2"

# What must come of it: the right values; an error; or, where chance has a say, either of them.
RIGHT, ERROR, EITHER = "right", "error", "either"

# What `dlms` needs for each link: the simulator's arguments, ours, and what is read.
KEYS = {"DLMS_ENCRYPTION_KEY": "00" * 16, "DLMS_AUTHENTICATION_KEY": "00" * 16}
LINKS = {
    "wrapper": (["--port", "0"], ["--client", "16"], [SERIAL, NAME]),
    "hdlc": (["--hdlc-port", "0"], ["--client", "16", "--hdlc", "--address-size", "2", "--physical", "16"],
             [SERIAL, NAME]),
    "lists": (["--port", "0", "--scenario", "full"], ["--client", "16"], [SERIAL, NAME]),
    "outstanding": (["--port", "0"], ["--client", "16", "--outstanding-requests", "3"], [SERIAL, NAME]),
    "blocks": (["--port", "0"], ["--brand", "hexcell"], [OBJECTS]),
    "ciphered": (["--port", "0", "--scenario", "hexing"],
                 ["--brand", "hexing", "--client", "3", "--auth", "gmac", "--security", "authenticated_encryption",
                  "--meter-title", "4858450000012345"], [SERIAL, NAME]),
}

# Link, kind with its options, and what must come of it. The third answer on the wrapper is the second value: the
# AARE, then one for each object; on HDLC a UA comes first.
SECOND_ANSWER = {"at": 3}
CASES = [
    # Requests.
    ("wrapper", {"kind": "reboot", "at": 1}, ERROR),
    ("wrapper", {"kind": "reboot", "at": 2}, RIGHT),
    ("wrapper", {"kind": "reboot", "at": 3}, RIGHT),
    ("hdlc", {"kind": "reboot", "at": 2}, EITHER),
    ("wrapper", {"kind": "clock_jump", "seconds": -86400}, RIGHT),
    # Answers.
    ("wrapper", {"kind": "wrong_invoke_id"}, ERROR),
    ("wrapper", {"kind": "wrong_invoke_id", "at": 2}, ERROR),
    ("hdlc", {"kind": "wrong_invoke_id", "at": 2}, ERROR),
    ("ciphered", {"kind": "wrong_invoke_id"}, ERROR),
    ("blocks", {"kind": "wrong_block_number", "at": 1}, ERROR),
    ("blocks", {"kind": "wrong_block_number", "at": 2}, ERROR),
    ("blocks", {"kind": "endless_blocks"}, ERROR),
    ("blocks", {"kind": "last_block_255"}, RIGHT),
    ("blocks", {"kind": "wrong_length"}, ERROR),
    ("wrapper", {"kind": "wrong_length"}, ERROR),
    ("hdlc", {"kind": "wrong_length"}, ERROR),
    ("ciphered", {"kind": "wrong_length"}, ERROR),
    ("wrapper", {"kind": "stale_answer"}, ERROR),
    ("hdlc", {"kind": "stale_answer"}, ERROR),
    ("ciphered", {"kind": "stale_answer"}, ERROR),
    ("wrapper", {"kind": "unexpected_notification"}, RIGHT),
    ("hdlc", {"kind": "unexpected_notification"}, RIGHT),
    ("ciphered", {"kind": "unexpected_notification"}, RIGHT),
    ("lists", {"kind": "refused_list"}, RIGHT),
    ("ciphered", {"kind": "wrong_tag"}, ERROR),
    ("ciphered", {"kind": "replay"}, ERROR),
    ("ciphered", {"kind": "old_counter"}, ERROR),
    ("ciphered", {"kind": "counter_reset"}, ERROR),
    ("ciphered", {"kind": "downgrade"}, ERROR),
    ("ciphered", {"kind": "wrong_title"}, ERROR),
    ("ciphered", {"kind": "wrong_reply"}, ERROR),
    ("ciphered", {"kind": "reflected_challenge"}, ERROR),
    # AARE and RLRE.
    ("wrapper", {"kind": "aare_short_conformance_tag"}, RIGHT),
    ("wrapper", {"kind": "aare_no_conformance"}, ERROR),
    ("wrapper", {"kind": "aare_unasked_conformance"}, RIGHT),
    ("wrapper", {"kind": "aare_old_version"}, ERROR),
    ("wrapper", {"kind": "aare_tiny_pdu_size"}, ERROR),
    ("wrapper", {"kind": "aare_provider_diagnostic"}, RIGHT),
    ("wrapper", {"kind": "aare_no_reason"}, RIGHT),
    ("wrapper", {"kind": "aare_initiate_error"}, ERROR),
    ("wrapper", {"kind": "aare_rejected_with_response"}, ERROR),
    ("wrapper", {"kind": "aare_no_user_information"}, ERROR),
    ("wrapper", {"kind": "aare_long_lengths"}, RIGHT),
    ("wrapper", {"kind": "aare_trailing_octet"}, ERROR),
    ("wrapper", {"kind": "aare_wrong_inner_length"}, ERROR),
    ("wrapper", {"kind": "aare_short_outer_length"}, ERROR),
    ("wrapper", {"kind": "rlre_no_reason"}, RIGHT),
    ("wrapper", {"kind": "rlre_not_finished"}, RIGHT),
    ("wrapper", {"kind": "rlre_with_initiate"}, RIGHT),
    ("wrapper", {"kind": "rlre_missing"}, RIGHT),
    # Lines.
    ("wrapper", {"kind": "delay", "milliseconds": 100}, RIGHT),
    ("wrapper", {"kind": "delay", "milliseconds": 600000}, ERROR),
    ("hdlc", {"kind": "delay", "milliseconds": 100}, RIGHT),
    ("wrapper", {"kind": "jitter", "milliseconds": 100}, RIGHT),
    ("wrapper", {"kind": "bandwidth", "bits_per_second": 9600}, RIGHT),
    ("hdlc", {"kind": "bandwidth", "bits_per_second": 9600}, RIGHT),
    ("wrapper", {"kind": "slow_octets", "milliseconds": 6}, RIGHT),
    ("hdlc", {"kind": "slow_octets", "milliseconds": 6}, RIGHT),
    ("wrapper", {"kind": "lose", **SECOND_ANSWER}, ERROR),
    ("hdlc", {"kind": "lose", **SECOND_ANSWER}, EITHER),
    ("wrapper", {"kind": "duplicate"}, RIGHT),
    ("hdlc", {"kind": "duplicate"}, RIGHT),
    ("wrapper", {"kind": "reorder", "milliseconds": 100}, RIGHT),
    ("outstanding", {"kind": "reorder", "milliseconds": 5000, "at": 2}, RIGHT),
    ("hdlc", {"kind": "reorder", "milliseconds": 100}, RIGHT),
    ("wrapper", {"kind": "truncate", **SECOND_ANSWER}, ERROR),
    ("hdlc", {"kind": "truncate", **SECOND_ANSWER}, EITHER),
    ("hdlc", {"kind": "corrupt", "percent": 30}, EITHER),
    ("ciphered", {"kind": "corrupt", "percent": 30}, EITHER),
    ("hdlc", {"kind": "wrong_fcs", **SECOND_ANSWER}, EITHER),
    ("wrapper", {"kind": "wrong_wpdu_length"}, ERROR),
    ("wrapper", {"kind": "stuck", **SECOND_ANSWER}, ERROR),
    ("hdlc", {"kind": "stuck", **SECOND_ANSWER}, ERROR),
    ("wrapper", {"kind": "close", **SECOND_ANSWER}, RIGHT),
    ("hdlc", {"kind": "close", **SECOND_ANSWER}, EITHER),
    ("wrapper", {"kind": "half_open", **SECOND_ANSWER}, ERROR),
    ("hdlc", {"kind": "half_open", **SECOND_ANSWER}, ERROR),
]

# Kinds for which a value may be wrong, since nothing in the protocol could show it.
UNSEEN = {
    ("wrapper", "corrupt"): "nothing checks the octets of a plain WPDU",
}

# Seconds that dlms waits for an answer: short where none comes, long where the right one must come.
SHORT, LONG = "2", "20"
LONGEST = 240  # seconds after which a read hangs, also on a slow machine


class Misbehaving(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.meters = {}
        cls.truth = {}
        for link, (arguments, _, what) in LINKS.items():
            cls.meters[link] = Controlled(*arguments)
            result = cls.read(link)
            assert result.returncode == 0, (link, result.stderr)
            cls.truth[link] = cls.values(result)
            assert len(cls.truth[link]) == len(what), cls.truth[link]

    @classmethod
    def tearDownClass(cls):
        for meter in cls.meters.values():
            meter.close()
        cls.folder.cleanup()

    @classmethod
    def read(cls, link, timeout=LONG):
        _, ours, what = LINKS[link]
        return dlms("read", f"127.0.0.1:{cls.meters[link].port}", *what, *ours, "--json", "--timeout", timeout,
                    environment={**KEYS, "XDG_STATE_HOME": cls.folder.name}, patience=LONGEST)

    @staticmethod
    def values(result):
        """The values that were read; None for one that was not."""
        readings = json.loads(result.stdout)["readings"] if result.stdout else []
        return [reading["value"] if "value" in reading and "error" not in reading else None for reading in readings]

    def told(self, link):
        return self.meters[link].ask("GET", "/meters/1")[1]["misbehaviour"]

    def judge(self, link, result):
        """Right or error, and never a wrong value."""
        self.assertNotIn("Sanitizer", result.stderr)
        self.assertNotIn("runtime error", result.stderr)
        self.assertGreaterEqual(result.returncode, 0, result.stderr)
        for value, true in zip(self.values(result), self.truth[link]):
            if value is not None:
                self.assertEqual(value, true)
        if result.returncode == 0:
            self.assertEqual(self.values(result), self.truth[link])
            return RIGHT
        said = result.stderr or json.dumps([reading.get("error") for reading in
                                            json.loads(result.stdout)["readings"] if reading.get("error")])
        self.assertGreater(len(said), 20, "an error without words")
        return ERROR

    def test_each_kind_on_each_link(self):
        for link, misdeed, expected in CASES:
            with self.subTest(link=link, **misdeed):
                meter = self.meters[link]
                meter.put("/meters/1/misbehaviour", misdeed)
                for _ in range(5):  # on a slow machine the time-out may come before the occasion
                    result = self.read(link, LONG if expected == RIGHT else SHORT)
                    done = self.told(link)[0]["done"]
                    if done > 0 or "percent" in misdeed:
                        break
                meter.put("/meters/1/misbehaviour", {"kind": None})
                if "percent" not in misdeed:
                    self.assertGreater(done, 0, "it had no occasion")
                outcome = self.judge(link, result)
                self.assertIn(outcome, (expected,) if expected != EITHER else (RIGHT, ERROR), result.stderr)
        for link in LINKS:
            self.assertEqual(self.judge(link, self.read(link)), RIGHT)

    def test_everything_at_once_now_and_then(self):
        """On links whose checks show every damage, each kind on a few of its occasions."""
        kinds = sorted({misdeed["kind"] for _, misdeed, _ in CASES} - {"reboot"})
        all_of_them = [{"kind": kind, "percent": 2, **({"milliseconds": 50} if kind in ("delay", "jitter", "reorder")
                                                       else {})} for kind in kinds]
        for link in ("ciphered", "hdlc"):
            meter = self.meters[link]
            meter.put("/meters/1/misbehaviour", all_of_them)
            outcomes = [self.judge(link, self.read(link, SHORT)) for _ in range(10)]
            told = self.told(link)
            meter.put("/meters/1/misbehaviour", {"kind": None})
            self.assertGreater(sum(one["done"] for one in told), 0, outcomes)

    def test_what_no_check_can_show(self):
        """Some bit of an answer of the plain wrapper is another: whatever comes of it, dlms ends in good time."""
        for (link, kind), why in UNSEEN.items():
            with self.subTest(link=link, kind=kind, why=why):
                meter = self.meters[link]
                meter.put("/meters/1/misbehaviour", {"kind": kind})
                result = self.read(link, SHORT)
                self.assertGreater(self.told(link)[0]["done"], 0)
                meter.put("/meters/1/misbehaviour", {"kind": None})
                self.assertNotIn("Sanitizer", result.stderr)
                self.assertGreaterEqual(result.returncode, 0, result.stderr)


class Told(unittest.TestCase):
    """By the scenario, the options and the control."""

    def start(self, *arguments):
        simulator = Controlled("--port", "0", *arguments)
        self.addCleanup(simulator.close)
        return simulator

    @staticmethod
    def misbehaving(fleet):
        count = fleet.ask("GET", "/statistics")[1]["meters"]
        told = {number: fleet.ask("GET", f"/meters/{number}")[1]["misbehaviour"] for number in range(1, count + 1)}
        return {number: one for number, one in told.items() if one}

    def test_a_share_is_the_same_for_the_same_seed(self):
        options = ["--multi-drop", "60", "--misbehaving", "25", "--misbehave", "lose:5", "delay:50:800"]
        first = self.misbehaving(self.start(*options, "--seed", "7"))
        self.assertTrue(3 < len(first) < 30, first)
        self.assertEqual([(one["kind"], one["percent"]) for one in next(iter(first.values()))],
                         [("lose", 5), ("delay", 50)])
        self.assertEqual(next(iter(first.values()))[1]["milliseconds"], 800)
        self.assertEqual(self.misbehaving(self.start(*options, "--seed", "7")), first)
        self.assertNotEqual(self.misbehaving(self.start(*options, "--seed", "8")).keys(), first.keys())

    def test_a_share_of_a_running_fleet(self):
        fleet = self.start("--multi-drop", "60")
        changed = fleet.put("/meters/*/misbehaviour?share=25&seed=3", ["stuck"])
        self.assertTrue(3 < len(changed) < 30, changed)
        self.assertEqual(sorted(self.misbehaving(fleet)), changed)
        # Of several meters behind a port only those that were told to do it.
        well = next(number for number in range(1, 61) if number not in changed)
        for number, status in ((well, 0), (changed[0], 3)):
            result = dlms("read", f"127.0.0.1:{fleet.port}", SERIAL, "--client", "16", "--server", str(number),
                          "--timeout", "1" if status else "20")
            self.assertEqual(result.returncode, status, result.stderr)

    def test_the_same_seed_gives_the_same_course(self):
        courses = []
        for _ in range(2):
            meter = self.start("--misbehave", "lose:50", "--seed", "5")
            for _ in range(4):
                dlms("read", f"127.0.0.1:{meter.port}", SERIAL, "--client", "16", "--timeout", "2")
            courses.append(meter.ask("GET", "/meters/1")[1]["misbehaviour"][0])
        self.assertGreater(courses[0]["done"], 0)
        self.assertLess(courses[0]["done"], courses[0]["occasions"])
        self.assertEqual(courses[0], courses[1])

    def test_the_scenario_and_back_to_it(self):
        document = {"name": "x", "misbehaviour": [{"kind": "wrong_invoke_id", "at": 1}], "logical_devices": [{
            "sap": 1, "name": "TST0000000000001",
            "associations": [{"client_sap": 16, "name": "public", "mechanism": "lowest", "conformance": ["get"]}],
            "objects": [{"obis": "0-0:96.1.0.255", "class": 1,
                         "attributes": [{"id": 2, "access": "r", "value": {"octet-string": "0042"}}]}]}]}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "meter.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)
            meter = self.start("--scenario", path)
            self.assertNotEqual(meter.read(SERIAL), "0042")
            self.assertEqual(meter.read(SERIAL), "0042")  # the first occasion is over
            meter.put("/meters/1/misbehaviour", [])
            self.assertEqual(meter.read(SERIAL), "0042")
            meter.put("/meters/1/misbehaviour", {"kind": None})
            self.assertNotEqual(meter.read(SERIAL), "0042")
            document["logical_devices"][0]["associations"][0]["misbehaviour"] = "stuck"
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)
            result = self.refused("--scenario", path)
            self.assertIn("/logical_devices/0/associations/0/misbehaviour: expected what is done to answers", result)

    @staticmethod
    def refused(*arguments):
        result = subprocess.run([SIMULATOR, "--port", "0", *arguments], capture_output=True, text=True, timeout=60,
                                check=False)
        assert result.returncode != 0 and not result.stdout, result
        return result.stderr

    def test_options_that_make_no_sense(self):
        for wrong, words in (("rude", "rude"), ("lose:0", "percentage"), ("lose:x", "percentage"),
                             ("lose:5:5", "nothing but"), ("delay:5:0", "milliseconds from 1"),
                             ("bandwidth:100:fast", "bits_per_second")):
            with self.subTest(wrong=wrong):
                self.assertIn(words, self.refused("--misbehave", wrong))

    def test_each_deed_is_logged(self):
        simulator = subprocess.Popen([SIMULATOR, "--port", "0", "--misbehave", "wrong_invoke_id", "duplicate"],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        port = simulator.stdout.readline().split(" (")[0].rsplit(":", 1)[1]
        dlms("read", f"127.0.0.1:{port}", SERIAL, "--client", "16", "--timeout", "1")
        simulator.terminate()
        log = simulator.communicate()[1]
        self.assertIn("client 16 server 1: misbehaves: wrong_invoke_id", log)
        self.assertIn("client 16 server 1: misbehaves: duplicate", log)


if __name__ == "__main__":
    unittest.main()
