// COSEM_X_Y: the algorithm that is run for every object and attribute of every association.

#include <algorithm>
#include <set>
#include <span>
#include <vector>

#include "conformance/cases/opened.hpp"

namespace dlms::conformance {
namespace {

/// The objects that are judged, in the order of the list: all, or one of each class and then the
/// first ones, up to what is declared.
std::vector<ListedObject> sample(const std::vector<ListedObject>& all, std::size_t most) {
    if (most == 0 || all.size() <= most) {
        return all;
    }
    std::set<unsigned> classes;
    std::vector<ListedObject> some;
    std::size_t others = 0;
    for (const ListedObject& one : all) {
        if (classes.insert(one.class_id).second || others++ < most) {
            some.push_back(one);
        }
    }
    return some;
}

/// Whether the object is declared as one that answers with a fault.
bool is_faulty(const Declaration& declared, const ListedObject& object) {
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"temporary_failure", "hardware_fault",
                                                "object_unavailable", "other_reason"},
        [&](std::string_view name) {
            const DeclaredObject* one = declared.object(name);
            return one != nullptr && one->class_id == object.class_id &&
                   one->logical_name == object.logical_name;
        });
}

/// What the association lists, without the objects that are declared as faulty.
std::vector<ListedObject> sound_objects(Tester& tester, Session& s) {
    std::vector<ListedObject> all = s.object_list();
    std::erase_if(all, [&](const ListedObject& one) { return is_faulty(tester.declared(), one); });
    return all;
}

/// Attribute 1 is the logical name; any other is one whole Data.
void check_type(const ListedObject& object, int attribute, const Hex& data) {
    const std::string where = object.text() + " attribute " + std::to_string(attribute);
    if (attribute == 1) {
        expect_octets(data, octet_string(object.logical_name), where);
        return;
    }
    Cursor cursor(data);
    cursor.data();
    expect(cursor.at_end(), where + ": octets follow the value " + data);
}

/// Every association with logical names, one after the other.
template <class Check>
void for_each_association(Tester& tester, Check check) {
    bool has_any = false;
    for (const DeclaredAssociation& one : tester.declared().associations) {
        if (one.short_names || !one.allows(bit::get)) {
            continue;
        }
        has_any = true;
        tester.step("client " + std::to_string(one.client_sap) + " (" + one.name + ")");
        Session s(tester, one);
        s.associate();
        const std::vector<ListedObject> all = sound_objects(tester, s);
        expect(!all.empty(), "the object list is empty");
        check(s, all, sample(all, tester.declared().most_objects));
    }
    if (!has_any) {
        inapplicable("no association with logical names is declared");
    }
}

void COSEM_X_Y_read(Tester& tester) {
    for_each_association(
        tester, [](Session& s, std::span<const ListedObject>, std::span<const ListedObject> all) {
            const int version = s.association_version();
            std::set<std::string> seen;
            for (const ListedObject& object : all) {
                expect(seen.insert(number(object.class_id, 2) + object.logical_name).second,
                       object.text() + " is listed twice");
                for (const auto& [attribute, mode] : object.attributes) {
                    if (!may_read(mode, version)) {
                        continue;
                    }
                    const ReadResult result = s.read(object.descriptor(attribute));
                    expect(result.access_result == 0,
                           object.text() + " attribute " + std::to_string(attribute) +
                               " is listed as readable and refused with " +
                               std::to_string(result.access_result));
                    check_type(object, attribute, result.data);
                }
            }
        });
}

void COSEM_X_Y_noread(Tester& tester) {
    bool has_any = false;
    for_each_association(
        tester, [&](Session& s, std::span<const ListedObject>, std::span<const ListedObject> all) {
            const int version = s.association_version();
            for (const ListedObject& object : all) {
                for (const auto& [attribute, mode] : object.attributes) {
                    if (may_read(mode, version)) {
                        continue;
                    }
                    has_any = true;
                    expect_result(s.read(object.descriptor(attribute)).access_result, {3, 13},
                                  object.text() + " attribute " + std::to_string(attribute));
                }
            }
        });
    if (!has_any) {
        inapplicable("every listed attribute may be read");
    }
}

void COSEM_X_Y_write(Tester& tester) {
    need_permission(tester, "write");
    for_each_association(tester, [](Session& s, std::span<const ListedObject>,
                                    std::span<const ListedObject> all) {
        if ((s.negotiated() & bit::set) == 0) {
            return;
        }
        const int version = s.association_version();
        for (const ListedObject& object : all) {
            // SET of a profile's own settings empties it; that of the clock moves it.
            if (object.class_id == 7 || object.class_id == 8) {
                continue;
            }
            for (const auto& [attribute, mode] : object.attributes) {
                if (!may_read(mode, version) || !may_write(mode, version)) {
                    continue;
                }
                const Hex descriptor = object.descriptor(attribute);
                const std::string where = object.text() + " attribute " + std::to_string(attribute);
                const Hex before = s.read_data(descriptor);
                expect_result(s.write(descriptor, before), {0}, "SET of its own value, " + where);
                expect_octets(s.read_data(descriptor), before, where);
            }
        }
    });
}

