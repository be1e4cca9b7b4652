// Where the members of an APDU begin: its octets are walked again, member by member, as they stand
// in the document, which has the order of the standard.

#include <array>

#include "render/decode_parts.hpp"
#include "stack/base/length.hpp"

namespace dlms::render::detail {
namespace {

struct Width {
    std::string_view member;
    std::size_t octets;
};

/// Members of one width wherever they stand; one that shares its octet with the next takes none.
constexpr std::array widths{
    Width{"service", 1},
    Width{"choice", 1},
    Width{"invoke_id_and_priority", 1},
    Width{"long_invoke_id_and_priority", 4},
    Width{"class_id", 2},
    Width{"obis", 6},
    Width{"attribute", 1},
    Width{"method", 1},
    Width{"short_name", 2},
    Width{"selector", 1},
    Width{"action_result", 1},
    Width{"state_error", 1},
    Width{"service_error", 1},
    Width{"expected_invocation_counter", 4},
    Width{"error_class", 1},
    Width{"error", 1},
    Width{"streaming", 0},
    Width{"window", 1},
    Width{"block_number_ack", 2},
    Width{"network_id", 1},
    Width{"proposed_dlms_version", 1},
    Width{"negotiated_dlms_version", 1},
    Width{"client_max_receive_pdu_size", 2},
    Width{"server_max_receive_pdu_size", 2},
    Width{"vaa_name", 2},
};

bool is_one_of(std::string_view member, std::initializer_list<std::string_view> list) {
    return std::ranges::find(list, member) != list.end();
}

/// A Data, in either form.
bool is_data(const Json& value) {
    return value.is_binary() || (value.is_object() && value.contains("type"));
}

class Walk {
public:
    Walk(ByteView apdu, std::size_t base, const Json& json)
        : reader_(apdu, Layer::xdlms), base_(base), service_(json.value("service", "")) {}

    bool reached_end() const { return reader_.ok() && reader_.at_end(); }

    void object(Json& json) {
        Json of = Json::object();
        for (auto& [member, value] : json.items()) {
            if (const auto offset = take(member, value)) {
                of[member] = base_ + *offset;
            }
        }
        if (!of.empty()) {
            json["@of"] = std::move(of);
        }
    }

private:
    bool is_general_block() const { return service_ == "general-block-transfer"; }
    bool has_block_of_short_names() const {
        return is_one_of(service_, {"read-request", "read-response", "write-request",
                                    "write-response", "unconfirmed-write-request"});
    }

    /// Takes the octets of a member. Returns where it begins; nothing where it has no octets, or
    /// says itself where it begins.
    std::optional<std::size_t> take(const std::string& member, Json& value) {
        const bool is_optional =
            is_one_of(member, {"return", "time", "dedicated_key", "response_allowed",
                               "request_specifications", "proposed_quality_of_service",
                               "negotiated_quality_of_service"});
        const bool has_flag = is_optional || (member == "parameters" && !value.is_array()) ||
                              (member == "access_selection" && service_ != "access-request" &&
                               service_ != "access-response");
        if (has_flag && reader_.u8() == 0) {
            return std::nullopt;
        }
        if (has_choice(member)) {
            reader_.skip(1);
        }
        const std::size_t where = reader_.offset();
        if (const auto width = std::ranges::find(widths, member, &Width::member);
            width != widths.end()) {
            reader_.skip(width->octets);
            return where;
        }
        return take_of_own_kind(member, value) ? std::optional(where) : std::nullopt;
    }

    /// Whether a choice stands before the member: a value, or why there is none.
    bool has_choice(std::string_view member) const {
        const bool is_get = service_ == "get-response";
        return (is_get && member == "raw_data") ||
               ((is_get || service_ == "action-response") &&
                is_one_of(member, {"data", "data_access_result"}));
    }

    bool take_of_own_kind(const std::string& member, Json& value) {
        if (is_data(value)) {
            axdr::read_data(reader_);
            return false;
        }
        if (value.is_array() && !member.ends_with("_conformance")) {
            take_list(value);
            return true;
        }
        if (member.ends_with("conformance_raw")) {
            // The tag of one octet or two, the length, and the count of unused bits.
            reader_.skip(2);
            reader_.skip(reader_.peek() == 4 ? 2 : 1);
            reader_.skip(3);
            return true;
        }
        if (member == "last_block") {
            reader_.skip(is_general_block() ? 0 : 1);
        } else if (member == "block_number") {
            reader_.skip(is_general_block() || has_block_of_short_names() ? 2 : 4);
        } else if (is_one_of(member, {"raw_data", "block_data", "time", "date_time",
                                      "dedicated_key", "physical_device_address"})) {
            reader_.skip(axdr::read_length(reader_));
        } else if (member == "apdu") {
            reader_.rest();
        } else if (is_one_of(member, {"response_allowed", "proposed_quality_of_service",
                                      "negotiated_quality_of_service", "data_access_result"})) {
            reader_.skip(1);
        } else if (value.is_object() && !value.contains("code")) {
            return take_object(member, value);
        } else if (member == "result") {
            reader_.skip(1);
        } else {
            return false;
        }
        return true;
    }

