#pragma once
// System title (Green Book 4.3.4; sheet section 11.10): 8 octets that name a device or a head end,
// three letters of its maker and five octets of its own.

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms::security {

class SystemTitle {
public:
    static constexpr std::size_t size = 8;

    /// Errors: wrong_system_title unless there are 8 octets.
    static Result<SystemTitle> from(ByteView octets);
    /// 16 hexadecimal digits in either case, as certificates carry it. Errors: wrong_system_title.
    static Result<SystemTitle> from_hex(std::string_view digits);

    constexpr explicit SystemTitle(const std::array<Byte, size>& octets) : octets_(octets) {}

    /// Valid as long as the title.
    ByteView octets() const& { return octets_; }
    ByteView octets() const&& = delete;
    /// 16 upper-case digits.
    std::string hex() const;

    friend constexpr auto operator<=>(const SystemTitle&, const SystemTitle&) = default;

private:
    std::array<Byte, size> octets_;
};

}  // namespace dlms::security
