"""Many simulated meters in one process: a port each, several behind a port, and what stands in the way."""

import json
import resource
import socket
import subprocess
import unittest

from processes import SIMULATOR, Simulator, dlms

SERIAL = "1/0-0:96.1.0.255"


def free_ports(count):
    """The first of so many ports in a row that are free now."""
    for first in range(21000, 60000, count):
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.create_server(("127.0.0.1", port)))
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
        return first
    raise OSError("no free ports")


class Fleet:
    def __init__(self, *arguments, limit=None):
        def restrict():
            if limit:
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        self.process = subprocess.Popen([SIMULATOR, "--log-level", "off", *arguments], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, preexec_fn=restrict)

    def line(self):
        return self.process.stdout.readline()

    def close(self):
        self.process.terminate()
        self.process.communicate()


def serial(port, *arguments):
    result = dlms("read", f"127.0.0.1:{port}", SERIAL, "--client", "16", "--json", *arguments)
    if result.returncode != 0:
        return result.stderr
    return json.loads(result.stdout)["readings"][0]["value"]


class Ports(unittest.TestCase):
    def test_each_line_has_a_port_and_a_meter_of_its_own(self):
        first = free_ports(3)
        fleet = Fleet("--fleet", "3", "--port", str(first))
        self.addCleanup(fleet.close)
        self.assertRegex(fleet.line(), rf"^listening on 127\.0\.0\.1:{first} to 127\.0\.0\.1:{first + 2} "
                                       r"\(3 ports, scenario hexcell and 2 more, seed 1, at most \d+ connections\)$")
        serials = [serial(first + i) for i in range(3)]
        self.assertEqual([int(one) for one in serials], [int(serials[0]) + i for i in range(3)])

    def test_several_meters_behind_a_port_are_told_apart_by_server_sap(self):
        first = free_ports(2)
        fleet = Fleet("--fleet", "2", "--multi-drop", "3", "--port", str(first))
        self.addCleanup(fleet.close)
        self.assertIn("(2 ports, scenario hexcell and 5 more", fleet.line())
        serials = [serial(first + i // 3, "--server", str(1 + i % 3)) for i in range(6)]
        self.assertEqual([int(one) for one in serials], [int(serials[0]) + i for i in range(6)])
        # Behind the last one is nobody.
        result = dlms("read", f"127.0.0.1:{first}", SERIAL, "--client", "16", "--server", "4", "--timeout", "0.5")
        self.assertEqual(result.returncode, 3, result.stdout)

    def test_as_many_behind_a_port_as_there_are_saps(self):
        meter = Simulator("--multi-drop", "300")
        self.addCleanup(meter.close)
        self.assertEqual(int(serial(meter.port, "--server", "300")), int(serial(meter.port)) + 299)

    def test_the_datagrams_of_a_fleet(self):
        first = free_ports(2)
        fleet = Fleet("--fleet", "2", "--multi-drop", "2", "--udp-port", str(first))
        self.addCleanup(fleet.close)
        self.assertIn("(2 ports, UDP, scenario", fleet.line())
        serials = [serial(first + i // 2, "--udp", "--server", str(1 + i % 2)) for i in range(4)]
        self.assertEqual([int(one) for one in serials], [int(serials[0]) + i for i in range(4)])

    def test_the_next_address_when_the_ports_of_one_are_used_up(self):
        fleet = Fleet("--fleet", "3", "--port", "65534", "--bind", "127.0.0.1", "127.0.0.2")
        self.addCleanup(fleet.close)
        self.assertTrue(fleet.line().startswith("listening on 127.0.0.1:65534 to 127.0.0.2:65534 (3 ports, "))

    def test_a_scenario_with_several_devices_is_not_mapped(self):
        meter = Simulator("--scenario", "standard", "--multi-drop", "2")
        self.addCleanup(meter.close)
        result = dlms("read", f"127.0.0.1:{meter.port}", SERIAL, "--client", "16", "--server", "2", "--timeout", "0.5")
        self.assertEqual(result.returncode, 3, result.stdout)


class Refusals(unittest.TestCase):
    def refused(self, *arguments, limit=None):
        fleet = Fleet(*arguments, limit=limit)
        output, errors = fleet.process.communicate(timeout=60)
        self.assertEqual((fleet.process.returncode, output), (1, ""), errors)
        return errors

    def test_no_port_is_left(self):
        self.assertIn("no port is left for line 3 of 5", self.refused("--fleet", "5", "--port", "65534"))

    def test_more_meters_on_an_hdlc_line_than_addresses(self):
        self.assertIn("no lower HDLC address is left for meter 111",
                      self.refused("--multi-drop", "300", "--hdlc-port", "0"))

    def test_a_port_that_cannot_be_counted_up(self):
        self.assertIn("name the first port", self.refused("--fleet", "2", "--port", "0"))

    def test_a_port_that_is_taken(self):
        first = free_ports(2)
        with socket.create_server(("127.0.0.1", first + 1)):
            self.assertIn(f"cannot listen on 127.0.0.1 port {first + 1} (1 lines listen)",
                          self.refused("--fleet", "2", "--port", str(first)))

    def test_too_few_open_files(self):
        # Root may raise its limits; without that right the answer is told.
        command = ["setpriv", "--bounding-set=-sys_resource", "--inh-caps=-sys_resource"]
        if subprocess.run([*command, "true"], check=False, capture_output=True).returncode != 0:
            self.skipTest("setpriv is not there")
        result = subprocess.run([*command, SIMULATOR, "--fleet", "500", "--port", "21000"], capture_output=True,
                                text=True, timeout=60, check=False,
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300)))
        self.assertEqual(result.returncode, 1)
        self.assertIn("564 open files are needed, and 300 are allowed", result.stderr)

    def test_a_fleet_has_no_serial_line(self):
        self.assertIn("not on --pty or --serial", self.refused("--fleet", "2", "--pty", "/tmp/no-such-line"))


if __name__ == "__main__":
    unittest.main()