const ListedObject* find_object(std::span<const ListedObject> all, int class_id,
                                const Hex& logical_name) {
    const auto found = std::ranges::find_if(all, [&](const ListedObject& one) {
        return one.class_id == class_id && one.logical_name == logical_name;
    });
    return found == all.end() ? nullptr : &*found;
}

/// associated_partners_id, context, status: what the current association must tell.
void check_association(Session& s, const ListedObject& object) {
    const int version = object.version;
    const auto readable = [&](int attribute) {
        const auto found = object.attributes.find(attribute);
        return found != object.attributes.end() && may_read(found->second, version);
    };
    expect(readable(3), "associated_partners_id may not be read");
    const std::vector<Hex> partners = elements(s.read_data(object.descriptor(3)));
    expect(partners.size() == 2 && integer(partners[0]) == s.declared().client_sap &&
               integer(partners[1]) == s.declared().server_sap,
           "associated_partners_id does not name the SAPs of this association");
    if (readable(5)) {
        const std::vector<Hex> context = elements(s.read_data(object.descriptor(5)));
        expect(context.size() == 6, "xDLMS_context_info has not 6 elements");
        if (!s.declared().pre_established) {
            expect_octets(context[0], "0418" + number(s.negotiated(), 3),
                          "conformance in xDLMS_context_info");
        }
    }
    if (readable(8)) {
        expect(integer(s.read_data(object.descriptor(8))) == 2,
               "association_status is not 'associated'");
    }
}

void check_sap_assignment(Tester& tester, Session& s, const ListedObject& object) {
    const std::vector<Hex> devices = elements(s.read_data(object.descriptor(2)));
    expect(!devices.empty(), "SAP assignment lists no logical device");
    std::set<std::int64_t> saps;
    std::set<Hex> names;
    for (const Hex& device : devices) {
        const std::vector<Hex> parts = elements(device);
        expect(parts.size() == 2, "an element of SAP assignment has not 2 parts");
        expect(saps.insert(integer(parts[0])).second, "a SAP is assigned twice");
        expect(names.insert(string_content(parts[1])).second, "two logical devices have one name");
    }
    for (const LogicalDevice& declared : tester.declared().logical_devices) {
        expect(saps.contains(declared.sap),
               "the declared logical device " + std::to_string(declared.sap) + " is not listed");
    }
}

void COSEM_X_Y_mandatory(Tester& tester) {
    for_each_association(
        tester, [&](Session& s, std::span<const ListedObject> all, std::span<const ListedObject>) {
            const ListedObject* current = find_object(all, 15, "0000280000FF");
            expect(current != nullptr, "the current association 0-0:40.0.0.255 is not listed");
            check_association(s, *current);
            const ListedObject* name = find_object(all, 1, "00002A0000FF");
            expect(name != nullptr, "the logical device name 0-0:42.0.0.255 is not listed");
            const ByteBuffer text = octets(string_content(s.read_data(name->descriptor(2))));
            expect(text.size() >= 3 && text.size() <= 16 &&
                       std::all_of(text.begin(), text.begin() + 3,
                                   [](Byte c) { return c >= 'A' && c <= 'Z'; }),
                   "the logical device name does not begin with a FLAG id, or is too long");
            for (const LogicalDevice& device : tester.declared().logical_devices) {
                if (device.sap == s.declared().server_sap && !device.name.empty()) {
                    expect(std::string(text.begin(), text.end()) == device.name,
                           "the logical device name is not the declared one");
                }
            }
            const ListedObject* assignment = find_object(all, 17, "0000290000FF");
            if (s.declared().server_sap == 1) {
                expect(assignment != nullptr, "the SAP assignment 0-0:41.0.0.255 is not listed");
                check_sap_assignment(tester, s, *assignment);
            }
        });
}

void COSEM_X_Y_multiref(Tester& tester) {
    const DeclaredAssociation& association = ln<bit::multiple_references>(tester);
    Session s = opened(tester, association);
    const int version = s.association_version();
    std::vector<Hex> descriptors;
    for (const ListedObject& object : sound_objects(tester, s)) {
        const bool is_value = object.class_id == 1 || object.class_id == 3 || object.class_id == 4;
        const auto found = object.attributes.find(object.class_id == 1 ? 2 : 3);
        if (is_value && found != object.attributes.end() && may_read(found->second, version) &&
            descriptors.size() < 10) {
            descriptors.push_back(object.descriptor(found->first));
        }
    }
    expect(!descriptors.empty(), "no value may be read");
    tester.step("GET of " + std::to_string(descriptors.size()) +
                " attributes together: equal to separate reads");
    Hex request = "C003C1" + encoded_length(descriptors.size());
    Hex separate = "C403C1" + encoded_length(descriptors.size());
    for (const Hex& one : descriptors) {
        request += one + "00";
        separate += "00" + s.read_data(one);
    }
    const Hex together = s.request(request);
    expect_octets(together, separate, "the list");
    tester.step("the attributes of one object together");
    const DeclaredObject& clock = object(tester, "clock");
    const Hex answer = s.request("C003C104" + clock.descriptor(1) + "00" + clock.descriptor(3) +
                                 "00" + clock.descriptor(5) + "00" + clock.descriptor(6) + "00");
    expect(answer.starts_with("C403C104"), "the clock's attributes: " + answer);
}

