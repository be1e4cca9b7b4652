#pragma once
// Misbehaviour: what a meter says on demand that no meter may say, so that a client shows what it
// makes of it. It changes the APDUs of one association behind everything else.

#include <cstdint>
#include <optional>
#include <string_view>

#include "stack/base/bytes.hpp"

namespace dlms::simulator {

class DeviceSecurity;

class Misbehaviour {
public:
    enum class Kind : std::uint8_t {
        wrong_tag,            ///< one bit of each ciphered answer's authentication tag is another
        replay,               ///< each ciphered answer but the first is the first once more
        old_counter,          ///< each ciphered answer but the first has the invocation counter 1
        wrong_title,          ///< the AARE names another system title
        downgrade,            ///< what should be ciphered is sent as it is
        wrong_reply,          ///< the answer to the client's challenge is another (HLS pass 4)
        reflected_challenge,  ///< the meter's challenge is the client's own
    };
    static std::optional<Kind> from_name(std::string_view name);

    explicit Misbehaviour(Kind kind) : kind_(kind) {}

    /// What the client sends.
    void hear(ByteView apdu);
    /// What goes out in place of an APDU. `security` is that which has sealed it; only APDUs under
    /// global keys with authenticated encryption are opened.
    ByteBuffer distort(ByteView apdu, const DeviceSecurity& security);

private:
    ByteBuffer distort_aare(ByteView apdu) const;
    ByteBuffer distort_ciphered(ByteView apdu, const DeviceSecurity& security);

    Kind kind_;
    ByteBuffer challenge_;
    ByteBuffer first_;
    bool has_replied_ = false;
};

}  // namespace dlms::simulator
