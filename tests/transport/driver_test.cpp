// The driver on real sockets, with sessions that do what real ones may: send more than the socket
// takes, close the driver from inside each call, and go away when the line is lost.

#include "transport/driver.hpp"

#include <deque>
#include <functional>

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"

using namespace dlms;
using namespace std::chrono_literals;
using asio::ip::tcp;
using transport::Driver;

namespace {

/// What a test wants to happen, in functions that may be left empty.
class ScriptedSession final : public transport::Session {
public:
    std::function<void(ByteView)> on_receive;
    std::function<void()> on_settle;
    std::function<void()> on_timeout;
    std::function<void(const Error&)> on_lost;
    std::deque<ByteBuffer> to_send;
    std::optional<Instant> deadline;
    std::optional<Error> broken;
    std::optional<std::uint64_t> answered;
    ByteBuffer received;

    void receive(ByteView bytes, Instant) override {
        received.insert(received.end(), bytes.begin(), bytes.end());
        call(on_receive, bytes);
    }
    void handle_timeout(Instant) override {
        deadline.reset();
        call(on_timeout);
    }
    void connection_lost(const Error& error) override { call(on_lost, error); }
    void settle() override { call(on_settle); }
    std::optional<ByteView> poll_transmit() override {
        if (to_send.empty()) {
            return std::nullopt;
        }
        sending_ = std::move(to_send.front());
        to_send.pop_front();
        return ByteView(sending_);
    }
    std::optional<Instant> poll_timeout() override { return deadline; }
    std::optional<std::uint64_t> answers() const override { return answered; }
    std::optional<Error> failure() override { return broken; }

private:
    template <class Function, class... Arguments>
    static void call(const Function& function, const Arguments&... arguments) {
        if (function) {
            const Function copy = function;  // the session may go in it
            copy(arguments...);
        }
    }
    ByteBuffer sending_;
};

/// Two ends of one connection: `own` for the driver, `peer` for the test.
struct Line {
    Line() : own(io), peer(io) {
        tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
        own.connect(acceptor.local_endpoint());
        peer = acceptor.accept();
    }
    /// Runs until `done` holds; the test's own time-out ends what never comes.
    template <class Done>
    void run_until(Done done) {
        while (!done() && io.run_one() > 0) {
        }
        BOOST_REQUIRE(done());
    }
    void peer_sends(std::string_view hex) { asio::write(peer, asio::buffer(*from_hex(hex))); }
    std::string peer_reads(std::size_t count) {
        ByteBuffer bytes(count);
        asio::read(peer, asio::buffer(bytes));
        return to_hex(bytes);
    }
    bool peer_sees_the_end() {
        Byte octet = 0;
        std::error_code error;
        asio::read(peer, asio::buffer(&octet, 1), error);
        return error == asio::error::eof || error == asio::error::connection_reset;
    }

