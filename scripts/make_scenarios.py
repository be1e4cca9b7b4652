#!/usr/bin/env python3
"""Makes simulator/scenarios/*.json from simulator/data/obis_catalogue.csv.

    scripts/make_scenarios.py            writes the files
    scripts/make_scenarios.py --check    fails when a file differs from what would be written

The catalogue names objects, attributes and, where a source states them, types and units. This
script adds the objects that it lacks (clock, association, totals ...), the attributes that the
class has besides, and values that a meter in use could show. docs/scenario.md describes the form
of the files, docs/simulator.md what is invented here.
"""
import csv
import json
import pathlib
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "simulator" / "data" / "obis_catalogue.csv"
TARGET = ROOT / "simulator" / "scenarios"

UNITS = {"min": 6, "s": 7, "deg": 8, "degC": 9, "W": 27, "VA": 28, "var": 29, "Wh": 30, "VAh": 31,
         "varh": 32, "A": 33, "V": 35, "Hz": 44, "%": 56, "": 255}
RANGES = {"integer": (-128, 127), "long": (-32768, 32767), "double-long": (-2**31, 2**31 - 1),
          "unsigned": (0, 255), "long-unsigned": (0, 65535), "double-long-unsigned": (0, 2**32 - 1)}
ACCESS = {"R": "r", "RW": "rw", "W": "w", "": "r"}

# Watt-hours (or var-hours, volt-ampere-hours) at the start in tariffs 1 to 4.
ENERGY_AT_START = {
    "energy_active_import": [2_469_100, 4_320_900, 3_703_650, 1_851_850],
    "energy_active_export": [61_720, 308_640, 185_180, 0],
    "energy_reactive_import": [811_600, 1_420_280, 1_217_400, 608_700],
    "energy_reactive_export": [20_280, 101_440, 60_860, 0],
    "energy_apparent": [2_599_000, 4_548_300, 3_898_600, 1_949_300],
}
# What a month adds, as a part of the value at the start.
MONTHLY_PART = 0.04

ENERGY = {1: "energy_active_import", 2: "energy_active_export", 3: "energy_reactive_import",
          4: "energy_reactive_export", 9: "energy_apparent", 15: "energy_active_total"}
# Value group C of an instantaneous value, D = 7: quantity and phase (0 = all).
INSTANTANEOUS = {1: ("active_power_import", 0), 2: ("active_power_export", 0),
                 3: ("reactive_power_import", 0), 4: ("reactive_power_export", 0),
                 9: ("apparent_power", 0), 11: ("current", 0), 12: ("voltage", 1),
                 13: ("power_factor", 0), 14: ("frequency", 0), 91: ("current_neutral", 0)}
for phase in (1, 2, 3):
    for offset, quantity in ((1, "active_power_import"), (2, "active_power_export"),
                             (3, "reactive_power_import"), (4, "reactive_power_export"),
                             (9, "apparent_power"), (11, "current"), (12, "voltage"),
                             (13, "power_factor")):
        INSTANTANEOUS[20 * phase + offset] = (quantity, phase)


def groups(obis):
    """The six value groups of A-B:C.D.E.F."""
    head, tail = obis.split(":")
    return [int(part) for part in head.split("-") + tail.split(".")]


def pick(obis, low, high):
    """A number that depends on the OBIS code alone, so that the files repeat."""
    return low + zlib.crc32(obis.encode()) % (high - low + 1)


def octets(obis):
    return {"octet-string": bytes(groups(obis)).hex().upper()}


def date_time(text):
    """'2026-10-31 18:45' as 12 octets with nothing but date, hour and minute specified."""
    day, clock = text.split(" ")
    year, month, date = (int(part) for part in day.split("-"))
    hour, minute = (int(part) for part in clock.split(":"))
    return {"octet-string": (year.to_bytes(2, "big") + bytes(
        [month, date, 0xFF, hour, minute, 0, 0xFF, 0x80, 0x00, 0xFF])).hex().upper()}


