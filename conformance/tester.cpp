#include "conformance/tester.hpp"

#include <algorithm>
#include <thread>

#include "render/decode.hpp"
#include "stack/base/hex.hpp"

namespace dlms::conformance {
namespace {

render::DecodeLayer layer_of(ByteView apdu) {
    using render::DecodeLayer;
    const Byte tag = apdu.empty() ? Byte{0} : apdu[0];
    if (tag >= 0x60 && tag <= 0x63) {
        return DecodeLayer::acse;
    }
    if (tag >= 0xDB && tag <= 0xDF) {
        return DecodeLayer::cipher;
    }
    const bool is_glo_or_ded = (tag >= 0x21 && tag < 0x60) || (tag >= 0xC8 && tag < 0xD8);
    if (is_glo_or_ded) {
        return DecodeLayer::cipher;
    }
    const bool is_short = tag == 0x0C || tag == 0x0D || tag == 0x18;
    return is_short ? DecodeLayer::sn : DecodeLayer::xdlms;
}

constexpr Milliseconds connect_pause{50};

}  // namespace

void fail(std::string reason) {
    throw CaseEnd{Verdict::failed, std::move(reason)};
}

void inconclusive(std::string reason) {
    throw CaseEnd{Verdict::inconclusive, std::move(reason)};
}

void inapplicable(std::string reason) {
    throw CaseEnd{Verdict::inapplicable, std::move(reason)};
}

void expect(bool holds, const std::string& otherwise) {
    if (!holds) {
        fail(otherwise);
    }
}

void expect_octets(const Hex& came, const Hex& expected, const std::string& what) {
    if (came != expected) {
        fail(what + ": expected " + expected + ", the meter answered " +
             (came.empty() ? "nothing" : came));
    }
}

void check_decodes(const Hex& apdu) {
    const ByteBuffer bytes = octets(apdu);
    const auto decoded = render::decode(layer_of(bytes), bytes);
    if (!decoded) {
        fail("the meter sent an APDU that does not decode: " +
             render::fault_text(decoded.error(), bytes) + ": " + apdu);
    }
}

Connection::Connection(Tester& tester, std::unique_ptr<Wire> wire, unsigned number)
    : tester_(tester), wire_(std::move(wire)), number_(number) {}

void Connection::note(Entry::Kind kind, const Hex& octets) {
    tester_.record().push_back({kind, tester_.elapsed(), "", octets, number_});
}

void Connection::send(const Hex& hex) {
    note(Entry::Kind::sent, hex);
    // A line that is over shows when something is expected.
    wire_->send(octets(hex), tester_.patience(tester_.declared().timing.response));
}

template <class Piece>
std::optional<Piece> Connection::next(Milliseconds patience,
                                      std::optional<Piece> (*take)(ByteBuffer& stream)) {
    const auto end = std::chrono::steady_clock::now() + tester_.patience(patience);
    while (true) {
        try {
            if (auto piece = take(stream_)) {
                note(Entry::Kind::received, piece->octets);
                return piece;
            }
        } catch (const CaseEnd&) {
            note(Entry::Kind::received, to_hex(stream_));
            throw;
        }
        const auto left = std::chrono::ceil<Milliseconds>(end - std::chrono::steady_clock::now());
        if (left <= Milliseconds::zero() || wire_->is_closed()) {
            return std::nullopt;
        }
        const ByteBuffer more = wire_->receive(left);
        stream_.insert(stream_.end(), more.begin(), more.end());
    }
}

std::optional<ReceivedFrame> Connection::next_frame(Milliseconds patience) {
    return next<ReceivedFrame>(patience, take_frame);
}

std::optional<ReceivedWpdu> Connection::next_wpdu(Milliseconds patience) {
    return next<ReceivedWpdu>(patience, take_wpdu);
}

bool Connection::is_closed_within(Milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + tester_.patience(patience);
    while (!wire_->is_closed()) {
        const auto left = std::chrono::ceil<Milliseconds>(end - std::chrono::steady_clock::now());
        if (left <= Milliseconds::zero()) {
            return false;
        }
        const ByteBuffer more = wire_->receive(left);
        if (!more.empty()) {
            note(Entry::Kind::received, to_hex(more));
            fail("the meter answered where silence was expected: " + to_hex(more));
        }
    }
    return true;
}

std::vector<ReceivedFrame> Connection::frames_until_quiet() {
    const Declaration& declared = tester_.declared();
    std::vector<ReceivedFrame> frames;
    if (const auto probe = declared.timing.probe_client) {
        const Hex address = hdlc_address(1, *probe, 0);
        send(frame(
            {hdlc_address(declared.hdlc.address_octets, declared.associations.front().server_sap,
                          declared.hdlc.lower_address),
             address, control::disc}));
        while (auto next = next_frame(declared.timing.response)) {
            if (next->destination == address) {
                return frames;
            }
            frames.push_back(*std::move(next));
        }
        inconclusive("DISC of the probe client was not answered");
    }
    while (auto next = next_frame(declared.timing.silence)) {
        frames.push_back(*std::move(next));
    }
    return frames;
}

std::vector<ReceivedWpdu> Connection::wpdus_until_quiet(std::uint16_t server_sap) {
    const Declaration& declared = tester_.declared();
    std::vector<ReceivedWpdu> wpdus;
    if (const auto probe = declared.timing.probe_client) {
        Aarq aarq;
        aarq.context = context_name(1);
        aarq.user_information = user_information(initiate_request({.conformance = "000010"}));
        send(wpdu(*probe, server_sap, aarq.encode()));
        while (auto next = next_wpdu(declared.timing.response)) {
            if (next->destination == *probe) {
                return wpdus;
            }
            wpdus.push_back(*std::move(next));
        }
        inconclusive(is_closed() ? "the meter closed the connection"
                                 : "AARQ of the probe client was not answered");
    }
    while (auto next = next_wpdu(declared.timing.silence)) {
        wpdus.push_back(*std::move(next));
    }
    return wpdus;
}

Tester::Tester(const Declaration& declaration, Place place, std::uint32_t& next_counter)
    : declaration_(declaration),
      place_(std::move(place)),
      next_counter_(next_counter),
      begin_(std::chrono::steady_clock::now()) {}

void Tester::step(std::string text) {
    record_.push_back({Entry::Kind::step, elapsed(), std::move(text), "", 0});
}

Connection& Tester::line() {
    if (line_ == nullptr) {
        line_ = connect();
    }
    return *line_;
}

void Tester::hang_up() {
    line_.reset();
}

std::unique_ptr<Connection> Tester::another_line() {
    return connect();
}

std::unique_ptr<Connection> Tester::connect() {
    // A meter that serves one connection may take a moment to see that the last one has ended.
    while (true) {
        const Milliseconds left = patience(declaration_.timing.response);
        auto wire = Wire::connect_tcp(place_, left);
        if (wire) {
            return std::make_unique<Connection>(*this, *std::move(wire), ++connections_);
        }
        if (elapsed() > declaration_.timing.response) {
            inconclusive("no connection to the meter: " + wire.error());
        }
        wait(connect_pause);
    }
}

Milliseconds Tester::patience(Milliseconds wanted) const {
    const auto left =
        std::chrono::ceil<Milliseconds>(Milliseconds(declaration_.timing.whole_case) - elapsed());
    if (left <= Milliseconds::zero()) {
        inconclusive("the case did not end within " +
                     std::to_string(declaration_.timing.whole_case.count()) + " s");
    }
    return std::min(left, wanted);
}

void Tester::wait(Milliseconds time) const {
    std::this_thread::sleep_for(patience(time));
}

std::chrono::microseconds Tester::elapsed() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                 begin_);
}

}  // namespace dlms::conformance
