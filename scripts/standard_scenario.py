"""The built-in scenarios "standard", a meter with an object of every class that does something, and
"small", an old meter that can do little. make_scenarios.py writes them.
"""
from full_scenario import ALL_OF_LOGICAL_NAMES, with_methods
from make_scenarios import (NO_DATE_TIME, PUBLIC, association, base_objects, capture_object,
                            data_object, groups, links, living_register, octets, scaler_unit,
                            scenario)

RELAY = "0-0:96.3.10.255"
IMPORT = "1-0:1.8.0.255"
POWER = "1-0:1.7.0.255"


def stored(number, value, access="r", **more):
    return {"id": number, "access": access, "value": value, **more}


def u16(value):
    return {"long-unsigned": value}


def u32(value):
    return {"double-long-unsigned": value}


def money(value):
    return {"double-long": value}


def text(value):
    return {"octet-string": value.encode().hex().upper()}


def hexed(value):
    return {"octet-string": value}


def struct(*members):
    return {"structure": list(members)}


def array(*elements):
    return {"array": list(elements)}


def push_object(column):
    """An element of push_object_list in version 2: neither restricted nor with columns of its own."""
    return struct(*column["structure"], struct({"enum": 0}, None), array())


def made(obis, class_id, name, attributes, methods=(), version=0):
    return with_methods({"obis": obis, "class": class_id, "version": version, "name": name,
                         "attributes": attributes}, *methods)


def step(service, class_id, obis, index, parameter):
    return struct({"enum": service}, u16(class_id), octets(obis), {"integer": index}, parameter)


def script(number, *steps):
    return struct(u16(number), array(*steps))


def profile(obis, name, columns, buffer, period, entries, sort=1):
    return made(obis, 7, name, [
        {"id": 2, "access": "r", "profile": buffer},
        stored(3, array(*columns), "rw"), stored(4, u32(period), "rw"),
        stored(5, {"enum": sort}, "rw"), stored(6, columns[0], "rw"),
        {"id": 7, "access": "r", "computed": "entries_in_use"},
        stored(8, u32(entries), "rw")], (1, 2), 1)


def metering_objects():
    clock = capture_object(8, "0-0:1.0.0.255")
    energy = with_methods(living_register(IMPORT, "Active energy import", "double-long-unsigned", 0, 30), 1)
    tariffs = [{"obis": f"1-0:1.8.{tariff}.255", "class": 3,
                "name": f"Active energy import, tariff {tariff}", "attributes": [
                    {"id": 2, "access": "r", "living": "energy_active_import",
                     "type": "double-long-unsigned", "scaler": 0},
                    stored(3, scaler_unit(0, 30))]} for tariff in (1, 2)]
    power = {"living": "active_power_import", "type": "double-long-unsigned", "scaler": 0}
    return [
        energy, *tariffs,
        living_register("1-0:2.8.0.255", "Active energy export", "double-long-unsigned", 0, 30),
        living_register(POWER, "Active power import", "double-long-unsigned", 0, 27),
        living_register("1-0:32.7.0.255", "L1 voltage", "long-unsigned", -1, 35),
        living_register("1-0:31.7.0.255", "L1 current", "long-unsigned", -2, 33),
        made("1-0:1.6.0.255", 4, "Maximum demand", [
            stored(2, u32(0), "rw"), stored(3, scaler_unit(0, 27)), stored(4, None),
            stored(5, NO_DATE_TIME)], (1,)),
        made("1-0:1.4.0.255", 5, "Demand", [
            {"id": 2, "access": "r", **power}, {"id": 3, "access": "r", **power},
            stored(4, scaler_unit(0, 27)), stored(5, None), stored(6, NO_DATE_TIME),
            stored(7, NO_DATE_TIME), stored(8, u32(300), "rw"), stored(9, u16(3), "rw")], (1, 2)),
        made("0-0:14.0.0.255", 6, "Register activation", [
            stored(2, array(*[struct(u16(3), octets(f"1-0:1.8.{tariff}.255"))
                              for tariff in (1, 2)]), "rw"),
            stored(3, array(*[struct(hexed(f"0{tariff}"), array({"unsigned": tariff}))
                              for tariff in (1, 2)]), "rw"),
            stored(4, hexed("01"), "rw")], (1, 2, 3)),
        profile("1-0:99.1.0.255", "Load profile", [
            clock, capture_object(3, IMPORT), capture_object(3, "1-0:2.8.0.255"),
            capture_object(3, "1-0:32.7.0.255")], {"history_days": 365}, 900, 100_000),
        profile("1-0:99.2.0.255", "Daily profile", [
            clock, capture_object(3, IMPORT), capture_object(3, "1-0:1.8.1.255"),
            capture_object(3, "1-0:1.8.2.255")], {"history_days": 365}, 86_400, 1_000),
        profile("0-0:99.98.0.255", "Event log", [clock, capture_object(1, "0-0:96.11.0.255")],
                {"captures_on": ["power_off", "power_on", "clock_set", "relay_off", "relay_on",
                                 "calendar_activated", "image_activated"]}, 0, 100),
        profile("1-0:99.4.0.255", "Hourly profile as compact-array", [
            clock, capture_object(3, IMPORT)], {"history_days": 30, "compact_array": True}, 3_600,
            10_000),
        profile("1-0:99.3.0.255", "Captured by hand", [
            clock, capture_object(1, "0-0:96.50.0.255")], {}, 0, 10),
        made("0-0:62.0.0.255", 62, "Compact data", [
            stored(2, hexed("")),
            stored(3, array(clock, capture_object(3, IMPORT)), "rw"),
            stored(4, {"unsigned": 1}, "rw"), stored(5, hexed("")),
            stored(6, {"enum": 1}, "rw")], (1, 2)),
        made("0-0:96.5.0.255", 63, "Status mapping", [
            stored(2, {"bit-string": "00000000"}),
            stored(3, struct({"unsigned": 1}, u16(1)))]),
    ]


