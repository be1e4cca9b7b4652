#pragma once
// ModeEMeter: a line that is opened as IEC 62056-21 mode E says, and then belongs to an HDLC line
// until its last link is disconnected or nothing came for the inactivity time-out. Sans I/O.

#include <functional>
#include <vector>

#include "simulator/line_machine.hpp"
#include "simulator/link_settings.hpp"
#include "stack/iec62056_21/mode_e_server.hpp"

namespace dlms::simulator {

class ModeEMeter final : public LineMachine {
public:
    /// What a reader of mode C gets, made when it asks; none: an empty block.
    using DataBlock = std::function<std::vector<iec62056_21::DataSet>(Instant)>;

    /// `software_parity`: see iec62056_21::ModeELine. `inactivity`: without any octet, before and
    /// between links; 0 never. Errors: out_of_range for settings that no message can carry.
    static Result<std::unique_ptr<ModeEMeter>> create(const ModeESettings& settings,
                                                      Duration inactivity,
                                                      std::unique_ptr<LineMachine> hdlc,
                                                      DataBlock data_block = nullptr,
                                                      bool software_parity = false);

    /// How the line talks before any opening.
    LineSettings start_settings() const;
    iec62056_21::ModeEServer::Counters counters() const { return opening_.counters(); }

    std::optional<Error> failure() const override { return hdlc_->failure(); }
    bool is_connected() const override { return hdlc_->is_connected(); }

    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    void link_lost(Instant now) override;

    std::optional<ByteView> poll_transmit() override;
    std::optional<LineSettings> poll_line_settings() override;
    std::optional<MeterEvent> poll_event() override { return hdlc_->poll_event(); }
    std::optional<Instant> poll_timeout() const override;

private:
    ModeEMeter(iec62056_21::ModeEServer opening, std::uint32_t start_baud_rate, Duration inactivity,
               std::unique_ptr<LineMachine> hdlc, DataBlock data_block);

    bool is_open() const { return opening_.state() == iec62056_21::ModeEServer::State::hdlc; }
    void look_at_opening(Instant now);
    void look_at_link(Instant now);
    std::optional<Instant> idle_until() const;

    iec62056_21::ModeEServer opening_;
    std::uint32_t start_baud_rate_;
    Duration inactivity_;
    std::unique_ptr<LineMachine> hdlc_;
    DataBlock data_block_;
    bool had_link_ = false;   // since the opening
    bool signs_off_ = false;  // once the last answer has left
    Instant last_octet_{};
};

}  // namespace dlms::simulator
