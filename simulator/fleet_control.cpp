#include "simulator/fleet_control.hpp"

#include <algorithm>
#include <charconv>
#include <random>

#include "render/scenario_data.hpp"
#include "simulator/happening.hpp"
#include "simulator/scenario_data.hpp"
#include "simulator/scenario_misbehaviour.hpp"
#include "stack/cosem/date_time.hpp"

namespace dlms::simulator {
namespace {

using nlohmann::json;

constexpr std::size_t most_listed = 1000;
constexpr std::int64_t farthest_shift = 10LL * 366 * 86'400;  // seconds
constexpr std::int64_t longest_delay = 600'000;               // milliseconds

ControlAnswer refuse(int status, std::string sentence) {
    return {status, {{"error", std::move(sentence)}}};
}

/// The next segment of a path, taken off it; empty at the end.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

std::optional<std::uint64_t> number_from(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && !text.empty()
               ? std::optional(number)
               : std::nullopt;
}

std::optional<std::string_view> parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view one = query.substr(0, std::min(query.find('&'), query.size()));
        query.remove_prefix(std::min(one.size() + 1, query.size()));
        const std::size_t equals = std::min(one.find('='), one.size());
        if (one.substr(0, equals) == name) {
            return one.substr(std::min(equals + 1, one.size()));
        }
    }
    return std::nullopt;
}

/// "17", "1-100" or "*" of so many meters, from 1; nothing for anything else.
std::optional<std::pair<std::size_t, std::size_t>> range_from(std::string_view text,
                                                              std::size_t size) {
    if (text == "*") {
        return std::pair(std::size_t{1}, size);
    }
    const std::size_t dash = text.find('-');
    const auto first = number_from(text.substr(0, dash));
    const auto last = dash == text.npos ? first : number_from(text.substr(dash + 1));
    if (!first || !last || *first < 1 || *last < *first || *last > size) {
        return std::nullopt;
    }
    return std::pair(static_cast<std::size_t>(*first), static_cast<std::size_t>(*last));
}

/// Of each meter one in so many is chosen, the same ones for the same seed.
class Share {
public:
    Share(double percent, std::uint64_t seed) : percent_(percent), random_(seed) {}
    bool takes_next() { return distribution_(random_) < percent_; }

private:
    double percent_;
    std::mt19937_64 random_;
    std::uniform_real_distribution<double> distribution_{0, 100};
};

std::optional<Share> share_from(std::string_view query) {
    const std::string_view share = parameter(query, "share").value_or("100");
    double percent = 0;
    const auto [end, error] = std::from_chars(share.data(), share.data() + share.size(), percent);
    const auto seed = number_from(parameter(query, "seed").value_or("1"));
    const bool is_percent =
        error == std::errc() && end == share.data() + share.size() && percent > 0 && percent <= 100;
    return is_percent && seed ? std::optional(Share(percent, *seed)) : std::nullopt;
}

json counters_json(const MeterAssociations::Counters& counters) {
    return {{"gets", counters.gets},
            {"sets", counters.sets},
            {"actions", counters.actions},
            {"notifications", counters.notifications},
            {"unknown_clients", counters.unknown_client_sap},
            {"unknown_servers", counters.unknown_server_sap},
            {"refused", counters.refused}};
}

void add_to(MeterAssociations::Counters& sum, const MeterAssociations::Counters& one) {
    sum.gets += one.gets;
    sum.sets += one.sets;
    sum.actions += one.actions;
    sum.notifications += one.notifications;
    sum.unknown_client_sap += one.unknown_client_sap;
    sum.unknown_server_sap += one.unknown_server_sap;
    sum.refused += one.refused;
}

std::size_t associations_of(const Meter& meter) {
    std::size_t count = 0;
    for (const MeterAssociations* const listener : meter.listeners()) {
        count += listener->associated();
    }
    return count;
}

}  // namespace

/// One meter, and where it stands.
class ControlledMeter {
public:
    ControlledMeter(const Fleet& fleet, ListeningPlaces& places, std::size_t number,
                    MeterPlace where)
        : places_(places),
          number_(number),
          line_(where.line),
          place_(where.place),
          group_(fleet[where.line].get()),
          meter_(&(*group_)[where.place]) {}