Hex entry_selection(unsigned from, unsigned to, unsigned first_column, unsigned last_column) {
    return "0102"
           "0204"
           "06" +
           number(from, 4) + "06" + number(to, 4) + "12" + number(first_column, 2) + "12" +
           number(last_column, 2);
}

Hex range_selection(const Hex& from, const Hex& to, const Hex& columns = "0100") {
    return "0101"
           "0204"
           "0204"
           "120008"
           "09060000010000FF"
           "0F02"
           "120000" +
           from + to + columns;
}

std::vector<Hex> rows(Session& s, const DeclaredObject& profile, const Hex& selection) {
    const ReadResult result = s.read(profile.descriptor(2), selection);
    expect(result.access_result == 0,
           "selective access was refused with " + std::to_string(result.access_result));
    return elements(result.data);
}

void COSEM_X_Y_profile(Tester& tester) {
    Session s = opened_ln < bit::selective_access | bit::get_blocks > (tester);
    const DeclaredObject& profile = object(tester, "profile");
    const std::vector<Hex> columns = elements(s.read_data(profile.descriptor(3)));
    const std::vector<Hex> whole = elements(s.read_data(profile.descriptor(2)));
    if (whole.size() < 5) {
        inconclusive("the profile has fewer than 5 entries");
    }
    expect(static_cast<std::size_t>(integer(s.read_data(profile.descriptor(7)))) == whole.size(),
           "entries_in_use is not the number of rows");
    const auto time_of = [](const Hex& row) { return elements(row).front(); };
    tester.step("by range, the whole interval: the whole buffer");
    const Hex first = time_of(whole.front());
    const Hex last = time_of(whole.back());
    expect(rows(s, profile, range_selection(first, last)) == whole, "not the whole buffer");
    tester.step("by range, outside: an empty array");
    expect(rows(s, profile,
                range_selection("090C07B20101FF00000000800000", "090C07B20102FF00000000800000"))
               .empty(),
           "rows of 1970 came");
    tester.step("by range, a part: those rows; two columns of it: structures of 2");
    const Hex third = time_of(whole[2]);
    expect(rows(s, profile, range_selection(first, third)) ==
               std::vector<Hex>(whole.begin(), whole.begin() + 3),
           "not the first three rows");
    if (columns.size() >= 2) {
        const std::vector<Hex> two =
            rows(s, profile, range_selection(first, third, "0102" + columns[0] + columns[1]));
        expect(two.size() == 3 && elements(two[0]).size() == 2, "not three structures of 2");
    }
    tester.step("by entry, 1 to 1 and one column; all; a part");
    const std::vector<Hex> cell = rows(s, profile, entry_selection(1, 1, 1, 1));
    expect(cell.size() == 1 && elements(cell[0]).size() == 1, "not one cell");
    expect(rows(s, profile, entry_selection(1, 0, 1, 0)) == whole, "not the whole buffer");
    expect(rows(s, profile, entry_selection(2, 4, 1, 0)) ==
               std::vector<Hex>(whole.begin() + 1, whole.begin() + 4),
           "not rows 2 to 4");
}

void COSEM_X_Y_tolerance(Tester& tester) {
    for_each_association(
        tester, [&](Session& s, std::span<const ListedObject>, std::span<const ListedObject> all) {
            // Reportable values: what table 33 asks for must be readable where it is listed.
            for (const ListedObject& object : all) {
                if (object.class_id == 64) {
                    for (const int attribute : {2, 3, 5}) {
                        s.read_data(object.descriptor(attribute));
                    }
                }
            }
        });
}

constexpr Case cases[] = {
    {"COSEM_X_Y/read", always, COSEM_X_Y_read},
    {"COSEM_X_Y/noread", always, COSEM_X_Y_noread},
    {"COSEM_X_Y/write", always, COSEM_X_Y_write},
    {"COSEM_X_Y/mandatory", always, COSEM_X_Y_mandatory},
    {"COSEM_X_Y/multiref", with_bits<bit::multiple_references>, COSEM_X_Y_multiref},
    {"COSEM_X_Y/profile", with_bits<bit::selective_access | bit::get_blocks>, COSEM_X_Y_profile},
    {"COSEM_X_Y/tolerance", with_ln, COSEM_X_Y_tolerance},
};

}  // namespace

std::span<const Case> cosem_cases() {
    return cases;
}

}  // namespace dlms::conformance
