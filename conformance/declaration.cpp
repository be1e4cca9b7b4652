#include "conformance/declaration.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <nlohmann/json.hpp>

#include "stack/base/hex.hpp"
#include "stack/cosem/obis_code.hpp"
#include "stack/xdlms/conformance.hpp"

namespace dlms::conformance {
namespace {

using Json = nlohmann::json;

/// What is wrong, and where; caught in parse_declaration().
struct Wrong {
    std::string sentence;
};

/// One object of the file: every member is asked for once, and those that nobody asked for are an
/// error.
class Members {
public:
    Members(const Json& json, std::string place) : json_(json), place_(std::move(place)) {
        if (!json_.is_object()) {
            complain("", "expected an object");
        }
    }

    [[noreturn]] void complain(std::string_view member, std::string_view sentence) const {
        throw Wrong{place(member) + ": " + std::string(sentence)};
    }
    std::string place(std::string_view member) const {
        return member.empty() ? (place_.empty() ? "/" : place_)
                              : place_ + "/" + std::string(member);
    }
    const Json* find(const char* member) {
        asked_.push_back(member);
        const auto found = json_.find(member);
        return found == json_.end() ? nullptr : &*found;
    }
    const Json& need(const char* member) {
        const Json* found = find(member);
        if (found == nullptr) {
            complain(member, "is missing");
        }
        return *found;
    }
    std::string text(const char* member, std::string otherwise) {
        const Json* found = find(member);
        if (found == nullptr) {
            return otherwise;
        }
        if (!found->is_string()) {
            complain(member, "expected a text");
        }
        return found->get<std::string>();
    }
    template <class Number>
    Number number(const char* member, Number otherwise, std::uint64_t least = 0,
                  std::uint64_t most = std::numeric_limits<Number>::max()) {
        const Json* found = find(member);
        if (found == nullptr) {
            return otherwise;
        }
        if (!found->is_number_unsigned() || found->get<std::uint64_t>() < least ||
            found->get<std::uint64_t>() > most) {
            complain(member, "expected an integer from " + std::to_string(least) + " to " +
                                 std::to_string(most));
        }
        return static_cast<Number>(found->get<std::uint64_t>());
    }
    bool flag(const char* member) {
        const Json* found = find(member);
        if (found != nullptr && !found->is_boolean()) {
            complain(member, "expected true or false");
        }
        return found != nullptr && found->get<bool>();
    }
    /// Octets in hexadecimal, of one of these sizes if any are given.
    Hex hex(const char* member, std::initializer_list<std::size_t> sizes = {}) {
        const std::string given = text(member, "");
        if (given.empty()) {
            return {};
        }
        const auto octets = from_hex(given);
        if (!octets) {
            complain(member, "expected hexadecimal digits");
        }
        if (sizes.size() > 0 && std::ranges::find(sizes, octets->size()) == sizes.end()) {
            complain(member, "expected " + std::to_string(*sizes.begin()) + " octets, not " +
                                 std::to_string(octets->size()));
        }
        return to_hex(*octets);
    }
    template <class Number>
    std::size_t choice(const char* member, const Number& names, std::string_view otherwise) {
        const std::string given = text(member, std::string(otherwise));
        std::string all;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == given) {
                return i;
            }
            all += (i == 0 ? "" : ", ") + std::string(names[i]);
        }
        complain(member, "expected one of: " + all);
    }
    std::vector<std::string> texts(const char* member) {
        std::vector<std::string> all;
        const Json* found = find(member);
        if (found == nullptr) {
            return all;
        }
        if (!found->is_array()) {
            complain(member, "expected a list of texts");
        }
        for (const Json& one : *found) {
            if (!one.is_string()) {
                complain(member, "expected a list of texts");
            }
            all.push_back(one.get<std::string>());
        }
        return all;
    }
    void end() const {
        for (const auto& [name, value] : json_.items()) {
            if (std::ranges::find(asked_, name) == asked_.end()) {
                std::string all;
                for (const std::string& one : asked_) {
                    all += (all.empty() ? "" : ", ") + one;
                }
                complain(name, "is not known here; known are: " + all);
            }
        }
    }

private:
    const Json& json_;
    std::string place_;
    std::vector<std::string> asked_;
};

constexpr std::array<std::string_view, 7> mechanisms{
    "lowest", "LLS", "HLS-manufacturer", "HLS-MD5", "HLS-SHA1", "HLS-GMAC", "HLS-SHA256"};
constexpr std::array<std::string_view, 4> protections{"none", "authentication", "encryption",
                                                      "authenticated_encryption"};
constexpr std::array<std::string_view, 8> permissions{
    "write", "execute", "relay", "clock", "profile", "wrong_passwords", "keys", "policy"};
constexpr std::array<std::string_view, 1> known_claims{"public_authentication_refused"};

