#include "cli/scenario_document.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "client/open_link.hpp"
#include "render/scenario_data.hpp"
#include "stack/base/hex.hpp"
#include "stack/cosem/obis_code.hpp"

namespace dlms::cli {
namespace {

using namespace cosem::literals;
using acse::Mechanism;
using client::MeterParameters;
using Json = nlohmann::ordered_json;
using State = CopiedAttribute::State;

// 16 characters, so that it can stand for an AES key as well.
constexpr std::string_view password_placeholder = "REPLACE-PASSWORD";
constexpr std::string_view title_placeholder = "434C4F4E45000001";
constexpr auto current_association = "0-0:40.0.0.255"_obis;
constexpr auto device_name = "0-0:42.0.0.255"_obis;

constexpr std::uint16_t profile_generic = 7;
constexpr std::uint16_t clock_class = 8;
constexpr std::uint16_t association_sn = 12;
constexpr std::uint16_t association_ln = 15;
constexpr std::uint16_t sap_assignment = 17;
constexpr std::uint16_t security_setup = 64;

struct NamedProtection {
    std::string_view name;
    ProtectionBits bit;
};
constexpr std::array protection_names = {
    NamedProtection{"authenticated_request", 0x04}, NamedProtection{"encrypted_request", 0x08},
    NamedProtection{"signed_request", 0x10},        NamedProtection{"authenticated_response", 0x20},
    NamedProtection{"encrypted_response", 0x40},    NamedProtection{"signed_response", 0x80},
};

void add_protection(Json& json, ProtectionBits bits) {
    Json names = Json::array();
    for (const NamedProtection& one : protection_names) {
        if ((bits & one.bit) != 0) {
            names.push_back(one.name);
        }
    }
    if (!names.empty()) {
        json["protection"] = std::move(names);
    }
}

/// Keys, or a title, are part of the association.
bool is_secured(const MeterParameters& parameters) {
    return client::uses_keys(parameters.security, parameters.mechanism) ||
           parameters.mechanism == Mechanism::hls_sha256 ||
           parameters.mechanism == Mechanism::hls_ecdsa;
}

/// What the meter makes of its own state, so that the simulated one does too; empty for what it
/// keeps.
std::string_view computed_name(const ListedObject& object, std::int8_t id,
                               const axdr::DataView& value, bool is_secured) {
    const bool is_current = object.instance == current_association;
    switch (object.class_id) {
        case 1:
            return is_secured && id == 2 && object.instance.octets()[2] == 43 &&
                           object.instance.octets()[3] == 1
                       ? "invocation_counter"
                       : "";
        case profile_generic: return id == 7 ? "entries_in_use" : "";
        case clock_class:
            return id == 2   ? "clock_time"
                   : id == 3 ? "clock_time_zone"
                   : id == 4 ? "clock_status"
                             : "";
        case association_sn:
            return !is_current ? "" : id == 2 ? "object_list" : id == 3 ? "access_rights_list" : "";
        case association_ln:
            return !is_current ? ""
                   : id == 2   ? "object_list"
                   : id == 5   ? "xdlms_context_info"
                   : id == 8   ? "association_status"
                               : "";
        case sap_assignment: {
            const auto devices = value.elements();
            return id == 2 && devices && devices->size() <= 1 ? "sap_assignment_list" : "";
        }
        case security_setup: return is_secured && id == 4 ? "client_system_title" : "";
        default: return "";
    }
}

/// Of these alone a computed value may be written.
bool may_be_written(std::string_view computed) {
    return computed == "clock_time" || computed == "clock_time_zone";
}

class Maker {
public:
    Maker(const MeterCopy& copy, const MeterParameters& parameters)
        : copy_(copy), parameters_(parameters), is_secured_(is_secured(parameters)) {}

    ScenarioDocument make(const std::string& name) {
        Json& json = document_.json;
        json["name"] = name;
        add_clock(json);
        add_hdlc(json);
        Json device;
        device["sap"] = parameters_.server_sap.value();
        device["name"] = logical_device_name();
        if (is_secured_) {
            device["security"] = security();
        }
        device["associations"] = Json::array({association()});
        device["objects"] = objects();
        json["logical_devices"] = Json::array({std::move(device)});
        return std::move(document_);
    }

private:
    void note(std::string sentence) { document_.notes.push_back(std::move(sentence)); }

    /// A place-holder at this place of the logical device.
    void hold(const std::string& place) {
        document_.placeholders.push_back("/logical_devices/0/" + place);
    }

    const CopiedObject* find(std::uint16_t class_id,
                             std::optional<cosem::ObisCode> instance = std::nullopt) const {
        const auto found = std::ranges::find_if(copy_.objects, [&](const CopiedObject& object) {
            return object.listed.class_id == class_id &&
                   (!instance || object.listed.instance == *instance);
        });
        return found != copy_.objects.end() ? &*found : nullptr;
    }