    Meter& meter() const { return *meter_; }

    json summary() const {
        json names = json::array();
        for (const LogicalDevice& device : meter_->devices()) {
            names.push_back(device.name());
        }
        return {{"meter", number_},           {"line", line_ + 1},
                {"scenario", meter_->name()}, {"names", std::move(names)},
                {"on", meter_->is_powered()}, {"associations", associations_of(*meter_)}};
    }

    json detail(Instant now) const {
        json whole = summary();
        MeterAssociations::Counters counters;
        for (const MeterAssociations* const listener : meter_->listeners()) {
            add_to(counters, listener->counters());
        }
        const auto clock = meter_->own_devices().front().meter().clock.time(now);
        whole["connections"] = places_.connections(line_);
        whole["clock"] = cosem::iso_text(clock);
        whole["answer_delay"] = meter_->answer_delay().count();
        whole["power_losses"] = meter_->power_losses();
        whole["misbehaviour"] = misbehaviour_json();
        whole["open"] = counters_json(counters);
        return whole;
    }

    /// One command with its body. Throws ScenarioError for a body that is not what it takes.
    ControlAnswer command(std::string_view what, std::string_view rest, std::string_view query,
                          const json& body, Instant now) {
        const ScenarioNode node(body);
        if (what == "power") {
            node.expect_keys({"on"});
            return power(node.at("on").boolean(), now);
        }
        if (what == "disconnect") {
            node.expect_keys({});
            places_.disconnect(line_);
            return {};
        }
        if (what == "answer-delay") {
            node.expect_keys({"milliseconds"});
            meter_->set_answer_delay(
                std::chrono::milliseconds(node.at("milliseconds").integer(0, longest_delay)));
            return {};
        }
        if (what == "clock") {
            node.expect_keys({"shift_seconds"});
            meter_->shift_clock(
                std::chrono::seconds(
                    node.at("shift_seconds").integer(-farthest_shift, farthest_shift)),
                now);
            return {};
        }
        if (what == "happenings") {
            node.expect_keys({"what"});
            const auto happening = happening_from_name(node.at("what").text());
            if (!happening) {
                node.at("what").complain(
                    "the name of something that happens, for example "
                    "\"cover_opened\"");
            }
            meter_->happened(*happening, now);
            return {};
        }
        if (what == "misbehaviour") {
            return misbehaviour(node);
        }
        if (what == "objects") {
            return set(rest, query, node, now);
        }
        return refuse(404, "there is no such command");
    }

    ControlAnswer value(std::string_view rest, std::string_view query, Instant now) const {
        const auto found = find(rest, query);
        if (!found) {
            return found.error();
        }
        const axdr::Data data = found->device->value(found->place, now);
        return {200, render::scenario_data(data.view())};
    }

private:
    json misbehaviour_json() const {
        json all = json::array();
        const Misbehaviour* const told = meter_->misbehaviour();
        for (std::size_t i = 0; told && i < told->misdeeds().size(); ++i) {
            const Misdeed& misdeed = told->misdeeds()[i];
            const Misbehaviour::Counters& counters = told->counters(i);
            json one = {{"kind", description(misdeed.kind).name},
                        {"percent", misdeed.percent},
                        {"occasions", counters.occasions},
                        {"done", counters.done}};
            if (misdeed.at > 0) {
                one["at"] = misdeed.at;
            }
            if (const std::string_view unit = description(misdeed.kind).amount.unit;
                !unit.empty()) {
                one[std::string(unit)] = misdeed.amount;
            }
            all.push_back(std::move(one));
        }
        return all;
    }

    struct Found {
        LogicalDevice* device;
        AttributePlace place;
    };

    ControlAnswer power(bool on, Instant now) {
        if (on != meter_->is_powered()) {
            on ? meter_->power_on(now) : meter_->power_off(now);
            places_.power_changed(line_, place_);
        }
        if (on) {
            // Also where it was on: a port that was taken may be free now.
            const Status resumed = places_.resume(line_);
            return resumed ? ControlAnswer()
                           : refuse(409, "the meter is on, and its port is not: " +
                                             describe(resumed.error()));
        }
        bool any_is_on = false;
        for (std::size_t i = 0; i < group_->size(); ++i) {
            any_is_on = any_is_on || (*group_)[i].is_powered();
        }
        // Nobody is there to accept a connection; a converter with other meters still is.
        if (!any_is_on) {
            places_.suspend(line_);
        }
        return {};
    }

