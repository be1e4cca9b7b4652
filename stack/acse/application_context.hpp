#pragma once
// Application context names (Green Book 9.4.2.2.2): how objects are referenced and whether xDLMS
// APDUs may be ciphered. On the wire an object identifier, 2.16.756.5.8.1.n.

#include <optional>
#include <string_view>

#include "stack/base/bytes.hpp"

namespace dlms::acse {

enum class ApplicationContext : std::uint8_t {
    ln = 1,           ///< logical name referencing, no ciphering
    sn = 2,           ///< short name referencing, no ciphering
    ln_ciphered = 3,  ///< logical name referencing with ciphering
    sn_ciphered = 4,  ///< short name referencing with ciphering
};

/// "LN", "SN", "LN-ciphered" or "SN-ciphered"; empty for another value.
std::string_view name(ApplicationContext context);

/// An application context name as it stands in an APDU. Made from an ApplicationContext it is valid
/// for ever, made from octets as long as these are.
class ApplicationContextName {
public:
    /// The name of a context; of `ln` where the value is none of the four.
    ApplicationContextName(ApplicationContext context);
    explicit ApplicationContextName(ByteView object_identifier)
        : object_identifier_(object_identifier) {}

    /// The context, or nothing for an object identifier of another origin.
    std::optional<ApplicationContext> known() const;
    /// The content octets of the OBJECT IDENTIFIER.
    ByteView object_identifier() const { return object_identifier_; }

    friend bool operator==(const ApplicationContextName& a, const ApplicationContextName& b) {
        return as_text(a.object_identifier_) == as_text(b.object_identifier_);
    }

private:
    ByteView object_identifier_;
};

}  // namespace dlms::acse
