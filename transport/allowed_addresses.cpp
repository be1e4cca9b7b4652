#include "transport/allowed_addresses.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace dlms::transport {

namespace {

std::array<std::uint8_t, 16> octets_of(const asio::ip::address& address) {
    if (address.is_v4()) {
        return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
    }
    return address.to_v6().to_bytes();
}

}  // namespace

AllowedAddresses::AllowedAddresses() {
    for (const std::string_view text :
         {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7"}) {
        allowed_.push_back(range(text));
    }
    for (const std::string_view text : {"0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
                                        "::/128", "fe80::/10", "fec0::/10", "ff00::/8"}) {
        never_.push_back(range(text));
    }
}

std::expected<AllowedAddresses, std::string> AllowedAddresses::parse(std::string_view list) {
    AllowedAddresses allow;
    allow.allowed_.clear();
    while (!list.empty()) {
        const std::size_t end = list.find_first_of(", \t");
        const std::string_view entry = list.substr(0, end);
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
        if (entry.empty()) {
            continue;
        }
        auto parsed = parse_range(entry);
        if (!parsed) {
            return std::unexpected(std::move(parsed.error()));
        }
        allow.allowed_.push_back(*parsed);
    }
    return allow;
}

bool AllowedAddresses::allows(const asio::ip::address& address) const {
    const auto octets = octets_of(address);
    const auto holds = [&](const Range& range) { return contains(range, octets); };
    return std::ranges::none_of(never_, holds) && std::ranges::any_of(allowed_, holds);
}

AllowedAddresses::Range AllowedAddresses::range(std::string_view text) {
    return parse_range(text).value();
}

std::expected<AllowedAddresses::Range, std::string> AllowedAddresses::parse_range(
    std::string_view text) {
    const auto wrong = [&] {
        return std::unexpected("'" + std::string(text) +
                               "' is no address range such as 10.0.0.0/8");
    };
    const std::size_t slash = text.find('/');
    asio::error_code error;
    const auto address = asio::ip::make_address(std::string(text.substr(0, slash)), error);
    if (error || (address.is_v6() && address.to_v6().scope_id() != 0)) {
        return wrong();
    }
    const unsigned width = address.is_v4() ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string_view::npos) {
        const std::string_view length = text.substr(slash + 1);
        const auto parsed = std::from_chars(length.data(), length.data() + length.size(), bits);
        if (parsed.ec != std::errc{} || parsed.ptr != length.data() + length.size() ||
            bits > width) {
            return wrong();
        }
    }
    return Range{octets_of(address), bits + 128 - width};
}

bool AllowedAddresses::contains(const Range& range, const std::array<std::uint8_t, 16>& octets) {
    const std::size_t whole = range.bits / 8;
    if (!std::equal(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(whole),
                    range.base.begin())) {
        return false;
    }
    const unsigned rest = range.bits % 8;
    if (rest == 0) {
        return true;
    }
    const unsigned mask = 0xFFU << (8 - rest) & 0xFFU;
    return (octets[whole] & mask) == (range.base[whole] & mask);
}

}  // namespace dlms::transport
