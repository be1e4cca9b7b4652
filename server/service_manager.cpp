#include "server/service_manager.hpp"

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace dlms::service {

namespace {

std::string taken_from_environment(const char* name) {
    const char* value = std::getenv(name);
    const std::string text = value != nullptr ? value : "";
    ::unsetenv(name);
    return text;
}

template <class Number>
std::optional<Number> number_of(const std::string& text) {
    Number number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size()
               ? std::optional(number)
               : std::nullopt;
}

}  // namespace

ServiceManager::ServiceManager(asio::io_context& io)
    : address_(taken_from_environment("NOTIFY_SOCKET")), timer_(io) {
    const auto interval = number_of<std::int64_t>(taken_from_environment("WATCHDOG_USEC"));
    const auto process = number_of<pid_t>(taken_from_environment("WATCHDOG_PID"));
    if (interval && *interval > 0 && (!process || *process == ::getpid())) {
        watchdog_ = std::chrono::microseconds(*interval);
    }
}

void ServiceManager::ready(const std::string& status) {
    send("READY=1\nSTATUS=" + status);
    feed_watchdog();
}

void ServiceManager::reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    send("RELOADING=1\nMONOTONIC_USEC=" +
         std::to_string(std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000));
}

void ServiceManager::reloaded() {
    send("READY=1");
}

void ServiceManager::stopping(const std::string& status) {
    send("STOPPING=1\nSTATUS=" + status);
}

void ServiceManager::feed_watchdog() {
    if (!watchdog_) {
        return;
    }
    send("WATCHDOG=1");
    timer_.expires_after(*watchdog_ / 2);
    timer_.async_wait([this](const asio::error_code& error) {
        if (!error) {
            feed_watchdog();
        }
    });
}

void ServiceManager::send(const std::string& state) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (address_.empty() || address_.size() >= sizeof address.sun_path ||
        (address_[0] != '/' && address_[0] != '@')) {
        return;
    }
    std::memcpy(address.sun_path, address_.data(), address_.size());
    if (address_[0] == '@') {
        address.sun_path[0] = '\0';  // a name in the abstract space
    }
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        return;
    }
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&address), size);
    ::close(socket);
}

}  // namespace dlms::service
