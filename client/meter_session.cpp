#include "client/meter_session.hpp"

#include <algorithm>

#include "stack/base/hex.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::client {

void MeterSession::connection_lost(const Error& error) {
    lose_link(error);
    sinks_.settled();
}

void MeterSession::lose_link(const Error& error) {
    association_.link_lost(error);
    drain_events();
    sinks_.link({LinkReport::Kind::failed, error});
}

std::string MeterSession::fault() const {
    std::string text;
    const auto add = [&text](const std::string& part) {
        text += (text.empty() ? "" : "; ") + part;
    };
    if (const auto stray = association_.stray()) {
        const std::string_view name = xdlms::name(static_cast<xdlms::ApduTag>(stray->tag));
        add("what came last answers nothing that was asked: " +
            (name.empty() ? "an APDU" : std::string(name)) + " (" +
            to_hex(ByteView(&stray->tag, 1)) + ")" +
            (stray->invoke_id ? " with invoke-id " + std::to_string(*stray->invoke_id) : ""));
    }
    const auto dropped = [&add](std::uint64_t count, std::string_view what) {
        if (count > 0) {
            add(std::to_string(count) + std::string(what));
        }
    };
    dropped(counters_.misaddressed, " APDUs of other addresses than ours dropped");
    dropped(counters_.not_of_gateway, " APDUs without our gateway header dropped");
    dropped(counters_.bad_datagrams, " datagrams dropped that are not one WPDU");
    return text;
}

LineTally MeterSession::tally() const {
    const association::ClientAssociation::Counters& apdus = association_.counters();
    LineTally tally;
    tally.answers = apdus.answers;
    tally.late_answers = apdus.late_answers;
    tally.unexpected_apdus = apdus.unexpected_apdus + counters_.not_of_gateway;
    tally.malformed_apdus = apdus.malformed_apdus;
    tally.refused_apdus = apdus.refused_apdus;
    tally.misaddressed = counters_.misaddressed;
    tally.bad_datagrams = counters_.bad_datagrams;
    tally.repetitions = counters_.requests_repeated;
    return tally;
}

void MeterSession::deliver(ByteView apdu, Instant now) {
    if (gateway_) {
        const Result<xdlms::GatewayApdu> answer = xdlms::decode_gateway_apdu(apdu);
        if (!answer || answer->direction != xdlms::GatewayDirection::response ||
            answer->network_id != gateway_->network_id ||
            !std::ranges::equal(answer->physical_device_address, gateway_->device)) {
            ++counters_.not_of_gateway;
            return;
        }
        apdu = answer->apdu;
    }
    association_.receive(apdu, now);
    if (security::ApduProtection* const protection = association_.protection()) {
        sinks_.used_keys(*protection);
    }
    drain_events();
}

std::optional<ByteView> MeterSession::next_apdu() {
    const std::optional<ByteView> apdu = association_.poll_transmit();
    if (!apdu || !gateway_) {
        return apdu;
    }
    gateway_apdu_.clear();
    Writer writer(gateway_apdu_);
    encode(writer, xdlms::GatewayApdu{xdlms::GatewayDirection::request, gateway_->network_id,
                                      gateway_->device, *apdu});
    return gateway_apdu_;
}

void MeterSession::handle_association_timeout(Instant now) {
    // Past the limit of the work the association's own deadline counts as come.
    const bool over = work_deadline_ && now >= *work_deadline_;
    association_.handle_timeout(over ? Instant::max() : now);
    drain_events();
}

std::optional<Instant> MeterSession::association_timeout(Instant put_off_to) const {
    std::optional<Instant> deadline = association_.poll_timeout();
    if (!deadline) {
        return std::nullopt;
    }
    deadline = std::max(*deadline, put_off_to);
    return work_deadline_ ? std::min(*deadline, *work_deadline_) : *deadline;
}

void MeterSession::drain_events() {
    while (const std::optional<association::ClientEvent> event = association_.poll_event()) {
        sinks_.event(*event);
    }
}

}  // namespace dlms::client
