#include "transport/tls_channel.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <asio/write.hpp>

#include "transport/tls_context.hpp"

namespace dlms::transport {
namespace {

/// Octets that one TLS record holds.
constexpr std::size_t max_record = 16'384;

/// Behind the handshake what breaks the stream is the end of the connection; only that our
/// certificate was refused is told as late as here (TLS 1.3).
Error stream_error(const std::error_code& error) {
    Error reason = to_tls_error(error);
    if (reason.code == ErrorCode::tls_failed || reason.code == ErrorCode::tls_not_spoken ||
        reason.code == ErrorCode::tls_no_common_terms) {
        reason.code = ErrorCode::connection_lost;
    }
    return reason;
}

}  // namespace

struct TlsChannel::State {
    std::unique_ptr<Stream> stream;
    ByteBuffer sending;                   // handed to the stream, not yet taken by the system
    std::shared_ptr<ChannelUser> waiter;  // for its end
    std::optional<Error> write_error;
};

TlsChannel::TlsChannel(std::unique_ptr<Stream> stream) : state_(std::make_shared<State>()) {
    state_->stream = std::move(stream);
    std::error_code ignored;
    state_->stream->next_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
}

asio::any_io_executor TlsChannel::executor() {
    return state_->stream->get_executor();
}

Result<std::size_t> TlsChannel::write_some(ByteView bytes) {
    if (state_->write_error) {
        return std::unexpected(*state_->write_error);
    }
    if (!state_->sending.empty()) {
        return std::size_t{0};
    }
    // OpenSSL wants the same octets again until a record is out, so they are kept here.
    const ByteView record = bytes.first(std::min(bytes.size(), max_record));
    state_->sending.assign(record.begin(), record.end());
    asio::async_write(
        *state_->stream, asio::buffer(state_->sending),
        [state = state_](std::error_code error, std::size_t) { write_ended(*state, error); });
    return record.size();
}

void TlsChannel::write_ended(State& state, std::error_code error) {
    state.sending.clear();
    if (error) {
        state.write_error = stream_error(error);
    }
    if (const auto user = std::exchange(state.waiter, nullptr)) {
        user->may_write();
    }
}

void TlsChannel::wait_writable(std::shared_ptr<ChannelUser> user) {
    state_->waiter = std::move(user);  // a write is under way, or nobody would wait
}

void TlsChannel::read(std::span<Byte> space, std::shared_ptr<ChannelUser> user) {
    state_->stream->async_read_some(
        asio::buffer(space.data(), space.size()),
        [state = state_, user = std::move(user)](std::error_code error, std::size_t count) {
            user->read_ended(error ? Result<std::size_t>(std::unexpected(stream_error(error)))
                                   : Result<std::size_t>(count));
        });
}

void TlsChannel::close() {
    if (!state_->stream->next_layer().is_open()) {
        return;
    }
    // The first step of the shutdown hands our goodbye to the system; nobody waits for the peer's.
    state_->stream->async_shutdown([state = state_](std::error_code) {});
    std::error_code ignored;
    state_->stream->next_layer().close(ignored);
}

}  // namespace dlms::transport