def time_objects():
    tariff_scripts = made("0-0:10.0.100.255", 9, "Tariffication scripts", [stored(2, array(
        script(1, step(1, 6, "0-0:14.0.0.255", 4, hexed("01"))),
        script(2, step(1, 6, "0-0:14.0.0.255", 4, hexed("02")))), "rw")], (1,))
    disconnect = made("0-0:10.0.106.255", 9, "Disconnect scripts", [stored(2, array(
        script(1, step(2, 70, RELAY, 1, {"integer": 0})),
        script(2, step(2, 70, RELAY, 2, {"integer": 0}))), "rw")], (1,))
    push_scripts = made("0-0:10.0.108.255", 9, "Push scripts", [stored(2, array(
        script(1, step(2, 40, "0-0:25.9.0.255", 1, {"integer": 0}))), "rw")], (1,))

    def day(number, *switches):
        return struct({"unsigned": number}, array(*[
            struct(hexed(start), octets("0-0:10.0.100.255"), u16(selector))
            for start, selector in switches]))
    seasons = array(struct(hexed("01"), hexed("FFFF0101FF00000000800000"), hexed("01")))
    weeks = array(struct(hexed("01"), *[{"unsigned": 1}] * 5, {"unsigned": 2}, {"unsigned": 2}))
    days = array(day(1, ("00000000", 1), ("07000000", 2), ("16000000", 1)), day(2, ("00000000", 1)))
    empty = array()
    return [
        tariff_scripts, disconnect, push_scripts,
        made("0-0:96.3.20.255", 68, "Arbitrator", [
            stored(2, array(struct(octets("0-0:10.0.106.255"), u16(1)),
                            struct(octets("0-0:10.0.106.255"), u16(2)))),
            stored(3, array(*[{"bit-string": bits} for bits in ("11", "10", "01")])),
            stored(4, array(array(u16(10), u16(10)), array(u16(20), u16(0)),
                            array(u16(0), u16(15)))),
            stored(5, array(*[{"bit-string": "00"}] * 3)), stored(6, {"unsigned": 0})], (1, 2)),
        made("0-0:12.0.0.255", 10, "Schedule", [stored(2, empty, "rw", any_type=True)], (1, 2, 3)),
        made("0-0:11.0.0.255", 11, "Special days", [
            stored(2, array(struct(u16(1), hexed("FFFF0101FF"), {"unsigned": 2})), "rw")], (1, 2)),
        made("0-0:13.0.0.255", 20, "Activity calendar", [
            stored(2, text("ACTIVE")), stored(3, seasons), stored(4, weeks), stored(5, days),
            stored(6, text("PASSIVE"), "rw"), stored(7, seasons, "rw"), stored(8, weeks, "rw"),
            stored(9, days, "rw"), stored(10, NO_DATE_TIME, "rw")], (1,)),
        made("0-0:15.0.0.255", 22, "Push schedule", [
            stored(2, struct(octets("0-0:10.0.108.255"), u16(1)), "rw"), stored(3, {"enum": 1}, "rw"),
            stored(4, array(struct(hexed("00000000"), hexed("FFFFFF01FF"))), "rw")]),
        made("0-0:15.0.1.255", 22, "Disconnect schedule", [
            stored(2, struct(octets("0-0:10.0.106.255"), u16(1)), "rw"), stored(3, {"enum": 1}, "rw"),
            stored(4, array(struct(hexed("00000000"), hexed("07D00101FF"))), "rw")]),
        made("0-0:15.0.2.255", 22, "Reconnect schedule", [
            stored(2, struct(octets("0-0:10.0.106.255"), u16(2)), "rw"), stored(3, {"enum": 5}, "rw"),
            stored(4, array(struct(hexed("00000000"), hexed("07D00101FF"))), "rw")]),
    ]


