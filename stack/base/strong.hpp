#pragma once
// Strong types for numbers that must not be swapped. No implicit conversion in either direction.

#include <compare>
#include <cstdint>

namespace dlms {

template <class Tag, class T>
class Strong {
public:
    constexpr Strong() = default;
    constexpr explicit Strong(T value) : value_(value) {}
    constexpr T value() const { return value_; }
    friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

private:
    T value_{};
};

/// Client service access point: wrapper port or HDLC address of the head end's side. 16 = public.
using ClientSap = Strong<struct ClientSapTag, std::uint16_t>;

/// Server service access point: the logical device inside the meter. 1 = management.
using ServerSap = Strong<struct ServerSapTag, std::uint16_t>;

/// Invoke identifier of a confirmed service, 0-15 (Green Book 9.4.6, Invoke-Id-And-Priority).
using InvokeId = Strong<struct InvokeIdTag, std::uint8_t>;

}  // namespace dlms
