#include "server/json_dial_in.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "server/json_answers.hpp"
#include "server/json_fields.hpp"

namespace dlms::service {

namespace {

using client::dial_in::CallInfo;
using nlohmann::ordered_json;

constexpr std::size_t most_calls_of_page = 1000;
// In the order of CallInfo::State.
constexpr std::array<std::string_view, 4> states{"identifying", "held", "waiting", "serving"};

std::string_view name_of(CallInfo::State state) {
    return states.at(static_cast<std::size_t>(state));
}

ordered_json text_or_null(const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

std::unexpected<HttpAnswer> query_fault(const char* name, const std::string& sentence) {
    return std::unexpected(validation_answer(
        {{ordered_json::array({"query", name}), sentence, "value_error", nullptr}}));
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

ordered_json call_json(const CallInfo& call) {
    return {{"id", call.id},
            {"state", name_of(call.state)},
            {"reason", text_or_null(call.reason)},
            {"address", call.address},
            {"maker", text_or_null(call.maker)},
            {"serialNumber", text_or_null(call.serial_number)},
            {"meterNumber", text_or_null(call.meter_number)},
            {"proven", call.is_proven},
            {"failures", call.failures},
            {"heartbeats", call.heartbeats},
            {"signal", call.signal ? ordered_json(*call.signal) : ordered_json(nullptr)},
            {"octetsReceived", call.octets_received},
            {"since", timestamp(call.since)},
            {"lastHeard", timestamp(call.last_heard)}};
}

}  // namespace

Parsed<CallsPage> parse_calls_page(const HttpRequest& http) {
    CallsPage page;
    if (const auto word = http.query_value("state")) {
        const auto found = std::ranges::find(states, *word);
        if (found == states.end()) {
            return query_fault("state", "value is none of identifying, held, waiting, serving");
        }
        page.state = static_cast<CallInfo::State>(found - states.begin());
    }
    page.meter_number = std::string(http.query_value("meter_number").value_or(""));
    if (const auto text = http.query_value("cursor"); text && !read_number(*text, page.after)) {
        return query_fault("cursor", "value is not a cursor of an earlier answer");
    }
    if (const auto text = http.query_value("limit");
        text &&
        (!read_number(*text, page.most) || page.most < 1 || page.most > most_calls_of_page)) {
        return query_fault(
            "limit", "value is not an integer from 1 to " + std::to_string(most_calls_of_page));
    }
    return page;
}

HttpAnswer calls_answer(const std::vector<CallInfo>& calls, const CallsPage& page,
                        bool is_listening) {
    ordered_json rows = ordered_json::array();
    std::array<std::size_t, states.size()> counts{};
    std::optional<std::uint64_t> last;
    bool is_more = false;
    for (const CallInfo& call : calls) {
        ++counts.at(static_cast<std::size_t>(call.state));
        const bool is_asked = call.id > page.after && (!page.state || call.state == *page.state) &&
                              (page.meter_number.empty() || call.meter_number == page.meter_number);
        if (!is_asked) {
            continue;
        }
        if (rows.size() == page.most) {
            is_more = true;
            continue;
        }
        rows.push_back(call_json(call));
        last = call.id;
    }
    ordered_json by_state = ordered_json::object();
    for (std::size_t index = 0; index < states.size(); ++index) {
        by_state[std::string(states.at(index))] = counts.at(index);
    }
    return json_answer(200, {{"listening", is_listening},
                             {"total", calls.size()},
                             {"states", std::move(by_state)},
                             {"cursor", is_more ? ordered_json(*last) : ordered_json(nullptr)},
                             {"calls", std::move(rows)}});
}

}  // namespace dlms::service