def control_objects():
    def act(selector):
        return struct(octets("0-0:10.0.106.255"), u16(selector))
    nothing = struct(hexed("000000000000"), u16(0))
    return [
        with_methods({"obis": RELAY, "class": 70, "name": "Relay", "attributes": [
            stored(2, {"boolean": True}), stored(3, {"enum": 1}, event=True),
            stored(4, {"enum": 4}, "rw", range=[0, 6])]}, 1, 2),
        data_object("0-0:96.50.0.255", "Watched value", {"long-unsigned": 0}, "rw"),
        made("0-0:16.0.0.255", 21, "Register monitor", [
            stored(2, array(u16(100)), "rw"),
            stored(3, struct(u16(1), octets("0-0:96.50.0.255"), {"integer": 2}), "rw"),
            stored(4, array(struct(act(1), act(2))), "rw")]),
        made("0-0:16.2.0.255", 65, "Parameter monitor", [
            stored(2, None), stored(3, NO_DATE_TIME),
            stored(4, array(struct(u16(70), octets(RELAY), {"integer": 4})), "rw")], (1, 2)),
        made("0-0:17.0.0.255", 71, "Limiter", [
            stored(2, struct(u16(1), octets("0-0:96.50.0.255"), {"integer": 2}), "rw"),
            stored(3, u16(60000)), stored(4, u16(60000), "rw"), stored(5, u16(200), "rw"),
            stored(6, u32(30), "rw"), stored(7, u32(60), "rw"),
            stored(8, struct(u16(0), NO_DATE_TIME, u32(0)), "rw"),
            stored(9, array(u16(1)), "rw"), stored(10, {"boolean": False}),
            stored(11, struct(act(1), nothing), "rw")]),
        made("0-0:44.2.0.255", 124, "Port protection", [
            stored(2, {"enum": 1}, "rw"), stored(3, u16(3), "rw"), stored(4, u32(60), "rw"),
            stored(5, {"unsigned": 2}, "rw"), stored(6, u32(300), "rw"),
            stored(7, octets("0-0:25.0.0.255")), stored(8, {"enum": 0}), stored(9, u32(0)),
            stored(10, u32(0))], (1,)),
        made("0-0:44.0.0.255", 18, "Image transfer", [
            stored(2, u32(64)), stored(3, {"bit-string": ""}), stored(4, u32(0)),
            stored(5, {"boolean": True}, "rw"), stored(6, {"enum": 0}), stored(7, array())],
            (1, 2, 3, 4)),
    ]


