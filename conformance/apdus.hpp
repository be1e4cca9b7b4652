#pragma once
// APDUs of the suite's own making, in hexadecimal, and what a case wants to know of answers.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/frames.hpp"

namespace dlms::conformance {

/// The current association, and its attributes' descriptors.
inline const Hex current_association = "000F0000280000FF";
/// GET of the current association's logical name: served in every association.
inline const Hex get_own_name = "C001C1000F0000280000FF0100";
inline const Hex own_name_answer = "C401C10009060000280000FF";
inline const Hex read_own_name = "050102FA00";
inline const Hex not_supported = "D80102";

/// An AARQ field by field, each with tag and length, in the order of the standard; a case changes
/// what it is about.
struct Aarq {
    Hex protocol_version;
    Hex context;
    Hex called;  ///< A2 to A5
    Hex calling_title;
    Hex calling_qualifier;  ///< A7
    Hex calling_ids;        ///< A8 and A9
    Hex requirements;       ///< 8A
    Hex mechanism;          ///< 8B
    Hex authentication;     ///< AC
    Hex user_information;   ///< BE

    Hex encode() const;
};

Hex context_name(std::uint8_t id);
Hex mechanism_name(std::uint8_t id);
Hex authentication_value(std::string_view secret);
Hex user_information(std::string_view initiate);

struct InitiateParts {
    Hex dedicated_key{};  ///< empty: absent
    bool response_allowed = true;
    Hex quality_of_service = "00";  ///< as encoded
    std::uint8_t version = 6;
    Hex conformance{};  ///< 3 octets
    std::uint16_t max_pdu_size = 0xFFFF;
};
Hex initiate_request(const InitiateParts& parts);

struct Aare {
    std::map<std::uint8_t, Hex> fields;  ///< content by tag
    int result = -1;
    int source = 0;  ///< A1 user, A2 provider
    int diagnostic = -1;
    Hex user_information;  ///< content of the OCTET STRING

    bool is_accepted() const { return result == 0; }
    Hex field(std::uint8_t tag) const {
        const auto found = fields.find(tag);
        return found == fields.end() ? Hex() : found->second;
    }
};
/// Throws CaseEnd (failed) for what is no AARE.
Aare parse_aare(const Hex& apdu);

struct InitiateResponse {
    std::uint32_t conformance = 0;
    std::uint16_t max_pdu_size = 0;
    std::uint16_t vaa_name = 0;
    std::uint8_t version = 0;
};
InitiateResponse parse_initiate_response(const Hex& octets);

Hex get_request(std::string_view descriptor, std::string_view iip = "C1");
Hex set_request(std::string_view descriptor, std::string_view data, std::string_view iip = "C1");
Hex action_request(std::string_view descriptor, std::string_view data, std::string_view iip = "C1");

/// Takes octets of an answer apart; each call throws CaseEnd (failed) when they are too few.
class Cursor {
public:
    explicit Cursor(const Hex& hex) : hex_(hex) {}
    std::uint64_t number(std::size_t octet_count);
    Hex take(std::size_t octet_count);
    std::size_t length();
    Hex counted() { return take(length()); }
    /// One Data with all it holds, as octets.
    Hex data();
    bool at_end() const { return 2 * at_ >= hex_.size(); }
    Hex rest() const { return hex_.substr(2 * at_); }

private:
    void skip_data(int depth);

    const Hex& hex_;
    std::size_t at_ = 0;
};

/// The elements of an array or structure, each as octets of a Data. Throws CaseEnd (failed) for
/// another Data.
std::vector<Hex> elements(const Hex& data);
/// The content of an octet-string, visible-string or UTF-8 string.
Hex string_content(const Hex& data);
/// An integer of any type, enum and boolean included.
std::int64_t integer(const Hex& data);
Hex octet_string(std::string_view content);

/// One object of an object_list.
struct ListedObject {
    std::uint16_t class_id = 0;
    std::uint8_t version = 0;
    Hex logical_name;
    std::map<int, int> attributes;  ///< access mode by attribute id
    std::map<int, int> methods;
    std::uint16_t base_name = 0;  ///< of short names

    Hex descriptor(int index) const;
    std::string text() const;  ///< "class 3, 1-0:1.8.0.255"
};
std::vector<ListedObject> parse_object_list(const Hex& data, bool short_names);

/// A logical name as people write it.
std::string obis_text(const Hex& logical_name);

/// Reads and writes by access mode of an association of version 0 to 2, or 3 and later.
bool may_read(int mode, int association_version);
bool may_write(int mode, int association_version);

}  // namespace dlms::conformance