NO_DATE_TIME = {"octet-string": "FFFFFFFFFFFFFFFFFF8000FF"}


def scaler_unit(scaler, unit):
    return {"structure": [{"integer": scaler}, {"enum": unit}]}


def row_scaler_unit(row):
    """A missing scaler means {0, 255}."""
    if row["scaler"] == "":
        return scaler_unit(0, 255)
    return scaler_unit(int(row["scaler"]), UNITS[row["unit"]])


def energy_at(quantity, tariff, months_back=0):
    """Wh at the start, or so many months before it."""
    if quantity == "energy_active_total":
        return (energy_at("energy_active_import", tariff, months_back) +
                energy_at("energy_active_export", tariff, months_back))
    tariffs = ENERGY_AT_START[quantity]
    chosen = tariffs if tariff == 0 else [tariffs[tariff - 1]]
    return sum(int(value * (1 - MONTHLY_PART * months_back) / 10) * 10 for value in chosen)


def threshold(row):
    """A plausible limit or duration in units of the row, before its scaler."""
    name, unit = row["name_en"].lower(), row["unit"]
    if unit == "V":
        return 230 * (1.1 if "over" in name or "max" in name or "swell" in name else
                      0.2 if "missing" in name or "cut" in name else
                      0.85 if "under" in name or "min" in name or "low" in name else 1)
    if unit == "A":
        return 60 if "over" in name or "max" in name else 1
    if unit == "Hz":
        return 49.5 if "low" in name else 50.5 if "high" in name else 50
    return {"s": 60, "W": 5000, "VA": 5000, "var": 2500, "%": 10, "deg": 90, "degC": 70, "Wh": 10_000,
            "varh": 10_000, "VAh": 10_000}.get(unit)


def integer_value(row):
    """A stored integer of the row's type, in its scaler."""
    scaler = int(row["scaler"] or 0)
    low, high = RANGES[row["data_type"]]
    name = row["name_en"].lower()
    amount = threshold(row)
    if "prepay mode" in name:
        raw = 0
    elif "neutral" in name and row["unit"] in ("W", "var"):
        raw = 0
    elif "power factor" in name:
        raw = 500 if "threshold" in name else 1000
    elif amount is not None:
        raw = round(amount / 10 ** scaler)
    elif "number of" in name or "counter" in name:
        raw = pick(row["obis"], 0, 12)
    else:
        raw = pick(row["obis"], 1, 30)
    return {row["data_type"]: max(low, min(high, raw))}


def demand(row, obis):
    """A maximum demand, larger for totals than for tariffs."""
    base = {1: 62_000, 2: 18_000, 3: 21_000, 4: 5_000, 9: 65_000}.get(groups(obis)[2], 20_000)
    return {row["data_type"]: base - groups(obis)[4] * 1_500 - pick(obis, 0, 900)}


def demand_time(obis):
    month = groups(obis)[5]
    back = month if 1 <= month <= 12 else 0
    serial = 2026 * 12 + 9 - back
    return date_time(f"{serial // 12}-{serial % 12 + 1:02}-{pick(obis, 1, 28):02} "
                     f"{pick(obis, 17, 20):02}:{pick(obis, 0, 3) * 15:02}")


def energy_value(row):
    _, _, c, d, e, f = groups(row["obis"])
    if d != 8 or c not in ENERGY or e > 4:
        return None
    scaler = int(row["scaler"])
    if f == 255:
        return {"living": ENERGY[c], "tariff": e, "type": row["data_type"], "scaler": scaler}
    wh = energy_at(ENERGY[c], e, f)
    return {"value": {row["data_type"]: round(wh / 10 ** scaler)}}


def instantaneous_value(row):
    _, _, c, d, e, f = groups(row["obis"])
    if d != 7 or e != 0 or f != 255 or c not in INSTANTANEOUS:
        return None
    quantity, phase = INSTANTANEOUS[c]
    return {"living": quantity, "phase": phase, "type": row["data_type"],
            "scaler": int(row["scaler"])}


