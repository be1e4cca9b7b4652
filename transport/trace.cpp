#include "transport/trace.hpp"

#include "stack/acse/aarq.hpp"
#include "stack/base/hex.hpp"
#include "stack/base/reader.hpp"
#include "stack/wrapper/wpdu.hpp"

namespace dlms::transport {
namespace {

/// The octets of the line that must not be shown, as first and count.
struct Hidden {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// An AARQ that does not decode is hidden whole: where its password stands is not known.
Hidden hidden_part(ByteView wpdu) {
    const ByteView apdu = wpdu.subspan(wrapper::header_size);
    if (apdu.empty() || apdu[0] != acse::Aarq::tag) {
        return {};
    }
    const auto aarq = acse::decode_aarq(apdu, {.keep_unknown_names = true});
    if (!aarq) {
        return {wrapper::header_size + 1, apdu.size() - 1};
    }
    if (!aarq->calling_authentication_value) {
        return {};
    }
    const ByteView secret = aarq->calling_authentication_value->octets;
    return {static_cast<std::size_t>(secret.data() - wpdu.data()), secret.size()};
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
    std::string hex = to_hex(wpdu);
    const Hidden hidden = hidden_part(wpdu);
    hex.replace(2 * hidden.first, 2 * hidden.count, hidden.count > 0 ? "**" : "");
    sink_(direction, hex);
}

}  // namespace dlms::transport
