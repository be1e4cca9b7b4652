#pragma once
// A meter with a push setup (class 40) whose attributes may all be written: client 1 without any
// authentication, client 3 in a ciphered context; two values, a profile of three rows, a script
// that pushes, and a schedule that calls it at noon.

#include <string>

namespace dlms::simulator::testing {

/// Attributes of one version: those of another have other types.
inline std::string push_attributes(int version) {
    const std::string always = R"(
        {"id": 3, "access": "rw", "value":
         {"structure": [{"enum": 0}, {"octet-string": ""}, {"enum": 0}]}},
        {"id": 4, "access": "rw", "value": {"array": []}, "any_type": true},
        {"id": 5, "access": "rw", "value": {"long-unsigned": 0}},
        {"id": 6, "access": "rw", "value": {"unsigned": 0}})";
    const std::string first = R"({"id": 2, "access": "rw", "any_type": true, "value": {"array": [
        {"structure": [{"long-unsigned": 1}, {"octet-string": "0000600100FF"}, {"integer": 2},
                       {"long-unsigned": 0}]}]}},)" +
                              always;
    if (version < 2) {
        return first + R"(, {"id": 7, "access": "rw", "value": {"long-unsigned": 1}})";
    }
    return first + R"(, {"id": 7, "access": "rw", "value":
         {"structure": [{"long-unsigned": 2}, {"long-unsigned": 300}, {"long-unsigned": 10}]}},
        {"id": 8, "access": "rw", "value": {"octet-string": "0000190000FF"}},
        {"id": 9, "access": "rw", "value": {"integer": 1}},
        {"id": 10, "access": "rw", "value": {"array": []}, "any_type": true},
        {"id": 11, "access": "rw", "value": {"enum": 0}},
        {"id": 13, "access": "r", "value": {"octet-string": "FFFFFFFFFFFFFFFFFF8000FF"}})";
}

inline std::string push_scenario(int version) {
    return R"({"name": "pushes", "logical_devices": [{"sap": 1, "name": "PSH0000000000001",
 "security": {"system_title": "5053480000000001",
  "unicast_key": "11111111111111111111111111111111",
  "authentication_key": "22222222222222222222222222222222",
  "master_key": "33333333333333333333333333333333"},
 "associations": [
  {"client_sap": 1, "name": "management", "mechanism": "lowest",
   "conformance": ["get", "set", "action", "data-notification"]},
  {"client_sap": 3, "name": "secured", "mechanism": "HLS-GMAC",
   "security": "authenticated_encryption", "conformance": ["get", "data-notification"]}],
 "objects": [
  {"obis": "0-0:1.0.0.255", "class": 8, "attributes": [
    {"id": 2, "access": "rw", "computed": "clock_time"}]},
  {"obis": "0-0:10.0.108.255", "class": 9, "attributes": [
    {"id": 2, "access": "r", "value": {"array": [{"structure": [{"long-unsigned": 1}, {"array": [
      {"structure": [{"enum": 2}, {"long-unsigned": 40}, {"octet-string": "0000190900FF"},
                     {"integer": 1}, {"integer": 0}]}]}]}]}}]},
  {"obis": "0-0:15.0.0.255", "class": 22, "attributes": [
    {"id": 2, "access": "r", "value":
      {"structure": [{"octet-string": "00000A006CFF"}, {"long-unsigned": 1}]}},
    {"id": 3, "access": "r", "value": {"enum": 1}},
    {"id": 4, "access": "rw", "value": {"array": [
      {"structure": [{"octet-string": "0C000000"}, {"octet-string": "FFFFFFFFFF"}]}]}}]},
  {"obis": "0-0:25.9.0.255", "class": 40, "version": )" +
           std::to_string(version) + R"(, "attributes": [)" + push_attributes(version) + R"(],
   "methods": [{"id": 1, "access": true}, {"id": 2, "access": true}]},
  {"obis": "0-0:96.1.0.255", "class": 1, "attributes": [
    {"id": 2, "access": "r", "value": {"octet-string": "41424344"}}]},
  {"obis": "1-0:1.8.0.255", "class": 3, "attributes": [
    {"id": 2, "access": "r", "value": {"double-long-unsigned": 7}}]},
  {"obis": "1-0:99.1.0.255", "class": 7, "version": 1, "attributes": [
    {"id": 2, "access": "r", "profile": {"rows": [
      [{"octet-string": "07EA02010700000000000000"}, {"double-long-unsigned": 1}],
      [{"octet-string": "07EA02020100000000000000"}, {"double-long-unsigned": 2}],
      [{"octet-string": "07EA02030200000000000000"}, {"double-long-unsigned": 3}]]}},
    {"id": 3, "access": "r", "value": {"array": [
      {"structure": [{"long-unsigned": 8}, {"octet-string": "0000010000FF"}, {"integer": 2},
                     {"long-unsigned": 0}]},
      {"structure": [{"long-unsigned": 3}, {"octet-string": "0100010800FF"}, {"integer": 2},
                     {"long-unsigned": 0}]}]}},
    {"id": 4, "access": "r", "value": {"double-long-unsigned": 0}},
    {"id": 5, "access": "r", "value": {"enum": 1}},
    {"id": 7, "access": "r", "computed": "entries_in_use"},
    {"id": 8, "access": "r", "value": {"double-long-unsigned": 10}}]}]}]})";
}

}  // namespace dlms::simulator::testing
