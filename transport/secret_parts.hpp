#pragma once
// SecretParts: which octets of an APDU must not be shown to anybody who reads a trace.
//
// Hidden are the calling-authentication-value of an AARQ and a dedicated key that it carries in the
// clear; the secret of an association object (class 15, attribute 7, methods 1 and 2) in SET,
// ACTION and ACCESS, and in the answers to a GET or an ACCESS that asks for it; and the contents of
// SET and ACTION in lists and blocks, and of a Write to the current association's short names, or a
// Read that invokes one of its methods, where a secret may stand, and be cut, anywhere. The same in
// APDUs that are authenticated or signed and not enciphered. What does not decode is hidden rather
// than shown.

#include <array>
#include <cstdint>
#include <map>

#include "stack/base/bytes.hpp"
#include "transport/trace.hpp"

namespace dlms::transport {

class SecretParts {
public:
    /// Octets of an APDU, or of its beginning, that are to be hidden.
    struct Hidden {
        std::size_t first = 0;
        std::size_t count = 0;
        bool rest = false;  ///< and all that follows what was given

        friend bool operator==(const Hidden&, const Hidden&) = default;
    };

    /// Judges what is said next in a `conversation`: the addresses of a client and a meter, the
    /// same in both directions. Of a segmented APDU only the first segment is given, and `is_whole`
    /// is false.
    Hidden judge(ByteView conversation, Direction direction, ByteView apdu, bool is_whole);

private:
    /// What was asked last.
    struct Asked {
        std::uint16_t secret_gets = 0;  // a bit an invoke-id: its GET asks for a secret
        bool secret_access = false;     // so does the last ACCESS
        // By direction: what the first of the general blocks had to hide goes on in the others.
        std::array<bool, 2> hides_blocks{};
    };

    static Hidden judge_any(Asked& asked, Direction direction, ByteView apdu, bool is_whole);
    static Hidden judge_apdu(Asked& asked, ByteView apdu, bool is_whole);
    static Hidden judge_envelope(Asked& asked, Direction direction, ByteView apdu, bool is_whole);
    static Hidden judge_block(Asked& asked, Direction direction, ByteView apdu, bool is_whole);
    static Hidden judge_get_response(const Asked& asked, ByteView apdu, bool is_whole);
    static void note_get(Asked& asked, ByteView apdu);

    std::map<ByteBuffer, Asked> conversations_;
};

}  // namespace dlms::transport
