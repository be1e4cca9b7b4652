"""`dlms keys` and `dlms certificates` against a simulated meter."""

import json
import os
import stat
import subprocess
import tempfile
import unittest

from processes import Simulator, dlms

METER_TITLE = "5453540000000001"
OWN_TITLE = "4845530000000001"
KEYS = {"DLMS_ENCRYPTION_KEY": "1" * 32, "DLMS_AUTHENTICATION_KEY": "2" * 32, "DLMS_MASTER_KEY": "3" * 32}


def scenario(security):
    methods = [{"id": number, "access": True} for number in range(1, 9)]
    return {"name": "keys", "logical_devices": [{
        "sap": 1, "name": "TST0000000000001",
        "security": {"system_title": METER_TITLE, "unicast_key": "1" * 32, "authentication_key": "2" * 32,
                     "master_key": "3" * 32, **security},
        "associations": [{"client_sap": 1, "name": "management", "mechanism": "HLS-GMAC", "security": "none",
                          "conformance": ["get", "set", "action", "block-transfer-with-action"]},
                         {"client_sap": 2, "name": "low", "mechanism": "LLS", "password": "first",
                          "security": "none", "conformance": ["get", "set", "action"]}],
        "objects": [
            {"obis": "0-0:40.0.0.255", "class": 15, "attributes": [
                {"id": 7, "access": "w", "computed": "association_secret"}]},
            {"obis": "0-0:43.0.0.255", "class": 64, "version": 1, "methods": methods, "attributes": [
                {"id": 6, "access": "r", "computed": "certificates"}]},
            {"obis": "1-0:1.8.0.255", "class": 3, "attributes": [
                {"id": 2, "access": "r", "value": {"double-long-unsigned": 12345}}]}]}]}


def lines_of(name):
    with open(name, encoding="ascii") as file:
        return dict(line.strip().split("=") for line in file if not line.startswith("#"))