    /// {"kind": null} is as the scenario says, [] is none at all.
    ControlAnswer misbehaviour(const ScenarioNode& node) {
        const auto kind = node.is_list() ? std::nullopt : std::optional(node.at("kind"));
        if (kind && kind->is_null()) {
            node.expect_keys({"kind"});
            meter_->reset_misbehaviour();
        } else {
            meter_->set_misbehaviour(read_misbehaviour(node));
        }
        return {};
    }

    /// "1-0:1.8.0.255/2", with `class` where several objects have the name, and `device` (a server
    /// SAP) where it is not the first one.
    std::expected<Found, ControlAnswer> find(std::string_view rest, std::string_view query) const {
        const auto code = cosem::ObisCode::parse(take_segment(rest));
        const auto id = number_from(take_segment(rest));
        if (!code || !id || *id < 1 || *id > INT8_MAX || !rest.empty()) {
            return std::unexpected(refuse(400,
                                          "objects/OBIS/ATTRIBUTE is expected, for example "
                                          "objects/1-0:1.8.0.255/2"));
        }
        LogicalDevice* device = &meter_->own_devices().front();
        if (const auto sap = parameter(query, "device")) {
            const auto number = number_from(*sap);
            device = number && *number <= UINT16_MAX
                         ? meter_->device(ServerSap(static_cast<std::uint16_t>(*number)))
                         : nullptr;
        }
        const auto object = device ? object_of(*device, *code, query) : std::nullopt;
        if (!object ||
            (*id > 1 && !device->object(*object).attribute(static_cast<std::int8_t>(*id)))) {
            return std::unexpected(refuse(404, "the meter has no such attribute"));
        }
        return Found{device, {*object, static_cast<std::int8_t>(*id)}};
    }

    static std::optional<std::size_t> object_of(const LogicalDevice& device,
                                                const cosem::ObisCode& code,
                                                std::string_view query) {
        if (const auto text = parameter(query, "class")) {
            const auto class_id = number_from(*text);
            return class_id && *class_id <= UINT16_MAX
                       ? device.find_object(static_cast<std::uint16_t>(*class_id), code)
                       : std::nullopt;
        }
        return device.model().find(code);
    }

    ControlAnswer set(std::string_view rest, std::string_view query, const ScenarioNode& node,
                      Instant now) {
        const auto found = find(rest, query);
        if (!found) {
            return found.error();
        }
        const Attribute* const attribute =
            found->device->object(found->place.object).attribute(found->place.id);
        if (!attribute || !std::holds_alternative<StoredValue>(attribute->value)) {
            return refuse(409, "the meter makes this value itself");
        }
        meter_->advance(now);
        found->device->store(found->place, read_scenario_data(node), now);
        return {};
    }

    ListeningPlaces& places_;
    std::size_t number_;
    std::size_t line_;
    std::size_t place_;
    MeterGroup* group_;
    Meter* meter_;
};

ControlAnswer FleetControl::list(std::string_view query) const {
    const auto first = number_from(parameter(query, "first").value_or("1"));
    const auto count = number_from(parameter(query, "count").value_or("100"));
    if (!first || !count || *first < 1 || *count > most_listed) {
        return refuse(
            400, "first is expected to be 1 or more, count at most " + std::to_string(most_listed));
    }
    json meters = json::array();
    for (std::uint64_t number = *first; number <= changes_.last_number() && meters.size() < *count;
         ++number) {
        const auto one = static_cast<std::size_t>(number);
        if (const auto where = changes_.find(one)) {
            meters.push_back(ControlledMeter(fleet_, places_, one, *where).summary());
        }
    }
    return {200, {{"total", changes_.size()}, {"meters", std::move(meters)}}};
}

