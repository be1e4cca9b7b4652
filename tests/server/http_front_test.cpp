#include "server/http_front.hpp"

#include <fstream>
#include <latch>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/server/http_client.hpp"
#include "tests/server/running_front.hpp"

using namespace dlms::service;
using namespace dlms::service::testing;
using namespace std::chrono_literals;

namespace {

HttpAnswer text(std::string body) {
    HttpAnswer answer;
    answer.body = std::move(body);
    return answer;
}

// Pieces one after the other, each from a thread of its own where that is asked for.
class Pieces final : public AnswerStream {
public:
    Pieces(std::vector<std::string> pieces, bool from_threads)
        : pieces_(std::move(pieces)), from_threads_(from_threads) {}

    void next(Ready ready) override {
        std::optional<std::string> piece;
        if (next_ < pieces_.size()) {
            piece = pieces_[next_++];
        }
        if (from_threads_) {
            std::thread([piece, ready = std::move(ready)]() mutable { ready(piece); }).detach();
        } else {
            ready(piece);
        }
    }

private:
    std::vector<std::string> pieces_;
    bool from_threads_;
    std::size_t next_ = 0;
};

HttpAnswer stream(std::vector<std::string> pieces, bool from_threads) {
    HttpAnswer answer;
    answer.stream = std::make_shared<Pieces>(std::move(pieces), from_threads);
    return answer;
}

// Never has anything to say.
class Silence final : public AnswerStream {
public:
    void next(Ready ready) override { ready_ = std::move(ready); }

private:
    Ready ready_;
};

std::vector<HttpRoute> routes(DeferredAnswers& deferred) {
    return {
        {"GET", "/fast",
         [](const HttpRequest&, Responder responder) { responder.answer(text("{\"ok\":true}")); }},
        {"POST", "/echo",
         [](const HttpRequest& request, Responder responder) {
             responder.answer(text(request.body));
         }},
        {"POST", "/defer",
         [&deferred](const HttpRequest& request, Responder responder) {
             deferred.add(request.body, std::move(responder));
         }},
        {"GET", "/throw",
         [](const HttpRequest&, Responder) { throw std::runtime_error("secret text"); }},
        {"GET", "/forget", [](const HttpRequest&, Responder) {}},
        {"GET", "/large",
         [](const HttpRequest&, Responder responder) {
             responder.answer(text(std::string(64U * 1024 * 1024, 'x')));
         }},
        {"GET", "/stream",
         [](const HttpRequest& request, Responder responder) {
             responder.answer(stream({"one ", "", "two ", std::string(100'000, 'x')},
                                     request.query_value("threads").has_value()));
         }},
        {"GET", "/silence",
         [](const HttpRequest&, Responder responder) {
             HttpAnswer answer;
             answer.stream = std::make_shared<Silence>();
             responder.answer(std::move(answer));
         }},
        {"GET", "/meters/:number",
         [](const HttpRequest& request, Responder responder) {
             responder.answer(text(std::string(request.path_parameter("number").value_or("none")) +
                                   " " + std::string(request.query_value("q").value_or("none"))));
         }},
        {"GET", "/a.b",
         [](const HttpRequest&, Responder responder) { responder.answer(text("dot")); }},
    };
}

std::size_t resident_octets() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * 4096U;
}

struct Fixture {
    DeferredAnswers deferred;
    HttpFrontSettings settings;
};

// Waits until the front has that many connections; the test's time limit ends a wait for what never
// comes.
void wait_for_connections(RunningFront& front, std::size_t count) {
    while (front.connections() != count) {
        std::this_thread::sleep_for(1ms);
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_front, Fixture)

BOOST_AUTO_TEST_CASE(answers_on_a_kept_connection) {
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    for (int round = 0; round < 3; ++round) {
        const auto fast = client.call("GET", "/fast");
        BOOST_REQUIRE(fast);
        BOOST_TEST(fast->status == 200);
        BOOST_TEST(fast->body == "{\"ok\":true}");
        BOOST_TEST(fast->header("Content-Type") == "application/json");
        BOOST_TEST(fast->header("Connection") == "keep-alive");
        BOOST_TEST(fast->header("Date").ends_with(" GMT"));
    }
    BOOST_TEST(client.call("GET", "/meters/a%20b?q=1%2B2")->body == "a b 1+2");
    BOOST_TEST(client.call("GET", "/fast", {}, "Connection: close\r\n")->header("Connection") ==
               "close");
    BOOST_TEST(client.reaches_end());
    BOOST_TEST(front.counters().accepted == 1U);
}

BOOST_AUTO_TEST_CASE(errors_are_json_and_name_what_is_wrong) {
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    const auto expect = [&](std::string_view method, std::string_view target, int status,
                            std::string_view body) {
        const auto answer = client.call(method, target, method == "GET" ? "" : "x=1");
        BOOST_REQUIRE(answer);
        BOOST_TEST(answer->status == status);
        BOOST_TEST(answer->body == body);
    };
    expect("GET", "/nothing", 404, R"({"detail":"Not Found"})");
    expect("POST", "/nothing", 404, R"({"detail":"Not Found"})");
    expect("GET", "/aXb", 404, R"({"detail":"Not Found"})");
    expect("GET", "/a.b", 200, "dot");
    expect("GET", "/echo", 405, R"({"detail":"Method Not Allowed"})");
    expect("DELETE", "/echo", 405, R"({"detail":"Method Not Allowed"})");
    expect("TRACE", "/echo", 405, R"({"detail":"Method Not Allowed"})");
    expect("BREW", "/echo", 405, R"({"detail":"Method Not Allowed"})");
    expect("GET", "/throw", 500, R"({"detail":"Internal Server Error"})");
    expect("GET", "/forget", 500, R"({"detail":"Internal Server Error"})");
    BOOST_TEST(client.call("GET", "/echo")->header("Allow") == "POST");
    const auto long_path = client.call("GET", "/" + std::string(8000, 'a'));
    BOOST_TEST(long_path->status == 404);
}

BOOST_AUTO_TEST_CASE(a_refused_request_is_answered_and_the_connection_closed) {
    RunningFront front(settings, routes(deferred));
    const std::vector<std::pair<int, std::string>> bad{
        {400, "nonsense\r\n\r\n"},
        {400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"},
        {411, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n"},
        {415,
         "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"},
        {431, "GET /fast HTTP/1.1\r\nHost: a\r\n" + std::string(20'000, 'x')},
    };
    for (const auto& [status, octets] : bad) {
        HttpClient client(front.port());
        client.send(octets);
        const auto answer = client.receive();
        BOOST_REQUIRE(answer);
        BOOST_TEST(answer->status == status);
        BOOST_TEST(answer->body.starts_with("{\"detail\":\""));
        BOOST_TEST(answer->header("Connection") == "close");
        BOOST_TEST(client.reaches_end());
    }
    BOOST_TEST(HttpClient(front.port()).call("GET", "/fast")->status == 200);
}

BOOST_AUTO_TEST_CASE(refused_requests_go_to_the_access_log) {
    settings.deadlines.request = 200ms;
    std::vector<AccessRecord> records;  // of the I/O thread
    HttpHooks hooks;
    hooks.access = [&records](const AccessRecord& record) { records.push_back(record); };
    RunningFront front(settings, routes(deferred), hooks);
    const auto last_of = [&](std::string_view octets) {
        HttpClient client(front.port());
        client.send(octets);
        const auto answer = client.receive();
        BOOST_REQUIRE(answer);
        const AccessRecord record =
            front.on_io_thread<AccessRecord>([&records] { return records.back(); });
        BOOST_TEST(record.status == answer->status);
        BOOST_TEST(record.request_id == answer->header("X-Request-Id"));
        BOOST_TEST(record.remote_address == "127.0.0.1");
        return record.method + " " + record.target + " " + std::to_string(record.status);
    };
    BOOST_TEST(last_of("GET /fast HTTP/1.1\r\nHost: a\r\n\r\n") == "GET /fast 200");
    BOOST_TEST(last_of("GET /fast?password=SECRET HTTP/1.1\r\nHost: a\r\n\r\n") == "GET /fast 200");
    BOOST_TEST(last_of("GET /a?password=SECRET HTTP/1.1\r\n\r\n") == "GET /a 400");
    BOOST_TEST(last_of("nonsense\r\n\r\n") == "- - 400");
    BOOST_TEST(last_of("GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n") == "- - 400");
    BOOST_TEST(last_of("GET /a HTTP/1.1\r\n\r\n") == "GET /a 400");
    BOOST_TEST(last_of("POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n") ==
               "POST /b 411");
    BOOST_TEST(last_of("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n") ==
               "POST /b 413");
    BOOST_TEST(last_of("GET /fast HTTP/1.1\r\nHost: a\r\n" + std::string(20'000, 'x')) ==
               "- - 431");
    BOOST_TEST(last_of("GET /fast HTTP/1.1\r\nHos") == "- - 408");
    BOOST_TEST(last_of("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx") ==
               "POST /b 408");
}

BOOST_AUTO_TEST_CASE(a_range_means_nothing_here) {
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    for (const char* range : {"bytes=0-1", "bytes=9-1", "bytes=5-", "nonsense", "", "bytes=-"}) {
        const auto answer = client.call(
            "GET", "/fast", {},
            "X-A: 1\r\nrange: " + std::string(range) + "\r\nRange: bytes=a\r\nX-B: 1\r\n");
        BOOST_REQUIRE(answer);
        BOOST_TEST(answer->status == 200);
        BOOST_TEST(answer->body == "{\"ok\":true}");
        const auto echoed = client.call("POST", "/echo", "Range: bytes=9-1\r\n",
                                        "Range: " + std::string(range) + "\r\n");
        BOOST_TEST(echoed->body == "Range: bytes=9-1\r\n");
    }
}

BOOST_AUTO_TEST_CASE(every_status_in_use_has_its_reason_phrase) {
    for (const int status : {200, 204, 400, 401, 404, 405, 408, 409, 411, 413,
                             414, 415, 417, 422, 431, 500, 502, 503, 504, 505}) {
        BOOST_TEST(reason_phrase(status) != "Unknown", status);
    }
    BOOST_TEST(reason_phrase(799) == "Unknown");
    BOOST_TEST(answer_bytes(error_answer(422, "x"), {false, false, "id"})
                   .starts_with("HTTP/1.1 422 Unprocessable Entity\r\n"));
}

BOOST_AUTO_TEST_CASE(requests_held_by_all_connections_together_are_bounded) {
    settings.most_buffered = 100'000;
    RunningFront front(settings, routes(deferred));
    const auto wait_for_octets = [&front](std::size_t octets) {
        while (front.buffered() != octets) {
            std::this_thread::sleep_for(1ms);
        }
    };
    const std::string body(90'000, 'x');
    const std::string request = request_octets("POST", "/defer", body);
    const std::string_view part = std::string_view(request).substr(0, 80'000);
    HttpClient first(front.port());
    first.send(part);
    wait_for_octets(part.size());
    const std::string other(50'000, 'y');
    HttpClient second(front.port());
    const auto refused = second.call("POST", "/echo", other);
    BOOST_REQUIRE(refused);
    BOOST_TEST(refused->status == 503);
    BOOST_TEST(refused->header("Retry-After") == "1");
    BOOST_TEST(refused->header("Connection") == "close");
    BOOST_TEST(second.reaches_end());
    // What is in work counts until it is answered.
    first.send(std::string_view(request).substr(part.size()));
    deferred.wait_for(1);
    wait_for_octets(request.size());
    BOOST_TEST(HttpClient(front.port()).call("POST", "/echo", other)->status == 503);
    BOOST_TEST(HttpClient(front.port()).call("GET", "/fast")->status == 200);
    deferred.take(body).answer(text("done"));
    BOOST_TEST(first.receive()->body == "done");
    wait_for_octets(0);
    BOOST_TEST(HttpClient(front.port()).call("POST", "/echo", other)->body == other);
}

BOOST_AUTO_TEST_CASE(a_client_told_to_continue_has_its_deadline_still) {
    settings.deadlines.request = 200ms;
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    BOOST_TEST(client.receive()->status == 100);
    BOOST_TEST(client.receive()->status == 408);
}

BOOST_AUTO_TEST_CASE(every_answer_carries_a_request_id) {
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    const auto id = [&](std::string_view sent) {
        return client.call("GET", "/fast", {}, "X-Request-Id: " + std::string(sent) + "\r\n")
            ->header("X-Request-Id");
    };
    BOOST_TEST(id("abc.DEF_1-2") == "abc.DEF_1-2");
    BOOST_TEST(id(std::string(64, 'a')) == std::string(64, 'a'));
    BOOST_TEST(id(std::string(65, 'a')).size() == 24U);
    BOOST_TEST(id("a b").size() == 24U);
    BOOST_TEST(client.call("GET", "/nothing")->header("X-Request-Id").size() == 24U);
    client.send("GET / HTTP/1.1\r\nX-Request-Id: mine\r\n\r\n");
    const auto refused = client.receive();
    BOOST_TEST(refused->status == 400);
    BOOST_TEST(refused->header("X-Request-Id") == "mine");
}

BOOST_AUTO_TEST_CASE(hooks_apply_to_every_request) {
    HttpHooks hooks;
    hooks.admit = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.header("X-Api-Key") == "right") {
            return std::nullopt;
        }
        return error_answer(401, "no");
    };
    hooks.answer_headers = [](const HttpRequest& request) -> NamedTexts {
        return {{"X-Path", request.path}, {"X-Smuggled", "a\r\nb"}};
    };
    RunningFront front(settings, routes(deferred), hooks);
    HttpClient client(front.port());
    BOOST_TEST(client.call("GET", "/fast")->status == 401);
    BOOST_TEST(client.call("GET", "/nothing")->status == 401);
    const auto admitted = client.call("GET", "/fast", {}, "x-api-key: right\r\n");
    BOOST_TEST(admitted->status == 200);
    BOOST_TEST(admitted->header("X-Path") == "/fast");
    BOOST_TEST(admitted->header("X-Smuggled").empty());
}

BOOST_AUTO_TEST_CASE(bodies_arrive_as_they_were_sent) {
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    const std::string form(20'000, '=');
    BOOST_TEST(
        client.call("POST", "/echo", form, "Content-Type: application/x-www-form-urlencoded\r\n")
            ->body == form);
    const std::string parts = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n";
    BOOST_TEST(
        client.call("POST", "/echo", parts, "Content-Type: multipart/form-data; boundary=x\r\n")
            ->body == parts);
    const std::string binary("\0\r\n\xff", 4);
    BOOST_TEST(client.call("POST", "/echo", binary)->body == binary);
    BOOST_TEST(client.call("POST", "/echo")->body.empty());
    const auto head = client.call("HEAD", "/fast");
    BOOST_TEST(head->header("Content-Length") == "11");
    BOOST_TEST(client.call("GET", "/fast", {}, "Range: bytes=0-1\r\n")->body == "{\"ok\":true}");

    client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    BOOST_TEST(client.receive()->status == 100);
    client.send("ab");
    BOOST_TEST(client.receive()->body == "ab");
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    std::string octets;
    for (int number = 0; number < 100; ++number) {
        octets += request_octets("POST", "/echo", std::to_string(number));
    }
    BOOST_TEST(client.send(octets));
    for (int number = 0; number < 100; ++number) {
        const auto answer = client.receive();
        BOOST_REQUIRE(answer);
        BOOST_TEST(answer->body == std::to_string(number));
    }
}

BOOST_AUTO_TEST_CASE(deferred_answers_go_out_in_the_order_of_completion) {
    settings.workers = 1;
    RunningFront front(settings, routes(deferred));
    HttpClient first(front.port());
    HttpClient second(front.port());
    HttpClient third(front.port());
    first.send(request_octets("POST", "/defer", "first") + request_octets("GET", "/fast"));
    second.send(request_octets("POST", "/defer", "second"));
    deferred.wait_for(2);
    BOOST_TEST(third.call("GET", "/fast")->status == 200);
    deferred.take("second").answer(text("two"));
    BOOST_TEST(second.receive()->body == "two");
    {
        Responder answered = deferred.take("first");
        answered.answer(text("one"));
        answered.answer(text("again"));
    }
    BOOST_TEST(first.receive()->body == "one");
    BOOST_TEST(first.receive()->body == "{\"ok\":true}");
    third.send(request_octets("POST", "/defer", "forgotten"));
    deferred.wait_for(1);
    {
        const Responder forgotten = deferred.take("forgotten");
    }
    BOOST_TEST(third.receive()->status == 500);
}

BOOST_AUTO_TEST_CASE(an_answer_for_a_client_that_has_left_harms_nobody) {
    RunningFront front(settings, routes(deferred));
    {
        HttpClient leaver(front.port());
        leaver.send(request_octets("POST", "/defer", "left"));
        deferred.wait_for(1);
    }
    deferred.take("left").answer(text("nobody listens"));
    BOOST_TEST(HttpClient(front.port()).call("GET", "/fast")->status == 200);
    wait_for_connections(front, 0);
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_after_the_front_is_gone) {
    {
        RunningFront front(settings, routes(deferred));
        HttpClient client(front.port());
        client.send(request_octets("POST", "/defer", "late"));
        deferred.wait_for(1);
    }
    deferred.take("late").answer(text("too late"));
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(slow_clients_delay_nobody_and_are_cut_off) {
    settings.workers = 1;
    settings.deadlines.request = 1500ms;
    RunningFront front(settings, routes(deferred));
    std::vector<HttpClient> slow;
    for (int number = 0; number < 300; ++number) {
        slow.emplace_back(front.port());
        slow.back().send(number % 2 == 0
                             ? "GET /fast HTTP/1.1\r\nHos"
                             : "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab");
    }
    HttpClient quick(front.port());
    BOOST_TEST(quick.call("GET", "/fast")->status == 200);
    for (HttpClient& client : slow) {
        BOOST_TEST(client.receive()->status == 408);
        BOOST_TEST(client.reaches_end());
    }
    BOOST_TEST(quick.call("GET", "/fast")->status == 200);
}

BOOST_AUTO_TEST_CASE(idle_connections_are_closed) {
    settings.deadlines.idle = 50ms;
    RunningFront front(settings, routes(deferred));
    HttpClient never_spoke(front.port());
    // On a slow machine a client may be idle for so long before it speaks; then another tries.
    std::optional<HttpClient> spoke;
    std::optional<ReceivedAnswer> answer;
    while (!answer) {
        spoke.emplace(front.port());
        answer = spoke->call("GET", "/fast");
    }
    BOOST_TEST(answer->status == 200);
    BOOST_TEST(spoke->reaches_end());
    BOOST_TEST(never_spoke.reaches_end());
    wait_for_connections(front, 0);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_cut_off) {
    settings.deadlines.write = 200ms;
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    client.send(request_octets("GET", "/large"));
    while (front.counters().accepted != 1) {
        std::this_thread::sleep_for(1ms);
    }
    wait_for_connections(front, 0);
    BOOST_TEST(HttpClient(front.port()).call("GET", "/fast")->status == 200);
}

BOOST_AUTO_TEST_CASE(a_large_answer_arrives_whole) {
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    const auto answer = client.call("GET", "/large");
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->body.size() == 64U * 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(a_stream_goes_out_in_chunks_and_the_connection_is_kept) {
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    for (const char* target : {"/stream", "/stream?threads=1", "/stream"}) {
        const auto answer = client.call("GET", target);
        BOOST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->status == 200);
        BOOST_TEST(answer->header("Content-Length") == "");
        BOOST_TEST(answer->header("Connection") == "keep-alive");
        // An empty piece is no chunk: that would be the end.
        BOOST_TEST(answer->chunks == 3U);
        BOOST_TEST((answer->body == "one two " + std::string(100'000, 'x')));
    }
    const auto head = client.call("HEAD", "/stream");
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->body == "");
    const auto next = client.call("GET", "/fast");
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST(next->body == "{\"ok\":true}");
}

BOOST_AUTO_TEST_CASE(a_stream_for_http_1_0_ends_with_the_connection) {
    RunningFront front(settings, routes(deferred));
    HttpClient client(front.port());
    BOOST_REQUIRE(
        client.send("GET /stream HTTP/1.0\r\nHost: localhost\r\n"
                    "Connection: keep-alive\r\n\r\n"));
    std::string all;
    while (const auto part = client.receive_some()) {
        all += *part;
    }
    BOOST_TEST(all.find("Transfer-Encoding") == std::string::npos);
    BOOST_TEST(all.find("Connection: close\r\n") != std::string::npos);
    BOOST_TEST(all.ends_with("\r\n\r\none two " + std::string(100'000, 'x')));
}

BOOST_AUTO_TEST_CASE(a_stream_whose_client_does_not_read_or_is_gone_is_let_go) {
    settings.deadlines.write = 100ms;
    RunningFront front(settings, routes(deferred));
    {
        HttpClient gone(front.port());
        BOOST_REQUIRE(gone.send(request_octets("GET", "/silence")));
        wait_for_connections(front, 1);
    }
    // A stream that says nothing does not see that; the end of the front does.
    HttpClient other(front.port());
    BOOST_TEST(other.call("GET", "/fast")->status == 200);
}

BOOST_AUTO_TEST_CASE(a_body_of_100_megabytes_is_refused_without_keeping_it) {
    RunningFront front(settings, routes(deferred));
    BOOST_TEST(HttpClient(front.port()).call("GET", "/fast")->status == 200);
    const std::size_t before = resident_octets();
    HttpClient client(front.port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n");
    const std::string megabyte(1024 * 1024, 'x');
    std::size_t largest = before;
    for (int count = 0; count < 100 && client.send(megabyte); ++count) {
        largest = std::max(largest, resident_octets());
    }
    const auto answer = client.receive();
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->status == 413);
    BOOST_TEST(largest - before < 10U * 1024 * 1024);
    BOOST_TEST(HttpClient(front.port()).call("GET", "/fast")->status == 200);
}

BOOST_AUTO_TEST_CASE(ten_thousand_requests_at_once_all_get_an_answer) {
    settings.workers = 2;
    settings.queue = 200;
    RunningFront front(settings, routes(deferred));
    std::vector<HttpClient> clients;
    for (int number = 0; number < 400; ++number) {
        clients.emplace_back(front.port());
    }
    std::string burst;
    for (int number = 0; number < 25; ++number) {
        burst += request_octets("POST", "/echo", "abc");
    }
    for (const HttpClient& client : clients) {
        BOOST_REQUIRE(client.send(burst));
    }
    std::size_t answered = 0;
    std::size_t busy = 0;
    for (HttpClient& client : clients) {
        for (int number = 0; number < 25; ++number) {
            const auto answer = client.receive();
            BOOST_REQUIRE(answer);
            answered += answer->status == 200 && answer->body == "abc" ? 1U : 0U;
            busy += answer->status == 503 && !answer->header("Retry-After").empty() ? 1U : 0U;
        }
    }
    BOOST_TEST(answered + busy == 10'000U);
    BOOST_TEST(answered > 0U);
    BOOST_TEST(HttpClient(front.port()).call("GET", "/fast")->status == 200);
}

BOOST_AUTO_TEST_CASE(a_full_queue_answers_503) {
    settings.workers = 1;
    settings.queue = 1;
    std::latch entered(1);
    std::latch release(1);
    auto all = routes(deferred);
    all.push_back({"GET", "/hold", [&](const HttpRequest&, Responder responder) {
                       entered.count_down();
                       release.wait();
                       responder.answer(text("held"));
                   }});
    RunningFront front(settings, all);
    HttpClient held(front.port());
    held.send(request_octets("GET", "/hold"));
    entered.wait();
    HttpClient queued(front.port());
    queued.send(request_octets("GET", "/fast"));
    // A refused request needs no worker; its answer shows that the one before it has been read and
    // queued.
    HttpClient probe(front.port());
    probe.send("nonsense\r\n\r\n");
    BOOST_TEST(probe.receive()->status == 400);
    HttpClient refused(front.port());
    const auto busy = refused.call("GET", "/fast");
    BOOST_TEST(busy->status == 503);
    BOOST_TEST(busy->header("Retry-After") == "1");
    release.count_down();
    BOOST_TEST(held.receive()->body == "held");
    BOOST_TEST(queued.receive()->status == 200);
    BOOST_TEST(refused.call("GET", "/fast")->status == 200);
}

BOOST_AUTO_TEST_CASE(at_the_limit_the_longest_idle_connection_makes_room) {
    settings.most_connections = 2;
    RunningFront front(settings, routes(deferred));
    HttpClient busy(front.port());
    busy.send(request_octets("POST", "/defer", "busy"));
    deferred.wait_for(1);
    HttpClient idle(front.port());
    BOOST_TEST(idle.call("GET", "/fast")->status == 200);
    HttpClient newcomer(front.port());
    newcomer.send(request_octets("POST", "/defer", "newcomer"));
    deferred.wait_for(2);
    BOOST_TEST(idle.reaches_end());
    BOOST_TEST(front.counters().idle_evicted == 1U);
    HttpClient too_many(front.port());
    const auto turned_away = too_many.receive();
    BOOST_TEST(turned_away->status == 503);
    BOOST_TEST(turned_away->header("Retry-After") == "1");
    BOOST_TEST(too_many.reaches_end());
    BOOST_TEST(front.counters().turned_away == 1U);
    deferred.take("busy").answer(text("done"));
    BOOST_TEST(busy.receive()->body == "done");
    deferred.take("newcomer").answer(text("done"));
    BOOST_TEST(newcomer.receive()->body == "done");
}

BOOST_AUTO_TEST_CASE(draining_finishes_what_is_in_work) {
    RunningFront front(settings, routes(deferred));
    HttpClient busy(front.port());
    HttpClient idle(front.port());
    BOOST_TEST(idle.call("GET", "/fast")->status == 200);
    busy.send(request_octets("POST", "/defer", "busy"));
    deferred.wait_for(1);
    front.drain();
    BOOST_TEST(idle.reaches_end());
    BOOST_TEST(!HttpClient(front.port()).is_connected());
    deferred.take("busy").answer(text("done"));
    const auto answer = busy.receive();
    BOOST_TEST(answer->body == "done");
    BOOST_TEST(answer->header("Connection") == "close");
    BOOST_TEST(busy.reaches_end());
    wait_for_connections(front, 0);
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_an_error_at_start) {
    RunningFront front(settings, routes(deferred));
    asio::io_context io;
    HttpFront second(io, settings, routes(deferred), {});
    BOOST_TEST(static_cast<bool>(second.start("127.0.0.1", front.port())));
    BOOST_TEST(static_cast<bool>(second.start("not an address", 0)));
}

BOOST_AUTO_TEST_SUITE_END()