std::uint32_t conformance_bits(Members& members) {
    const Json* found = members.find("conformance");
    if (found != nullptr && found->is_string()) {
        const auto octets = from_hex(found->get<std::string>());
        if (!octets || octets->size() != 3) {
            members.complain("conformance", "expected 3 octets in hexadecimal, or a list of names");
        }
        return static_cast<std::uint32_t>(big_endian<3>(*octets));
    }
    std::uint32_t bits = 0;
    for (const std::string& name : members.texts("conformance")) {
        const std::uint32_t before = bits;
        for (int i = 0; i < xdlms::conformance_bits; ++i) {
            if (xdlms::name(static_cast<xdlms::ConformanceBit>(i)) == name) {
                bits |= 0x800000u >> i;
            }
        }
        if (bits == before) {
            members.complain("conformance",
                             "'" + name + "' is no conformance bit, or stands there twice");
        }
    }
    return bits;
}

DeclaredAssociation association(const Json& json, const std::string& place) {
    Members members(json, place);
    DeclaredAssociation one;
    one.client_sap = members.number<std::uint16_t>("client_sap", 0, 1);
    if (one.client_sap == 0) {
        members.complain("client_sap", "is missing");
    }
    one.name = members.text("name", "client " + std::to_string(one.client_sap));
    one.server_sap = members.number<std::uint16_t>("server_sap", 1, 1);
    constexpr std::array<std::string_view, 2> referencings{"LN", "SN"};
    one.short_names = members.choice("referencing", referencings, "LN") == 1;
    one.mechanism =
        static_cast<std::uint8_t>(members.choice("mechanism", mechanisms, mechanisms[0]));
    const std::string password = members.text("password", "");
    one.secret = password.empty() ? members.hex("secret") : to_hex(as_bytes(password));
    one.conformance = conformance_bits(members);
    one.max_receive_pdu_size = members.number<std::uint16_t>("max_receive_pdu_size", 0);
    one.ciphered = members.find("protection") != nullptr;
    one.protection =
        static_cast<std::uint8_t>(members.choice("protection", protections, "none") << 4);
    one.client_system_title = members.hex("client_system_title", {8});
    one.pre_established = members.flag("pre_established");
    one.read_only = members.flag("read_only");
    if (const Json* users = members.find("users")) {
        if (!users->is_array()) {
            members.complain("users", "expected a list of user ids");
        }
        for (const Json& user : *users) {
            if (!user.is_number_unsigned() || user.get<std::uint64_t>() > 255) {
                members.complain("users", "expected user ids from 0 to 255");
            }
            one.users.push_back(user.get<std::uint8_t>());
        }
    }
    const bool needs_secret = one.mechanism != 0 && one.mechanism != 5;
    if (needs_secret && one.secret.empty()) {
        members.complain("password", "is missing: the mechanism needs it (or `secret`)");
    }
    if ((one.ciphered || one.mechanism >= 5) && one.client_system_title.empty()) {
        members.complain("client_system_title", "is missing: the association needs it");
    }
    members.end();
    return one;
}

DeclaredObject object(const Json& json, const std::string& place) {
    Members members(json, place);
    DeclaredObject one;
    one.class_id = members.number<std::uint16_t>("class", 0, 1);
    const std::string code = members.text("obis", "");
    const auto obis = cosem::ObisCode::parse(code);
    if (!obis) {
        members.complain("obis", "expected an OBIS code such as 1-0:1.8.0.255");
    }
    one.logical_name = to_hex(obis->octets());
    one.index = members.number<std::uint8_t>("attribute", 2, 1);
    one.index = members.number<std::uint8_t>("method", one.index, 1);
    one.parameter = members.hex("parameter");
    if (members.find("base_name") != nullptr) {
        one.base_name = members.number<std::uint16_t>("base_name", 0);
    }
    members.end();
    return one;
}

