#include "simulator/mode_e_meter.hpp"

#include <algorithm>

namespace dlms::simulator {

using iec62056_21::ModeEServer;

Result<std::unique_ptr<ModeEMeter>> ModeEMeter::create(const ModeESettings& settings,
                                                       Duration inactivity,
                                                       std::unique_ptr<LineMachine> hdlc,
                                                       DataBlock data_block, bool software_parity) {
    iec62056_21::ModeEServerConfiguration configuration;
    configuration.device_address = settings.device_address;
    configuration.manufacturer = settings.manufacturer;
    configuration.identification = settings.identification;
    configuration.baud_character = settings.baud_character;
    configuration.start_baud_rate = settings.start_baud_rate;
    configuration.software_parity = software_parity;
    Result<ModeEServer> opening = ModeEServer::create(std::move(configuration));
    if (!opening) {
        return std::unexpected(opening.error());
    }
    return std::unique_ptr<ModeEMeter>(new ModeEMeter(*std::move(opening), settings.start_baud_rate,
                                                      inactivity, std::move(hdlc),
                                                      std::move(data_block)));
}

ModeEMeter::ModeEMeter(ModeEServer opening, std::uint32_t start_baud_rate, Duration inactivity,
                       std::unique_ptr<LineMachine> hdlc, DataBlock data_block)
    : opening_(std::move(opening)),
      start_baud_rate_(start_baud_rate),
      inactivity_(inactivity),
      hdlc_(std::move(hdlc)),
      data_block_(std::move(data_block)) {}

LineSettings ModeEMeter::start_settings() const {
    return iec62056_21::ModeELine(false).text_settings(start_baud_rate_);
}

void ModeEMeter::receive(ByteView bytes, Instant now) {
    last_octet_ = now;
    if (is_open()) {
        hdlc_->receive(bytes, now);
        look_at_link(now);
    } else {
        opening_.receive(bytes, now);
        if (data_block_ && opening_.state() == ModeEServer::State::answering) {
            // What the scenario makes of its registers is checked set by set.
            static_cast<void>(opening_.set_readout(data_block_(now)));
        }
        look_at_opening(now);
    }
}

void ModeEMeter::handle_timeout(Instant now) {
    if (const auto due = opening_.poll_timeout(); due && now >= *due) {
        opening_.handle_timeout(now);
        look_at_opening(now);
    }
    if (const auto due = hdlc_->poll_timeout(); due && now >= *due) {
        hdlc_->handle_timeout(now);
    }
    look_at_link(now);
}

void ModeEMeter::look_at_opening(Instant now) {
    while (const auto event = opening_.poll_event()) {
        if (std::holds_alternative<iec62056_21::HdlcOpened>(*event)) {
            last_octet_ = now;
            had_link_ = false;
        }
    }
}

void ModeEMeter::look_at_link(Instant now) {
    const std::optional<Instant> idle_end = idle_until();
    signs_off_ |=
        is_open() && ((had_link_ && !hdlc_->is_connected()) || (idle_end && now >= *idle_end));
    had_link_ |= hdlc_->is_connected();
}

void ModeEMeter::link_lost(Instant now) {
    hdlc_->link_lost(now);
    opening_.reset();
    signs_off_ = false;
}

std::optional<ByteView> ModeEMeter::poll_transmit() {
    if (const std::optional<ByteView> text = opening_.poll_transmit()) {
        return text;
    }
    return hdlc_->poll_transmit();
}

std::optional<LineSettings> ModeEMeter::poll_line_settings() {
    if (std::exchange(signs_off_, false)) {
        opening_.reset();
    }
    return opening_.poll_line_settings();
}

std::optional<Instant> ModeEMeter::idle_until() const {
    const bool may_idle = is_open() && !hdlc_->is_connected() && !signs_off_;
    return may_idle && inactivity_ > Duration::zero() ? std::optional(last_octet_ + inactivity_)
                                                      : std::nullopt;
}

std::optional<Instant> ModeEMeter::poll_timeout() const {
    std::optional<Instant> next = opening_.poll_timeout();
    for (const auto& due : {hdlc_->poll_timeout(), idle_until()}) {
        if (due && (!next || *due < *next)) {
            next = due;
        }
    }
    return next;
}

}  // namespace dlms::simulator
