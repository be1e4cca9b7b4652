#pragma once
// WpduTrace: the octets of a wrapper connection as lines of hexadecimal text, one a WPDU.

#include "stack/base/bytes.hpp"
#include "transport/secret_parts.hpp"
#include "transport/trace_lines.hpp"

namespace dlms::transport {

class WpduTrace final : public TraceLines {
public:
    /// Datagrams hold one WPDU each; else they come in a stream.
    explicit WpduTrace(bool datagrams) : datagrams_(datagrams) {}

    void octets(Direction direction, ByteView bytes, Instant now, const Emit& emit) override;

private:
    std::string show(Direction direction, ByteView wpdu);

    bool datagrams_;
    std::array<ByteBuffer, 2> streams_;  // by direction: a WPDU that is not whole yet
    SecretParts secrets_;
};

}  // namespace dlms::transport