def row_value(row):
    """What attribute 2 (or another one that the catalogue types) of an object holds."""
    kind, obis, attribute = row["data_type"], row["obis"], row["attribute_id"]
    if kind in ("scaler-unit", "scal-unit-type"):
        return {"value": scaler_unit(0, 255)}   # replaced by the value row's scaler and unit
    if kind in RANGES:
        if row["kind"] == "energy" and attribute == "2":
            return energy_value(row) or {"value": integer_value(row)}
        if row["kind"] == "instantaneous":
            return instantaneous_value(row) or {"value": integer_value(row)}
        if row["class_id"] == "4" and attribute == "4":
            return {"value": {kind: 0}}
        if row["class_id"] == "4" and row["unit"] in ("W", "var", "VA"):
            return {"value": demand(row, obis)}
        return {"value": integer_value(row)}
    if kind == "visible-string":
        return {"value": {kind: {"Hardware version": "HW1.04", "Firmware version": "FW2.17",
                                 "SGC": "600345"}[row["name_en"]]}}
    if kind == "bit-string":
        return {"value": {kind: "0" * 16}}
    if kind == "enum":
        return {"value": {kind: {"3": 1, "4": 4}[attribute] if row["class_id"] == "70" else 0}}
    if kind == "boolean":
        return {"value": {kind: True}}
    if kind == "octet-string":
        return {"value": octet_string(row)}
    if kind == "octet-string[12]":
        return {"value": date_time("2026-03-14 09:26")}
    if kind == "octet-string[6]":
        return {"value": {"octet-string": "000000000001"}}
    if kind == "array":
        return {"value": {"array": []}}
    if kind == "structure":
        return {"value": {"structure": []}}
    # No type, or one of the maker's own whose layout no source states: null-data, which any
    # CHOICE may hold and which lies about nothing.
    return {"value": None}


def octet_string(row):
    name = row["name_en"].lower()
    if row["obis"] == "0-0:96.1.0.255":
        return {"octet-string": "000012345678"}
    if "gprs" in name:
        text = "192.0.2.10:4059,internet"
        return {"octet-string": text.encode().ljust(80, b"\0").hex().upper()}
    if "token" in name:
        return {"octet-string": "00" * 10}
    if row["class_id"] == "4" or "time" in name:
        return demand_time(row["obis"])
    return {"octet-string": ""}


def class_attributes(class_id, obis, scaler):
    """The attributes of the class beside attribute 1, with values, in case no row tells more."""
    empty = {"array": []}
    capture = {"structure": [{"long-unsigned": 0}, {"octet-string": "000000000000"},
                             {"integer": 0}, {"long-unsigned": 0}]}
    return {
        1: {2: None},
        3: {2: None, 3: scaler},
        4: {2: None, 3: scaler, 4: None, 5: demand_time(obis)},
        7: {2: empty, 3: empty, 4: {"double-long-unsigned": 0}, 5: {"enum": 1}, 6: capture,
            7: {"double-long-unsigned": 0}, 8: {"double-long-unsigned": 100}},
        11: {2: empty},
        20: {2: {"octet-string": "41"}, 3: empty, 4: empty, 5: empty, 6: {"octet-string": "50"},
             7: empty, 8: empty, 9: empty, 10: NO_DATE_TIME},
        22: {2: {"structure": [{"octet-string": "00000A0001FF"}, {"long-unsigned": 1}]},
             3: {"enum": 1},
             4: {"array": [{"structure": [{"octet-string": "00000000"},
                                          {"octet-string": "FFFFFF01FF"}]}]}},
        70: {2: {"boolean": True}, 3: {"enum": 1}, 4: {"enum": 4}},
    }[class_id]


def capture_object(class_id, obis, attribute=2, data_index=0):
    return {"structure": [{"long-unsigned": class_id}, octets(obis), {"integer": attribute},
                          {"long-unsigned": data_index}]}


