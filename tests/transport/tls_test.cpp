// TLS on real sockets of the loopback address, with certificates made on the spot.

#include <fstream>

#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include "tests/support/result_printing.hpp"
#include "tests/transport/credentials.hpp"
#include "tests/transport/line_support.hpp"
#include "transport/tls_acceptor.hpp"
#include "transport/tls_connector.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::transport;
using namespace std::chrono_literals;
using asio::ip::tcp;

namespace {

const tcp::endpoint any_port(asio::ip::make_address("127.0.0.1"), 0);

/// A meter behind TLS: it answers every part of octets with the same.
struct Meter {
    Meter(asio::io_context& context, const TlsServerOptions& options) {
        auto made = TlsAcceptor::listen(
            context.get_executor(), any_port, options,
            [this](std::unique_ptr<Channel> channel, const tcp::endpoint& peer) {
                BOOST_TEST(peer.address().is_loopback());
                driver = Driver::create(std::move(channel), session);
                session.on_received = [this] {
                    session.to_send.push_back(*from_hex(session.received.back()));
                };
                driver->start();
            });
        BOOST_REQUIRE(made.has_value());
        acceptor = *made;
    }
    ~Meter() {
        acceptor->close();
        if (driver) {
            driver->close();
        }
    }

    std::shared_ptr<TlsAcceptor> acceptor;
    RecordingSession session;
    std::shared_ptr<Driver> driver;
};

struct World {
    explicit World(const TlsServerOptions& options) : meter(io, options) {}

    Result<std::unique_ptr<Channel>> connect(TlsOptions options, std::string host = "127.0.0.1") {
        return result_of(io,
                         connect_tls({std::move(host), meter.acceptor->local_endpoint().port()},
                                     std::move(options), std::chrono::steady_clock::now() + 10s));
    }