class Keys(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, security=None):
        with open(self.path("scenario.json"), "w", encoding="utf-8") as file:
            json.dump(scenario(security or {}), file)
        meter = Simulator("--scenario", self.path("scenario.json"))
        self.addCleanup(meter.close)
        self.place = f"127.0.0.1:{meter.port}"

    def run_dlms(self, *arguments, keys=None, client="1", auth="gmac", options=()):
        return dlms(*arguments, "--client", client, "--auth", auth, "--security", "authenticated_encryption",
                    "--timeout", "3", *options,
                    environment={"XDG_STATE_HOME": self.folder, **(KEYS if keys is None else keys)})

    def reads(self, **arguments):
        result = self.run_dlms("read", self.place, "1-0:1.8.0.255", "--json", **arguments)
        return result.returncode == 0 and json.loads(result.stdout)["readings"][0]["raw"] == 12345

    def test_keys_that_are_drawn_are_in_the_file_and_in_force(self):
        self.start()
        out = self.path("new.env")
        self.assertEqual(self.run_dlms("keys", "rotate", self.place).returncode, 2)
        done = self.run_dlms("keys", "rotate", self.place, "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(stat.S_IMODE(os.stat(out).st_mode), 0o600)
        fresh = lines_of(out)
        self.assertEqual(sorted(fresh), ["DLMS_AUTHENTICATION_KEY", "DLMS_ENCRYPTION_KEY"])
        for secret in [*fresh.values(), *KEYS.values()]:
            self.assertNotIn(secret, done.stdout + done.stderr)
        with open(out, encoding="ascii") as file:
            self.assertIn("# in force since", file.read())
        self.assertTrue(self.reads(keys={**KEYS, **fresh}))
        self.assertFalse(self.reads())
        again = self.run_dlms("keys", "rotate", self.place, "--out", out, keys={**KEYS, **fresh})
        self.assertEqual(again.returncode, 2)
        self.assertIn("already", again.stderr)

    def test_what_the_meter_refuses_leaves_the_keys_of_before(self):
        self.start()
        out = self.path("new.env")
        refused = self.run_dlms("keys", "rotate", self.place, "--out", out, "--keys", "encryption",
                                keys={**KEYS, "DLMS_MASTER_KEY": "9" * 32})
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn("secrets of before", refused.stderr)
        with open(out, encoding="ascii") as file:
            self.assertIn("# not taken", file.read())
        self.assertTrue(self.reads())
        without = self.run_dlms("keys", "rotate", self.place, "--out", self.path("x"),
                                keys={key: value for key, value in KEYS.items() if "MASTER" not in key})
        self.assertEqual(without.returncode, 2)
        self.assertFalse(os.path.exists(self.path("x")))

    def test_keys_and_a_password_of_the_callers_own(self):
        self.start()
        sent = self.run_dlms("keys", "transfer", self.place, keys={**KEYS, "DLMS_NEW_ENCRYPTION_KEY": "A" * 32})
        self.assertEqual(sent.returncode, 0, sent.stderr)
        fresh = {**KEYS, "DLMS_ENCRYPTION_KEY": "A" * 32}
        self.assertTrue(self.reads(keys=fresh))
        changed = self.run_dlms("keys", "transfer", self.place, client="2", auth="low",
                                keys={**fresh, "DLMS_PASSWORD": "first", "DLMS_NEW_PASSWORD": "second"})
        self.assertEqual(changed.returncode, 0, changed.stderr)
        self.assertTrue(self.reads(keys={**fresh, "DLMS_PASSWORD": "second"}, client="2", auth="low"))
        self.assertFalse(self.reads(keys={**fresh, "DLMS_PASSWORD": "first"}, client="2", auth="low"))
        self.assertEqual(self.run_dlms("keys", "transfer", self.place, keys=fresh).returncode, 2)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def test_agreement_and_certificates_with_an_authority_of_openssls(self):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                     "ca.key", "-out", "ca.crt", "-subj", "/CN=Authority", "-days", "30", "-addext",
                     "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
        self.assertEqual(dlms("keygen", "--suite", "1", "--signing", "--owner", OWN_TITLE, "--request", "--out",
                              self.path("hes")).returncode, 0)
        self.sign("hes.csr", "hes.crt", "digitalSignature")
        with open(self.path("ca.crt"), encoding="ascii") as file:
            authority = file.read()
        number = "00" * 31 + "17"
        self.start({"suite": 1, "authorities": [authority], "signing_key": number})
        suite = ("--suite", "1", "--system-title", OWN_TITLE)
        # The meter draws a key pair, and its request is signed.
        self.assertEqual(self.run_dlms("certificates", "generate", self.place, options=suite).returncode, 0)
        asked = self.run_dlms("certificates", "request", self.place, "--file", self.path("meter.csr"), options=suite)
        self.assertEqual(asked.returncode, 0, asked.stderr)
        self.sign("meter.csr", "meter.crt", "digitalSignature")
        for name in ("meter.crt", "hes.crt"):
            done = self.run_dlms("certificates", "import", self.place, "--file", self.path(name), options=suite)
            self.assertEqual(done.returncode, 0, done.stderr)
        listed = self.run_dlms("certificates", "list", self.place, options=suite).stdout
        self.assertIn("authority  other  Authority", listed)
        self.assertIn(f"server  digital_signature  {METER_TITLE}", listed)
        self.assertIn(f"client  digital_signature  {OWN_TITLE}", listed)
        exported = self.run_dlms("certificates", "export", self.place, "--entity", "server", "--owner", METER_TITLE,
                                 options=suite)
        with open(self.path("meter.crt"), encoding="ascii") as file:
            self.assertIn(exported.stdout.strip(), file.read())
        out = self.path("agreed.env")
        papers = (*suite, "--signing-key", self.path("hes.key"), "--meter-certificate", self.path("meter.crt"),
                  "--authority", self.path("ca.crt"))
        agreed = self.run_dlms("keys", "agree", self.place, "--out", out, options=papers)
        self.assertEqual(agreed.returncode, 0, agreed.stderr)
        fresh = {**KEYS, **lines_of(out)}
        self.assertTrue(self.reads(keys=fresh, options=suite))
        self.assertFalse(self.reads(options=suite))
        # A certificate of nobody's, and one that the meter does not have.
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                     "x.key", "-out", "x.crt", "-subj", f"/CN={OWN_TITLE}", "-days", "30")
        bad = self.run_dlms("certificates", "import", self.place, "--file", self.path("x.crt"), keys=fresh,
                            options=suite)
        self.assertEqual(bad.returncode, 1, bad.stderr)
        self.assertIn("other-reason", bad.stderr)
        gone = ("certificates", "remove", self.place, "--entity", "client", "--owner", OWN_TITLE)
        self.assertEqual(self.run_dlms(*gone, keys=fresh, options=suite).returncode, 0)
        self.assertEqual(self.run_dlms(*gone, keys=fresh, options=suite).returncode, 1)

    def sign(self, request, certificate, usage):
        extensions = self.path("extensions.cnf")
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"basicConstraints=CA:FALSE\nkeyUsage=critical,{usage}\n")
        self.openssl("x509", "-req", "-in", request, "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                     "30", "-out", certificate, "-extfile", extensions)


if __name__ == "__main__":
    unittest.main()
