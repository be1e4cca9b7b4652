#pragma once
// LineAround: a line machine inside of another that slows, damages or watches what goes over the
// line. It hands every call on; a subclass changes those that it is there for.

#include <memory>
#include <utility>

#include "simulator/line_machine.hpp"

namespace dlms::simulator {

class LineAround : public LineMachine {
public:
    std::optional<Error> failure() const override { return machine_->failure(); }
    bool is_connected() const override { return machine_->is_connected(); }

    void receive(ByteView bytes, Instant now) override { machine_->receive(bytes, now); }
    void handle_timeout(Instant now) override { machine_->handle_timeout(now); }
    void link_lost(Instant now) override { machine_->link_lost(now); }
    void set_waker(std::function<void()> waker) override { machine_->set_waker(std::move(waker)); }

    std::optional<ByteView> poll_transmit() override { return machine_->poll_transmit(); }
    std::optional<LineSettings> poll_line_settings() override {
        return machine_->poll_line_settings();
    }
    std::optional<MeterEvent> poll_event() override { return machine_->poll_event(); }
    std::optional<Instant> poll_timeout() const override { return machine_->poll_timeout(); }

protected:
    explicit LineAround(std::unique_ptr<LineMachine> machine) : machine_(std::move(machine)) {}

    LineMachine& machine() { return *machine_; }
    const LineMachine& machine() const { return *machine_; }

private:
    std::unique_ptr<LineMachine> machine_;
};

}  // namespace dlms::simulator
