#include "transport/error_mapping.hpp"

#include <asio/error.hpp>

namespace dlms::transport {
namespace {

ErrorCode code_of(const std::error_code& error) {
    if (error == asio::error::connection_refused) {
        return ErrorCode::connect_refused;
    }
    if (error == asio::error::timed_out) {
        return ErrorCode::connect_timeout;
    }
    if (error == asio::error::operation_aborted) {
        return ErrorCode::cancelled;
    }
    const bool no_way =
        error == asio::error::host_unreachable || error == asio::error::network_unreachable ||
        error == asio::error::network_down || error == asio::error::host_not_found ||
        error == asio::error::host_not_found_try_again || error == asio::error::no_data ||
        error == asio::error::no_recovery || error == asio::error::access_denied ||
        error == std::errc::address_not_available ||
        error == asio::error::address_family_not_supported;
    if (error == asio::error::message_size) {
        return ErrorCode::request_too_long;  // more than a datagram holds
    }
    return no_way ? ErrorCode::host_unreachable : ErrorCode::connection_lost;
}

}  // namespace

Error to_error(const std::error_code& error) {
    return Error{code_of(error), Layer::transport, 0};
}

bool would_block(const std::error_code& error) {
    return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace dlms::transport