    bool take_object(const std::string& member, Json& value) {
        if (!is_one_of(member, {"result", "return", "access_selection"})) {
            return false;
        }
        if (member != "access_selection") {
            object(value);
            return true;
        }
        reader_.skip(1);
        axdr::read_data(reader_);
        return true;
    }

    void take_list(Json& list) {
        axdr::read_length(reader_);
        for (Json& item : list) {
            const std::size_t where = reader_.offset();
            if (is_data(item)) {
                axdr::read_data(reader_);
                continue;
            }
            if (item.contains("code")) {
                reader_.skip(1);
            } else {
                object(item);
            }
            item["@"] = base_ + where;
        }
    }

    Reader reader_;
    std::size_t base_;
    std::string service_;
};

struct AcseField {
    std::string_view pdu;
    std::uint8_t tag;  ///< without the bit that tells constructed from primitive
    const char* member;
};
constexpr std::uint8_t constructed = 0x20;

constexpr std::array acse_fields{
    AcseField{"AARQ", 0x80, "protocol_version"},
    AcseField{"AARQ", 0x81, "application_context"},
    AcseField{"AARQ", 0x82, "called_ap_title"},
    AcseField{"AARQ", 0x83, "called_ae_qualifier"},
    AcseField{"AARQ", 0x84, "called_ap_invocation_id"},
    AcseField{"AARQ", 0x85, "called_ae_invocation_id"},
    AcseField{"AARQ", 0x86, "calling_ap_title"},
    AcseField{"AARQ", 0x87, "calling_ae_qualifier"},
    AcseField{"AARQ", 0x88, "calling_ap_invocation_id"},
    AcseField{"AARQ", 0x89, "calling_ae_invocation_id"},
    AcseField{"AARQ", 0x8A, "sender_acse_requirements"},
    AcseField{"AARQ", 0x8B, "mechanism"},
    AcseField{"AARQ", 0x8C, "calling_authentication_value"},
    AcseField{"AARE", 0x80, "protocol_version"},
    AcseField{"AARE", 0x81, "application_context"},
    AcseField{"AARE", 0x82, "result"},
    AcseField{"AARE", 0x83, "diagnostic"},
    AcseField{"AARE", 0x84, "responding_ap_title"},
    AcseField{"AARE", 0x85, "responding_ae_qualifier"},
    AcseField{"AARE", 0x86, "responding_ap_invocation_id"},
    AcseField{"AARE", 0x87, "responding_ae_invocation_id"},
    AcseField{"AARE", 0x88, "responder_acse_requirements"},
    AcseField{"AARE", 0x89, "mechanism"},
    AcseField{"AARE", 0x8A, "responding_authentication_value"},
    AcseField{"RLRQ", 0x80, "reason"},
    AcseField{"RLRE", 0x80, "reason"},
    AcseField{"", 0x9D, "implementation_information"},
    AcseField{"", 0x9E, "user_information"},
};

}  // namespace

void mark_fields(Json& apdu, ByteView octets, const Decoding& decoding) {
    const auto base = decoding.offset_of(octets);
    if (!base || decoding.exhausted()) {
        return;
    }
    Json marked = apdu;
    Walk walk(octets, *base, apdu);
    walk.object(marked);
    // Offsets that may be wrong are worse than none.
    if (walk.reached_end()) {
        apdu = std::move(marked);
    }
}

void mark_acse_fields(Json& apdu, ByteView octets, const Decoding& decoding) {
    const auto base = decoding.offset_of(octets);
    if (!base) {
        return;
    }
    Reader reader(octets, Layer::acse);
    reader.skip(1);
    read_length(reader);
    const std::string pdu = apdu["pdu"].get<std::string>();
    apdu["@of"]["pdu"] = *base;
    while (reader.ok() && !reader.at_end()) {
        const std::size_t where = reader.offset();
        const auto tag = static_cast<std::uint8_t>(reader.u8() & ~constructed);
        reader.skip(read_length(reader));
        for (const AcseField& field : acse_fields) {
            if (field.tag == tag && (field.pdu.empty() || field.pdu == pdu) &&
                apdu.contains(field.member)) {
                apdu["@of"][field.member] = *base + where;
            }
        }
    }
}

}  // namespace dlms::render::detail
