#pragma once
// HdlcClient: a client on an HDLC line in virtual time that builds its frames by hand, with the
// codec of stack/hdlc and no link of its own.

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "simulator/line_machine.hpp"
#include "stack/base/hex.hpp"
#include "stack/hdlc/frame.hpp"
#include "stack/hdlc/llc.hpp"
#include "tests/support/octets.hpp"

namespace dlms::simulator::testing {

using dlms::testing::octets;

namespace control {

inline constexpr std::uint8_t snrm = 0x93;
inline constexpr std::uint8_t disc = 0x53;
inline constexpr std::uint8_t ua = 0x73;
inline constexpr std::uint8_t dm = 0x1F;
inline constexpr std::uint8_t ui = 0x03;
inline constexpr std::uint8_t frmr = 0x97;
inline constexpr std::uint8_t rr = 0x11;
inline constexpr std::uint8_t rnr = 0x15;

}  // namespace control

/// A frame with both flags, in hexadecimal.
inline std::string hdlc_frame(const hdlc::Address& to, const hdlc::Address& from,
                              std::uint8_t control_octet, std::string_view information = "",
                              bool segmented = false) {
    const ByteBuffer content = octets(information);
    ByteBuffer bytes;
    Writer writer(bytes);
    hdlc::encode(writer, {segmented, to, from,
                          hdlc::ControlField::from_octet(control_octet).value(), content});
    BOOST_REQUIRE(writer.ok());
    return to_hex(bytes);
}

/// The frames in octets that hold whole frames only.
inline std::vector<hdlc::Frame> hdlc_frames(ByteView bytes) {
    std::vector<hdlc::Frame> frames;
    hdlc::FrameSequence sequence(bytes);
    while (!sequence.at_end()) {
        const auto frame = sequence.next();
        BOOST_REQUIRE(frame);
        frames.push_back(frame->frame);
    }
    return frames;
}

class HdlcClient {
public:
    HdlcClient(LineMachine& line, const hdlc::Address& server, std::uint16_t client = 16,
               Instant now = Instant{})
        : line_(line), server_(server), client_{1, client, 0}, now_(now) {}

    std::string frame(std::uint8_t control_octet, std::string_view information = "",
                      bool segmented = false) const {
        return hdlc_frame(server_, client_, control_octet, information, segmented);
    }
    /// Sends octets and returns those that come back.
    std::string raw(std::string_view hex) {
        line_.receive(octets(hex), now_);
        return take();
    }
    /// What has come back since the last call.
    std::string take() {
        drain();
        while (const auto due = line_.poll_timeout()) {
            if (*due > now_) {
                break;
            }
            line_.handle_timeout(now_);
            drain();
        }
        return to_hex(std::exchange(taken_, {}));
    }
    /// Sends a frame; the control octet of the only frame that comes back, 0 for silence.
    std::uint8_t send(std::uint8_t control_octet, std::string_view information = "",
                      bool segmented = false) {
        return control_of(raw(frame(control_octet, information, segmented)));
    }
    std::uint8_t control_of(const std::string& hex) {
        const ByteBuffer bytes = octets(hex);
        const auto frames = hdlc_frames(bytes);
        if (frames.empty()) {
            return 0;
        }
        BOOST_REQUIRE_EQUAL(frames.size(), 1u);
        BOOST_CHECK(frames[0].destination == client_ && frames[0].source == server_);
        return frames[0].control.octet();
    }
    void connect(std::string_view parameters = "") {
        BOOST_REQUIRE_EQUAL(int{send(control::snrm, parameters)}, int{control::ua});
        send_sequence_ = receive_sequence_ = 0;
    }
    /// Sends an APDU in one I frame and returns the APDU that comes back, fetched segment by
    /// segment; empty when nothing but RR came.
    std::string ask(std::string_view apdu) {
        std::string answer = raw(frame(next_information(), "E6E600" + std::string(apdu)));
        return collect(std::move(answer));
    }
    /// Reads what an answer began: the APDU of the I frames that come, until the last segment.
    std::string collect(std::string answer) {
        ByteBuffer assembled;
        while (true) {
            const ByteBuffer bytes = octets(answer);
            bool is_final = false;
            for (const hdlc::Frame& frame : hdlc_frames(bytes)) {
                if (frame.control.type != hdlc::FrameType::i) {
                    return {};
                }
                BOOST_REQUIRE_EQUAL(int{frame.control.send_sequence}, int{receive_sequence_});
                receive_sequence_ = (receive_sequence_ + 1) & 7;
                assembled.insert(assembled.end(), frame.information.begin(),
                                 frame.information.end());
                is_final = !frame.segmented;
                ++segments_;
            }
            if (is_final) {
                break;
            }
            answer = raw(frame(receive_ready()));
            BOOST_REQUIRE(!answer.empty());
        }
        const auto split = hdlc::split_llc(assembled);
        BOOST_REQUIRE(split);
        BOOST_CHECK(std::ranges::equal(split->llc, hdlc::llc_response));
        return to_hex(split->apdu);
    }
    /// The control octet of the next I frame, P set.
    std::uint8_t next_information() {
        const auto octet =
            static_cast<std::uint8_t>(receive_sequence_ << 5 | 0x10 | send_sequence_ << 1);
        send_sequence_ = (send_sequence_ + 1) & 7;
        return octet;
    }
    std::uint8_t receive_ready() const {
        return static_cast<std::uint8_t>(receive_sequence_ << 5 | control::rr);
    }
    /// Lets time go on, with the time-outs on the way.
    void advance(Duration duration) {
        const Instant until = now_ + duration;
        while (const auto due = line_.poll_timeout()) {
            if (*due > until) {
                break;
            }
            now_ = std::max(now_, *due);
            line_.handle_timeout(now_);
            drain();
        }
        now_ = until;
    }
    Instant now() const { return now_; }
    std::size_t segments() const { return segments_; }

private:
    void drain() {
        while (const auto bytes = line_.poll_transmit()) {
            taken_.insert(taken_.end(), bytes->begin(), bytes->end());
        }
    }

    LineMachine& line_;
    hdlc::Address server_;
    hdlc::Address client_;
    Instant now_;
    std::uint8_t send_sequence_ = 0;
    std::uint8_t receive_sequence_ = 0;
    std::size_t segments_ = 0;
    ByteBuffer taken_;
};

}  // namespace dlms::simulator::testing
