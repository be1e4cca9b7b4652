// The stack without any socket of ours: asks a meter for its clock as the public client. The
// association is a machine that takes octets and time and gives octets and events; this program
// only carries them over a blocking socket.
//
//     example_read_clock HOST PORT [CLIENT_SAP]

#include <array>
#include <cstdlib>
#include <iostream>

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include "stack/association/client_association.hpp"
#include "stack/cosem/date_time.hpp"
#include "stack/wrapper/link.hpp"

using namespace dlms;
using namespace dlms::cosem::literals;

namespace {

constexpr ServerSap server_sap{1};
constexpr cosem::AttributeDescriptor clock_time{8, "0-0:1.0.0.255"_obis, 2};

Instant now() {
    return std::chrono::steady_clock::now();
}

/// A client association over a wrapper link, for one GET.
class Conversation {
public:
    explicit Conversation(ClientSap client_sap) : client_sap_(client_sap) {
        over_ = !association_.open(now());
    }

    bool is_over() const { return over_; }
    const std::string& time() const { return time_; }

    /// Octets came: up through the link to the association, and on with the next command.
    void receive(ByteView octets) {
        link_.receive(octets, now());
        while (const auto wpdu = link_.poll_event()) {
            association_.receive(wpdu->apdu, now());
            while (const auto event = association_.poll_event()) {
                take(*event);
            }
        }
        over_ = over_ || link_.state() == wrapper::Link::State::failed;
    }

    /// What is to be sent: down from the association through the link.
    std::optional<ByteView> poll_transmit() {
        while (const auto apdu = association_.poll_transmit()) {
            over_ = over_ || !link_.send({client_sap_.value(), server_sap.value(), *apdu});
        }
        return link_.poll_transmit();
    }

private:
    void take(const association::ClientEvent& event) {
        if (std::holds_alternative<association::Associated>(event)) {
            over_ = !association_.get(clock_time, {}, now());
        } else if (const auto* got = std::get_if<association::GetCompleted>(&event)) {
            const auto* data = std::get_if<axdr::DataView>(&got->result);
            const auto octets = data != nullptr ? data->octets() : ByteView{};
            const auto time = cosem::read_date_time(octets.value_or(ByteView{}));
            time_ = time ? cosem::iso_text(*time) : "";
            over_ = !association_.release(now());
        } else {
            over_ = true;  // released, refused or failed
        }
    }

    ClientSap client_sap_;
    wrapper::Link link_;
    association::ClientAssociation association_{association::ClientConfiguration{}};
    std::string time_;
    bool over_ = false;
};

void run(asio::ip::tcp::socket& socket, Conversation& talk) {
    std::array<Byte, 2048> buffer{};
    while (!talk.is_over()) {
        while (const auto octets = talk.poll_transmit()) {
            asio::write(socket, asio::buffer(octets->data(), octets->size()));
        }
        const std::size_t count = socket.read_some(asio::buffer(buffer));
        talk.receive(ByteView(buffer).first(count));
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 3) {
        std::cerr << "usage: example_read_clock HOST PORT [CLIENT_SAP]\n";
        return EXIT_FAILURE;
    }
    try {
        asio::io_context io;
        asio::ip::tcp::socket socket(io);
        asio::connect(socket, asio::ip::tcp::resolver(io).resolve(arguments[1], arguments[2]));
        const int sap = count > 3 ? std::atoi(arguments[3]) : 16;
        Conversation talk{ClientSap(static_cast<std::uint16_t>(sap))};
        run(socket, talk);
        std::cout << talk.time() << '\n';
        return talk.time().empty() ? EXIT_FAILURE : EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