    asio::io_context io;
    tcp::socket own;
    tcp::socket peer;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(driver)

BOOST_AUTO_TEST_CASE(sends_what_the_session_has_and_hands_up_what_comes) {
    Line line;
    ScriptedSession session;
    session.to_send = {*from_hex("0102"), *from_hex("03")};
    const auto driver = Driver::create(std::move(line.own), session);
    driver->start();
    BOOST_TEST(line.peer_reads(3) == "010203");
    line.peer_sends("AABB");
    line.run_until([&] { return session.received.size() == 2; });
    BOOST_TEST(to_hex(session.received) == "AABB");
    BOOST_TEST(driver->counters().octets_sent == 3u);
    BOOST_TEST(driver->counters().octets_received == 2u);
    driver->close();
}

BOOST_AUTO_TEST_CASE(what_the_socket_does_not_take_at_once_follows_in_order) {
    Line line;
    line.own.set_option(asio::socket_base::send_buffer_size(4096));
    line.peer.set_option(asio::socket_base::receive_buffer_size(4096));
    ScriptedSession session;
    ByteBuffer expected;
    for (unsigned part = 0; part < 8; ++part) {
        ByteBuffer octets(30'000);
        for (std::size_t i = 0; i < octets.size(); ++i) {
            octets[i] = static_cast<Byte>(i * 7 + part);
        }
        expected.insert(expected.end(), octets.begin(), octets.end());
        session.to_send.push_back(std::move(octets));
    }
    const auto driver = Driver::create(std::move(line.own), session);
    driver->start();
    BOOST_TEST(!session.to_send.empty());  // the session keeps what does not go out yet
    ByteBuffer came(expected.size());
    std::size_t have = 0;
    line.peer.non_blocking(true);
    line.run_until([&] {
        std::error_code error;
        do {
            have +=
                line.peer.read_some(asio::buffer(came.data() + have, came.size() - have), error);
        } while (!error && have < came.size());
        return have == came.size();
    });
    BOOST_TEST((came == expected));
    driver->close();
}

BOOST_AUTO_TEST_CASE(a_session_may_close_its_driver_from_inside_every_call) {
    for (const auto* where : {"settle", "timeout"}) {
        BOOST_TEST_CONTEXT(where) {
            Line line;
            ScriptedSession session;
            bool closed = false;
            std::shared_ptr<Driver> driver = Driver::create(std::move(line.own), session);
            const auto close = [&] {
                driver->close();
                driver.reset();
                closed = true;
            };
            if (where == std::string_view("settle")) {
                session.on_settle = close;
                line.peer_sends("01");
            } else {
                session.on_timeout = close;
                session.deadline = std::chrono::steady_clock::now();
            }
            driver->start();
            line.run_until([&] { return closed; });
            BOOST_TEST(line.peer_sees_the_end());
            line.io.run();  // nothing is left that could touch the session
        }
    }
}

BOOST_AUTO_TEST_CASE(a_session_may_go_when_the_line_is_lost) {
    Line line;
    auto session = std::make_unique<ScriptedSession>();
    std::optional<ErrorCode> reason;
    session->on_lost = [&](const Error& error) {
        reason = error.code;
        session.reset();
    };
    const auto driver = Driver::create(std::move(line.own), *session);
    driver->start();
    line.peer.close();
    line.run_until([&] { return reason.has_value(); });
    BOOST_CHECK(*reason == ErrorCode::connection_lost);
    BOOST_TEST(!driver->is_open());
    driver->flush();  // of no effect, and of no harm
    line.io.run();
}

BOOST_AUTO_TEST_CASE(a_session_that_cannot_go_on_is_closed_with_its_reason) {
    Line line;
    ScriptedSession session;
    std::optional<ErrorCode> reason;
    session.on_receive = [&](ByteView) {
        session.broken = Error{ErrorCode::wrong_version, Layer::wrapper, 0};
    };
    session.on_lost = [&](const Error& error) { reason = error.code; };
    const auto driver = Driver::create(std::move(line.own), session);
    driver->start();
    line.peer_sends("FF");
    line.run_until([&] { return reason.has_value(); });
    BOOST_CHECK(*reason == ErrorCode::wrong_version);
    BOOST_TEST(line.peer_sees_the_end());
}

BOOST_AUTO_TEST_CASE(a_deadline_that_comes_nearer_is_kept_and_one_that_moves_back_waits) {
    Line line;
    ScriptedSession session;
    bool came = false;
    Instant expected{};
    session.on_timeout = [&] {
        came = true;
        BOOST_TEST((std::chrono::steady_clock::now() >= expected));
    };
    const auto driver = Driver::create(std::move(line.own), session);
    session.deadline = std::chrono::steady_clock::now() + 1h;
    driver->start();
    expected = std::chrono::steady_clock::now() + 5ms;
    session.deadline = expected;
    driver->flush();
    line.run_until([&] { return came; });

    came = false;
    session.deadline = std::chrono::steady_clock::now() + 1ms;
    driver->flush();
    expected = std::chrono::steady_clock::now() + 20ms;  // moved back while the timer runs
    session.deadline = expected;
    driver->flush();
    line.run_until([&] { return came; });
    driver->close();
}

BOOST_AUTO_TEST_CASE(CLIENT_X_11_a_peer_that_floods_is_cut_off) {
    Line line;
    ScriptedSession session;
    session.answered = 0;
    std::optional<Error> lost;
    session.on_lost = [&](const Error& error) { lost = error; };
    const auto driver = Driver::create(std::move(line.own), session);
    driver->start();
    const ByteBuffer flood(64 * 1024, Byte{0x7E});
    line.peer.non_blocking(true);
    line.run_until([&] {
        line.io.poll();
        std::error_code full;
        line.peer.write_some(asio::buffer(flood), full);  // last, so that there is what to wait for
        return lost.has_value();
    });
    BOOST_TEST((*lost == transport::flooded));
    BOOST_TEST(!driver->is_open());
    BOOST_TEST(session.received.size() > transport::FloodBudget::burst / 2);
}

BOOST_AUTO_TEST_CASE(octets_that_were_waited_for_are_no_flood) {
    constexpr std::size_t all = 4 * transport::FloodBudget::burst;
    for (const bool is_server : {false, true}) {
        Line line;
        ScriptedSession session;
        if (!is_server) {
            session.answered = 0;
        }
        // An answer every now and then; to a server octets come as its clients like.
        session.on_receive = [&](ByteView) {
            if (session.answered && session.received.size() / 100'000 > *session.answered) {
                session.answered = session.received.size() / 100'000;
            }
        };
        bool lost = false;
        session.on_lost = [&](const Error&) { lost = true; };
        const auto driver = Driver::create(std::move(line.own), session);
        driver->start();
        const ByteBuffer portion(64 * 1024, Byte{0x7E});
        std::size_t sent = 0;
        line.peer.non_blocking(true);
        line.run_until([&] {
            line.io.poll();
            std::error_code full;
            if (sent < all) {
                sent += line.peer.write_some(asio::buffer(portion), full);
            }
            return lost || session.received.size() >= all;
        });
        BOOST_TEST(!lost);
        driver->close();
    }
}

BOOST_AUTO_TEST_CASE(what_a_slow_line_babbles_is_no_flood) {
    // 115200 Bd without a pause, for an hour, in portions as they come.
    transport::FloodBudget budget;
    Instant now{};
    bool fits = true;
    for (int i = 0; i < 360'000; ++i) {
        now += 10ms;
        fits = fits && budget.charge(115, now);
    }
    BOOST_TEST(fits);
    // Octet by octet, a long APDU comes in time too.
    transport::FloodBudget dribble;
    for (int i = 0; i < 65'535; ++i) {
        fits = fits && dribble.charge(1, now);
    }
    BOOST_TEST(fits);
}

BOOST_AUTO_TEST_SUITE_END()
