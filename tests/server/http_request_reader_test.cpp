#include "server/http_request_reader.hpp"

#include <string>
#include <string_view>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using dlms::service::HttpLimits;
using dlms::service::HttpRequestReader;
using State = HttpRequestReader::State;

namespace {

constexpr HttpLimits small{1024, 256, 8, 100};

struct Refused {
    const char* name;
    int status;
    std::string octets;
};

std::string repeated(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t number = 0; number < count; ++number) {
        all += text;
    }
    return all;
}

std::ostream& operator<<(std::ostream& out, const Refused& refused) {
    return out << refused.name;
}

const std::vector<Refused> refused_requests{
    {"bare LF", 400, "GET / HTTP/1.1\nHost: a\n\n"},
    {"no version", 400, "GET /\r\nHost: a\r\n\r\n"},
    {"old version", 505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n"},
    {"HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"TLS hello", 400, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15)},
    {"NUL in the target", 400, std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 29)},
    {"high octet in the target", 400, "GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"space before the colon", 400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
    {"folded field", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"},
    {"field without colon", 400, "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"},
    {"control character in a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n"},
    {"CR in a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"},
    {"encoded CR LF in a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a%0d%0aY: b\r\n\r\n"},
    {"no Host", 400, "GET / HTTP/1.1\r\n\r\n"},
    {"two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
    {"duplicate Content-Length", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"},
    {"listed Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx"},
    {"negative Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"},
    {"signed Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx"},
    {"hexadecimal Content-Length", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx"},
    {"empty Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n"},
    {"length and coding", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"coding alone", 411, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"body too large", 413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n"},
    {"length beyond 64 bits", 413,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n"},
    {"compressed body", 415,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"},
    {"unknown expectation", 417, "POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n"},
    {"long target", 414, "GET /" + std::string(300, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"long field", 431, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(300, 'a') + "\r\n\r\n"},
    {"endless field", 431, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(300, 'a')},
    {"many fields", 431,
     "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\nH: "
     "1\r\n\r\n"},
    {"endless empty lines", 400, repeated("\r\n", 1000)},
    {"large head", 431,
     "GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(250, 'a') +
         "\r\nB: " + std::string(250, 'a') + "\r\nC: " + std::string(250, 'a') +
         "\r\nD: " + std::string(250, 'a') + "\r\nE: 1\r\n\r\n"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_request_reader)

BOOST_DATA_TEST_CASE(refuses_what_is_not_a_sound_request, refused_requests) {
    HttpRequestReader whole(small);
    BOOST_TEST((whole.receive(sample.octets) == State::refused));
    BOOST_TEST(whole.refusal().status == sample.status);

    HttpRequestReader in_pieces(small);
    for (const char octet : sample.octets) {
        in_pieces.receive({&octet, 1});
    }
    BOOST_TEST((in_pieces.state() == State::refused));
    BOOST_TEST(in_pieces.refusal().status == sample.status);
    BOOST_TEST(in_pieces.refusal().body == whole.refusal().body);
}

BOOST_AUTO_TEST_CASE(refusal_is_final) {
    HttpRequestReader reader(small);
    reader.receive("nonsense\r\n\r\n");
    BOOST_TEST((reader.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n") == State::refused));
}

BOOST_AUTO_TEST_CASE(cuts_pipelined_requests_however_they_arrive) {
    const std::string first = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    const std::string second =
        "GET /b?q=1 HTTP/1.1\r\nHost:a\r\nX-Request-Id:\t id \r\nConnection: Close\r\n\r\n";
    for (std::size_t cut = 0; cut <= first.size() + second.size(); ++cut) {
        const std::string both = "\r\n" + first + second;
        HttpRequestReader reader(small);
        const bool early = reader.receive(std::string_view(both).substr(0, cut)) == State::complete;
        reader.receive(std::string_view(both).substr(cut));
        BOOST_REQUIRE((reader.state() == State::complete));
        BOOST_TEST((!early || cut >= first.size()));
        const auto one = reader.take_request();
        BOOST_TEST(one.method == "POST");
        BOOST_TEST(one.body() == "abc");
        BOOST_TEST(one.octets == first);
        BOOST_TEST(one.keep_alive);
        BOOST_REQUIRE((reader.state() == State::complete));
        const auto two = reader.take_request();
        BOOST_TEST(two.octets == second);
        BOOST_TEST(two.header("x-request-id").value() == "id");
        BOOST_TEST(!two.keep_alive);
        BOOST_TEST(!reader.has_begun());
    }
}

BOOST_AUTO_TEST_CASE(empty_lines_before_each_request_are_skipped_up_to_a_limit) {
    const std::string lines = repeated("\r\n", small.head_octets / 2);
    const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    HttpRequestReader reader(small);
    for (int number = 0; number < 3; ++number) {
        reader.receive(lines);
        BOOST_TEST(!reader.has_begun());
        BOOST_TEST((reader.receive(request) == State::complete));
        BOOST_TEST(reader.take_request().octets == request);
    }
    reader.receive(lines);
    BOOST_TEST((reader.receive("\r\n") == State::refused));
}

BOOST_AUTO_TEST_CASE(takes_requests_at_the_very_limits) {
    HttpRequestReader reader(small);
    const std::string body(100, 'x');
    BOOST_TEST((reader.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" +
                               body) == State::complete));
    BOOST_TEST(reader.take_request().body() == body);
    BOOST_TEST((
        reader.receive(
            "GET / HTTP/1.1\r\nHost: a\r\nA:1\r\nB:1\r\nC:1\r\nD:1\r\nE:1\r\nF:1\r\nG:1\r\n\r\n") ==
        State::complete));
}

BOOST_AUTO_TEST_CASE(keeps_alive_as_the_version_and_the_client_say) {
    const auto keep_alive = [](std::string_view octets) {
        HttpRequestReader reader(small);
        BOOST_REQUIRE((reader.receive(octets) == State::complete));
        return reader.take_request().keep_alive;
    };
    BOOST_TEST(keep_alive("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    BOOST_TEST(!keep_alive("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n"));
    BOOST_TEST(!keep_alive("GET / HTTP/1.0\r\n\r\n"));
    BOOST_TEST(keep_alive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(tells_once_that_a_client_waits_for_100) {
    HttpRequestReader reader(small);
    reader.receive(
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
    BOOST_TEST(reader.take_expectation());
    BOOST_TEST(!reader.take_expectation());
    BOOST_TEST((reader.receive("x") == State::complete));
}

BOOST_AUTO_TEST_CASE(leaves_an_encoded_line_end_in_a_referer_alone) {
    HttpRequestReader reader(small);
    BOOST_TEST((reader.receive("GET / HTTP/1.1\r\nHost: a\r\nReferer: http://a/?q=%0a\r\n\r\n") ==
                State::complete));
}

BOOST_AUTO_TEST_SUITE_END()
