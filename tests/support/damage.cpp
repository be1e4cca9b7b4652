#include "tests/support/damage.hpp"

#include "stack/base/hex.hpp"
#include "stack/base/random.hpp"
#include "tests/support/exact_buffer.hpp"

namespace dlms::testing {
namespace {

std::optional<Error> try_exact(ByteView octets, const TryDecode& decode) {
    const ExactBuffer exact(octets);
    return decode(exact.view());
}

std::string bad_offset(const std::optional<Error>& error, ByteView octets) {
    if (!error || error->offset <= octets.size()) {
        return {};
    }
    return "error " + std::string(name(error->code)) + " at octet " +
           std::to_string(error->offset) + " of " + to_hex(octets) + '\n';
}

std::string refusal_fault(std::string_view what, ByteView octets, const TryDecode& decode) {
    const std::optional<Error> error = try_exact(octets, decode);
    if (!error) {
        return std::string(what) + " accepted: " + to_hex(octets) + '\n';
    }
    return bad_offset(error, octets);
}

}  // namespace

std::string faults_of_prefixes_and_extensions(ByteView octets, const TryDecode& decode) {
    std::string faults;
    for (std::size_t length = 0; length < octets.size(); ++length) {
        faults += refusal_fault("prefix", octets.first(length), decode);
    }
    ByteBuffer longer = to_buffer(octets);
    longer.push_back(0);
    for (unsigned extra = 0; extra < 256; ++extra) {
        longer.back() = static_cast<Byte>(extra);
        faults += refusal_fault("extension", longer, decode);
    }
    return faults;
}

std::string faults_of_changes(ByteView octets, std::size_t count, std::uint64_t seed,
                              const TryDecode& decode) {
    std::string faults;
    if (octets.empty()) {
        return faults;
    }
    SeededRandom random(seed);
    for (std::size_t i = 0; i < count; ++i) {
        ByteBuffer changed = to_buffer(octets);
        const std::uint64_t draw = random.next_u64();
        const std::size_t place = draw % changed.size();
        changed[place] = static_cast<Byte>(changed[place] ^ (1 + (draw >> 32) % 255));
        faults += bad_offset(try_exact(changed, decode), changed);
    }
    return faults;
}

std::string faults_of_damage(ByteView octets, const TryDecode& decode) {
    std::uint64_t seed = octets.size();
    for (const Byte octet : octets) {
        seed = seed * 31 + octet;
    }
    return faults_of_prefixes_and_extensions(octets, decode) +
           faults_of_changes(octets, 1000, seed, decode);
}

}  // namespace dlms::testing
