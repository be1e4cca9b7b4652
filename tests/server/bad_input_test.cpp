// Every call with a body gets what it does not expect: wrong types, missing fields, numbers beyond
// all range, odd Unicode, members that stand twice, wrong methods and content types. The answer is
// a 4xx that names the field, never a 5xx, and the service goes on.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/server/http_client.hpp"
#include "tests/server/running_service.hpp"

using namespace dlms;
using namespace dlms::service;
using namespace dlms::service::testing;
using nlohmann::json;

namespace {

enum class Type { text, integer, boolean, list, choice, code, time, any };

struct Field {
    const char* name;
    Type type;
    bool required = false;
};

// What a route takes: a body that is good but for the field under test, and its fields.
struct Route {
    const char* method;
    const char* path;
    json good;
    std::vector<Field> fields;
    bool needs_body = true;
};

const std::vector<Field> connect_fields{{"meter_number", Type::text, true},
                                        {"brand", Type::text, true},
                                        {"connection_type", Type::choice},
                                        {"ip_address", Type::text, true},
                                        {"port", Type::integer},
                                        {"baud_rate", Type::integer},
                                        {"server_address", Type::integer},
                                        {"client_address", Type::integer},
                                        {"auth_type", Type::choice},
                                        {"password", Type::text},
                                        {"timeout", Type::integer},
                                        {"security", Type::choice},
                                        {"security_suite", Type::integer},
                                        {"system_title", Type::text},
                                        {"encryption_key", Type::text},
                                        {"max_pdu_size", Type::integer},
                                        {"window_size", Type::integer},
                                        {"block_window", Type::integer},
                                        {"outstanding_requests", Type::integer},
                                        {"use_logical_name", Type::boolean},
                                        {"mode_e", Type::boolean},
                                        {"parity", Type::choice},
                                        {"time_zone", Type::text},
                                        {"backend", Type::choice}};

json connect_good() {
    // Nobody listens there.
    return connect_body(1, {{"meter_number", "bad"}});
}

std::vector<Route> routes() {
    const json attribute{{"meter_number", "bad"}, {"obis_code", "1-0:1.8.0.255"}};
    json write = attribute;
    write["value"] = 5;
    std::vector<Field> meter_fields = connect_fields;
    meter_fields.erase(meter_fields.begin());
    json meter = connect_good();
    return {
        {"POST", "/connect", connect_good(), connect_fields},
        {"POST",
         "/read",
         attribute,
         {{"meter_number", Type::text, true},
          {"obis_code", Type::code, true},
          {"class_id", Type::integer},
          {"attribute_id", Type::integer}}},
        {"POST",
         "/read-multiple",
         {{"meter_number", "bad"}, {"obis_codes", json::array({{{"code", "1.8.0"}}})}},
         {{"meter_number", Type::text, true}, {"obis_codes", Type::list, true}}},
        {"POST",
         "/write",
         write,
         {{"meter_number", Type::text, true},
          {"obis_code", Type::code, true},
          {"class_id", Type::integer},
          {"data_type", Type::choice}}},
        {"POST",
         "/load-profile",
         {{"meter_number", "bad"}},
         {{"meter_number", Type::text, true},
          {"obis_code", Type::code},
          {"start_date", Type::time},
          {"end_date", Type::time}}},
        {"POST", "/meters", meter, connect_fields},
        {"PUT", "/meters/bad", meter, meter_fields},
        {"POST", "/meters/import", {{"meters", json::array()}}, {{"meters", Type::list, true}}},
        {"POST",
         "/meters/bad/actions",
         {{"obis_code", "0-0:1.0.0.255"}, {"class_id", 8}, {"method_id", 1}},
         {{"obis_code", Type::code, true},
          {"class_id", Type::integer, true},
          {"method_id", Type::integer, true},
          {"data_type", Type::choice}}},
        {"POST",
         "/meters/bad/clock",
         json::object(),
         {{"time", Type::time}, {"obis_code", Type::code}},
         false},
        {"POST",
         "/meters/bad/relay",
         {{"command", "disconnect"}},
         {{"command", Type::choice, true}, {"obis_code", Type::code}}},
        {"POST",
         "/meters/bad/token",
         {{"token", "12345678901234567890"}},
         {{"token", Type::code, true},
          {"obis_code", Type::code},
          {"class_id", Type::integer},
          {"encoding", Type::choice}}},
        {"POST",
         "/meters/bad/keys",
         {{"operation", "rotate"}},
         {{"operation", Type::choice, true}}},
        {"POST", "/decode", {{"hex", "C001C100030100010800FF0200"}}, {{"hex", Type::code, true}}},
    };
}

// Values that no field of the type takes, as JSON text.
std::vector<std::string> wrong_values(Type type) {
    const std::vector<std::string> never{R"({"a":1})", "[[1]]"};
    std::vector<std::string> wrong = never;
    const auto add = [&wrong](std::initializer_list<const char*> more) {
        wrong.insert(wrong.end(), more.begin(), more.end());
    };
    switch (type) {
        case Type::text: break;
        case Type::integer:
            add({R"("x")", "1e400", "99999999999999999999999999", "-99999999999999999999",
                 R"("１２")", R"("")"});
            break;
        case Type::boolean: add({R"("perhaps")", "7", "1.5"}); break;
        case Type::list: return {R"("x")", "7", "true", R"({"a":1})"};
        case Type::choice: add({R"("no such word")", R"("\u0000")", "1e400", "3.5"}); break;
        case Type::code:
            add({R"("x")", R"("1-0:1.8.0.256")", R"("\ud83d\ude00")", R"("\u0000")", "1e400"});
            break;
        case Type::time:
            add({R"("yesterday")", R"("2026-13-01T00:00")", R"("\u202e2026")", "7"});
            break;
        case Type::any: return {};
    }
    return wrong;
}

// The body with one member set to a JSON text, in place of what it has there.
std::string with_member(json body, const std::string& name, const std::string& value) {
    body.erase(name);
    std::string text = body.dump();
    text.pop_back();
    return text + (body.empty() ? "" : ",") + json(name).dump() + ":" + value + "}";
}

class Tester {
public:
    explicit Tester(const RunningService& service) : service_(service) {}

