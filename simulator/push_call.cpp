#include "simulator/push_call.hpp"

namespace dlms::simulator {
namespace {

constexpr Error no_answer{ErrorCode::timeout, Layer::transport, 0};

}  // namespace

std::shared_ptr<PushCall> PushCall::start(std::unique_ptr<transport::Channel> channel,
                                          const PushAttempt& attempt, Callbacks callbacks) {
    const std::shared_ptr<PushCall> call(
        new PushCall(std::move(channel), attempt, std::move(callbacks)));
    call->end_after(longest, std::unexpected(no_answer));
    call->write();
    return call;
}

PushCall::PushCall(std::unique_ptr<transport::Channel> channel, const PushAttempt& attempt,
                   Callbacks callbacks)
    : channel_(std::move(channel)),
      deadline_(channel_->executor()),
      proof_(attempt.proof),
      is_stream_(attempt.transport == PushTransport::tcp),
      callbacks_(std::move(callbacks)) {
    Writer writer(outgoing_);
    wrapper::encode(writer, {attempt.server.value(), attempt.client.value(), attempt.apdu});
}

void PushCall::cancel() {
    if (!std::exchange(has_ended_, true)) {
        callbacks_ = {};
        deadline_.cancel();
        channel_->close();
    }
}

void PushCall::write() {
    while (!has_ended_ && written_ < outgoing_.size()) {
        const Result<std::size_t> count =
            channel_->write_some(ByteView(outgoing_).subspan(written_));
        if (!count) {
            end(std::unexpected(count.error()));
            return;
        }
        if (*count == 0) {
            channel_->wait_writable(shared_from_this());
            return;
        }
        written_ += *count;
    }
    if (!has_ended_) {
        await_answer();
    }
}

void PushCall::await_answer() {
    // A stream was made with somebody, who has what it took; of a datagram only a refusal is heard.
    if (proof_ == PushProof::sent || (proof_ == PushProof::not_refused && is_stream_)) {
        end({});
        return;
    }
    if (proof_ == PushProof::not_refused) {
        end_after(refusal_time, {});
    }
    read_space_.resize(channel_->read_size());
    read();
}

void PushCall::read() {
    channel_->read(read_space_, shared_from_this());
}

void PushCall::read_ended(const Result<std::size_t>& count) {
    if (has_ended_) {
        return;
    }
    if (!count) {
        end(std::unexpected(count.error()));
    } else if (proof_ == PushProof::confirmed &&
               is_confirmed_by(ByteView(read_space_).first(*count))) {
        end({});
    } else if (answers_.state() == wrapper::Link::State::failed) {
        end(std::unexpected(answers_.error()));
    } else {
        read();
    }
}

bool PushCall::is_confirmed_by(ByteView octets) {
    if (!is_stream_) {
        const auto wpdu = wrapper::decode_wpdu(octets);
        return wpdu && callbacks_.is_confirmed(wpdu->apdu);
    }
    answers_.receive(octets, std::chrono::steady_clock::now());
    while (const std::optional<wrapper::Wpdu> wpdu = answers_.poll_event()) {
        if (callbacks_.is_confirmed(wpdu->apdu)) {
            return true;
        }
    }
    return false;
}

void PushCall::end_after(std::chrono::seconds time, const Status& status) {
    deadline_.expires_after(time);
    deadline_.async_wait([weak = weak_from_this(), status](const std::error_code& error) {
        if (const auto self = weak.lock(); !error && self) {
            self->end(status);
        }
    });
}

void PushCall::end(const Status& status) {
    if (has_ended_) {
        return;
    }
    const auto ended = std::move(callbacks_.ended);
    cancel();
    ended(status);
}

}  // namespace dlms::simulator
