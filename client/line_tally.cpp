#include "client/line_tally.hpp"

namespace dlms::client {
namespace {

constexpr std::array members{
    &LineTally::octets_sent,    &LineTally::octets_received,  &LineTally::answers,
    &LineTally::late_answers,   &LineTally::unexpected_apdus, &LineTally::malformed_apdus,
    &LineTally::refused_apdus,  &LineTally::misaddressed,     &LineTally::bad_datagrams,
    &LineTally::damaged_frames, &LineTally::stray_frames,     &LineTally::repetitions,
};
static_assert(sizeof(LineTally) == members.size() * sizeof(std::uint64_t));

}  // namespace

LineTally LineTally::since(const LineTally& before) const {
    LineTally difference;
    for (const auto member : members) {
        difference.*member = this->*member - before.*member;
    }
    return difference;
}

LineTally& LineTally::operator+=(const LineTally& more) {
    for (const auto member : members) {
        this->*member += more.*member;
    }
    return *this;
}

std::array<LineTally::Drop, 8> LineTally::drops() const {
    return {{{"late_answer", late_answers},
             {"unexpected_apdu", unexpected_apdus},
             {"malformed_apdu", malformed_apdus},
             {"refused_apdu", refused_apdus},
             {"misaddressed", misaddressed},
             {"bad_datagram", bad_datagrams},
             {"damaged_frame", damaged_frames},
             {"stray_frame", stray_frames}}};
}

}  // namespace dlms::client