    asio::io_context io;
    Meter meter;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(tls)

BOOST_FIXTURE_TEST_CASE(octets_go_both_ways, Credentials) {
    World world({file("meter.pem"), "", ""});
    auto channel = world.connect({.server_name = "meter.test", .ca_file = file("ca.pem")});
    BOOST_REQUIRE_MESSAGE(channel.has_value(), outcome(channel));
    RecordingSession session;
    ByteBuffer large(100'000);  // many records, and more than one queue
    for (std::size_t i = 0; i < large.size(); ++i) {
        large[i] = static_cast<Byte>(i * 7);
    }
    session.to_send = {*from_hex("0102"), large, *from_hex("03")};
    const auto driver = Driver::create(std::move(*channel), session);
    driver->start();
    std::size_t came = 0;
    session.on_received = [&] { came += session.received.back().size() / 2; };
    run_until(world.io, [&] { return came == large.size() + 3; });
    ByteBuffer expected = *from_hex("0102");
    expected.insert(expected.end(), large.begin(), large.end());
    expected.push_back(3);
    BOOST_TEST((session.all_received() == expected));
    BOOST_TEST(driver->counters().octets_sent == expected.size());
    driver->close();
    run_until(world.io, [&] { return world.meter.session.lost.has_value(); });
    BOOST_TEST(*world.meter.session.lost == ErrorCode::connection_lost);
}

BOOST_FIXTURE_TEST_CASE(the_certificate_must_be_for_the_name_or_the_address, Credentials) {
    World world({file("meter.pem"), "", ""});
    const auto with_name = [&](std::string name) {
        return outcome(world.connect({.server_name = std::move(name), .ca_file = file("ca.pem")}));
    };
    BOOST_TEST(with_name("meter.test") == "accepted");
    BOOST_TEST(with_name("METER.test") == "accepted");
    BOOST_TEST(with_name("other.test") == "transport/certificate-name-mismatch@0");
    BOOST_TEST(with_name("sub.meter.test") == "transport/certificate-name-mismatch@0");
    BOOST_TEST(with_name("") == "accepted");  // the address that was called
    BOOST_TEST(with_name("127.0.0.2") == "transport/certificate-name-mismatch@0");
}

BOOST_FIXTURE_TEST_CASE(files_are_read_once_and_again_when_they_change, Credentials) {
    World world({file("meter.pem"), "", ""});
    const TlsOptions options{.server_name = "meter.test", .ca_file = file("trusted.pem")};
    const auto trust = [&](const Identity& authority, int second) {
        authority.write_certificate(folder / "trusted.pem");
        std::filesystem::last_write_time(
            folder / "trusted.pem", std::filesystem::file_time_type(std::chrono::seconds(second)));
    };
    trust(ca, 1);
    BOOST_TEST(outcome(world.connect(options)) == "accepted");
    const auto first = options.memory->context;
    BOOST_REQUIRE(first != nullptr);
    TlsOptions copy = options;  // of another meter behind the same CA
    copy.server_name = "";
    BOOST_TEST(outcome(world.connect(copy)) == "accepted");
    BOOST_TEST((options.memory->context == first));
    trust(other_ca, 2);
    BOOST_TEST(outcome(world.connect(options)) == "transport/certificate-untrusted@0");
    BOOST_TEST((options.memory->context != first));
    std::filesystem::remove(folder / "trusted.pem");
    BOOST_TEST(outcome(world.connect(options)) == "transport/unusable-credentials@0");
}

BOOST_FIXTURE_TEST_CASE(a_certificate_is_refused_for_its_reason, Credentials) {
    const auto with = [&](std::string_view certificate, std::string_view trusted) {
        World world({file(certificate), "", ""});
        return outcome(world.connect({.server_name = "meter.test", .ca_file = file(trusted)}));
    };
    BOOST_TEST(with("meter.pem", "ca.pem") == "accepted");
    BOOST_TEST(with("meter.pem", "other-ca.pem") == "transport/certificate-untrusted@0");
    BOOST_TEST(with("alone.pem", "ca.pem") == "transport/certificate-untrusted@0");
    BOOST_TEST(with("late.pem", "ca.pem") == "transport/certificate-expired@0");
    BOOST_TEST(with("early.pem", "ca.pem") == "transport/certificate-expired@0");
    World world({file("meter.pem"), "", ""});
    BOOST_TEST(outcome(world.connect({.server_name = "meter.test"})) ==
               "transport/certificate-untrusted@0");  // the system's CAs do not know ours
}

BOOST_FIXTURE_TEST_CASE(a_meter_may_want_a_certificate_of_the_client, Credentials) {
    // In TLS 1.3 the client is connected before the meter has judged: the first read tells.
    const auto end_with = [&](std::string_view certificate) {
        World world({file("meter.pem"), "", file("ca.pem")});
        TlsOptions options{.server_name = "meter.test", .ca_file = file("ca.pem")};
        options.certificate_file = certificate.empty() ? "" : file(certificate);
        auto channel = world.connect(options);
        if (!channel) {
            return std::string(name(channel.error().code));
        }
        RecordingSession session;
        const auto driver = Driver::create(std::move(*channel), session);
        session.to_send = {*from_hex("01")};
        driver->start();
        run_until(world.io, [&] { return session.lost || !session.received.empty(); });
        driver->close();
        BOOST_TEST(world.meter.acceptor->counters().accepted == (session.lost ? 0u : 1u));
        BOOST_TEST(world.meter.acceptor->counters().failed == (session.lost ? 1u : 0u));
        return session.lost ? std::string(name(*session.lost)) : "served";
    };
    BOOST_TEST(end_with("client.pem") == "served");
    BOOST_TEST(end_with("") == "own-certificate-rejected");
    BOOST_TEST(end_with("stranger.pem") == "own-certificate-rejected");
}

BOOST_FIXTURE_TEST_CASE(files_that_cannot_be_used_are_told_before_anything_is_sent, Credentials) {
    asio::io_context io;
    std::ofstream(folder / "empty.pem").close();
    std::ofstream(folder / "text.pem") << "no certificate\n";
    const auto with = [&](const TlsOptions& options) {
        return outcome(TlsContext::for_client(options));
    };
    const std::string unusable = "transport/unusable-credentials@0";
    BOOST_TEST(with({.ca_file = file("ca.pem")}) == "accepted");
    BOOST_TEST(with({.ca_file = file("none.pem")}) == unusable);
    BOOST_TEST(with({.ca_file = file("text.pem")}) == unusable);
    BOOST_TEST(with({.certificate_file = file("client.pem")}) == "accepted");
    BOOST_TEST(with({.certificate_file = file("ca.pem")}) == unusable);  // without a key
    BOOST_TEST(with({.certificate_file = file("empty.pem")}) == unusable);
    BOOST_TEST(with({.certificate_file = file("client.pem"), .key_file = file("meter.pem")}) ==
               unusable);  // a key of another certificate
    const auto listening = [&](const TlsServerOptions& options) {
        return outcome(TlsAcceptor::listen(io.get_executor(), any_port, options, {}));
    };
    BOOST_TEST(listening({file("none.pem"), "", ""}) == unusable);
    BOOST_TEST(listening({file("meter.pem"), "", file("text.pem")}) == unusable);
    // An encrypted key is refused; nobody is asked for its password.
    std::ofstream(folder / "locked.pem")
        << "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
           "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjT0f5yq0aDlQICCAAw\n"
           "-----END ENCRYPTED PRIVATE KEY-----\n";
    BOOST_TEST(with({.certificate_file = file("client.pem"), .key_file = file("locked.pem")}) ==
               unusable);
}

BOOST_FIXTURE_TEST_CASE(peers_that_do_not_speak_tls_are_told_apart, Credentials) {
    asio::io_context io;
    std::vector<tcp::socket> sockets;
    std::string_view answer;
    auto plain = TcpAcceptor::listen(io.get_executor(), any_port, [&](tcp::socket socket) {
        if (answer == "silence") {
            sockets.push_back(std::move(socket));
        } else if (!answer.empty()) {
            asio::write(socket, asio::buffer(answer));
            sockets.push_back(std::move(socket));
        }
    });
    BOOST_REQUIRE(plain.has_value());
    const auto connected = [&](std::string_view what, Duration patience) {
        answer = what;
        return outcome(result_of(io, connect_tls({"127.0.0.1", (*plain)->local_endpoint().port()},
                                                 {.ca_file = file("ca.pem")},
                                                 std::chrono::steady_clock::now() + patience)));
    };
    BOOST_TEST(connected("HTTP/1.1 400 Bad Request\r\n\r\n", 10s) == "transport/tls-not-spoken@0");
    using namespace std::string_view_literals;
    // Alerts (RFC 8446 6): protocol_version, handshake_failure, internal_error.
    constexpr std::string_view no_terms = "transport/tls-no-common-terms@0";
    BOOST_TEST(connected("\x15\x03\x03\x00\x02\x02\x46"sv, 10s) == no_terms);
    BOOST_TEST(connected("\x15\x03\x03\x00\x02\x02\x28"sv, 10s) == no_terms);
    BOOST_TEST(connected("\x15\x03\x03\x00\x02\x02\x50"sv, 10s) == "transport/tls-failed@0");
    BOOST_TEST(connected("", 10s) == "transport/tls-failed@0");  // hangs up
    BOOST_TEST(connected("silence", 50ms) == "transport/connect-timeout@0");
    (*plain)->close();

    // And at the meter: a client that speaks something else does not get in.
    World world({file("meter.pem"), "", ""});
    tcp::socket client(world.io);
    client.connect(world.meter.acceptor->local_endpoint());
    asio::write(client, asio::buffer(*from_hex("00010010000100026200")));
    run_until(world.io, [&] { return world.meter.acceptor->counters().failed == 1; });
    BOOST_TEST(world.meter.acceptor->counters().accepted == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_breaks_is_lost, Credentials) {
    World world({file("meter.pem"), "", ""});
    auto channel = world.connect({.server_name = "meter.test", .ca_file = file("ca.pem")});
    BOOST_REQUIRE(channel.has_value());
    RecordingSession session;
    const auto driver = Driver::create(std::move(*channel), session);
    session.to_send = {*from_hex("01")};
    driver->start();
    run_until(world.io, [&] { return !session.received.empty(); });
    world.meter.driver->close();
    run_until(world.io, [&] { return session.lost.has_value(); });
    BOOST_TEST(*session.lost == ErrorCode::connection_lost);
}

BOOST_AUTO_TEST_SUITE_END()
