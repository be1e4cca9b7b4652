#pragma once
// What a meter sends by itself, outside of any association: opened with the meter's keys, and its
// confirmation sealed with them.

#include <optional>
#include <string_view>

#include "client/meter_security.hpp"
#include "client/number_supply.hpp"
#include "stack/base/random.hpp"

namespace dlms::client {

/// What proves that a push is the meter's.
enum class PushTrust : std::uint8_t {
    plain,       ///< nothing: it was not protected
    unverified,  ///< it was deciphered, and nothing proves that nobody changed it
    verified,    ///< its tag or signature
};

/// For interfaces: "plain", "unverified", "verified".
std::string_view name(PushTrust trust);
PushTrust trust_of(const security::Opened& opened);

/// Whether an APDU has to be opened first.
bool is_protected(ByteView apdu);
/// The title that a protected APDU names as its sender's; nothing where it names none.
std::optional<security::SystemTitle> sender_of(ByteView apdu);

/// The APDU inside of one that is signed or authenticated and hides nothing, for who has no keys:
/// nothing proves it. A view into `apdu`; nothing where it is ciphered.
std::optional<ByteView> content_in_the_clear(ByteView apdu);

/// Opens one push that is ciphered or signed.
class PushOpener {
public:
    /// For `apdu`, which must outlive what is made of it. Without an authentication key what is
    /// ciphered is opened unverified; the suite is the one that the APDU names, if the keys fit it
    /// (meters with keys of suite 0 were seen to name suite 1). `counters` and `random` outlive it.
    /// Errors: key_missing without any key that may open it, out_of_range.
    static Result<PushOpener> create(ByteView apdu, const MeterSecurity& security,
                                     DurableCounters& counters, Random& random);

    /// Opens it. Errors: those of ApduProtection::open(), of which counter_too_low says that it, or
    /// a later one, has come before; wrong_system_title for another sender than the meter;
    /// counter_not_reserved. `is_repeated`: it is known to have come before, and is opened once
    /// more.
    Result<security::Opened> open(bool is_repeated = false);
    /// Notes the counter of what was opened, so that it is not taken again: to be called when what
    /// it brought is kept. Durable with DurableCounters::flush_received(). Errors:
    /// counter_not_reserved.
    Status accept() { return numbers_.save(protection_); }
    /// An answer in the same envelope, with numbers of ours. Errors: those of NumberSupply::begin()
    /// and ApduProtection::protect().
    Result<ByteBuffer> seal(ByteView apdu, const security::Opened& answered);

private:
    PushOpener(ByteView apdu, security::ApduProtection protection, const MeterSecurity& security,
               DurableCounters& counters);

    ByteView apdu_;
    security::ApduProtection protection_;
    NumberSupply numbers_;
    std::optional<security::SystemTitle> meter_title_;
};

}  // namespace dlms::client
