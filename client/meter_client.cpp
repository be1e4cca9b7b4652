#include "client/meter_client.hpp"

namespace dlms::client {

asio::awaitable<Outcome<void>> MeterClient::broadcast_write(cosem::AttributeDescriptor, axdr::Data,
                                                            Instant) {
    Failure failure;
    failure.code = FailureCode::unsupported;
    co_return std::unexpected(std::move(failure));
}

}  // namespace dlms::client
