#pragma once
// The contract that every protocol machine keeps (docs/contract.md): commands, octets and time in;
// octets, events and the next deadline out. No sockets, threads, clocks or randomness inside.

#include <concepts>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/base/time.hpp"

namespace dlms {

template <class M>
concept Machine = requires(M machine, ByteView bytes, Instant now) {
    /// B inputs
    machine.receive(bytes, now);
    machine.handle_timeout(now);
    /// D outputs: empty when there is nothing; views are valid until the next input or command.
    { machine.poll_transmit() } -> std::same_as<std::optional<ByteView>>;
    { machine.poll_timeout() } -> std::same_as<std::optional<Instant>>;
    machine.poll_event();
};

}  // namespace dlms