def payment_objects():
    def unit_charge(class_id, obis, price):
        return struct(struct({"integer": 0}, {"integer": 0}),
                      struct(u16(class_id), octets(obis), {"integer": 2}),
                      array(struct(hexed("00"), {"long": price})))

    def credit(number, name, kind, amount, configuration):
        return made(f"0-0:19.10.{number}.255", 112, name, [
            stored(2, money(amount)), stored(3, {"enum": kind}), stored(4, {"unsigned": number + 1}),
            stored(5, money(1000), "rw"), stored(6, money(0), "rw"),
            stored(7, {"bit-string": configuration}), stored(8, {"enum": 0}),
            stored(9, money(0), "rw"), stored(10, money(0), "rw"), stored(11, NO_DATE_TIME)],
            (1, 2, 3))
    charge = made("0-0:19.20.0.255", 113, "Energy charge", [
        stored(2, money(0)), stored(3, {"enum": 0}), stored(4, {"unsigned": 1}),
        stored(5, unit_charge(3, IMPORT, 1)), stored(6, unit_charge(3, IMPORT, 2), "rw"),
        stored(7, NO_DATE_TIME, "rw"), stored(8, u32(3600), "rw"),
        stored(9, {"bit-string": "00"}, "rw"), stored(10, {"date-time": "FFFFFFFFFFFFFFFFFF8000FF"}),
        stored(11, money(0)), stored(12, money(0)), stored(13, u16(0))], (1, 2, 3, 4, 5))
    account = made("0-0:19.0.0.255", 111, "Account", [
        stored(2, struct({"enum": 2}, {"enum": 2})), stored(3, {"unsigned": 0}),
        stored(4, {"bit-string": "00000000"}), stored(5, money(0)), stored(6, money(0)),
        stored(7, money(0), "rw"), stored(8, money(0)),
        stored(9, array(octets("0-0:19.10.0.255"), octets("0-0:19.10.1.255"))),
        stored(10, array(octets("0-0:19.20.0.255"))), stored(11, array()), stored(12, array()),
        stored(13, NO_DATE_TIME), stored(14, NO_DATE_TIME),
        stored(15, struct({"utf8-string": "Wh"}, {"integer": 0}, {"enum": 0})),
        stored(16, money(1000), "rw"), stored(17, money(0), "rw"), stored(18, u16(0)),
        stored(19, money(0))], (1, 2, 3))
    gateway = made("0-0:19.40.0.255", 115, "Token gateway", [
        stored(2, hexed("")), stored(3, NO_DATE_TIME), stored(4, array()), stored(5, {"enum": 0}),
        stored(6, struct({"enum": 3}, {"bit-string": "00000000"}))], (1,))
    return [account, credit(0, "Token credit", 0, 50_000, "00001"),
            credit(1, "Emergency credit", 2, 5_000, "01000"), charge, gateway]


def network_objects():
    clock = capture_object(8, "0-0:1.0.0.255")
    return [
        made("0-0:25.1.0.255", 42, "IPv4 setup", [
            stored(2, octets("0-0:25.2.0.255")), stored(3, u32(0xC000020A), "rw"),
            stored(4, array(), "rw"), stored(5, array()), stored(6, u32(0xFFFFFF00), "rw"),
            stored(7, u32(0xC0000201), "rw"), stored(8, {"boolean": False}, "rw"),
            stored(9, u32(0xC0000235), "rw"), stored(10, u32(0), "rw")], (1, 2, 3)),
        made("0-0:25.2.0.255", 43, "MAC address", [stored(2, hexed("02000000000A"))]),
        made("0-0:25.4.0.255", 45, "GPRS modem setup", [
            stored(2, text("internet"), "rw"), stored(3, u16(0), "rw"),
            stored(4, struct(struct(*[{"unsigned": 0}] * 5), struct(*[{"unsigned": 0}] * 5)))]),
        made("0-0:2.1.0.255", 29, "Auto connect", [
            stored(2, {"enum": 0}, "rw", range=[0, 255]), stored(3, {"unsigned": 3}, "rw"),
            stored(4, u16(60), "rw"), stored(5, array(), "rw"), stored(6, array(), "rw")], (), 2),
        made("0-0:25.9.0.255", 40, "Push setup", [
            stored(2, array(*[push_object(column) for column in (
                capture_object(1, "0-0:42.0.0.255"), clock, capture_object(3, IMPORT))]),
                   "rw", any_type=True),
            stored(3, struct({"enum": 0}, hexed(""), {"enum": 0}), "rw"),
            stored(4, array(), "rw", any_type=True), stored(5, u16(0), "rw"),
            stored(6, {"unsigned": 3}, "rw"),
            stored(7, struct(u16(30), u16(200), u16(300)), "rw"),
            stored(8, octets("0-0:25.0.0.255"), "rw"), stored(9, {"integer": 1}, "rw"),
            stored(10, array(), "rw", any_type=True), stored(11, {"enum": 0}, "rw", range=[0, 2]),
            stored(12, struct(NO_DATE_TIME, {"double-long-unsigned": 0}), "rw"),
            stored(13, NO_DATE_TIME)], (1, 2), 2),
    ]


