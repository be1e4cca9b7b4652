// A meter that ended the association without closing the line (client/renewal_rule.hpp).

#include <boost/test/unit_test.hpp>

#include "client/native_meter_client.hpp"
#include "tests/client/client_scripts.hpp"

using namespace dlms;
using namespace dlms::client;
using namespace dlms::testing;
using namespace dlms::client::testing_scripts;
using namespace std::chrono_literals;

namespace {

using Script = std::vector<ScriptedMeter::Step>;

constexpr auto aarq_names = "601DA109060760857405080102BE10040E01000000065F1F04001C1A20FFFF";
constexpr auto aare_names =
    "6129A109060760857405080102A203020100A305A103020100BE10040E0800065F1F04001C1A2004C8FA00";

std::string get_energy(std::string_view invoke) {
    return "C001" + std::string(invoke) + "00030100010800FF0200";
}

/// A meter, and after it a client with an association in which a GET was answered.
struct Scene {
    explicit Scene(Script rest, std::size_t outstanding = 1)
        : meter(whole(std::move(rest))), desk(parameters(meter.port(), outstanding)) {
        BOOST_TEST(testing::text(desk.read()) == "1101");
    }
    ~Scene() {
        desk.release();
        BOOST_TEST(meter.finish() == "");
    }

    static Script whole(Script rest) {
        Script script{asks(aarq), says(aare), asks(get_energy("C1")), says("C401C1001101")};
        script.insert(script.end(), rest.begin(), rest.end());
        script.push_back(asks("6203800100"));
        script.push_back(says("6303800100"));
        return script;
    }
    static MeterParameters parameters(std::uint16_t port, std::size_t outstanding) {
        MeterParameters parameters = Desk::parameters(port);
        parameters.max_outstanding_requests = outstanding;
        return parameters;
    }

