#pragma once
// The exit statuses of `dlms`, as its help states them.

#include "client/failure.hpp"

namespace dlms::cli {

enum class ExitStatus : int {
    done = 0,         ///< everything was read or written
    refused = 1,      ///< the meter refused at least one item
    usage = 2,        ///< the command line, or a value to write, is wrong
    line = 3,         ///< no connection, connection lost, or no answer in time
    association = 4,  ///< the meter rejected the association or the password
    protocol = 5,     ///< the meter's octets break the protocol, or need what is not supported
    unknown = 6,      ///< a write that may or may not have been carried out
    internal = 70,    ///< a defect of this program
};

ExitStatus exit_status(const client::Failure& failure);

}  // namespace dlms::cli
