#include "simulator/line_session.hpp"

#include <asio/post.hpp>

namespace dlms::simulator {

LineSession::LineSession(std::unique_ptr<LineMachine> machine,
                         std::unique_ptr<transport::Channel> channel, std::string peer,
                         transport::Framing framing, const ServerLog& log, Ended ended)
    : peer_(std::move(peer)),
      log_(log),
      ended_(std::move(ended)),
      machine_(std::move(machine)),
      executor_(channel->executor()),
      driver_(transport::Driver::create(std::move(channel), *this, trace_sink(framing))) {}

void LineSession::start() {
    machine_->set_waker([executor = executor_, weak = std::weak_ptr(driver_)] {
        asio::post(executor, [weak] {
            if (const std::shared_ptr<transport::Driver> driver = weak.lock();
                driver && driver->is_open()) {
                driver->flush();
            }
        });
    });
    driver_->start();
}

void LineSession::receive(ByteView bytes, Instant now) {
    machine_->receive(bytes, now);
    tell();
}

void LineSession::handle_timeout(Instant now) {
    machine_->handle_timeout(now);
    tell();
}

void LineSession::connection_lost(const Error& error) {
    if (log_.untold && events_ > ServerLog::most_events) {
        log_.untold(peer_, events_ - ServerLog::most_events);
    }
    if (log_.disconnected) {
        log_.disconnected(peer_, error);
    }
    const Ended ended = std::move(ended_);  // may destroy this
    ended(*this, error);
}

std::optional<ByteView> LineSession::poll_transmit() {
    const std::optional<ByteView> octets = machine_->poll_transmit();
    if (!octets) {
        tell();  // what a meter does wrongly to what it sends
    }
    return octets;
}

void LineSession::tell() {
    while (const std::optional<MeterEvent> event = machine_->poll_event()) {
        if (log_.event && ++events_ <= ServerLog::most_events) {
            log_.event(peer_, *event);
        }
    }
}

transport::TraceSink LineSession::trace_sink(transport::Framing framing) const {
    if (!log_.trace) {
        return nullptr;
    }
    return transport::traced_lines(framing,
                                   [this](transport::Direction direction, const std::string& line) {
                                       log_.trace(peer_, direction, line);
                                   });
}

}  // namespace dlms::simulator