LOAD_PROFILE_COLUMNS = [(8, "0-0:1.0.0.255"), (3, "1-0:1.8.0.255"), (3, "1-0:2.8.0.255"),
                        (3, "1-0:32.7.0.255"), (3, "1-0:31.7.0.255")]
LOAD_PROFILE_PERIOD = 900


def load_profile(rows=96):
    """Capture objects and rows of one day, every quarter of an hour."""
    made = []
    for row in range(1, rows + 1):
        hour, quarter = divmod(row, 4)
        wh = 12_000_000 + 11 * row * row // 4 + 40 * row
        made.append([date_time(f"2026-03-{14 + hour // 24:02} {hour % 24:02}:{quarter * 15:02}"),
                     {"double-long-unsigned": wh}, {"double-long-unsigned": 500_000 + 3 * row},
                     {"long-unsigned": 2290 + row * 7 % 23}, {"long-unsigned": 100 + row * 13 % 97}])
    return [capture_object(*column) for column in LOAD_PROFILE_COLUMNS], made


def make_profile(attributes, columns, rows):
    """Turns the attributes of class 7 into those of a profile with these columns and rows."""
    attributes[2] = {"id": 2, "access": attributes[2]["access"], "profile": {"rows": list(rows)}}
    attributes[7] = {"id": 7, "access": "r", "computed": "entries_in_use"}
    if columns:
        attributes[3]["value"] = {"array": list(columns)}
        attributes[4]["value"] = {"double-long-unsigned": LOAD_PROFILE_PERIOD}
        attributes[6]["value"] = columns[0]


# What Hexcell's event logs (1-0:99.98.x) have rows of, and which value beside the clock.
EVENT_LOGS = {34: (["power_off"], None), 42: (["cover_opened"], None),
              43: (["terminal_cover_opened"], None), 46: (["relay_off"], None),
              47: (["relay_on"], None), 63: (["magnetic_field"], None),
              84: (["token_accepted"], (1, "0-0:96.96.1.255"))}


def make_event_log(obis, attributes):
    happenings, value = EVENT_LOGS[groups(obis)[4]]
    columns = [capture_object(8, "0-0:1.0.0.255")]
    if value:
        columns.append(capture_object(*value))
    attributes[2]["profile"] = {"captures_on": happenings}
    attributes[3]["value"] = {"array": columns}
    attributes[5]["value"] = {"enum": 2}  # the newest row first


CLASS_VERSIONS = {7: 1}
# Methods that the simulator executes (simulator/object_methods.cpp).
BEHAVIOURS = {(3, 1), (4, 1), (7, 1), (7, 2), (9, 1), (40, 1), (70, 1), (70, 2)} | {
    (8, method) for method in range(1, 7)}


def catalogue_object(obis, class_id, rows):
    value_row = next((row for row in rows if row["attribute_id"] == "2"), rows[0])
    scaler = row_scaler_unit(value_row)
    attributes = {number: {"id": number, "access": "r", "value": value}
                  for number, value in class_attributes(class_id, obis, scaler).items()}
    methods = []
    for row in rows:
        if row["attribute_id"].startswith("m"):
            method = int(row["attribute_id"][1:])
            methods.append({"id": method,
                            "access": row["access"] == "A" and (class_id, method) in BEHAVIOURS})
            continue
        number = int(row["attribute_id"])
        entry = {"id": number, "access": ACCESS[row["access"]]}
        told = row_value(row)
        if row["data_type"] in ("scaler-unit", "scal-unit-type"):
            told = {"value": scaler}
        elif told == {"value": None} and number in attributes:
            told = {"value": attributes[number]["value"]}
        if told == {"value": None} and "w" in entry["access"]:
            told["any_type"] = True
        attributes[number] = entry | told
    if class_id == 7:
        make_profile(attributes, *load_profile() if obis == "1-0:99.1.0.255" else ((), ()))
        if groups(obis)[:4] == [1, 0, 99, 98] and groups(obis)[4] in EVENT_LOGS:
            make_event_log(obis, attributes)
    made = {"obis": obis, "class": class_id, "name": value_row["name_en"],
            "attributes": [attributes[number] for number in sorted(attributes)]}
    if class_id in CLASS_VERSIONS:
        made["version"] = CLASS_VERSIONS[class_id]
    if methods:
        made["methods"] = methods
    return made


