#include "conformance/apdus.hpp"

#include "conformance/verdict.hpp"
#include "stack/base/hex.hpp"
#include "stack/cosem/obis_code.hpp"

namespace dlms::conformance {
namespace {

constexpr int deepest_data = 64;

Hex tagged(std::string_view tag, std::string_view content) {
    return std::string(tag) + counted(content);
}

[[noreturn]] void wrong(const std::string& what, const Hex& octets) {
    throw CaseEnd{Verdict::failed, what + ": " + octets};
}

/// Octets of a Data of fixed size behind its tag; nothing for another tag.
std::optional<std::size_t> fixed_size(std::uint64_t tag) {
    switch (tag) {
        case 0x00:
        case 0xFF: return 0;
        case 0x03:
        case 0x0D:
        case 0x0F:
        case 0x11:
        case 0x16:
        case 0x1C:
        case 0x1F: return 1;
        case 0x10:
        case 0x12:
        case 0x1D:
        case 0x20: return 2;
        case 0x05:
        case 0x06:
        case 0x17:
        case 0x1B:
        case 0x1E:
        case 0x21: return 4;
        case 0x1A: return 5;
        case 0x14:
        case 0x15:
        case 0x18: return 8;
        case 0x19: return 12;
        default: return std::nullopt;
    }
}

}  // namespace

Hex Aarq::encode() const {
    return tagged("60", protocol_version + context + called + calling_title + calling_qualifier +
                            calling_ids + requirements + mechanism + authentication +
                            user_information);
}

Hex context_name(std::uint8_t id) {
    return "A10906076085740508"
           "01" +
           number(id, 1);
}

Hex mechanism_name(std::uint8_t id) {
    return "8B076085740508"
           "02" +
           number(id, 1);
}

Hex authentication_value(std::string_view secret) {
    return tagged("AC", tagged("80", secret));
}

Hex user_information(std::string_view initiate) {
    return tagged("BE", tagged("04", initiate));
}

Hex initiate_request(const InitiateParts& parts) {
    return "01" + (parts.dedicated_key.empty() ? "00" : "01" + counted(parts.dedicated_key)) +
           (parts.response_allowed ? "00" : "0100") + parts.quality_of_service +
           number(parts.version, 1) + "5F1F0400" + parts.conformance +
           number(parts.max_pdu_size, 2);
}

Aare parse_aare(const Hex& apdu) {
    Cursor cursor(apdu);
    if (cursor.number(1) != 0x61) {
        wrong("expected an AARE", apdu);
    }
    const Hex content = cursor.counted();
    if (!cursor.at_end()) {
        wrong("octets follow the AARE", apdu);
    }
    Aare aare;
    Cursor fields(content);
    while (!fields.at_end()) {
        const auto tag = static_cast<std::uint8_t>(fields.number(1));
        aare.fields[tag] = fields.counted();
    }
    if (aare.field(0xA2).size() != 6 || !aare.field(0xA2).starts_with("0201")) {
        wrong("the AARE has no result", apdu);
    }
    aare.result = static_cast<int>(number_at(aare.field(0xA2), 2, 1));
    const Hex diagnostic = aare.field(0xA3);
    if (diagnostic.size() != 10 || diagnostic.substr(4, 4) != "0201") {
        wrong("the AARE has no result-source-diagnostic", apdu);
    }
    aare.source = static_cast<int>(number_at(diagnostic, 0, 1));
    aare.diagnostic = static_cast<int>(number_at(diagnostic, 4, 1));
    if (const Hex information = aare.field(0xBE); !information.empty()) {
        Cursor inner(information);
        if (inner.number(1) != 0x04) {
            wrong("the AARE's user-information is no OCTET STRING", apdu);
        }
        aare.user_information = inner.counted();
    }
    return aare;
}

InitiateResponse parse_initiate_response(const Hex& octets) {
    Cursor cursor(octets);
    if (cursor.number(1) != 0x08) {
        wrong("expected an InitiateResponse", octets);
    }
    if (cursor.number(1) != 0) {
        cursor.number(1);
    }
    InitiateResponse response;
    response.version = static_cast<std::uint8_t>(cursor.number(1));
    Hex tag = cursor.take(2);
    if (tag == "5F1F") {
        cursor.number(1);
    } else if (tag != "5F04") {
        wrong("the InitiateResponse has no conformance block", octets);
    }
    cursor.number(1);
    response.conformance = static_cast<std::uint32_t>(cursor.number(3));
    response.max_pdu_size = static_cast<std::uint16_t>(cursor.number(2));
    response.vaa_name = static_cast<std::uint16_t>(cursor.number(2));
    if (!cursor.at_end()) {
        wrong("octets follow the InitiateResponse", octets);
    }
    return response;
}

Hex get_request(std::string_view descriptor, std::string_view iip) {
    return "C001" + std::string(iip) + std::string(descriptor) + "00";
}

Hex set_request(std::string_view descriptor, std::string_view data, std::string_view iip) {
    return "C101" + std::string(iip) + std::string(descriptor) + "00" + std::string(data);
}

Hex action_request(std::string_view descriptor, std::string_view data, std::string_view iip) {
    return "C301" + std::string(iip) + std::string(descriptor) +
           (data.empty() ? "00" : "01" + std::string(data));
}

std::uint64_t Cursor::number(std::size_t octet_count) {
    const std::uint64_t value = number_at(hex_, at_, octet_count);
    at_ += octet_count;
    return value;
}

Hex Cursor::take(std::size_t octet_count) {
    if (octet_count > hex_.size() / 2 - at_) {
        wrong("the meter's answer is too short", hex_);
    }
    Hex taken = hex_.substr(2 * at_, 2 * octet_count);
    at_ += octet_count;
    return taken;
}

std::size_t Cursor::length() {
    const std::uint64_t first = number(1);
    if (first < 0x80) {
        return first;
    }
    const std::size_t size = first & 0x7F;
    if (size == 0 || size > 4) {
        wrong("a length that is none", hex_);
    }
    return number(size);
}

Hex Cursor::data() {
    const std::size_t begin = at_;
    skip_data(0);
    return hex_.substr(2 * begin, 2 * (at_ - begin));
}

void Cursor::skip_data(int depth) {
    const std::uint64_t tag = number(1);
    if (const auto size = fixed_size(tag)) {
        take(*size);
    } else if (tag == 1 || tag == 2) {
        const std::size_t count = length();
        for (std::size_t i = 0; i < count && depth < deepest_data; ++i) {
            skip_data(depth + 1);
        }
    } else if (tag == 4) {
        take((length() + 7) / 8);
    } else if (tag == 9 || tag == 0x0A || tag == 0x0C) {
        take(length());
    } else {
        wrong("a Data of tag " + conformance::number(tag, 1), hex_);
    }
}

std::vector<Hex> elements(const Hex& data) {
    Cursor cursor(data);
    const std::uint64_t tag = cursor.number(1);
    if (tag != 1 && tag != 2) {
        wrong("expected an array or a structure", data);
    }
    const std::size_t count = cursor.length();
    if (count > length(data)) {
        wrong("a count above what follows", data);
    }
    std::vector<Hex> all(count);
    for (Hex& one : all) {
        one = cursor.data();
    }
    return all;
}

Hex string_content(const Hex& data) {
    Cursor cursor(data);
    const std::uint64_t tag = cursor.number(1);
    if (tag != 9 && tag != 0x0A && tag != 0x0C) {
        wrong("expected an octet-string", data);
    }
    return cursor.counted();
}

std::int64_t integer(const Hex& data) {
    Cursor cursor(data);
    switch (cursor.number(1)) {
        case 0x0F: return static_cast<std::int8_t>(cursor.number(1));
        case 0x10: return static_cast<std::int16_t>(cursor.number(2));
        case 0x05: return static_cast<std::int32_t>(cursor.number(4));
        case 0x14:
        case 0x15: return static_cast<std::int64_t>(cursor.number(8));
        case 0x03:
        case 0x11:
        case 0x16: return static_cast<std::int64_t>(cursor.number(1));
        case 0x12: return static_cast<std::int64_t>(cursor.number(2));
        case 0x06: return static_cast<std::int64_t>(cursor.number(4));
        default: wrong("expected an integer", data);
    }
}

Hex octet_string(std::string_view content) {
    return "09" + counted(content);
}

Hex ListedObject::descriptor(int index) const {
    return number(class_id, 2) + logical_name + number(static_cast<std::uint8_t>(index), 1);
}

std::string ListedObject::text() const {
    return "class " + std::to_string(class_id) + ", " + obis_text(logical_name);
}

std::vector<ListedObject> parse_object_list(const Hex& data, bool short_names) {
    std::vector<ListedObject> all;
    for (const Hex& element : elements(data)) {
        const std::vector<Hex> fields = elements(element);
        if (fields.size() != 4) {
            wrong("an element of the object list that has not 4 parts", element);
        }
        ListedObject object;
        const std::size_t first = short_names ? 1 : 0;
        if (short_names) {
            object.base_name = static_cast<std::uint16_t>(integer(fields[0]));
        }
        object.class_id = static_cast<std::uint16_t>(integer(fields[first]));
        object.version = static_cast<std::uint8_t>(integer(fields[first + 1]));
        object.logical_name = string_content(fields[first + 2]);
        if (!short_names) {
            const std::vector<Hex> rights = elements(fields[3]);
            if (rights.size() != 2) {
                wrong("access rights that have not 2 parts", fields[3]);
            }
            for (const Hex& right : elements(rights[0])) {
                const std::vector<Hex> parts = elements(right);
                object.attributes[static_cast<int>(integer(parts.at(0)))] =
                    static_cast<int>(integer(parts.at(1)));
            }
            for (const Hex& right : elements(rights[1])) {
                const std::vector<Hex> parts = elements(right);
                object.methods[static_cast<int>(integer(parts.at(0)))] =
                    static_cast<int>(integer(parts.at(1)));
            }
        }
        all.push_back(std::move(object));
    }
    return all;
}

std::string obis_text(const Hex& logical_name) {
    const ByteBuffer bytes = octets(logical_name);
    return bytes.size() == 6 ? cosem::ObisCode::from_octets(ByteView(bytes).first<6>()).text()
                             : logical_name;
}

bool may_read(int mode, int association_version) {
    return association_version >= 3 ? (mode & 1) != 0
                                    : mode == 1 || mode == 3 || mode == 4 || mode == 6;
}

bool may_write(int mode, int association_version) {
    return association_version >= 3 ? (mode & 2) != 0
                                    : mode == 2 || mode == 3 || mode == 5 || mode == 6;
}

}  // namespace dlms::conformance
