#include "client/readout.hpp"

#include "client/open_link.hpp"
#include "client/opening_fault.hpp"
#include "stack/iec62056_21/data_set.hpp"
#include "stack/iec62056_21/mode_e_client.hpp"
#include "transport/driver.hpp"
#include "transport/mailbox.hpp"

namespace dlms::client {
namespace {

using iec62056_21::ModeEClient;

std::string text_of(std::string_view octets) {
    std::string text;
    for (const char character : octets) {
        // What is not printable never gets into a terminal.
        text += character >= ' ' && character <= '~' ? character : '?';
    }
    return text;
}

Readout own(const iec62056_21::ReadoutDone& done) {
    Readout readout{text_of(done.manufacturer), text_of(done.identification), {}};
    Reader reader(done.data_sets, Layer::iec62056_21);
    iec62056_21::DataSetValue previous;
    while (const auto value = take_value(reader, previous)) {
        readout.lines.push_back({text_of(value->address), text_of(value->value),
                                 text_of(value->unit.value_or(std::string_view()))});
        previous = *value;
    }
    return readout;
}

/// The opening machine alone on a line.
class ReadoutSession final : public transport::Session {
public:
    explicit ReadoutSession(iec62056_21::ModeEClientConfiguration configuration)
        : machine_(std::move(configuration)) {}

    transport::Mailbox<Outcome<Readout>>& mailbox() { return mailbox_; }

    void open(Instant now, Instant deadline) {
        deadline_ = deadline;
        if (const Status opened = machine_.open(now); !opened) {
            mailbox_.put(std::unexpected(from_error(opened.error())));
        }
    }
    void receive(ByteView bytes, Instant now) override {
        machine_.receive(bytes, now);
        drain();
    }
    void handle_timeout(Instant now) override {
        machine_.handle_timeout(now);
        drain();
        if (now >= deadline_) {
            mailbox_.put(std::unexpected(
                failure_of({Error{ErrorCode::timeout, Layer::iec62056_21, 0}, {}, {}})));
        }
    }
    void connection_lost(const Error& error) override {
        mailbox_.put(std::unexpected(from_error(error)));
        mailbox_.wake();
    }
    void settle() override { mailbox_.wake(); }
    std::optional<ByteView> poll_transmit() override { return machine_.poll_transmit(); }
    std::optional<LineSettings> poll_line_settings() override {
        return machine_.poll_line_settings();
    }
    std::optional<Instant> poll_timeout() override {
        return std::min(machine_.poll_timeout().value_or(deadline_), deadline_);
    }
    std::optional<Error> failure() override { return std::nullopt; }

private:
    Failure failure_of(const iec62056_21::OpeningFailed& failed) const {
        Failure failure = from_error(failed.error);
        failure.detail = fault_of_opening(failed, machine_.counters());
        return failure;
    }

    void drain() {
        const auto event = machine_.poll_event();
        if (!event) {
            return;
        }
        if (const auto* done = std::get_if<iec62056_21::ReadoutDone>(&*event)) {
            mailbox_.put(own(*done));
        } else if (const auto* failed = std::get_if<iec62056_21::OpeningFailed>(&*event)) {
            mailbox_.put(std::unexpected(failure_of(*failed)));
        } else {
            mailbox_.put(std::unexpected(
                from_error(Error{ErrorCode::unsupported_mode, Layer::iec62056_21, 0})));
        }
    }

    ModeEClient machine_;
    Instant deadline_{};
    transport::Mailbox<Outcome<Readout>> mailbox_;
};

}  // namespace

asio::awaitable<Outcome<Readout>> read_out(const MeterParameters& parameters,
                                           transport::TraceSink trace, Instant deadline) {
    auto channel = co_await open_channel(parameters, deadline, nullptr);
    if (!channel) {
        co_return std::unexpected(from_error(channel.error()));
    }
    iec62056_21::ModeEClientConfiguration configuration =
        opening_configuration(parameters.link.mode_e.value_or(ModeEParameters{}));
    configuration.goal = iec62056_21::OpeningGoal::readout;
    ReadoutSession session(std::move(configuration));
    const auto driver = transport::Driver::create(std::move(*channel), session, std::move(trace));
    session.open(std::chrono::steady_clock::now(), deadline);
    driver->start();
    Outcome<Readout> outcome = co_await session.mailbox().take();
    driver->close();
    co_return outcome;
}

}  // namespace dlms::client
