#include "transport/trace.hpp"

#include "stack/acse/aarq.hpp"
#include "stack/base/hex.hpp"
#include "stack/base/reader.hpp"
#include "stack/wrapper/wpdu.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/set.hpp"

namespace dlms::transport {
namespace {

/// The attribute in which an association object keeps its password or key.
bool is_secret(const cosem::AttributeDescriptor& attribute) {
    return attribute.class_id == 15 && attribute.attribute_id == 7;
}

/// Where `part`, a view into `wpdu`, begins.
std::size_t offset_in(ByteView wpdu, ByteView part) {
    return static_cast<std::size_t>(part.data() - wpdu.data());
}

/// Octets of the first WPDU; 0 while it is not whole. A header that is none takes everything.
std::size_t first_wpdu(ByteView stream) {
    if (stream.size() < wrapper::header_size) {
        return 0;
    }
    Reader header(stream, Layer::wrapper);
    if (header.u16() != wrapper::version) {
        return stream.size();
    }
    header.skip(4);
    const std::size_t size = wrapper::header_size + header.u16();
    return size <= stream.size() ? size : 0;
}

}  // namespace

void HexTrace::octets(Direction direction, ByteView bytes) {
    ByteBuffer& stream = direction == Direction::sent ? sent_ : received_;
    stream.insert(stream.end(), bytes.begin(), bytes.end());
    std::size_t shown = 0;
    while (const std::size_t size = first_wpdu(ByteView(stream).subspan(shown))) {
        show(direction, ByteView(stream).subspan(shown, size));
        shown += size;
    }
    stream.erase(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(shown));
}

void HexTrace::show(Direction direction, ByteView wpdu) {
    if (wrapper::decode_wpdu(wpdu)) {
        std::string hex = to_hex(wpdu);
        const Hidden hidden = hidden_part(wpdu);
        hex.replace(2 * hidden.first, 2 * hidden.count, hidden.count > 0 ? "**" : "");
        sink_(direction, hex);
    } else {
        sink_(direction, "(" + std::to_string(wpdu.size()) + " octets that are no WPDU)");
    }
}

HexTrace::Hidden HexTrace::hidden_part(ByteView wpdu) {
    const ByteView apdu = wpdu.subspan(wrapper::header_size);
    if (apdu.empty()) {
        return {};
    }
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case xdlms::ApduTag::aarq: {
            const auto aarq = acse::decode_aarq(apdu, {.keep_unknown_names = true});
            if (!aarq) {
                return {wrapper::header_size + 1, apdu.size() - 1};  // it may be anywhere
            }
            const auto& value = aarq->calling_authentication_value;
            return value ? Hidden{offset_in(wpdu, value->octets), value->octets.size()} : Hidden{};
        }
        case xdlms::ApduTag::get_request:
        case xdlms::ApduTag::set_request: return hidden_part_of_request(wpdu, apdu);
        case xdlms::ApduTag::get_response:
            // All behind tag, choice and invoke-id: in blocks a secret may be cut anywhere.
            return answer_is_secret_ && apdu.size() > 3
                       ? Hidden{wrapper::header_size + 3, apdu.size() - 3}
                       : Hidden{};
        default: return {};
    }
}

HexTrace::Hidden HexTrace::hidden_part_of_request(ByteView wpdu, ByteView apdu) {
    if (const auto set = xdlms::decode_set_request(apdu)) {
        const auto* normal = std::get_if<xdlms::SetRequestNormal>(&*set);
        if (!normal) {
            // Lists, and blocks in which a secret may be cut anywhere.
            return {wrapper::header_size + 3, apdu.size() - 3};
        }
        const ByteView value = normal->value.encoded();
        return is_secret(normal->attribute) ? Hidden{offset_in(wpdu, value), value.size()}
                                            : Hidden{};
    }
    const auto get = xdlms::decode_get_request(apdu, {.trailing_zeros = true});
    if (!get || std::holds_alternative<xdlms::GetRequestNext>(*get)) {
        return {};
    }
    answer_is_secret_ = false;
    if (const auto* normal = std::get_if<xdlms::GetRequestNormal>(&*get)) {
        answer_is_secret_ = is_secret(normal->attribute);
    } else {
        for (const auto& item : std::get<xdlms::GetRequestWithList>(*get).attributes) {
            answer_is_secret_ = answer_is_secret_ || is_secret(item.attribute);
        }
    }
    return {};
}

}  // namespace dlms::transport
