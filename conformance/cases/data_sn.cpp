// APPL_DATA_SN_*: the data services of short names.

#include <set>

#include "conformance/cases/needs.hpp"

namespace dlms::conformance {
namespace {

constexpr unsigned association_name = 0xFA00;
const Hex own_name_data = "09060000280000FF";

Session associated(Tester& tester, std::uint32_t without = bit::general_block_transfer,
                   std::uint16_t max_pdu_size = 0xFFFF) {
    Session s(tester, *find_sn(tester.declared()));
    InitiateParts parts = s.initiate();
    parts.conformance = number(s.declared().conformance & ~without, 3);
    parts.max_pdu_size = max_pdu_size;
    s.associate(parts);
    return s;
}

template <std::uint32_t Bits>
std::string with_sn_bits(const Declaration& declared) {
    const DeclaredAssociation* found = find_sn(declared);
    return found != nullptr && found->allows(Bits)
               ? ""
               : "no association with short names offers what the case is about";
}

Hex read_request(unsigned name) {
    return "050102" + number(name, 2);
}

Hex write_request(unsigned name, const Hex& data) {
    return "060102" + number(name, 2) + "01" + data;
}

/// An object with its base name, found by its logical name.
ListedObject find_object(Tester& tester, Session& s, std::string_view declared_name) {
    const DeclaredObject& wanted = object(tester, declared_name);
    for (const ListedObject& one : s.object_list()) {
        if (one.class_id == wanted.class_id && one.logical_name == wanted.logical_name) {
            return one;
        }
    }
    inapplicable("the object '" + std::string(declared_name) + "' is not visible by short names");
}

void expect_error(const Hex& answer, const std::string& what) {
    expect(answer.starts_with("0E") || answer.starts_with("D8"),
           what + " was answered by " + (answer.empty() ? "nothing" : answer));
}

void APPL_DATA_SN_N1(Tester& tester) {
    Session s = associated(tester);
    tester.step("Read with an unknown choice, and without its end: an error");
    expect_error(s.request("050141"
                           "FA00"),
                 "an unknown choice");
    expect_error(s.request("050102"), "a Read without its end");
    tester.step("Read of a name that is not there: object-undefined");
    const Hex answer = s.request(read_request(0));
    expect(answer == "0C010104" || answer.starts_with("0E05"),
           "a name that is not there: " + answer);
    s.expect_associated();
}

void APPL_DATA_SN_N2(Tester& tester) {
    Session s = associated(tester);
    tester.step("Write with an unknown choice, and without its end: an error");
    expect_error(s.request("060141"
                           "FA00"
                           "01"
                           "1100"),
                 "an unknown choice");
    expect_error(s.request("060102"), "a Write without its end");
    tester.step("Write to a name that is not there: object-undefined");
    const Hex answer = s.request(write_request(0, "1100"));
    expect(answer == "0D010104" || answer.starts_with("0E06"),
           "a name that is not there: " + answer);
    s.expect_associated();
}

void APPL_DATA_SN_N3(Tester& tester) {
    Session s = associated(tester);
    tester.step("a GET in an association of short names: an error");
    expect_error(s.request(get_own_name), "GET");
    Session less = associated(tester, 0xFFFFFF & ~bit::read);
    tester.step("a Write that was not negotiated: an error");
    expect_error(less.request(write_request(association_name, own_name_data)), "Write");
    less.expect_associated();
}

void APPL_DATA_SN_X_1(Tester& tester) {
    need_permission(tester, "write");
    Session s = associated(tester);
    tester.step("Read of the object list: data");
    expect(!s.object_list().empty(), "the object list is empty");
    tester.step("Write of a value: success; Read returns it; the old one again");
    const ListedObject text = find_object(tester, s, "text");
    const unsigned value = text.base_name + 8u;
    const Hex before = s.read_name(static_cast<std::uint16_t>(value)).data;
    expect_octets(s.request(write_request(value, "0904434F4E46")), "0D0100", "Write");
    expect_octets(s.request(read_request(value)), "0C01000904434F4E46", "Read");
    expect_octets(s.request(write_request(value, before)), "0D0100", "Write of the old value");
}

void APPL_DATA_SN_X_2(Tester& tester) {
    Session s = associated(tester);
    tester.step("Read of three names, one not there: three results in order");
    expect_octets(s.request("050302FA0002000002FA00"),
                  "0C0300" + own_name_data + "010400" + own_name_data, "Read of three");
    s.expect_associated();
}

void APPL_DATA_SN_X_3(Tester& tester) {
    Session s = associated(tester);
    const ListedObject profile = find_object(tester, s, "profile");
    const Hex name = number(profile.base_name + 8u, 2);
    const Hex entry =
        "02"
        "0204"
        "0600000001"
        "0600000001"
        "120001"
        "120000";
    tester.step("parameterized access to a buffer, entry 1 alone: one row");
    const Hex answer = s.request("050104" + name + entry);
    expect(answer.starts_with("0C0100"), "answered by " + answer);
    expect(elements(answer.substr(6)).size() == 1, "not one row: " + answer);
    Session less = associated(tester, bit::parameterized_access | bit::general_block_transfer);
    tester.step("the same without its conformance bit: refused");
    const Hex refused = less.request("050104" + name + entry);
    expect(refused.starts_with("0E") || refused.starts_with("D8") || refused.starts_with("0C0101"),
           "answered by " + refused);
    less.expect_associated();
}

void APPL_DATA_SN_X_4(Tester& tester) {
    Session whole = associated(tester);
    const Hex list = whole.read_name(association_name + 8).data;
    Session s = associated(tester, bit::general_block_transfer, 64);
    tester.step("Read of the object list with APDUs of 64 octets: blocks");
    const Hex first = s.request(read_request(association_name + 8));
    expect(first.starts_with("0C0102"), "no block: " + first);
    expect(length(first) <= 64, "an APDU of " + std::to_string(length(first)) + " octets");
    tester.step("a wrong block number: data-block-number-invalid");
    expect_octets(s.request("0501050009"), "0C010113", "a wrong number");
    tester.step("all blocks in order: the same list");
    expect(s.read_name(association_name + 8).data == list, "the blocks are not the list");
}

void APPL_DATA_SN_X_5(Tester& tester) {
    need_permission(tester, "write");
    Session s = associated(tester);
    const ListedObject text = find_object(tester, s, "text");
    const unsigned value = text.base_name + 8u;
    const Hex before = s.read_name(static_cast<std::uint16_t>(value)).data;
    tester.step("Write in two blocks: the number, then success");
    const Hex content = "0102" + number(value, 2) +
                        "01"
                        "0904414243"
                        "44";
    const auto block = [](bool is_last, unsigned index, const Hex& octets) {
        return "060107" + Hex(is_last ? "01" : "00") + number(index, 2) +
               "01"
               "09" +
               counted(octets);
    };
    expect_octets(s.request(block(false, 1, content.substr(0, 12))), "0D01020001",
                  "the first block");
    expect_octets(s.request(block(true, 2, content.substr(12))), "0D0100", "the last block");
    expect_octets(s.request(read_request(value)), "0C0100090441424344", "the value");
    expect_octets(s.request(write_request(value, before)), "0D0100", "Write of the old value");
}

void APPL_DATA_SN_X_6(Tester& tester) {
    need_permission(tester, "write");
    Session s = associated(tester);
    const ListedObject text = find_object(tester, s, "text");
    const unsigned value = text.base_name + 8u;
    const Hex before = s.read_name(static_cast<std::uint16_t>(value)).data;
    tester.step("UnconfirmedWrite: no answer, the value is changed");
    s.expect_silence("160102" + number(value, 2) +
                         "01"
                         "09025A5A",
                     "UnconfirmedWrite");
    expect_octets(s.request(read_request(value)), "0C010009025A5A", "the value");
    expect_octets(s.request(write_request(value, before)), "0D0100", "Write of the old value");
}

void APPL_DATA_SN_X_7(Tester& tester) {
    Session s = associated(tester);
    const std::vector<ListedObject> all = s.object_list();
    tester.step("every object: a base name that is a multiple of 8, and its logical name there");
    std::set<unsigned> names;
    for (const ListedObject& one : all) {
        expect(one.base_name % 8 == 0, one.text() + " has base name " + number(one.base_name, 2));
        expect(names.insert(one.base_name).second,
               "two objects have base name " + number(one.base_name, 2));
        expect_octets(s.read_name(one.base_name).data, octet_string(one.logical_name),
                      "attribute 1 of " + one.text());
    }
    tester.step("the reserved name FA00: the current association");
    s.expect_associated();
}

void APPL_DATA_SN_X_8(Tester& tester) {
    Session s = associated(tester);
    tester.step("Write to a logical name: read-write-denied");
    expect_octets(s.request(write_request(association_name, own_name_data)), "0D010103", "Write");
    s.expect_associated();
}

constexpr Case cases[] = {
    {"APPL_DATA_SN_N1", with_sn, APPL_DATA_SN_N1},
    {"APPL_DATA_SN_N2", with_sn_bits<bit::write>, APPL_DATA_SN_N2},
    {"APPL_DATA_SN_N3", with_sn, APPL_DATA_SN_N3},
    {"APPL_DATA_SN_X_1", with_sn_bits<bit::write>, APPL_DATA_SN_X_1},
    {"APPL_DATA_SN_X_2", with_sn_bits<bit::multiple_references>, APPL_DATA_SN_X_2},
    {"APPL_DATA_SN_X_3", with_sn_bits<bit::parameterized_access>, APPL_DATA_SN_X_3},
    {"APPL_DATA_SN_X_4", with_sn_bits<bit::get_blocks>, APPL_DATA_SN_X_4},
    {"APPL_DATA_SN_X_5", with_sn_bits<bit::write | bit::set_blocks>, APPL_DATA_SN_X_5},
    {"APPL_DATA_SN_X_6", with_sn_bits<bit::unconfirmed_write>, APPL_DATA_SN_X_6},
    {"APPL_DATA_SN_X_7", with_sn, APPL_DATA_SN_X_7},
    {"APPL_DATA_SN_X_8", with_sn_bits<bit::write>, APPL_DATA_SN_X_8},
};

}  // namespace

std::span<const Case> data_sn_cases() {
    return cases;
}

}  // namespace dlms::conformance