    /// What the meter's clock leaves unspecified, the simulated one does too.
    void add_clock(Json& json) const {
        constexpr std::int64_t most_minutes = 720;
        const CopiedObject* const clock = find(clock_class);
        const auto time = clock ? clock->value(2).octets() : Result<ByteView>();
        if (!time || time->size() != 12) {
            return;
        }
        const ByteView octets = *time;
        Json said;
        const auto zone = clock->value(3).signed_integer();
        if (zone && *zone >= -most_minutes && *zone <= most_minutes) {
            said["time_zone"] = *zone;
        }
        said["day_of_week"] = octets[4] != 0xFF;
        said["hundredths"] = octets[8] != 0xFF;
        said["deviation"] = octets[9] != 0x80 || octets[10] != 0;
        said["status"] = octets[11] != 0xFF;
        json["clock"] = std::move(said);
    }

    void add_hdlc(Json& json) {
        const client::LinkParameters& link = parameters_.link;
        if (link.kind != client::LinkKind::hdlc) {
            return;
        }
        Json hdlc;
        if (const auto address = client::hdlc_address(parameters_)) {
            hdlc["address_octets"] = address->octets;
            if (address->lower != 0) {
                hdlc["lower_address"] = address->lower;
            }
        }
        hdlc["max_information_transmit"] = link.hdlc.max_information;
        hdlc["max_information_receive"] = link.hdlc.max_information;
        hdlc["window_transmit"] = link.hdlc.window;
        hdlc["window_receive"] = link.hdlc.window;
        json["hdlc"] = std::move(hdlc);
        if (link.mode_e && !link.mode_e->device_address.empty()) {
            json["mode_e"]["device_address"] = link.mode_e->device_address;
        }
        if (link.mode_e && !link.mode_e->manufacturer.empty()) {
            json["mode_e"]["manufacturer"] = link.mode_e->manufacturer;
        }
    }

    std::string logical_device_name() {
        constexpr std::size_t longest = 16;
        const CopiedObject* const object = find(1, device_name);
        const axdr::DataView value = object ? object->value(2) : axdr::DataView();
        const auto octets = value.octets();
        const auto text = value.text();
        std::string name(octets ? as_text(*octets) : text ? *text : std::string_view());
        const bool is_printable =
            std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7F; });
        if (name.empty() || name.size() > longest || !is_printable) {
            note("the meter tells no logical device name that a scenario can have: it is CLONE");
            return "CLONE";
        }
        return name;
    }

    Json security() {
        Json json;
        const client::MeterSecurity& terms = parameters_.security;
        const CopiedObject* const setup = find(security_setup);
        const auto title = setup ? setup->value(5).octets() : Result<ByteView>();
        if (title && title->size() == 8) {
            json["system_title"] = to_hex(*title);
        } else if (terms.meter_title) {
            json["system_title"] = to_hex(terms.meter_title->octets());
        } else {
            json["system_title"] = title_placeholder;
            note("the meter's system title is not known: name it (/logical_devices/0/security)");
        }
        json["suite"] = security::number_of(terms.suite);
        const std::string zeros(2 * security::key_size(terms.suite), '0');
        const auto add_key = [&](const char* name, const std::string& digits) {
            json[name] = digits;
            hold(std::string("security/") + name);
        };
        add_key("unicast_key", zeros);
        add_key("authentication_key", zeros);
        const auto curve = security::curve_of(terms.suite);
        if (curve) {
            const std::string digits(2 * security::coordinate_size(*curve) - 1, '0');
            add_key("signing_key", digits + "1");
            add_key("agreement_key", digits + "1");
            note(
                "the public keys of its clients (client_signing_key, client_agreement_key, "
                "certificates) are not known");
        }
        return json;
    }

    Json association() {
        Json json;
        json["client_sap"] = parameters_.client_sap.value();
        json["name"] = "cloned";
        if (parameters_.referencing == association::Referencing::short_name) {
            json["referencing"] = "SN";
        }
        const Mechanism mechanism = copy_.association.mechanism;
        json["mechanism"] = acse::name(mechanism);
        if (mechanism != Mechanism::lowest && mechanism != Mechanism::hls_gmac &&
            mechanism != Mechanism::hls_ecdsa) {
            json["password"] = password_placeholder;
            hold("associations/0/password");
        }
        if (parameters_.security.ciphered) {
            constexpr std::array<std::string_view, 4> levels = {
                "none", "authentication", "encryption", "authenticated_encryption"};
            const security::Protection& used = parameters_.security.requests.protection;
            json["security"] = levels[(used.authenticated ? 1u : 0u) | (used.encrypted ? 2u : 0u)];
        }
        Json names = Json::array();
        for (int bit = 0; bit < xdlms::conformance_bits; ++bit) {
            const auto one = static_cast<xdlms::ConformanceBit>(bit);
            if (copy_.association.conformance.has(one)) {
                names.push_back(xdlms::name(one));
            }
        }
        json["conformance"] = std::move(names);
        if (copy_.association.server_max_receive_pdu_size >= least_pdu_size) {
            json["max_receive_pdu_size"] = copy_.association.server_max_receive_pdu_size;
        }
        if (parameters_.block_window > 1) {
            json["block_window"] = parameters_.block_window;
        }
        if (parameters_.pre_established) {
            json["pre_established"] = true;
        }
        return json;
    }

