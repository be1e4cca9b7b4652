#include "client/meter_client.hpp"

namespace dlms::client {
namespace {

asio::awaitable<Outcome<void>> no_broadcasts() {
    Failure failure;
    failure.code = FailureCode::unsupported;
    co_return std::unexpected(std::move(failure));
}

}  // namespace

asio::awaitable<Outcome<void>> MeterClient::broadcast_write(cosem::AttributeDescriptor, axdr::Data,
                                                            Instant) {
    return no_broadcasts();
}

asio::awaitable<Outcome<void>> MeterClient::broadcast_invoke(cosem::MethodDescriptor,
                                                             std::optional<axdr::Data>, Instant) {
    return no_broadcasts();
}

}  // namespace dlms::client
