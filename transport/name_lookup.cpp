#include "transport/name_lookup.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <utility>

namespace dlms::transport {

/// What the threads know; it lives as long as the last of them.
struct NameLookup::Shared {
    struct Asked {
        std::vector<Done> done;
        Instant deadline;  // of the last who asked
    };

    Shared(Resolve with, Limits within) : resolve(std::move(with)), limits(within) {}

    /// The next name that somebody still waits for; the caller holds the lock.
    std::optional<std::string> take_next() {
        while (!waiting.empty()) {
            std::string host = std::move(waiting.front());
            waiting.pop_front();
            if (std::chrono::steady_clock::now() < asked[host].deadline) {
                return host;
            }
            asked.erase(host);
        }
        return std::nullopt;
    }

    /// A thread: looks up one name after the other until none waits.
    static void run(const std::shared_ptr<Shared>& shared, std::string host) {
        for (;;) {
            const Addresses addresses = shared->resolve(host);
            const std::scoped_lock lock(shared->mutex);
            // Whoever is told, and what that holds, ends under the lock: after close() nothing is
            // left of the surroundings.
            if (const auto found = shared->asked.find(host); found != shared->asked.end()) {
                std::ranges::for_each(found->second.done,
                                      [&](const Done& done) { done(addresses); });
                shared->asked.erase(found);
            }
            std::optional<std::string> next = shared->take_next();
            if (!next) {
                --shared->running;
                return;
            }
            host = *std::move(next);
        }
    }

    const Resolve resolve;
    const Limits limits;
    std::mutex mutex;
    std::map<std::string, Asked> asked;  // names that are looked up or wait
    std::deque<std::string> waiting;
    std::size_t running = 0;  // threads
};

NameLookup::NameLookup(Resolve resolve, Limits limits)
    : shared_(std::make_shared<Shared>(std::move(resolve), limits)) {}

NameLookup::~NameLookup() {
    const std::scoped_lock lock(shared_->mutex);
    shared_->asked.clear();
    shared_->waiting.clear();
}

bool NameLookup::look_up(const std::string& host, Instant deadline, Done done) {
    const std::scoped_lock lock(shared_->mutex);
    if (const auto found = shared_->asked.find(host); found != shared_->asked.end()) {
        found->second.done.push_back(std::move(done));
        found->second.deadline = std::max(found->second.deadline, deadline);
        return true;
    }
    const bool may_run = shared_->running < shared_->limits.threads;
    if (!may_run && shared_->waiting.size() >= shared_->limits.waiting) {
        return false;
    }
    if (!may_run) {
        shared_->waiting.push_back(host);
    } else {
        try {
            std::thread(Shared::run, shared_, host).detach();
        } catch (const std::system_error&) {  // no thread to be had
            return false;
        }
        ++shared_->running;
    }
    shared_->asked[host] = {{}, deadline};
    shared_->asked[host].done.push_back(std::move(done));
    return true;
}

NameLookup::Addresses NameLookup::system_addresses(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;  // else each address comes once for every kind
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
        return {};
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);
    Addresses addresses;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family == AF_INET) {
            const auto* const v4 = reinterpret_cast<const sockaddr_in*>(entry->ai_addr);
            addresses.emplace_back(asio::ip::address_v4(ntohl(v4->sin_addr.s_addr)));
        } else if (entry->ai_family == AF_INET6) {
            const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(entry->ai_addr);
            asio::ip::address_v6::bytes_type octets{};
            std::ranges::copy(v6->sin6_addr.s6_addr, octets.begin());
            addresses.emplace_back(asio::ip::address_v6(octets, v6->sin6_scope_id));
        }
    }
    return addresses;
}

namespace {

class NameLookupService final : public asio::execution_context::service {
public:
    static asio::execution_context::id id;

    explicit NameLookupService(asio::execution_context& context)
        : asio::execution_context::service(context), lookup_(std::make_unique<NameLookup>()) {}

    NameLookup& lookup() { return *lookup_; }

private:
    void shutdown() override { lookup_.reset(); }

    std::unique_ptr<NameLookup> lookup_;
};

asio::execution_context::id NameLookupService::id;

}  // namespace

NameLookup& name_lookup_of(asio::execution_context& context) {
    return asio::use_service<NameLookupService>(context).lookup();
}

}  // namespace dlms::transport
