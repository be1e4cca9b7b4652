// POST /read-multiple against scripted meters: which requests reach the meter, and what comes of
// one that is not answered.
#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "tests/server/running_service.hpp"

using namespace dlms;
using namespace dlms::service;
using namespace dlms::service::testing;
using nlohmann::json;

namespace {

// A meter that takes lists and short time-outs. Each register shows 5 in its value and 0.1 kWh as
// its scaler_unit; whatever asks for the register `silent`, by the third digit group of its name,
// gets no answer.
class ListMeter {
public:
    explicit ListMeter(int silent = -1) : silent_(silent) {}

    // The APDUs that came, shortly: "1" a GET of one attribute, "4" a list of four.
    [[nodiscard]] std::string requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    [[nodiscard]] std::uint16_t port() const { return peer_.port(); }

private:
    ByteBuffer answer(ByteView apdu) {
        if (apdu[0] == 0x60) {
            return from_hex(
                       "0001 0001 0011 002B 6129A109060760857405080101A203020100A305A103020100"
                       "BE10040E0800065F1F040000121804000007")
                .value();
        }
        const bool is_list = apdu[1] == 3;
        const std::size_t count = is_list ? apdu[3] : 1;
        const ByteView items = apdu.subspan(is_list ? 4 : 3);
        note(count);
        ByteBuffer body{0xC4, apdu[1], apdu[2]};
        if (is_list) {
            body.push_back(static_cast<Byte>(count));
        }
        for (std::size_t i = 0; i < count; ++i) {
            const ByteView item = items.subspan(i * 10, 10);
            if (item[4] == silent_) {
                return {};
            }
            const bool is_value = item[8] == 2;
            const ByteBuffer data =
                from_hex(is_value ? "00 0600000005" : "00 0202 0FFF 161E").value();
            body.insert(body.end(), data.begin(), data.end());
        }
        ByteBuffer wpdu{0x00, 0x01, 0x00, 0x01, 0x00, 0x11, 0x00, static_cast<Byte>(body.size())};
        wpdu.insert(wpdu.end(), body.begin(), body.end());
        return wpdu;
    }

    void note(std::size_t count) {
        const std::lock_guard lock(mutex_);
        requests_ += (requests_.empty() ? "" : " ") + std::to_string(count);
    }

    int silent_;
    mutable std::mutex mutex_;
    std::string requests_;
    ScriptedPeer peer_{[this](ByteView apdu) { return answer(apdu); }};
};

json registers(std::initializer_list<int> numbers) {
    json items = json::array();
    for (const int number : numbers) {
        items.push_back({{"code", "1-0:" + std::to_string(number) + ".8.0.255"}, {"classId", 3}});
    }
    return items;
}

Answer read_all(const RunningService& service, const json& items) {
    return post(service, "/read-multiple", {{"meter_number", "202"}, {"obis_codes", items}});
}

// Its value or its error's code, of every reading.
std::string outcomes(const Answer& answer) {
    std::string text;
    for (const json& reading : answer.body["data"]["readings"]) {
        const json& shown = reading.at(reading["success"] == true ? "value" : "errorCode");
        text += text.empty() ? "" : " ";
        text += shown.is_string() ? shown.get<std::string>() : shown.dump();
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(read_multiple)

BOOST_AUTO_TEST_CASE(items_and_their_scaler_units_are_read_in_one_list) {
    const ListMeter meter;
    const RunningService service;
    post(service, "/connect", connect_body(meter.port()));
    BOOST_TEST(outcomes(read_all(service, registers({1, 2, 3}))) == "0.0005 0.0005 0.0005");
    BOOST_TEST(meter.requests() == "6");
    BOOST_TEST(outcomes(read_all(service, registers({1, 2, 3}))) == "0.0005 0.0005 0.0005");
    BOOST_TEST(meter.requests() == "6 3");
    // A buffer is asked for alone.
    const json items{{{"code", "1-0:1.8.0.255"}, {"classId", 3}},
                     {{"code", "nonsense"}, {"classId", 3}},
                     {{"code", "1-0:99.1.0.255"}, {"classId", 7}},
                     {{"code", "1-0:2.8.0.255"}, {"classId", 3}}};
    BOOST_TEST(outcomes(read_all(service, items)) == "0.0005 object-undefined 5 0.0005");
    BOOST_TEST(meter.requests() == "6 3 1 1 1");
}

BOOST_AUTO_TEST_CASE(an_item_that_the_meter_never_answers_fails_alone) {
    const ListMeter meter(2);
    const RunningService service;
    post(service, "/connect", connect_body(meter.port(), {{"timeout", 300}}));
    BOOST_TEST(outcomes(read_all(service, registers({1, 2, 3}))) == "0.0005 timeout 0.0005");
    // Its value, and behind it its scaler_unit, are each asked for in a list and alone.
    BOOST_TEST(meter.requests() == "6 1 1 1 3 1 2");
}

BOOST_AUTO_TEST_SUITE_END()