    Json objects() {
        Json list = Json::array();
        // A logical device of the simulator has each name once, but the associations' own.
        std::set<std::pair<cosem::ObisCode, bool>> names;
        for (const CopiedObject& object : copy_.objects) {
            const ListedObject& listed = object.listed;
            if (!names.insert({listed.instance, listed.class_id == association_sn}).second) {
                note(std::to_string(listed.class_id) + "/" + listed.instance.text() +
                     " is left out: another object has the same logical name");
                continue;
            }
            list.push_back(object_json(object));
        }
        return list;
    }

    Json object_json(const CopiedObject& object) {
        const ListedObject& listed = object.listed;
        Json json;
        json["obis"] = listed.instance.text();
        json["class"] = listed.class_id;
        if (listed.version != 0) {
            json["version"] = listed.version;
        }
        if (listed.base_name != 0 && listed.base_name % 8 == 0) {
            json["base_name"] = listed.base_name;
        } else if (listed.base_name != 0) {
            note(listed.instance.text() + ": its base name is no multiple of 8, and left out");
        }
        Json attributes = Json::array();
        for (const CopiedAttribute& attribute : object.attributes) {
            if (!is_absent(attribute)) {
                attributes.push_back(attribute_json(object, attribute));
            }
        }
        json["attributes"] = std::move(attributes);
        Json methods = Json::array();
        for (const ListedMethod& method : listed.methods) {
            Json one{{"id", method.id}, {"access", method.callable}};
            add_protection(one, method.protection);
            if (method.callable) {
                one["or_returns"] = nullptr;
            }
            methods.push_back(std::move(one));
        }
        if (!methods.empty()) {
            json["methods"] = std::move(methods);
        }
        return json;
    }

    /// The meter lists the attribute and knows nothing of it.
    static bool is_absent(const CopiedAttribute& attribute) {
        return attribute.state == State::refused &&
               attribute.failure->access_result == cosem::DataAccessResult::object_undefined;
    }

    /// What it would take no answer for, the copy refuses too.
    static bool is_denied(const CopiedAttribute& attribute) {
        return attribute.state == State::refused &&
               (attribute.failure->access_result == cosem::DataAccessResult::read_write_denied ||
                attribute.failure->access_result ==
                    cosem::DataAccessResult::scope_of_access_violated);
    }

    Json attribute_json(const CopiedObject& object, const CopiedAttribute& attribute) {
        const ListedAttribute& listed = attribute.listed;
        const std::string_view computed =
            computed_name(object.listed, listed.id, attribute.value.view(), is_secured_);
        const bool is_buffer = object.listed.class_id == profile_generic && listed.id == 2;
        const bool is_readable = listed.readable && !is_denied(attribute);
        const bool is_writable =
            listed.writable && !is_buffer && (computed.empty() || may_be_written(computed));
        Json json;
        json["id"] = listed.id;
        json["access"] = is_readable && is_writable ? "rw"
                         : is_readable              ? "r"
                         : is_writable              ? "w"
                                                    : "none";
        add_protection(json, listed.protection);
        if (is_buffer) {
            json["profile"] = profile(object);
        } else if (!computed.empty()) {
            json["computed"] = computed;
        } else {
            json["value"] = render::scenario_data(attribute.value.view());
            // Of what type it is, only the meter knows.
            if (is_writable && attribute.state != State::read) {
                json["any_type"] = true;
            }
        }
        return json;
    }

    static Json profile(const CopiedObject& object) {
        Json rows = Json::array();
        for (const axdr::Data& row : object.rows) {
            Json values = Json::array();
            const auto elements = row.view().elements();
            if (!elements) {
                continue;
            }
            for (const axdr::DataView& value : *elements) {
                values.emplace_back(render::scenario_data(value));
            }
            rows.push_back(std::move(values));
        }
        Json json = Json::object();
        if (!rows.empty()) {
            json["rows"] = std::move(rows);
        }
        return json;
    }

    static constexpr std::uint16_t least_pdu_size = 12;

    const MeterCopy& copy_;
    const MeterParameters& parameters_;
    bool is_secured_;
    ScenarioDocument document_;
};

}  // namespace

ScenarioDocument scenario_document(const MeterCopy& copy, const MeterParameters& parameters,
                                   const std::string& name) {
    return Maker(copy, parameters).make(name);
}

}  // namespace dlms::cli
