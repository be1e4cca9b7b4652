#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {

// Clients: 17 LLS; 16 public; 32 without block transfer; 33 with attribute 0 and GET alone; 34
// read only; 35 with selective access.
const std::string_view test_scenario = R"({
 "name": "test",
 "clock": {"time_zone": -60, "hundredths": true},
 "lockout": {"attempts": 3, "seconds": 60},
 "load": {"solar_power": 1500, "energy_at_start": {"energy_active_import": [1000, 2000, 3000, 4000]}},
 "logical_devices": [{
  "sap": 1, "name": "TST0000000000001",
  "associations": [
   {"client_sap": 17, "name": "management", "mechanism": "LLS", "password": "00000000",
    "conformance": ["priority-mgmt-supported", "block-transfer-with-get-or-read", "get", "set"],
    "max_receive_pdu_size": 1024},
   {"client_sap": 16, "name": "public", "mechanism": "lowest",
    "conformance": ["block-transfer-with-get-or-read", "get"], "max_receive_pdu_size": 1024,
    "visible": ["0-0:42.0.0.255", "0-0:40.0.0.255", "0-0:1.0.0.255"]},
   {"client_sap": 32, "name": "short", "mechanism": "lowest", "conformance": ["get", "set"],
    "max_receive_pdu_size": 1024},
   {"client_sap": 33, "name": "all attributes", "mechanism": "lowest",
    "conformance": ["attribute0-supported-with-get", "get"], "max_receive_pdu_size": 1024},
   {"client_sap": 34, "name": "reading", "mechanism": "lowest", "conformance": ["get", "set"],
    "max_receive_pdu_size": 1024, "read_only": true},
   {"client_sap": 35, "name": "selective", "mechanism": "lowest",
    "conformance": ["get", "set", "selective-access"], "max_receive_pdu_size": 1024,
    "options": ["answer_unconfirmed"]}
  ],
  "objects": [
   {"obis": "0-0:42.0.0.255", "class": 1, "attributes": [
     {"id": 2, "access": "r", "value": {"octet-string": "54535430303030303030303030303031"}}]},
   {"obis": "0-0:1.0.0.255", "class": 8, "attributes": [
     {"id": 2, "access": "rw", "computed": "clock_time"},
     {"id": 3, "access": "rw", "computed": "clock_time_zone"},
     {"id": 4, "access": "r", "computed": "clock_status"},
     {"id": 9, "access": "rw", "value": {"enum": 1}, "range": [0, 5]}]},
   {"obis": "0-0:40.0.0.255", "class": 15, "attributes": [
     {"id": 2, "access": "r", "computed": "object_list"},
     {"id": 3, "access": "r", "computed": "associated_partners_id"},
     {"id": 4, "access": "r", "computed": "application_context_name"},
     {"id": 5, "access": "r", "computed": "xdlms_context_info"},
     {"id": 6, "access": "r", "computed": "authentication_mechanism_name"},
     {"id": 7, "access": "none", "value": {"octet-string": ""}},
     {"id": 8, "access": "r", "computed": "association_status"}]},
   {"obis": "0-0:41.0.0.255", "class": 17, "attributes": [
     {"id": 2, "access": "r", "computed": "sap_assignment_list"}]},
   {"obis": "0-0:25.0.0.255", "class": 41, "attributes": [
     {"id": 6, "access": "rw", "value": {"long-unsigned": 180}}]},
   {"obis": "0-0:96.50.0.255", "class": 1, "attributes": [
     {"id": 2, "access": "rw", "value": null, "any_type": true}]},
   {"obis": "0-0:96.51.0.255", "class": 1, "attributes": [
     {"id": 2, "access": "rw", "value": {"structure": [{"long-unsigned": 7}, {"enum": 1}]}}]},
   {"obis": "0-0:96.52.0.255", "class": 1, "attributes": [
     {"id": 2, "access": "w", "value": {"octet-string": "00"}}]},
   {"obis": "0-0:96.53.0.255", "class": 1, "attributes": [
     {"id": 2, "access": "rw", "value": {"octet-string": "FFFFFFFFFFFFFFFFFF8000FF"}}]},
   {"obis": "0-0:96.3.10.255", "class": 70, "methods": [{"id": 1, "access": true}],
    "attributes": [{"id": 2, "access": "r", "value": {"boolean": true}}]},
   {"obis": "1-0:1.8.0.255", "class": 3, "attributes": [
     {"id": 2, "access": "r", "living": "energy_active_import", "tariff": 0,
      "type": "double-long-unsigned", "scaler": 0},
     {"id": 3, "access": "r", "value": {"structure": [{"integer": 0}, {"enum": 30}]}}]}
  ]}]
})";

}  // namespace dlms::simulator::testing
