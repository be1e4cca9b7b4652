#pragma once
// NameLookup: host names to addresses, through the system's resolver. That blocks, for as long as
// its name servers say nothing, and nothing interrupts it: so it runs on threads of its own, of
// which there are a few. A name that hangs takes one of them, however many ask for it, and the
// others' names go on.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <asio/execution_context.hpp>
#include <asio/ip/address.hpp>

#include "stack/base/time.hpp"

namespace dlms::transport {

class NameLookup {
public:
    using Addresses = std::vector<asio::ip::address>;
    /// Addresses of a host; none when it has none. Blocks.
    using Resolve = std::function<Addresses(const std::string& host)>;
    /// Gets the addresses on a thread of the lookup; it must not block, nor look anything up.
    using Done = std::function<void(const Addresses&)>;

    struct Limits {
        std::size_t threads = 16;   ///< names that are looked up at once
        std::size_t waiting = 256;  ///< names that may wait for a thread
    };

    explicit NameLookup(Resolve resolve = system_addresses, Limits limits = {16, 256});
    /// Tells nobody any more; a thread that hangs ends by itself when the resolver lets it go.
    ~NameLookup();
    NameLookup(const NameLookup&) = delete;
    NameLookup& operator=(const NameLookup&) = delete;

    /// Looks `host` up and calls `done` once, unless nobody came to it before `deadline`. False
    /// when too many names wait already.
    bool look_up(const std::string& host, Instant deadline, Done done);

    /// What the system's resolver knows.
    static Addresses system_addresses(const std::string& host);

private:
    struct Shared;

    std::shared_ptr<Shared> shared_;
};

/// The lookup that everything on one io_context shares; ends with it.
NameLookup& name_lookup_of(asio::execution_context& context);

}  // namespace dlms::transport