    ScriptedMeter meter;
    Desk desk;
};

MeterParameters short_names(const ScriptedMeter& meter) {
    MeterParameters parameters = Desk::parameters(meter.port());
    parameters.use_short_names();
    return parameters;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(association_renewal)

BOOST_AUTO_TEST_CASE(a_read_is_repeated_in_a_new_association_on_the_same_line) {
    for (const auto* refusal : {"D80101", "D80102"}) {
        Scene scene({asks(get_energy("C2")), says(refusal), asks(aarq), says(aare),
                     asks(get_energy("C3")), says("C401C3001102"),
                     // and once more, when it happens again
                     asks(get_energy("C4")), says(refusal), asks(aarq), says(aare),
                     asks(get_energy("C5")), says("C401C5001103")});
        BOOST_TEST(testing::text(scene.desk.read()) == "1102");
        BOOST_TEST(testing::text(scene.desk.read()) == "1103");
        BOOST_TEST(scene.meter.connections() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(a_meter_that_refuses_in_the_new_association_too_means_it) {
    Scene scene({asks(get_energy("C2")), says("D80102"), asks(aarq), says(aare),
                 asks(get_energy("C3")), says("D80102"),
                 // a success does not begin it anew
                 asks(get_energy("C4")), says("C401C4001104"), asks(get_energy("C5")),
                 says("D80102")});
    BOOST_TEST(testing::text(scene.desk.read()) == "service-refused");
    BOOST_TEST(testing::text(scene.desk.read()) == "1104");
    BOOST_TEST(testing::text(scene.desk.read()) == "service-refused");
}

BOOST_AUTO_TEST_CASE(other_refusals_and_services_never_answered_call_for_nothing) {
    constexpr auto set_energy = "C101C600030100010800FF02001105";
    Scene scene({asks(get_energy("C2")), says("D80103"), asks(get_energy("C3")), says("D80104"),
                 asks(get_energy("C4")), says("D80202"), asks(get_energy("C5")), says("0E050502"),
                 asks(set_energy), says("D80102")});
    for (int i = 0; i < 4; ++i) {
        BOOST_TEST(testing::text(scene.desk.read()) == "service-refused");
    }
    const Outcome<void> written = scene.desk.write();
    BOOST_REQUIRE(!written);
    BOOST_CHECK(written.error().code == FailureCode::service_refused);

    // Nor is a first request repeated.
    ScriptedMeter meter({asks(aarq), says(aare), asks(get_energy("C1")), says("D80102"),
                         asks("6203800100"), says("6303800100")});
    Desk desk(meter.port());
    BOOST_TEST(testing::text(desk.read()) == "service-refused");
    desk.release();
    BOOST_TEST(meter.finish() == "");
}

BOOST_AUTO_TEST_CASE(what_changes_something_is_repeated_once) {
    const auto set = [](std::string_view invoke) {
        return asks("C101" + std::string(invoke) + "00030100010800FF02001105");
    };
    const auto action = [](std::string_view invoke) {
        return asks("C301" + std::string(invoke) + "000900000A0000FF010112000B");
    };
    Scene scene({set("C2"),    says("C501C200"),   set("C3"),    says("D80102"),
                 asks(aarq),   says(aare),         set("C4"),    says("C501C400"),
                 action("C5"), says("C701C50000"), action("C6"), says("D80102"),
                 asks(aarq),   says(aare),         action("C7"), says("C701C70000"),
                 action("C8"), says("D80102"),     asks(aarq),   says(aare),
                 action("C9"), says("D80102")});
    BOOST_TEST(scene.desk.write().has_value());
    BOOST_TEST(scene.desk.write().has_value());
    const auto invoke = [&scene] {
        return text(scene.desk.wait(
            scene.desk.client.invoke({9, {0, 0, 10, 0, 0, 255}, 1}, data("12000B"), in(20s))));
    };
    BOOST_TEST(invoke() == "done");
    BOOST_TEST(invoke() == "done");
    BOOST_TEST(invoke() == "service-refused");
}

BOOST_AUTO_TEST_CASE(a_list_stays_a_list) {
    constexpr std::string_view items = "02 00030100000800FF0200 00030100010800FF0200";
    const auto list = [items](std::string_view invoke) {
        return asks("C003" + std::string(invoke) + std::string(items));
    };
    Scene scene({list("C2"), says("C403C202 001101 001102"), list("C3"), says("D80102"), asks(aarq),
                 says(aare), list("C4"), says("C403C402 001103 001104")});
    BOOST_TEST(read_list(scene.desk, 2) == "1101 1102");
    BOOST_TEST(read_list(scene.desk, 2) == "1103 1104");
}

BOOST_AUTO_TEST_CASE(a_list_that_is_refused_for_itself_is_asked_in_parts) {
    const std::string first = "00030100000800FF0200";
    const std::string second = "00030100010800FF0200";
    Scene scene({asks("C003C202" + first + second), says("C403C202 001101 001102"),
                 asks("C003C303" + first + second + "00030100020800FF0200"), says("D80102"),
                 asks(aarq), says(aare), asks("C003C403" + first + second + "00030100020800FF0200"),
                 says("D80102"), asks("C001C5" + first), says("C401C5001105"),
                 asks("C001C6" + second), says("C401C6001106"), asks("C001C700030100020800FF0200"),
                 says("C401C7001107")});
    BOOST_TEST(read_list(scene.desk, 2) == "1101 1102");
    BOOST_TEST(read_list(scene.desk, 3) == "1105 1106 1107");
}

BOOST_AUTO_TEST_CASE(all_that_were_under_way_are_repeated) {
    const auto get = [](std::string_view invoke, std::string_view of) {
        return asks("C001" + std::string(invoke) + "00030100" + std::string(of) + "0800FF0200");
    };
    Script rest{get("C2", "00"), get("C3", "01"),      says("D80102"),
                says("D80102"),  asks(aarq),           says(aare_without_lists),
                get("C4", "00"), get("C5", "01"),      says("C401C5001102"),
                get("C6", "02"), says("C401C4001101"), says("C401C6001103")};
    Script script{asks(aarq), says(aare_without_lists), asks(get_energy("C1")),
                  says("C401C1001101")};
    script.insert(script.end(), rest.begin(), rest.end());
    script.push_back(Silence{});
    ScriptedMeter meter(std::move(script));
    Desk desk(Scene::parameters(meter.port(), 2));
    BOOST_TEST(testing::text(desk.read()) == "1101");
    BOOST_TEST(read_list(desk, 3) == "1101 1102 1103");
    desk.release();
}

BOOST_AUTO_TEST_CASE(a_new_association_that_is_refused_ends_the_connection) {
    constexpr auto rejected = "6117A109060760857405080101A203020101A305A10302010D";
    ScriptedMeter meter({asks(aarq), says(aare), asks(get_energy("C1")), says("C401C1001101"),
                         asks(get_energy("C2")), says("D80102"), asks(aarq), says(rejected),
                         ScriptedMeter::Close{}, asks(aarq), says(aare), asks(get_energy("C1")),
                         says("C401C1001102"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(testing::text(desk.read()) == "1101");
    BOOST_TEST(testing::text(desk.read()) == "service-refused");
    BOOST_TEST(!desk.client.is_connected());
    BOOST_TEST(testing::text(desk.read()) == "1102");
}

BOOST_AUTO_TEST_CASE(short_names_have_words_of_their_own_for_it) {
    for (const auto* refusal : {"0E010302", "0E050201", "D80102"}) {
        ScriptedMeter meter({asks(aarq_names), says(aare_names), asks("05 01 02 FA08"),
                             says("0C 01 00 01 01 0204 10 A000 12 0003 11 00 0906 0100010800FF"),
                             asks("05 01 02 A008"), says(refusal), asks(aarq_names),
                             says(aare_names), asks("05 01 02 A008"), says("0C 01 00 1101"),
                             Silence{}});
        Desk desk(short_names(meter));
        BOOST_TEST(testing::text(desk.read()) == "1101");
        desk.release();
    }
}

BOOST_AUTO_TEST_CASE(a_refused_object_list_is_asked_for_once) {
    ScriptedMeter denied({asks(aarq_names), says(aare_names), asks("05 01 02 FA08"),
                          says("0C 01 01 03"), asks("6203800100"), says("6303800100")});
    Desk once(short_names(denied));
    BOOST_TEST(read_list(once, 3) == "read-write-denied read-write-denied read-write-denied");
    BOOST_TEST(testing::text(once.read()) == "read-write-denied");
    once.release();
    BOOST_TEST(denied.finish() == "");

    // What the meter has only not ready is asked for again.
    ScriptedMeter later({asks(aarq_names), says(aare_names), asks("05 01 02 FA08"),
                         says("0C 01 01 02"), asks("05 01 02 FA08"),
                         says("0C 01 00 01 01 0204 10 A000 12 0003 11 00 0906 0100010800FF"),
                         asks("05 01 02 A008"), says("0C 01 00 1101"), Silence{}});
    Desk twice(short_names(later));
    BOOST_TEST(testing::text(twice.read()) == "temporary-failure");
    BOOST_TEST(testing::text(twice.read()) == "1101");
    twice.release();
}

BOOST_AUTO_TEST_SUITE_END()
