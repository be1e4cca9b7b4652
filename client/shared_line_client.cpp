#include "client/shared_line_client.hpp"

#include "client/open_link.hpp"

namespace dlms::client {
asio::awaitable<Line::Turn> SharedLineClient::take_turn(Instant deadline) {
    Line::Turn turn = co_await Line::take_turn(meter_.line(), deadline);
    if (turn) {
        meter_.take_line();
    }
    co_return turn;
}

template <class T, class Call>
asio::awaitable<Outcome<T>> SharedLineClient::in_turn(Instant deadline, Call call) {
    const Line::Turn turn = co_await take_turn(deadline);
    if (!turn) {
        Failure busy;
        busy.code = FailureCode::line_busy;
        co_return std::unexpected(std::move(busy));
    }
    co_return co_await call();
}

asio::awaitable<Outcome<AssociationInfo>> SharedLineClient::connect(Instant deadline) {
    return in_turn<AssociationInfo>(deadline, [=, this] { return meter_.connect(deadline); });
}

asio::awaitable<Outcome<axdr::Data>> SharedLineClient::read(ReadRequest request, Instant deadline) {
    return in_turn<axdr::Data>(deadline, [this, deadline, asked = std::move(request)]() mutable {
        return meter_.read(std::move(asked), deadline);
    });
}

asio::awaitable<Outcome<void>> SharedLineClient::write(cosem::AttributeDescriptor attribute,
                                                       axdr::Data value, Instant deadline) {
    return in_turn<void>(deadline,
                         [this, deadline, attribute, written = std::move(value)]() mutable {
                             return meter_.write(attribute, std::move(written), deadline);
                         });
}

asio::awaitable<Outcome<void>> SharedLineClient::broadcast_write(
    cosem::AttributeDescriptor attribute, axdr::Data value, Instant deadline) {
    return in_turn<void>(deadline,
                         [this, deadline, attribute, written = std::move(value)]() mutable {
                             return meter_.broadcast_write(attribute, std::move(written), deadline);
                         });
}

asio::awaitable<Outcome<void>> SharedLineClient::broadcast_invoke(
    cosem::MethodDescriptor method, std::optional<axdr::Data> parameters, Instant deadline) {
    return in_turn<void>(deadline,
                         [this, deadline, method, given = std::move(parameters)]() mutable {
                             return meter_.broadcast_invoke(method, std::move(given), deadline);
                         });
}

asio::awaitable<Outcome<std::vector<Outcome<axdr::Data>>>> SharedLineClient::read_list(
    std::vector<ReadRequest> requests, Instant deadline) {
    return in_turn<std::vector<Outcome<axdr::Data>>>(
        deadline, [this, deadline, asked = std::move(requests)]() mutable {
            return meter_.read_list(std::move(asked), deadline);
        });
}

asio::awaitable<Outcome<std::vector<Outcome<void>>>> SharedLineClient::write_list(
    std::vector<WriteRequest> requests, Instant deadline) {
    return in_turn<std::vector<Outcome<void>>>(
        deadline, [this, deadline, written = std::move(requests)]() mutable {
            return meter_.write_list(std::move(written), deadline);
        });
}

asio::awaitable<Outcome<std::optional<axdr::Data>>> SharedLineClient::invoke(
    cosem::MethodDescriptor method, std::optional<axdr::Data> parameters, Instant deadline) {
    return in_turn<std::optional<axdr::Data>>(
        deadline, [this, deadline, method, given = std::move(parameters)]() mutable {
            return meter_.invoke(method, std::move(given), deadline);
        });
}

asio::awaitable<Outcome<std::vector<AccessOutcome>>> SharedLineClient::access(
    std::vector<AccessItem> items, bool break_on_error, Instant deadline) {
    return in_turn<std::vector<AccessOutcome>>(
        deadline, [this, deadline, break_on_error, asked = std::move(items)]() mutable {
            return meter_.access(std::move(asked), break_on_error, deadline);
        });
}

asio::awaitable<void> SharedLineClient::release(Instant deadline) {
    const Line::Turn turn = co_await take_turn(deadline);
    if (turn) {
        co_await meter_.release(deadline);
    }
}

std::unique_ptr<MeterClient> make_meter_client(MeterParameters parameters,
                                               ClientEnvironment environment) {
    if (environment.lines && !line_name(parameters).empty()) {
        return std::make_unique<SharedLineClient>(std::move(parameters), std::move(environment));
    }
    return std::make_unique<NativeMeterClient>(std::move(parameters), std::move(environment));
}

}  // namespace dlms::client
