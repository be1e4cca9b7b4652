"""The built-in scenario "full": a conforming meter that negotiates everything, for tests and for
trying clients out. make_scenarios.py writes it.
"""
from make_scenarios import (PUBLIC, association, base_objects, capture_object, data_object,
                            date_time, groups, links, living_register, load_profile, octets,
                            profile_object, scaler_unit, scenario)

ALL_OF_LOGICAL_NAMES = [
    "general-block-transfer", "attribute0-supported-with-set", "priority-mgmt-supported",
    "attribute0-supported-with-get", "block-transfer-with-get-or-read",
    "block-transfer-with-set-or-write", "block-transfer-with-action", "multiple-references",
    "data-notification", "access", "get", "set", "selective-access", "event-notification", "action"]
ALL_OF_SHORT_NAMES = [
    "general-block-transfer", "read", "write", "unconfirmed-write",
    "block-transfer-with-get-or-read", "block-transfer-with-set-or-write", "multiple-references",
    "information-report", "data-notification", "parameterized-access"]


def with_methods(made, *methods):
    return made | {"methods": [{"id": method, "access": True} for method in methods]}


def full_objects():
    """One object or two of each class with a behaviour, and plain values of every size."""
    def stored(number, value, access="r", **more):
        return {"id": number, "access": access, "value": value, **more}
    energy = living_register("1-0:1.8.0.255", "Active energy import", "double-long-unsigned", 0, 30)
    extended = {"obis": "1-0:1.6.0.255", "class": 4, "name": "Maximum demand", "attributes": [
        stored(2, {"double-long-unsigned": 4321}), stored(3, scaler_unit(0, 27)), stored(4, None),
        stored(5, date_time("2026-03-14 18:45"))]}
    columns, rows = load_profile()
    profile = with_methods(profile_object("1-0:99.1.0.255", "Load profile", columns, rows), 1, 2)
    compressed = profile_object("1-0:99.2.0.255", "Load profile with null-data", columns, rows)
    compressed["attributes"][0]["profile"]["null_data_compression"] = True
    events = with_methods(profile_object("0-0:99.98.0.255", "Event log", [
        capture_object(8, "0-0:1.0.0.255"), capture_object(1, "0-0:96.11.0.255")], []), 1, 2)
    events["attributes"][2]["value"] = {"double-long-unsigned": 0}
    events["attributes"][6]["value"] = {"double-long-unsigned": 10}
    relay = with_methods({"obis": "0-0:96.3.10.255", "class": 70, "name": "Relay", "attributes": [
        stored(2, {"boolean": True}), stored(3, {"enum": 1}, event=True),
        stored(4, {"enum": 4}, "rw", range=[0, 6])]}, 1, 2)

    def step(service, class_id, obis, index, parameter):
        return {"structure": [{"enum": service}, {"long-unsigned": class_id}, octets(obis),
                              {"integer": index}, parameter]}
    scripts = with_methods({"obis": "0-0:10.0.106.255", "class": 9, "name": "Disconnect script table",
                            "attributes": [stored(2, {"array": [
        {"structure": [{"long-unsigned": 1}, {"array": [
            step(2, 70, "0-0:96.3.10.255", 1, {"integer": 0})]}]},
        {"structure": [{"long-unsigned": 2}, {"array": [
            step(2, 70, "0-0:96.3.10.255", 2, {"integer": 0})]}]}]})]}, 1)
    push = with_methods({"obis": "0-0:25.9.0.255", "class": 40, "name": "Push setup", "attributes": [
        stored(2, {"array": [capture_object(1, "0-0:42.0.0.255"),
                             capture_object(8, "0-0:1.0.0.255"),
                             capture_object(3, "1-0:1.8.0.255")]}, "rw"),
        stored(3, {"structure": [{"enum": 0}, {"octet-string": ""}, {"enum": 0}]}, "rw"),
        stored(4, {"array": []}), stored(5, {"long-unsigned": 0}),
        stored(6, {"unsigned": 0}, "rw"), stored(7, {"long-unsigned": 0}, "rw")]}, 1)
    association_sn = with_methods({
        "obis": "0-0:40.0.0.255", "class": 12, "version": 1,
        "name": "Current association, short names", "attributes": [
            {"id": 2, "access": "r", "computed": "object_list"},
            {"id": 3, "access": "r", "computed": "access_rights_list"}]}, 3)
    return [
        association_sn, with_methods(energy, 1), with_methods(extended, 1), profile, compressed,
        events, relay, scripts, push,
        living_register("1-0:2.8.0.255", "Active energy export", "double-long-unsigned", 0, 30),
        living_register("1-0:1.7.0.255", "Active power import", "double-long-unsigned", 0, 27),
        living_register("1-0:32.7.0.255", "L1 voltage", "long-unsigned", -1, 35),
        living_register("1-0:31.7.0.255", "L1 current", "long-unsigned", -2, 33),
        data_object("0-0:96.1.0.255", "Serial number",
                    {"octet-string": b"FUL00000001".hex().upper()}),
        data_object("0-0:96.11.0.255", "Event code", {"unsigned": 1}, "rw"),
        data_object("0-0:96.13.0.255", "Consumer message", {"octet-string": ""}, "rw"),
        data_object("0-0:96.50.0.255", "Short text", {"visible-string": "full"}, "rw"),
        {"obis": "0-0:96.50.1.255", "class": 1, "name": "Any value",
         "attributes": [stored(2, None, "rw", any_type=True)]},
        data_object("0-0:96.50.2.255", "Long value", {"octet-string": "0123456789ABCDEF" * 100}),
        data_object("0-1:43.1.0.255", "Invocation counter", {"double-long-unsigned": 1}),
    ]


def full_scenario():
    """A conforming meter that negotiates everything, for tests and for trying clients out."""
    device_name = "FUL0000000000001"
    # Base names are given in the order of the objects; this one leaves those of the others alone.
    base_names = {"0-0:22.0.0.255": {"base_name": 0x4000}}
    objects = [with_methods(made, 1, 2, 3, 4, 5, 6) if made["class"] == 8 else
               made | base_names.get(made["obis"], {}) for made in
               base_objects(device_name, "full")] + full_objects()
    wide = {"conformance": ALL_OF_LOGICAL_NAMES, "block_window": 5, "max_receive_pdu_size": 4096}
    short = {"conformance": ALL_OF_SHORT_NAMES, "block_window": 5, "referencing": "SN"}
    made = scenario("hexing")
    made["name"] = "full"
    made |= links("full")
    made["logical_devices"] = [{
        "sap": 1, "name": device_name,
        "associations": [
            association(1, "management", "00000000", **wide),
            association(2, "reading", "00000000", read_only=True, **wide),
            association(16, "public", "", read_only=True, visible=PUBLIC + ["0-1:43.1.0.255"],
                        **wide),
            association(18, "management, short names", "00000000", **short),
            association(19, "public, short names", "", read_only=True, visible=PUBLIC, **short)],
        "objects": sorted(objects, key=lambda made: groups(made["obis"]) + [made["class"]])}]
    return made
