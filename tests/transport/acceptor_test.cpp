#include "transport/acceptor.hpp"

#include <vector>

#include <asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace dlms;
using asio::ip::tcp;
using transport::TcpAcceptor;

BOOST_AUTO_TEST_SUITE(acceptor)

BOOST_AUTO_TEST_CASE(every_connection_is_handed_over_until_it_is_closed) {
    asio::io_context io;
    std::vector<tcp::socket> accepted;
    const auto acceptor =
        TcpAcceptor::listen(io.get_executor(), {asio::ip::make_address("127.0.0.1"), 0},
                            [&](tcp::socket socket) { accepted.push_back(std::move(socket)); });
    BOOST_REQUIRE(acceptor);
    std::vector<tcp::socket> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back(io).connect((*acceptor)->local_endpoint());
    }
    while (accepted.size() < 3 && io.run_one() > 0) {
    }
    BOOST_TEST(accepted.size() == 3u);
    const tcp::endpoint endpoint = (*acceptor)->local_endpoint();
    (*acceptor)->close();
    io.run();
    tcp::socket late(io);
    std::error_code error;
    late.connect(endpoint, error);
    BOOST_TEST(bool(error));
}

BOOST_AUTO_TEST_CASE(a_taken_port_and_a_foreign_address_are_named) {
    asio::io_context io;
    tcp::acceptor taken(io, {asio::ip::make_address("127.0.0.1"), 0});
    const auto same = TcpAcceptor::listen(io.get_executor(), taken.local_endpoint(), {});
    BOOST_REQUIRE(!same);
    BOOST_CHECK(same.error().code == ErrorCode::connect_refused);
    const auto foreign =
        TcpAcceptor::listen(io.get_executor(), {asio::ip::make_address("192.0.2.1"), 4059}, {});
    BOOST_REQUIRE(!foreign);
    BOOST_CHECK(foreign.error().code == ErrorCode::host_unreachable);
}

BOOST_AUTO_TEST_SUITE_END()
