// A simulated HDLC line with two meters under octets, frames, silences and lost lines: what it says
// are frames, it ends what it says, and afterwards it can be connected and read as before.

#include "fuzz/property.hpp"
#include "simulator/hdlc_line.hpp"
#include "simulator/meter_group.hpp"

namespace {

using namespace dlms;
using namespace dlms::hdlc;

constexpr std::string_view scenario = R"({"name": "fuzz", "hdlc": {"address_octets": 2},
 "logical_devices": [{"sap": 1, "name": "FUZ0000000000001", "associations": [
   {"client_sap": 16, "name": "public", "mechanism": "lowest", "max_receive_pdu_size": 256,
    "conformance": ["get", "set", "action", "block-transfer-with-get-or-read",
                    "block-transfer-with-set-or-write", "multiple-references"]},
   {"client_sap": 17, "name": "management", "mechanism": "LLS", "password": "00000000",
    "conformance": ["get", "set"], "max_receive_pdu_size": 256}],
  "objects": [
   {"obis": "0-0:42.0.0.255", "class": 1, "attributes": [
     {"id": 2, "access": "r", "value": {"octet-string": "46555A30303030303030303030303031"}}]},
   {"obis": "0-0:40.0.0.255", "class": 15, "attributes": [
     {"id": 2, "access": "r", "computed": "object_list"}]},
   {"obis": "0-0:96.1.0.255", "class": 1, "attributes": [
     {"id": 2, "access": "rw", "value": null, "any_type": true}]}]}]})";

constexpr Address client{1, 16, 0};

/// Two meters, and a gateway to them.
simulator::MeterGroup make_meters() {
    simulator::MeterGroup made;
    for (std::uint32_t i = 0; i < 2; ++i) {
        auto parsed = simulator::parse_scenario(scenario);
        fuzz::require(parsed.has_value(), "the scenario is right");
        auto meter = std::make_unique<simulator::Meter>(*std::move(parsed), 1, Instant{},
                                                        simulator::UtcTime{});
        meter->renumber(i, Instant{});
        fuzz::require(made.add(std::move(meter)).has_value(), "there is room on the line");
    }
    made.set_gateway(true);
    return made;
}

struct Run {
    explicit Run(bool is_serial)
        : meters(make_meters()), line(meters, {.is_serial = is_serial}, now) {}

    Instant now{};
    simulator::MeterGroup meters;
    simulator::HdlcLine line;
    ByteBuffer said;  // since it was last looked at

    void drain() {
        // A request has an answer of so many frames at most: nothing is said without end.
        constexpr std::size_t most = 64 * 1024;
        said.clear();
        do {
            while (const auto octets = line.poll_transmit()) {
                said.insert(said.end(), octets->begin(), octets->end());
                fuzz::require(said.size() < most, "what is said ends");
            }
            while (line.poll_event()) {
            }
        } while (times_out());
        FrameSequence frames(said);
        while (!frames.at_end()) {
            fuzz::require(frames.next().has_value(), "what is said are frames");
        }
    }
    bool times_out() {
        const auto due = line.poll_timeout();
        if (!due || *due > now || line.failure()) {
            return false;
        }
        line.handle_timeout(now);
        const auto next = line.poll_timeout();
        fuzz::require(!next || *next > now || line.failure(),
                      "a time-out that was handled is over");
        return true;
    }
    void receive(ByteView octets) {
        line.receive(octets, now);
        drain();
    }
    void one_frame(fuzz::Feed& feed) {
        const Byte choice = feed.octet();
        const auto control = ControlField::from_octet(feed.octet());
        const ByteBuffer information = to_buffer(feed.octets(feed.octet()));
        const auto lower = static_cast<std::uint16_t>(16 + (choice & 1));
        const auto caller = static_cast<std::uint16_t>(16 + (choice >> 1 & 1));
        receive(fuzz::encoded(Frame{(choice & 4) != 0,
                                    {2, 1, lower},
                                    {1, caller, 0},
                                    control.value_or(ControlField{}),
                                    information}));
    }
    /// Sends a frame to the second meter and returns the information of its answer.
    ByteBuffer ask(FrameType type, std::uint8_t number, ByteView information) {
        receive(fuzz::encoded(
            Frame{false, {2, 1, 17}, client, {type, true, number, number}, information}));
        FrameSequence frames(said);
        fuzz::require(!frames.at_end(), "the meter answers");
        return to_buffer(frames.next()->frame.information);
    }
};

constexpr Byte aarq[]{0xE6, 0xE6, 0x00, 0x60, 0x1D, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74,
                      0x05, 0x08, 0x01, 0x01, 0xBE, 0x10, 0x04, 0x0E, 0x01, 0x00, 0x00, 0x00,
                      0x06, 0x5F, 0x1F, 0x04, 0x00, 0x00, 0x10, 0x10, 0x04, 0x00};
constexpr Byte get_name[]{0xE6, 0xE6, 0x00, 0xC0, 0x01, 0xC1, 0x00, 0x01,
                          0x00, 0x00, 0x2A, 0x00, 0x00, 0xFF, 0x02, 0x00};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    Run run((feed.octet() & 1) != 0);
    while (!feed.empty() && !run.line.failure()) {
        switch (feed.octet() % 8) {
            case 0: run.receive(feed.octets(feed.octet())); break;
            case 1:
                run.now += std::chrono::milliseconds(feed.octet() * 64);
                run.drain();
                break;
            case 2: run.line.link_lost(run.now); break;
            default: run.one_frame(feed); break;
        }
    }
    run.line.link_lost(run.now);
    run.drain();
    run.ask(FrameType::snrm, 0, {});
    const ByteBuffer aare = run.ask(FrameType::i, 0, aarq);
    fuzz::require(aare.size() > 3 && aare[3] == 0x61, "the association opens");
    const ByteBuffer name = run.ask(FrameType::i, 1, get_name);
    fuzz::require(as_text(name).ends_with("FUZ0000000000002"), "the meter can be read");
    return 0;
}