    // The status, which is never 5xx but for a meter that is not there.
    int send(const char* method, const std::string& path, const std::string& body,
             const std::string& type = "application/json") {
        HttpClient client(service_.port());
        const auto answer = client.call(method, path, body, "Content-Type: " + type + "\r\n");
        BOOST_REQUIRE_MESSAGE(answer, method << " " << path << " " << body.substr(0, 200));
        body_ = answer->body;
        return answer->status;
    }
    const std::string& body() const { return body_; }

    // Refused, and with a message that names the field.
    void refuses(const Route& route, const std::string& body, const std::string& field) {
        const int status = send(route.method, route.path, body);
        BOOST_TEST((status == 422 || status == 400),
                   route.path << " " << body.substr(0, 300) << " -> " << status << " " << body_);
        BOOST_TEST((body_.find("\"" + field + "\"") != std::string::npos ||
                    body_.find("jsondecode") != std::string::npos),
                   route.path << " " << body.substr(0, 300) << " -> " << body_);
    }

private:
    const RunningService& service_;
    std::string body_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(wrong_types_name_their_field) {
    const RunningService service;
    Tester tester(service);
    for (const Route& route : routes()) {
        for (const Field& field : route.fields) {
            for (const std::string& value : wrong_values(field.type)) {
                tester.refuses(route, with_member(route.good, field.name, value), field.name);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(missing_fields_are_named) {
    const RunningService service;
    Tester tester(service);
    for (const Route& route : routes()) {
        for (const Field& field : route.fields) {
            if (!field.required) {
                continue;
            }
            json body = route.good;
            body.erase(field.name);
            tester.refuses(route, body.dump(), field.name);
            tester.refuses(route, with_member(route.good, field.name, "null"), field.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(bodies_that_are_no_object_are_refused) {
    const RunningService service;
    Tester tester(service);
    const std::string deep = std::string(5000, '[') + std::string(5000, ']');
    for (const Route& route : routes()) {
        const bool takes_lists = std::string(route.path) == "/meters/import";
        for (const std::string& body :
             {std::string("{"), std::string("null"), std::string("7"), std::string("\"x\""),
              std::string("{\"a\":1,}"), std::string("{\"a\":NaN}"), std::string("\xFF\xFE{}"),
              std::string("{\"a\":\"\xC3\x28\"}"), std::string("{\"a\":\"\\ud800\"}"), deep}) {
            const int status = tester.send(route.method, route.path, body);
            BOOST_TEST((status == 422 || status == 400),
                       route.path << " " << body.substr(0, 50) << " -> " << status);
        }
        if (!takes_lists) {
            BOOST_TEST(tester.send(route.method, route.path, "[]") == 422, route.path);
        }
        if (route.needs_body) {
            BOOST_TEST(tester.send(route.method, route.path, "") == 422, route.path);
        }
    }
}

BOOST_AUTO_TEST_CASE(members_that_stand_twice_and_unknown_ones_do_no_harm) {
    const RunningService service;
    Tester tester(service);
    for (const Route& route : routes()) {
        std::string body = route.good.dump();
        body.pop_back();
        // Of two with one name the last counts, as in the older service.
        const std::string odd = "\"\\u0000\\ufeff\xF0\x9F\x98\x80\":{\"a\":{}}";
        const std::string comma = route.good.empty() ? "" : ",";
        const int status = tester.send(route.method, route.path, body + comma + odd + "}");
        BOOST_TEST(status != 500, route.path << tester.body());
        for (const Field& field : route.fields) {
            if (field.type == Type::list) {
                continue;  // a list it is
            }
            const std::string twice = body + comma + json(field.name).dump() + ":[[1]]}";
            tester.refuses(route, twice, field.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(wrong_methods_and_content_types) {
    const RunningService service;
    Tester tester(service);
    for (const Route& route : routes()) {
        for (const char* method : {"PATCH", "OPTIONS", "TRACE", "BREW"}) {
            const int status = tester.send(method, route.path, "");
            BOOST_TEST((status >= 400 && status < 500), method << " " << route.path << status);
        }
        for (const char* type : {"text/plain", "application/x-www-form-urlencoded",
                                 "multipart/form-data; boundary=x", "application/jsonx"}) {
            const int status = tester.send(route.method, route.path, route.good.dump(), type);
            BOOST_TEST((status == 422 || status == 415),
                       route.path << " " << type << " -> " << status << tester.body());
        }
    }
}

BOOST_AUTO_TEST_CASE(odd_paths_and_queries) {
    const RunningService service;
    Tester tester(service);
    for (const char* path : {"/meters/%00",
                             "/meters/%FF%FE",
                             "/meters/%2e%2e%2f/clock",
                             "/meters//clock",
                             "/meters/%F0%9F%98%80/objects",
                             "/meters/x/objects?refresh=perhaps",
                             "/meters/x/objects?class_id=99999",
                             "/meters/x/objects?class_id=-1",
                             "/meters/x/clock?obis_code=%00",
                             "/meters/x/relay?obis_code=1-0",
                             "/meters/x/events?log=1",
                             "/meters/x/events?start_date=now",
                             "/meters/x/events?start_date=2026-01-02&end_date=2026-01-01",
                             "/meters?limit=x",
                             "/meters?limit=1001",
                             "/meters?limit=99999999999999999999",
                             "/meters/export?format=xml",
                             "/meters/x/keys/y",
                             "/meters/x/relay/",
                             "/nothing"}) {
        const int status = tester.send("GET", path, "");
        BOOST_TEST((status >= 400 && status < 500), path << " -> " << status << tester.body());
    }
    BOOST_TEST(tester.send("GET", "/meters?cursor=%FF%00'--", "") == 200);
    // A limit that the caller sets for itself.
    HttpClient client(service.port());
    for (const char* seconds : {"nan", "-1", "1e9", "0", "x"}) {
        const auto answer = client.call("GET", "/meters/x/clock", "",
                                        std::string("X-Request-Timeout: ") + seconds + "\r\n");
        BOOST_TEST((answer && answer->status == 400), seconds);
    }
}

BOOST_AUTO_TEST_CASE(csv_that_is_none_is_refused_or_told_row_by_row) {
    const RunningService service;
    Tester tester(service);
    for (const std::string& csv :
         {std::string(""), std::string("a,b\r\n1,2\r\n"), std::string("meter_number\r\n\"1"),
          std::string("meter_number,brand\r\nx\"y,z\r\n"), std::string("meter_number\r\n\xFF\r\n"),
          std::string("\0\0\0", 3)}) {
        const int status = tester.send("POST", "/meters/import", csv, "text/csv");
        BOOST_TEST((status == 422 || status == 400), csv << " -> " << status << tester.body());
    }
    BOOST_TEST(tester.send("POST", "/meters/import", "meter_number\r\n1\r\n", "text/csv") == 200);
    BOOST_TEST(tester.body().find("\"brand\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