ControlAnswer FleetControl::statistics() const {
    MeterAssociations::Counters counters;
    std::size_t on = 0;
    std::size_t associations = 0;
    std::size_t connections = 0;
    std::size_t lines = 0;
    for (std::size_t line = 0; line < fleet_.size(); ++line) {
        connections += places_.connections(line);
        bool any = false;
        for (std::size_t i = 0; fleet_[line] && i < fleet_[line]->size(); ++i) {
            if (!changes_.is_there({line, i})) {
                continue;
            }
            any = true;
            const Meter& meter = (*fleet_[line])[i];
            on += meter.is_powered() ? 1U : 0U;
            associations += associations_of(meter);
            for (const MeterAssociations* const listener : meter.listeners()) {
                add_to(counters, listener->counters());
            }
        }
        lines += any ? 1U : 0U;
    }
    return {200,
            {{"meters", changes_.size()},
             {"on", on},
             {"lines", lines},
             {"connections", connections},
             {"associations", associations},
             {"open", counters_json(counters)}}};
}

ControlAnswer FleetControl::answer(const ControlRequest& request, Instant now) {
    try {
        return answer_fleet(request, now);
    } catch (const ScenarioError& error) {
        return refuse(400, error.what());
    }
}

ControlAnswer FleetControl::answer_fleet(const ControlRequest& request, Instant now) {
    std::string_view path = request.path;
    const bool reads = request.method == "GET";
    const std::string_view root = take_segment(path);
    if (root == "statistics" && path.empty()) {
        return reads ? statistics() : refuse(405, "GET is expected");
    }
    if (root != "meters") {
        return refuse(404, "/meters and /statistics are here");
    }
    if (path.empty() || path == "/") {
        return reads                      ? list(request.query)
               : request.method == "POST" ? add(request.body, now)
                                          : refuse(405, "GET or POST is expected");
    }
    const std::string_view numbers = take_segment(path);
    const auto range = range_from(numbers, changes_.last_number());
    if (!range) {
        return refuse(404, "a meter's number from 1 to " + std::to_string(changes_.last_number()) +
                               " is expected, two of them (1-100), or *");
    }
    if (range->first == range->second && !changes_.find(range->first)) {
        return refuse(404, "meter " + std::to_string(range->first) + " was removed");
    }
    const std::string_view what = take_segment(path);
    if (reads) {
        if (range->first != range->second) {
            return refuse(400, "the number of one meter is expected");
        }
        const ControlledMeter one(fleet_, places_, range->first, *changes_.find(range->first));
        if (what.empty()) {
            return {200, one.detail(now)};
        }
        return what == "objects" ? one.value(path, request.query, now)
                                 : refuse(405, "PUT is expected");
    }
    if (request.method == "DELETE" && what.empty()) {
        return to_each(*range, request.query, "removed", [&](std::size_t number) {
            changes_.remove(number, now);
            return ControlAnswer();
        });
    }
    if (request.method != "PUT") {
        return refuse(405, what.empty() ? "GET or DELETE is expected" : "GET or PUT is expected");
    }
    const json body =
        request.body.empty() ? json::object() : json::parse(request.body, nullptr, false);
    if (body.is_discarded()) {
        return refuse(400, "the body is expected to be JSON");
    }
    return to_each(*range, request.query, "changed", [&](std::size_t number) {
        return ControlledMeter(fleet_, places_, number, *changes_.find(number))
            .command(what, path, request.query, body, now);
    });
}

ControlAnswer FleetControl::to_each(std::pair<std::size_t, std::size_t> numbers,
                                    std::string_view query, const char* done,
                                    const Deed& deed) const {
    auto share = share_from(query);
    if (!share) {
        return refuse(400, "share is expected to be a percentage above 0, seed an integer");
    }
    json changed = json::array();
    json failed = json::object();
    ControlAnswer first_failure;
    for (std::size_t number = numbers.first; number <= numbers.second; ++number) {
        if (!share->takes_next() || !changes_.find(number)) {
            continue;
        }
        const ControlAnswer one = deed(number);
        if (one.status == 200) {
            changed.push_back(number);
            continue;
        }
        if (failed.empty()) {
            first_failure = one;
        }
        failed[std::to_string(number)] = one.body["error"];
    }
    if (failed.empty()) {
        return {200, {{done, std::move(changed)}}};
    }
    first_failure.body[done] = std::move(changed);
    first_failure.body["failed"] = std::move(failed);
    return first_failure;
}

}  // namespace dlms::simulator
