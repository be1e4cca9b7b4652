#pragma once
// HdlcSession: a client association over an HDLC link, with the opening of IEC 62056-21 mode E
// before it where the meter wants one.
//
// The association waits for whole APDUs and knows nothing of the frames that bring them: as long as
// frames of the meter come, its time-out is put off.

#include "client/link_parameters.hpp"
#include "client/meter_session.hpp"
#include "stack/hdlc/client_link.hpp"
#include "stack/iec62056_21/mode_e_client.hpp"

namespace dlms::client {

class HdlcSession final : public MeterSession {
public:
    HdlcSession(hdlc::Address client, hdlc::Address server, const LinkParameters& link,
                association::ClientConfiguration configuration, Sinks sinks);

    std::string fault() const override;
    LineTally tally() const override;
    void open_link(Instant now) override;
    void close_link(Instant now) override;
    const hdlc::ClientLink& link() const { return link_; }

    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    std::optional<ByteView> poll_transmit() override;
    std::optional<LineSettings> poll_line_settings() override;
    std::optional<Instant> poll_timeout() override;
    std::optional<Error> failure() override { return std::nullopt; }

private:
    void drain_mode_e(Instant now);
    void drain_link(Instant now);
    void put_off(Instant now);
    void send_ready(Instant now);
    /// Whether the association waits for an APDU of the meter.
    bool awaits_apdu() const;

    hdlc::ClientLink link_;
    hdlc::Address every_station_;
    /// While it opens the line; the link comes after it.
    std::optional<iec62056_21::ModeEClient> mode_e_;
    std::string opening_fault_;
    std::uint64_t octets_in_order_ = 0;    // of the link when the time-out was last put off
    std::uint64_t acknowledged_ = 0;       // the same
    unsigned vain_apdus_ = 0;              // in a row, that answered nothing
    Instant put_off_to_ = Instant::min();  // the association's time-out
    ByteBuffer ready_;                     // the APDU that goes next, while another may follow it
};

}  // namespace dlms::client
