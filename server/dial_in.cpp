#include "server/dial_in.hpp"

#include <algorithm>
#include <utility>

#include "transport/tcp_channel.hpp"

namespace dlms::service {

namespace {

using client::dial_in::CallRegister;
using client::dial_in::Resolution;

// Zeros that fill a number up: six octets of BCD have twelve digits.
constexpr std::size_t most_zeros = 12;

// What the lookups of one serial number have come to.
struct Search {
    std::vector<std::string> numbers;
    std::size_t next = 0;
    std::vector<std::string> callers;  // registered as meters that call
    std::vector<std::string> others;
    std::function<void(const Search&)> done;
};

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

Resolution resolution_of(const Search& search) {
    if (search.callers.size() == 1) {
        return {search.callers.front(), {}};
    }
    if (search.callers.size() > 1) {
        return {std::nullopt,
                "its serial number may be that of several meters: " + joined(search.callers)};
    }
    if (!search.others.empty()) {
        return {std::nullopt, "meter " + joined(search.others) +
                                  " is known with another connection_type than dialin"};
    }
    return {std::nullopt, "no meter with its serial number is registered or connected to"};
}

void search_on(const std::shared_ptr<Search>& search, const LookUpConnectionType& look_up) {
    if (search->next == search->numbers.size()) {
        search->done(*search);
        return;
    }
    const std::string& number = search->numbers[search->next++];
    look_up(number, [search, look_up, number](std::optional<ConnectionType> type) {
        if (type) {
            (type == ConnectionType::dialin ? search->callers : search->others).push_back(number);
        }
        search_on(search, look_up);
    });
}

std::string address_of(const asio::ip::tcp::endpoint& peer) {
    return peer.address().to_string();
}

}  // namespace

std::vector<std::string> numbers_of_serial(const std::string& serial_number) {
    std::vector<std::string> numbers{serial_number};
    const bool is_digits = std::ranges::all_of(
        serial_number, [](char character) { return character >= '0' && character <= '9'; });
    for (std::size_t zeros = 1; is_digits && zeros <= most_zeros; ++zeros) {
        if (zeros >= serial_number.size() || serial_number[zeros - 1] != '0') {
            break;
        }
        numbers.push_back(serial_number.substr(zeros));
    }
    return numbers;
}

DialIn::DialIn(const asio::any_io_executor& executor, DialInSettings settings, Events events)
    : executor_(executor), settings_(std::move(settings)), events_(std::move(events)) {
    calls_ = std::make_shared<CallRegister>(
        executor, settings_.limits,
        CallRegister::Events{
            [this](const std::string& serial_number, CallRegister::Events::Found found) {
                resolve(serial_number, std::move(found));
            },
            events_.called_again, events_.pushed, events_.ended});
}

DialIn::~DialIn() {
    stop_listening();
    calls_->close();
}

void DialIn::resolve(const std::string& serial_number, CallRegister::Events::Found found) {
    const auto search = std::make_shared<Search>();
    search->numbers = numbers_of_serial(serial_number);
    search->done = [found = std::move(found)](const Search& all) { found(resolution_of(all)); };
    search_on(search, events_.look_up);
}

void DialIn::find_number(const std::string& serial_number,
                         std::move_only_function<void(std::optional<std::string>)> found) const {
    const auto search = std::make_shared<Search>();
    search->numbers = numbers_of_serial(serial_number);
    const auto shared = std::make_shared<decltype(found)>(std::move(found));
    search->done = [shared](const Search& all) {
        std::vector<std::string> numbers = all.callers;
        numbers.insert(numbers.end(), all.others.begin(), all.others.end());
        (*shared)(numbers.size() == 1 ? std::optional(numbers.front()) : std::nullopt);
    };
    search_on(search, events_.look_up);
}

std::optional<std::string> DialIn::start() {
    if (!settings_.port) {
        return std::nullopt;
    }
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(settings_.host), *settings_.port);
    const auto failed = [&](const Error& error) {
        return "the port for meters that call, " + settings_.host + " " +
               std::to_string(*settings_.port) +
               ", cannot be opened: " + std::string(name(error.code));
    };
    if (!settings_.tls.certificate_file.empty()) {
        auto acceptor = transport::TlsAcceptor::listen(
            executor_, endpoint, settings_.tls,
            [this](std::unique_ptr<transport::Channel> channel,
                   const asio::ip::tcp::endpoint& peer) {
                calls_->take_in(std::move(channel), address_of(peer));
            });
        if (!acceptor) {
            return failed(acceptor.error());
        }
        tls_acceptor_ = std::move(*acceptor);
        return std::nullopt;
    }
    auto acceptor =
        transport::TcpAcceptor::listen(executor_, endpoint, [this](asio::ip::tcp::socket socket) {
            asio::error_code error;
            const auto peer = socket.remote_endpoint(error);
            if (error) {
                return;
            }
            socket.set_option(asio::socket_base::keep_alive(true), error);
            calls_->take_in(std::make_unique<transport::TcpChannel>(std::move(socket)),
                            address_of(peer));
        });
    if (!acceptor) {
        return failed(acceptor.error());
    }
    acceptor_ = std::move(*acceptor);
    return std::nullopt;
}

void DialIn::stop_listening() {
    if (acceptor_) {
        acceptor_->close();
    }
    if (tls_acceptor_) {
        tls_acceptor_->close();
    }
}

std::uint16_t DialIn::port() const {
    if (tls_acceptor_) {
        return tls_acceptor_->local_endpoint().port();
    }
    return acceptor_ ? acceptor_->local_endpoint().port() : std::uint16_t{0};
}

}  // namespace dlms::service