def read_catalogue(brand):
    """Rows by OBIS code; of two classes under one code the one whose row has a type wins."""
    by_obis = {}
    with CATALOGUE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["brand"] == brand:
                by_obis.setdefault(row["obis"], {}).setdefault(int(row["class_id"]), []).append(row)
    chosen = {}
    for obis, classes in by_obis.items():
        def typed(class_id):
            return any(row["data_type"] for row in classes[class_id])
        best = max(sorted(classes), key=typed)
        chosen[obis] = (best, classes[best])
    return chosen


def data_object(obis, name, value, access="r"):
    return {"obis": obis, "class": 1, "name": name,
            "attributes": [{"id": 2, "access": access, "value": value}]}


def counter_object(obis):
    return {"obis": obis, "class": 1, "name": "Invocation counter",
            "attributes": [{"id": 2, "access": "r", "computed": "invocation_counter"}]}


def living_register(obis, name, kind, scaler, unit):
    _, _, c, d, _, _ = groups(obis)
    if d == 8:
        what = {"living": ENERGY[c], "tariff": 0}
    else:
        what = {"living": INSTANTANEOUS[c][0], "phase": INSTANTANEOUS[c][1]}
    return {"obis": obis, "class": 3, "name": name, "attributes": [
        {"id": 2, "access": "r", **what, "type": kind, "scaler": scaler},
        {"id": 3, "access": "r", "value": scaler_unit(scaler, unit)}]}


def clock_object():
    def stored(number, value, **more):
        return {"id": number, "access": "r", "value": value, **more}
    return {"obis": "0-0:1.0.0.255", "class": 8, "name": "Clock", "attributes": [
        {"id": 2, "access": "rw", "computed": "clock_time"},
        {"id": 3, "access": "rw", "computed": "clock_time_zone"},
        {"id": 4, "access": "r", "computed": "clock_status"},
        stored(5, {"octet-string": "FFFF03FE0702000000800000"}),
        stored(6, {"octet-string": "FFFF0AFE0703000000800000"}),
        stored(7, {"integer": 60}),
        stored(8, {"boolean": False}),
        {"id": 9, "access": "rw", "value": {"enum": 1}, "range": [0, 5]}]}


# How the meters are reached by HDLC: octets of their addresses, speed (comm_speed of class 23),
# octets of information, window.
HDLC = {"hexcell": (2, 4, 128, 1), "hexing": (1, 5, 512, 1), "full": (4, 5, 2030, 7)}
LOWER_ADDRESS = 16
MODE_E = {
    "hexcell": {"manufacturer": "HXC", "identification": "HEXCELL", "baud_character": "4",
                "start_baud_rate": 1200},
    "hexing": {"manufacturer": "HXE", "identification": "HEXING", "baud_character": "5",
               "start_baud_rate": 300},
    "full": {"manufacturer": "FUL", "identification": "FULL", "baud_character": "5",
             "start_baud_rate": 300},
}


def hdlc_setup(name):
    """The IEC HDLC setup. Its time-out between octets is long: a computer's terminal line may be
    late by more than the standard's 25 ms."""
    _, speed, information, window = HDLC[name]

    def setting(number, value, low, high):
        return {"id": number, "access": "rw", "value": value, "range": [low, high]}
    return {"obis": "0-0:22.0.0.255", "class": 23, "version": 1, "name": "IEC HDLC setup",
            "attributes": [
                setting(2, {"enum": speed}, 0, 9),
                setting(3, {"unsigned": window}, 1, 7), setting(4, {"unsigned": window}, 1, 7),
                setting(5, {"long-unsigned": information}, 32, 2030),
                setting(6, {"long-unsigned": information}, 32, 2030),
                setting(7, {"long-unsigned": 200}, 20, 6000),
                setting(8, {"long-unsigned": 120}, 0, 65535),
                setting(9, {"long-unsigned": LOWER_ADDRESS}, 16, 125)]}


