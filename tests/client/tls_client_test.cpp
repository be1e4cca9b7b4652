// A NativeMeterClient through TLS: in front of the meter stands what ends TLS, with certificates
// made on the spot.

#include "tests/client/client_scripts.hpp"
#include "tests/transport/credentials.hpp"
#include "tests/transport/line_support.hpp"
#include "transport/driver.hpp"
#include "transport/tls_acceptor.hpp"

using namespace dlms;
using namespace dlms::client;
using namespace dlms::testing;
using namespace dlms::client::testing_scripts;

namespace {

/// Ends TLS and hands the octets to a meter on TCP, and back.
class Terminator {
public:
    Terminator(asio::io_context& io, std::uint16_t meter,
               const transport::TlsServerOptions& options)
        : io_(io), meter_(meter) {
        auto made = transport::TlsAcceptor::listen(
            io.get_executor(), {asio::ip::make_address("127.0.0.1"), 0}, options,
            [this](std::unique_ptr<transport::Channel> channel, const asio::ip::tcp::endpoint&) {
                connect(std::move(channel));
            });
        BOOST_REQUIRE(made.has_value());
        acceptor_ = *made;
    }
    ~Terminator() {
        acceptor_->close();
        for (const auto& end : ends_) {
            end->driver->close();
        }
    }

    std::uint16_t port() const { return acceptor_->local_endpoint().port(); }
    const transport::TlsAcceptor::Counters& counters() const { return acceptor_->counters(); }

private:
    /// What one side says goes out at the other.
    struct End final : transport::Session {
        void receive(ByteView bytes, Instant) override {
            other->to_send.insert(other->to_send.end(), bytes.begin(), bytes.end());
            other->driver->flush();
        }
        void handle_timeout(Instant) override {}
        void connection_lost(const Error&) override { other->driver->close(); }
        std::optional<ByteView> poll_transmit() override {
            sending = std::exchange(to_send, {});
            return sending.empty() ? std::nullopt : std::optional<ByteView>(sending);
        }
        std::optional<Instant> poll_timeout() override { return std::nullopt; }
        std::optional<Error> failure() override { return std::nullopt; }

        std::shared_ptr<transport::Driver> driver;
        End* other = nullptr;
        ByteBuffer to_send;
        ByteBuffer sending;
    };

    void connect(std::unique_ptr<transport::Channel> channel) {
        asio::ip::tcp::socket socket(io_);
        socket.connect({asio::ip::make_address("127.0.0.1"), meter_});
        ends_.push_back(std::make_unique<End>());
        End& outer = *ends_.back();
        ends_.push_back(std::make_unique<End>());
        End& inner = *ends_.back();
        outer.other = &inner;
        inner.other = &outer;
        outer.driver = transport::Driver::create(std::move(channel), outer);
        inner.driver = transport::Driver::create(std::move(socket), inner);
        outer.driver->start();
        inner.driver->start();
    }

    asio::io_context& io_;
    std::uint16_t meter_;
    std::shared_ptr<transport::TlsAcceptor> acceptor_;
    std::vector<std::unique_ptr<End>> ends_;
};

struct World : Credentials {
    explicit World(std::vector<ScriptedMeter::Step> script, bool wants_certificate = false)
        : meter(std::move(script)),
          desk(1),
          terminator(desk.io, meter.port(),
                     {file("meter.pem"), "", wants_certificate ? file("ca.pem") : ""}) {}

    /// The value read, or the error's code.
    std::string read(transport::TlsOptions options) {
        MeterParameters parameters = Desk::parameters(terminator.port());
        parameters.link.carrier = Carrier::tls;
        parameters.link.tls = std::move(options);
        NativeMeterClient client(std::move(parameters));
        ReadRequest request;
        request.attribute = energy;
        const Outcome<axdr::Data> value = desk.wait(client.read(std::move(request), in(20s)));
        if (!value) {
            last = value.error();
        }
        return testing::text(value);
    }

    ScriptedMeter meter;
    Desk desk;  // for its loop
    Terminator terminator;
    Failure last;
};

std::vector<ScriptedMeter::Step> one_reading() {
    return {asks(aarq), says(aare), asks("C001C100030100010800FF0200"), says("C401C100060000002A"),
            Silence{}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_client)

BOOST_AUTO_TEST_CASE(a_register_is_read_through_tls) {
    World world(one_reading());
    BOOST_TEST(world.read({.server_name = "meter.test", .ca_file = world.file("ca.pem")}) ==
               "060000002A");
    BOOST_TEST(world.terminator.counters().accepted == 1u);
}

BOOST_AUTO_TEST_CASE(the_address_may_stand_in_the_certificate) {
    World world(one_reading());
    BOOST_TEST(world.read({.ca_file = world.file("ca.pem")}) == "060000002A");
}

BOOST_AUTO_TEST_CASE(our_certificate_is_shown_where_it_is_wanted) {
    World world(one_reading(), true);
    BOOST_TEST(world.read({.server_name = "meter.test",
                           .ca_file = world.file("ca.pem"),
                           .certificate_file = world.file("client.pem")}) == "060000002A");
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_name_is_refused) {
    World world({Silence{}});
    BOOST_TEST(world.read({.server_name = "other.test", .ca_file = world.file("ca.pem")}) ==
               "link-rejected");
    BOOST_TEST((world.last.error->code == ErrorCode::certificate_name_mismatch));
    BOOST_TEST(world.meter.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_ca_is_refused) {
    World world({Silence{}});
    BOOST_TEST(world.read({.server_name = "meter.test", .ca_file = world.file("other-ca.pem")}) ==
               "link-rejected");
    BOOST_TEST((world.last.error->code == ErrorCode::certificate_untrusted));
}

BOOST_AUTO_TEST_CASE(no_certificate_of_ours_or_a_strangers_is_refused_by_the_meter) {
    World world({Silence{}}, true);
    BOOST_TEST(world.read({.server_name = "meter.test", .ca_file = world.file("ca.pem")}) ==
               "link-rejected");
    BOOST_TEST((world.last.error->code == ErrorCode::own_certificate_rejected));
    BOOST_TEST(world.read({.server_name = "meter.test",
                           .ca_file = world.file("ca.pem"),
                           .certificate_file = world.file("stranger.pem")}) == "link-rejected");
    BOOST_TEST((world.last.error->code == ErrorCode::own_certificate_rejected));
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_used_are_our_fault) {
    World world({Silence{}});
    BOOST_TEST(world.read({.ca_file = world.file("nothing.pem")}) == "invalid-request");
    BOOST_TEST((world.last.error->code == ErrorCode::unusable_credentials));
}

BOOST_AUTO_TEST_CASE(a_meter_without_tls_is_told_from_a_silent_one) {
    Credentials credentials;
    ScriptedMeter meter({Send{"48545450"}, ScriptedMeter::Close{}, Silence{}});
    Desk desk(1);
    MeterParameters parameters = Desk::parameters(meter.port());
    parameters.link.carrier = Carrier::tls;
    parameters.link.tls.ca_file = credentials.file("ca.pem");
    NativeMeterClient client(std::move(parameters));
    const auto connected = desk.wait(client.connect(in(20s)));
    BOOST_REQUIRE(!connected.has_value());
    BOOST_TEST(code_text(connected.error()) == "link-rejected");
}

BOOST_AUTO_TEST_SUITE_END()
