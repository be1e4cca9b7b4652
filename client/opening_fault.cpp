#include "client/opening_fault.hpp"

namespace dlms::client {
namespace {

using Counters = iec62056_21::ModeEClient::Counters;

/// What came that is no message, or no good one; empty if there was nothing.
std::string what_came(const Counters& counters) {
    std::string text;
    const auto add = [&text](std::uint64_t count, std::string_view what) {
        if (count > 0) {
            text += (text.empty() ? "" : ", ") + std::to_string(count) + std::string(what);
        }
    };
    add(counters.octets_dropped, " octets that belong to no message");
    add(counters.damaged_messages, " damaged messages");
    add(counters.unexpected_messages, " messages out of turn");
    add(counters.parity_errors, " parity errors");
    return text;
}

}  // namespace

std::string fault_of_opening(const iec62056_21::OpeningFailed& failed, const Counters& counters) {
    const std::string maker(failed.manufacturer);
    const std::string came = what_came(counters);
    switch (failed.error.code) {
        case ErrorCode::timeout: {
            const std::string waited =
                maker.empty() ? "an identification (/XXX...) was expected in answer to the opening "
                                "request /?!"
                              : "the meter of maker " + maker + " stopped answering";
            return waited + (came.empty() ? "; nothing came" : "; came: " + came);
        }
        case ErrorCode::wrong_manufacturer:
            return "expected a meter of maker " + std::string(failed.expected_manufacturer) +
                   ", and one of maker " + maker + " answered";
        case ErrorCode::unsupported_mode:
            return "the meter of maker " + maker + " does not announce HDLC (\\2)";
        case ErrorCode::unsupported_baud_rate:
            return "the meter of maker " + maker + " does not offer the line's speed";
        default: return came.empty() ? std::string() : "came: " + came;
    }
}

}  // namespace dlms::client