def base_objects(device_name, name):
    """What every built-in meter has, whatever its catalogue says."""
    def computed(number, what):
        return {"id": number, "access": "r", "computed": what}
    return [
        data_object("0-0:42.0.0.255", "Logical device name",
                    {"octet-string": device_name.encode().hex().upper()}),
        clock_object(),
        {"obis": "0-0:40.0.0.255", "class": 15, "name": "Current association", "attributes": [
            computed(2, "object_list"), computed(3, "associated_partners_id"),
            computed(4, "application_context_name"), computed(5, "xdlms_context_info"),
            computed(6, "authentication_mechanism_name"),
            {"id": 7, "access": "none", "value": {"octet-string": ""}},
            computed(8, "association_status")]},
        {"obis": "0-0:41.0.0.255", "class": 17, "name": "SAP assignment",
         "attributes": [computed(2, "sap_assignment_list")]},
        {"obis": "0-0:25.0.0.255", "class": 41, "name": "TCP-UDP setup", "attributes": [
            {"id": 2, "access": "r", "value": {"long-unsigned": 4059}},
            {"id": 3, "access": "r", "value": octets("0-0:25.1.0.255")},
            {"id": 4, "access": "r", "value": {"long-unsigned": 576}},
            {"id": 5, "access": "r", "value": {"unsigned": 32}},
            {"id": 6, "access": "rw", "value": {"long-unsigned": 180}}]},
        hdlc_setup(name),
    ]


def profile_object(obis, name, columns, rows):
    attributes = {number: {"id": number, "access": "r", "value": value}
                  for number, value in class_attributes(7, obis, None).items()}
    make_profile(attributes, columns, rows)
    return {"obis": obis, "class": 7, "version": 1, "name": name,
            "attributes": [attributes[number] for number in sorted(attributes)]}


def hexing_objects():
    """The common objects that the Hexing list lacks."""
    registers = [
        ("1-0:1.8.0.255", "Active energy import", "double-long-unsigned", 0, 30),
        ("1-0:2.8.0.255", "Active energy export", "double-long-unsigned", 0, 30),
        ("1-0:1.7.0.255", "Active power import", "double-long-unsigned", 0, 27),
        ("1-0:32.7.0.255", "L1 voltage", "long-unsigned", -1, 35),
        ("1-0:52.7.0.255", "L2 voltage", "long-unsigned", -1, 35),
        ("1-0:72.7.0.255", "L3 voltage", "long-unsigned", -1, 35),
        ("1-0:31.7.0.255", "L1 current", "long-unsigned", -2, 33),
        ("1-0:51.7.0.255", "L2 current", "long-unsigned", -2, 33),
        ("1-0:71.7.0.255", "L3 current", "long-unsigned", -2, 33),
        ("1-0:13.7.0.255", "Power factor", "long-unsigned", -3, 255),
        ("1-0:14.7.0.255", "Frequency", "long-unsigned", -2, 44),
    ]
    return [
        data_object("0-0:96.1.0.255", "Serial number",
                    {"octet-string": b"202600012345".hex().upper()}),
        *[living_register(*register) for register in registers],
        profile_object("1-0:99.1.0.255", "Load profile", *load_profile()),
        counter_object("0-1:43.1.1.255"),
    ]


# What the makers' own library asks of a Hexcell meter, without event notification (docs/simulator.md).
CONFORMANCE = ["priority-mgmt-supported", "block-transfer-with-get-or-read",
               "block-transfer-with-set-or-write", "get", "set", "selective-access", "action"]


# The maker's, before a utility sets its own.
DEFAULT_KEY = "00" * 16