void timing(Members& all, Declaration& declaration) {
    const Json* json = all.find("timing");
    if (json == nullptr) {
        return;
    }
    Members members(*json, all.place("timing"));
    DeclaredTiming& timing = declaration.timing;
    timing.response =
        std::chrono::milliseconds(members.number<std::uint32_t>("response_ms", 5000, 1, 600'000));
    timing.silence =
        std::chrono::milliseconds(members.number<std::uint32_t>("silence_ms", 1000, 1, 600'000));
    timing.whole_case =
        std::chrono::seconds(members.number<std::uint32_t>("case_s", 120, 1, 86400));
    if (members.find("probe_client") != nullptr) {
        timing.probe_client = members.number<std::uint16_t>("probe_client", 0, 1);
    }
    members.end();
}

void hdlc(Members& all, Declaration& declaration) {
    const Json* json = all.find("hdlc");
    if (json == nullptr) {
        return;
    }
    Members members(*json, all.place("hdlc"));
    DeclaredHdlc& hdlc = declaration.hdlc;
    hdlc.address_octets = members.number<std::uint8_t>("address_octets", 1, 1, 4);
    if (hdlc.address_octets == 3) {
        members.complain("address_octets", "expected 1, 2 or 4");
    }
    hdlc.lower_address = members.number<std::uint16_t>("lower_address", 16, 0, 16383);
    hdlc.max_information_receive =
        members.number<std::uint16_t>("max_information_receive", 128, 32, 2030);
    hdlc.max_information_transmit =
        members.number<std::uint16_t>("max_information_transmit", 128, 32, 2030);
    hdlc.window_receive = members.number<std::uint8_t>("window_receive", 1, 1, 7);
    hdlc.window_transmit = members.number<std::uint8_t>("window_transmit", 1, 1, 7);
    hdlc.inter_octet_ms = members.number<std::uint16_t>("inter_octet_ms", 1000, 20, 6000);
    hdlc.inactivity_s = members.number<std::uint16_t>("inactivity_s", 0);
    members.end();
}

void lists(Members& all, Declaration& declaration) {
    const Json& associations = all.need("associations");
    if (!associations.is_array() || associations.empty()) {
        all.complain("associations", "expected a list of at least one");
    }
    for (std::size_t i = 0; i < associations.size(); ++i) {
        declaration.associations.push_back(
            association(associations[i], all.place("associations") + "/" + std::to_string(i)));
    }
    if (const Json* devices = all.find("logical_devices")) {
        for (std::size_t i = 0; i < devices->size(); ++i) {
            Members members((*devices)[i], all.place("logical_devices") + "/" + std::to_string(i));
            declaration.logical_devices.push_back(
                {members.number<std::uint16_t>("sap", 1, 1), members.text("name", "")});
            members.end();
        }
    }
    if (const Json* objects = all.find("objects")) {
        if (!objects->is_object()) {
            all.complain("objects", "expected an object");
        }
        for (const auto& [name, json] : objects->items()) {
            declaration.objects.emplace(name, object(json, all.place("objects") + "/" + name));
        }
    }
}

template <class Names>
std::vector<std::string> known_texts(Members& all, const char* member, const Names& names) {
    std::vector<std::string> given = all.texts(member);
    for (const std::string& one : given) {
        if (std::ranges::find(names, one) == names.end()) {
            std::string known;
            for (const std::string_view name : names) {
                known += (known.empty() ? "" : ", ") + std::string(name);
            }
            all.complain(member, "'" + one + "' is not known; known are: " + known);
        }
    }
    return given;
}

Declaration read_declaration(const Json& json) {
    Members all(json, "");
    Declaration declaration;
    declaration.meter = all.text("meter", "meter");
    constexpr std::array<std::string_view, 2> links{"wrapper", "hdlc"};
    declaration.link = all.choice("link", links, "wrapper") == 0 ? Link::wrapper : Link::hdlc;
    timing(all, declaration);
    hdlc(all, declaration);
    declaration.wrapper_inactivity_s = all.number<std::uint16_t>("wrapper_inactivity_s", 0);
    if (all.find("udp_port") != nullptr) {
        declaration.udp_port = all.number<std::uint16_t>("udp_port", 0, 1);
    }
    declaration.system_title = all.hex("system_title", {8});
    declaration.suite = all.number<std::uint8_t>("suite", 0, 0, 2);
    const std::size_t key_size = declaration.suite == 2 ? 32 : 16;
    declaration.unicast_key = all.hex("unicast_key", {key_size});
    declaration.authentication_key = all.hex("authentication_key", {key_size});
    declaration.master_key = all.hex("master_key", {key_size});
    declaration.least_counter = all.number<std::uint32_t>("invocation_counter", 1, 1);
    declaration.most_objects = all.number<std::uint32_t>("most_objects", 0);
    lists(all, declaration);
    declaration.allowed = known_texts(all, "allow", permissions);
    declaration.claims = known_texts(all, "claims", known_claims);
    all.end();
    return declaration;
}

}  // namespace

Hex DeclaredObject::descriptor() const {
    return descriptor(index);
}

Hex DeclaredObject::descriptor(std::uint8_t other_index) const {
    const std::array<Byte, 2> class_octets{static_cast<Byte>(class_id >> 8),
                                           static_cast<Byte>(class_id)};
    return to_hex(class_octets) + logical_name + to_hex(std::array<Byte, 1>{other_index});
}

bool Declaration::allows(std::string_view what) const {
    return std::ranges::find(allowed, what) != allowed.end();
}

bool Declaration::has_claim(std::string_view what) const {
    return std::ranges::find(claims, what) != claims.end();
}

const DeclaredObject* Declaration::object(std::string_view name) const {
    const auto found = objects.find(name);
    return found == objects.end() ? nullptr : &found->second;
}

std::expected<Declaration, std::string> parse_declaration(std::string_view json) {
    try {
        return read_declaration(Json::parse(json));
    } catch (const Wrong& wrong) {
        return std::unexpected(wrong.sentence);
    } catch (const Json::exception& error) {
        return std::unexpected(std::string("no JSON: ") + error.what());
    }
}

}  // namespace dlms::conformance