def standard_scenario():
    device_name = "STD0000000000001"
    objects = []
    for item in base_objects(device_name, "full"):
        if item["class"] == 8:
            item = with_methods(item, 1, 2, 3, 4, 5, 6)
            for attribute in item["attributes"]:
                if 5 <= attribute["id"] <= 8:
                    attribute["access"] = "rw"
        elif item["class"] == 15:
            item = with_methods(item, 3, 4, 5, 6) | {"version": 2}
            item["attributes"] += [stored(9, octets("0-0:43.0.0.255")),
                                   stored(10, array()),
                                   {"id": 11, "access": "r", "computed": "current_user"}]
        elif item["class"] == 17:
            item = with_methods(item, 1)
        objects.append(item)
    objects += metering_objects() + time_objects() + control_objects() + payment_objects()
    objects += network_objects()
    objects += [data_object("0-0:96.1.0.255", "Serial number", text("STD00000001")),
                data_object("0-0:96.11.0.255", "Event code", {"unsigned": 0}, "rw")]
    wide = {"conformance": ALL_OF_LOGICAL_NAMES, "block_window": 5, "max_receive_pdu_size": 4096}
    whole = scenario("hexing")
    whole["name"] = "standard"
    whole |= links("full")
    whole["load"] = whole["load"] | {"outages_per_year": 6, "energy_at_start": {
        "energy_active_import": [6_000_000] * 4, "energy_active_export": [1_000_000] * 4}}
    second = [data_object("0-0:42.0.0.255", "Logical device name", text("STD0000000000002")),
              next(item for item in base_objects(device_name, "full") if item["class"] == 15)]
    whole["logical_devices"] = [
        {"sap": 1, "name": device_name, "associations": [
            association(1, "management", "00000000", **wide),
            association(2, "reading", "00000000", read_only=True, **wide),
            association(16, "public", "", read_only=True, visible=PUBLIC, **wide)],
         "objects": sorted(objects, key=lambda item: groups(item["obis"]) + [item["class"]])},
        {"sap": 20, "name": "STD0000000000002",
         "associations": [association(16, "public", "", read_only=True, **wide)],
         "objects": second}]
    return whole


def small_scenario():
    """An old meter: short APDUs, no blocks, no lists."""
    device_name = "SML0000000000001"
    few = {"conformance": ["get", "set", "action"], "max_receive_pdu_size": 64}
    whole = scenario("hexing")
    whole["name"] = "small"
    whole |= links("hexcell")
    objects = [item for item in base_objects(device_name, "hexcell") if item["class"] != 15]
    objects += [{"obis": "0-0:40.0.0.255", "class": 15, "name": "Current association",
                 "attributes": [{"id": 2, "access": "r", "computed": "object_list"},
                                {"id": 3, "access": "r", "computed": "associated_partners_id"},
                                {"id": 4, "access": "r", "computed": "application_context_name"},
                                {"id": 5, "access": "r", "computed": "xdlms_context_info"},
                                {"id": 6, "access": "r", "computed": "authentication_mechanism_name"},
                                stored(7, hexed(""), "none"),
                                {"id": 8, "access": "r", "computed": "association_status"}]},
                data_object("0-0:96.1.0.255", "Serial number", text("SML00000001")),
                with_methods(living_register(IMPORT, "Active energy import",
                                             "double-long-unsigned", 0, 30), 1),
                living_register("1-0:32.7.0.255", "L1 voltage", "long-unsigned", -1, 35)]
    whole["logical_devices"] = [{
        "sap": 1, "name": device_name,
        "associations": [association(1, "management", "00000000", **few),
                         association(16, "public", "", read_only=True, **few)],
        "objects": sorted(objects, key=lambda item: groups(item["obis"]))}]
    return whole
