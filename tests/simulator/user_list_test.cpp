// The users of an association (class 15 version 2, class 12 version 3): who is let in by
// calling-AE-invocation-id, and who it is.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

/// Client 1 with a password, 16 without. Nobody is in the list.
constexpr std::string_view scenario = R"({"name": "users", "logical_devices": [{
 "sap": 1, "name": "USR0000000000001",
 "associations": [
  {"client_sap": 1, "name": "management", "mechanism": "LLS", "password": "00000000",
   "conformance": ["get", "set", "action"]},
  {"client_sap": 16, "name": "public", "mechanism": "lowest", "conformance": ["get"]}],
 "objects": [{"obis": "0-0:40.0.0.255", "class": 15, "version": 2, "attributes": [
   {"id": 2, "access": "r", "computed": "object_list"},
   {"id": 10, "access": "r", "value": {"array": []}},
   {"id": 11, "access": "r", "computed": "current_user"}],
  "methods": [{"id": 5, "access": true}, {"id": 6, "access": true}]}]}]})";

const std::string association = "000F0000280000FF";
const std::string anna =
    "02021105"
    "0A04"
    "416E6E61";  // 5, "Anna"
const std::string current_user = "C001C1" + association + "0B00";

/// The AARQ with this calling-AE-invocation-id, from its length on; empty: none.
std::string call(const std::string& user) {
    return aarq(context_ln + (user.empty() ? "" : "A9" + user) + lls + password +
                initiate("FFFFFF", "FFFF"));
}

/// rejected-permanent, calling-AE-invocation-id-not-recognized.
const std::string unknown_user = rejected("A1", "06");

struct UserFixture {
    std::unique_ptr<Meter> meter = make_meter(scenario);
    MeterLine line{*meter};

    std::string ask(const std::string& apdu) { return line.ask(apdu, 1); }
    void open(const std::string& user) { BOOST_REQUIRE(ask(call(user)).starts_with("6129")); }
    std::string change(int method, const std::string& user) {
        return ask("C301C1" + association + "0" + std::to_string(method) + "01" + user);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(user_list, UserFixture)

BOOST_AUTO_TEST_CASE(an_empty_list_lets_everybody_in) {
    open("");
    BOOST_TEST(ask(current_user) == "C401C100020211000A00");
    open("03020109");
    BOOST_TEST(ask(current_user) == "C401C100020211090A00");
}

BOOST_AUTO_TEST_CASE(only_users_of_the_list_are_let_in) {
    open("");
    BOOST_REQUIRE(change(5, anna) == "C701C10000");
    // Who is in stays in; the next association needs a user, on every connection.
    BOOST_TEST(ask(current_user) == "C401C100020211000A00");
    BOOST_TEST(ask(call("")) == unknown_user);
    BOOST_TEST(ask(call("03020106")) == unknown_user);
    BOOST_TEST(ask(call("0402020105")) == unknown_user);  // 261, which is no 5
    open("03020105");
    BOOST_TEST(ask(current_user) == "C401C100" + anna);
    MeterLine other(*meter);
    BOOST_TEST(other.ask(call(""), 1) == unknown_user);
    BOOST_TEST(other.ask(call("03020105"), 1).starts_with("6129"));
    // The public client has no users.
    BOOST_TEST(line.ask(aarq(context_ln + initiate("FFFFFF", "FFFF")), 16).starts_with("6129"));
}

BOOST_AUTO_TEST_CASE(the_last_user_who_goes_opens_the_door) {
    open("");
    BOOST_REQUIRE(change(5, anna) == "C701C10000");
    open("03020105");
    BOOST_REQUIRE(change(6, anna) == "C701C10000");
    open("");
}

BOOST_AUTO_TEST_CASE(a_user_of_the_list_still_needs_the_password) {
    open("");
    BOOST_REQUIRE(change(5, anna) == "C701C10000");
    const std::string wrong = aarq(context_ln + "A903020105" + lls + "AC0A80083131313131313131" +
                                   initiate("FFFFFF", "FFFF"));
    BOOST_TEST(ask(wrong) == rejected("A1", "0D"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