def association(client, name, secret, **more):
    made = {"client_sap": client, "name": name, "mechanism": "LLS" if secret else "lowest"}
    if secret:
        made["password"] = secret
    return made | {"conformance": CONFORMANCE, "max_receive_pdu_size": 1024} | more


PUBLIC = ["0-0:42.0.0.255", "0-0:40.0.0.255", "0-0:41.0.0.255", "0-0:1.0.0.255", "0-0:96.1.0.255"]


def links(name):
    return {"hdlc": {"address_octets": HDLC[name][0]}, "mode_e": MODE_E[name]}


def scenario(brand):
    """One meter with one logical device at SAP 1."""
    objects = {}
    tolerant = {}
    security = {}
    if brand == "hexcell":
        device_name = "HXC0000012345678"
        counter = "0-0:43.1.0.255"
        extra = [counter_object(counter)]
        tolerant = {"options": ["answer_unconfirmed", "tolerate_trailing_zeros",
                                "short_conformance_tag"]}
        associations = [
            association(17, "management", "00000000", **tolerant),
            association(16, "public", "", read_only=True, visible=PUBLIC + [counter], **tolerant)]
        clock = {"time_zone": 0, "day_of_week": False, "hundredths": False, "deviation": False,
                 "status": False}
    else:
        device_name = "HXE0000000012345"
        extra = hexing_objects()
        associations = [
            association(1, "management", "00000000"),
            association(2, "reading", "00000000", read_only=True),
            association(3, "secured", "", mechanism="HLS-GMAC", security="authenticated_encryption"),
            association(4, "maker's high level", "", mechanism="HLS-manufacturer",
                        password_hex=DEFAULT_KEY),
            association(16, "public", "", read_only=True, visible=PUBLIC + ["0-1:43.1.1.255"]),
            association(102, "pre-established", "", pre_established=True, visible=PUBLIC)]
        security = {"security": {"system_title": "4858450000012345", "unicast_key": DEFAULT_KEY,
                                 "authentication_key": DEFAULT_KEY}}
        clock = {"time_zone": 0, "day_of_week": True, "hundredths": True, "deviation": True,
                 "status": True}
    for obis, (class_id, rows) in read_catalogue(brand).items():
        if class_id != 8:
            objects[obis] = catalogue_object(obis, class_id, rows)
    for made in base_objects(device_name, brand) + extra:
        objects.setdefault(made["obis"], made)
    return {
        "name": brand,
        "clock": clock,
        "lockout": {"attempts": 5, "seconds": 60},
        "answer_delay_ms": 0,
        "load": {"voltage": 230, "frequency": 50, "base_power": 400, "peak_power": 4200,
                 "solar_power": 1500, "power_factor": 0.95, "phase_shares": [0.45, 0.33, 0.22],
                 "energy_at_start": ENERGY_AT_START},
        **links(brand),
        "logical_devices": [{
            "sap": 1, "name": device_name, **security, "associations": associations,
            "objects": [objects[obis] for obis in sorted(objects, key=groups)]}],
    }


def as_text(made):
    """JSON with one object of the meter a line, so that differences can be read."""
    device = made["logical_devices"][0]
    objects = device["objects"]
    device["objects"] = ["@objects@"]
    lines = ",\n".join("      " + json.dumps(item, ensure_ascii=False) for item in objects)
    return json.dumps(made, indent=1, ensure_ascii=False).replace(
        '"@objects@"', "\n" + lines, 1) + "\n"


def main():
    from full_scenario import full_scenario  # which takes the building blocks from here

    from standard_scenario import small_scenario, standard_scenario

    wrong = []
    for made in (scenario("hexcell"), scenario("hexing"), full_scenario(), standard_scenario(),
                 small_scenario()):
        path = TARGET / f"{made['name']}.json"
        text = as_text(made)
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            wrong.append(path)
    for path in wrong:
        print(f"{path} is not what scripts/make_scenarios.py makes: run it and commit", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
