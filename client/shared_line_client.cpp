#include "client/shared_line_client.hpp"

#include "client/open_link.hpp"

namespace dlms::client {
namespace {

std::unexpected<Failure> line_busy() {
    return std::unexpected(Failure{FailureCode::line_busy, {}, {}, {}, {}, {}, {}});
}

}  // namespace

asio::awaitable<Line::Turn> SharedLineClient::take_turn(Instant deadline) {
    Line::Turn turn = co_await Line::take_turn(meter_.line(), deadline);
    if (turn) {
        meter_.take_line();
    }
    co_return turn;
}

asio::awaitable<Outcome<AssociationInfo>> SharedLineClient::connect(Instant deadline) {
    const Line::Turn turn = co_await take_turn(deadline);
    if (!turn) {
        co_return line_busy();
    }
    co_return co_await meter_.connect(deadline);
}

asio::awaitable<Outcome<axdr::Data>> SharedLineClient::read(ReadRequest request, Instant deadline) {
    const Line::Turn turn = co_await take_turn(deadline);
    if (!turn) {
        co_return line_busy();
    }
    co_return co_await meter_.read(std::move(request), deadline);
}

asio::awaitable<Outcome<void>> SharedLineClient::write(cosem::AttributeDescriptor attribute,
                                                       axdr::Data value, Instant deadline) {
    const Line::Turn turn = co_await take_turn(deadline);
    if (!turn) {
        co_return line_busy();
    }
    co_return co_await meter_.write(attribute, std::move(value), deadline);
}

asio::awaitable<Outcome<std::vector<Outcome<axdr::Data>>>> SharedLineClient::read_list(
    std::vector<ReadRequest> requests, Instant deadline) {
    const Line::Turn turn = co_await take_turn(deadline);
    if (!turn) {
        co_return line_busy();
    }
    co_return co_await meter_.read_list(std::move(requests), deadline);
}

asio::awaitable<Outcome<std::vector<Outcome<void>>>> SharedLineClient::write_list(
    std::vector<WriteRequest> requests, Instant deadline) {
    const Line::Turn turn = co_await take_turn(deadline);
    if (!turn) {
        co_return line_busy();
    }
    co_return co_await meter_.write_list(std::move(requests), deadline);
}

asio::awaitable<Outcome<std::optional<axdr::Data>>> SharedLineClient::invoke(
    cosem::MethodDescriptor method, std::optional<axdr::Data> parameters, Instant deadline) {
    const Line::Turn turn = co_await take_turn(deadline);
    if (!turn) {
        co_return line_busy();
    }
    co_return co_await meter_.invoke(method, std::move(parameters), deadline);
}

asio::awaitable<Outcome<std::vector<AccessOutcome>>> SharedLineClient::access(
    std::vector<AccessItem> items, bool break_on_error, Instant deadline) {
    const Line::Turn turn = co_await take_turn(deadline);
    if (!turn) {
        co_return line_busy();
    }
    co_return co_await meter_.access(std::move(items), break_on_error, deadline);
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
