#include "transport/wpdu_trace.hpp"

#include "stack/base/reader.hpp"
#include "stack/wrapper/wpdu.hpp"

namespace dlms::transport {
namespace {

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

void WpduTrace::octets(Direction direction, ByteView bytes, Instant, const Emit& emit) {
    if (datagrams_) {
        emit(show(direction, bytes));
        return;
    }
    ByteBuffer& stream = streams_[static_cast<std::size_t>(direction)];
    stream.insert(stream.end(), bytes.begin(), bytes.end());
    std::size_t shown = 0;
    while (const std::size_t size = first_wpdu(ByteView(stream).subspan(shown))) {
        emit(show(direction, ByteView(stream).subspan(shown, size)));
        shown += size;
    }
    stream.erase(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(shown));
}

std::string WpduTrace::show(Direction direction, ByteView wpdu) {
    if (!wrapper::decode_wpdu(wpdu)) {
        return "(" + std::to_string(wpdu.size()) + " octets that are no WPDU)";
    }
    const ByteBuffer conversation = conversation_of(wpdu.subspan(2, 2), wpdu.subspan(4, 2));
    SecretParts::Hidden hidden =
        secrets_.judge(conversation, direction, wpdu.subspan(wrapper::header_size), true);
    hidden.first += wrapper::header_size;
    return hex_without(wpdu, hidden);
}

}  // namespace dlms::transport
