#include "cli/fleet_command.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "cli/control_client.hpp"
#include "cli/link_options.hpp"

namespace dlms::cli {
namespace {

using nlohmann::json;

constexpr auto token_variable = "DLMS_SIMULATOR_CONTROL_TOKEN";

constexpr auto examples = R"(Examples:
  dlms-simulator --fleet 100 --port 20000 --control 9000
  dlms fleet list
  dlms fleet get 17 1-0:1.8.0.255/2
  dlms fleet set 17 0-0:96.1.0.255/2 '{"octet-string": "000000000042"}'
  dlms fleet power '*' off --share 5
  dlms fleet add hexing --count 10
  dlms fleet remove 3-5

METERS is a number, two of them (3-5), or * for all. A token for the control is taken from
DLMS_SIMULATOR_CONTROL_TOKEN.)";

ExitStatus status_of(int http) {
    switch (http) {
        case 200:
        case 201: return ExitStatus::done;
        case 400:
        case 405:
        case 413: return ExitStatus::usage;
        case 401:
        case 403: return ExitStatus::association;
        case 503: return ExitStatus::line;
        default: return http >= 500 ? ExitStatus::protocol : ExitStatus::refused;
    }
}

/// "3 5-7": numbers in ascending order.
std::string ranges_text(const json& numbers) {
    std::string text;
    for (auto one = numbers.begin(); one != numbers.end();) {
        const auto first = one->get<std::uint64_t>();
        auto last = first;
        for (++one; one != numbers.end() && one->get<std::uint64_t>() == last + 1; ++one) {
            ++last;
        }
        text += (text.empty() ? "" : " ") + std::to_string(first);
        if (last > first) {
            text += "-" + std::to_string(last);
        }
    }
    return text.empty() ? "none" : text;
}

/// What stands in the JSON, without quotation marks around text.
std::string plain(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

json number_or_nothing(const std::optional<std::uint16_t>& number) {
    return number ? json(*number) : json();
}

}  // namespace

FleetCommand::FleetCommand(CLI::App& program)
    : command_(program.add_subcommand("fleet",
                                      "Look at the meters of a running simulator, and "
                                      "change them")) {
    command_->add_option("--control", control_, "Where its control is; 127.0.0.1:9000 if absent")
        ->envname("DLMS_SIMULATOR_CONTROL")
        ->option_text("HOST:PORT");
    command_->add_flag("--json", json_, "Print the control's answer as it came");
    command_->require_subcommand(1);
    command_->fallthrough();
    command_->footer(examples);
    add_reading();
    add_changes();
    add_coming_and_going();
}

CLI::App* FleetCommand::add(const char* name, const char* description, std::function<Made()> make,
                            Show show) {
    CLI::App* const command = command_->add_subcommand(name, description);
    command->callback([this, make = std::move(make), show] {
        make_ = make;
        show_ = show;
    });
    return command;
}

void FleetCommand::add_meters_to(CLI::App& command) {
    command.add_option("meters", meters_, "A number, two of them (3-5), or *")
        ->option_text("METERS")
        ->required();
}

CLI::App* FleetCommand::add_change(const char* name, const char* description,
                                   std::function<std::expected<json, std::string>()> body,
                                   std::string what) {
    const auto make = [this, body = std::move(body), what = std::move(what)]() -> Made {
        auto made = body();
        if (!made) {
            return std::unexpected(made.error());
        }
        const std::string place = what == "objects" ? what + "/" + item_ : what;
        return Request{"PUT", path_of_meters() + "/" + place + query(), *std::move(made)};
    };
    CLI::App* const command = add(name, description, make, &FleetCommand::show_changed);
    add_meters_to(*command);
    command->add_option("--share", share_, "Of them, so many percent")
        ->check(CLI::Range(0.0, 100.0))
        ->option_text("PERCENT");
    command->add_option("--seed", seed_, "Which ones: the same for the same seed; 1 if absent")
        ->option_text("NUMBER");
    return command;
}

void FleetCommand::add_reading() {
    add(
        "statistics", "Meters, connections, associations, and what was done on them",
        []() -> Made { return Request{"GET", "/statistics", {}}; }, &FleetCommand::show_members);
    CLI::App* const list = add(
        "list", "The meters, a line each",
        [this]() -> Made {
            return Request{
                "GET",
                "/meters?first=" + std::to_string(first_) + "&count=" + std::to_string(count_),
                {}};
        },
        &FleetCommand::show_list);
    list->add_option("--first", first_, "From this number on; 1 if absent")->option_text("NUMBER");
    list->add_option("--count", count_, "So many, up to 1000; 100 if absent")
        ->check(CLI::Range(1, 1000))
        ->option_text("NUMBER");
    CLI::App* const show = add(
        "show", "One meter with its clock and counters",
        [this]() -> Made { return Request{"GET", path_of_meters(), {}}; },
        &FleetCommand::show_members);
    add_meters_to(*show);
    CLI::App* const get = add(
        "get", "A value of a meter, in the form of a scenario",
        [this]() -> Made {
            return Request{"GET", path_of_meters() + "/objects/" + item_ + query(), {}};
        },
        &FleetCommand::show_value);
    add_meters_to(*get);
    CLI::App* const set = add_change(
        "set", "Set a value of meters, whatever the access rights",
        [this]() -> std::expected<json, std::string> {
            json value = json::parse(value_, nullptr, false);
            if (value.is_discarded()) {
                return std::unexpected("'" + value_ +
                                       "' is no value such as {\"double-long-unsigned\": 5}");
            }
            return value;
        },
        "objects");
    for (CLI::App* const command : {get, set}) {
        command->add_option("item", item_, "OBIS/ATTRIBUTE, for example 1-0:1.8.0.255/2")
            ->option_text("ITEM")
            ->required();
        command->add_option("--class", class_id_, "Where several objects have the name")
            ->option_text("NUMBER");
        command->add_option("--device", device_, "The logical device's server SAP")
            ->option_text("NUMBER");
    }
    set->add_option("value", value_, "{\"double-long-unsigned\": 5}; null for null-data")
        ->option_text("JSON")
        ->required();
}

void FleetCommand::add_changes() {
    CLI::App* const power = add_change(
        "power", "Power fails, or comes back",
        [this]() -> std::expected<json, std::string> { return json{{"on", value_ == "on"}}; },
        "power");
    power->add_option("state", value_, "on or off")
        ->check(CLI::IsMember({"on", "off"}))
        ->option_text("STATE")
        ->required();
    CLI::App* const clock = add_change(
        "clock", "The clock jumps",
        [this]() -> std::expected<json, std::string> { return json{{"shift_seconds", number_}}; },
        "clock");
    clock->add_option("--by", number_, "So far; negative: back")
        ->option_text("SECONDS")
        ->required();
    CLI::App* const delay = add_change(
        "delay", "How long meters take to answer from now on",
        [this]() -> std::expected<json, std::string> { return json{{"milliseconds", number_}}; },
        "answer-delay");
    delay->add_option("milliseconds", number_, "0 to 600000")
        ->check(CLI::Range(0, 600'000))
        ->option_text("MILLISECONDS")
        ->required();
    add_change(
        "disconnect", "Close the TCP connections of the meters' lines",
        []() -> std::expected<json, std::string> { return json::object(); }, "disconnect");
    CLI::App* const happening = add_change(
        "happening", "Something happens that a meter may log",
        [this]() -> std::expected<json, std::string> { return json{{"what", value_}}; },
        "happenings");
    happening->add_option("what", value_, "For example cover_opened")
        ->option_text("WHAT")
        ->required();
    CLI::App* const misbehave = add_change(
        "misbehave", "Meters do wrong from now on",
        [this]() -> std::expected<json, std::string> {
            if (!value_.starts_with('{')) {
                return json{{"kind", value_ == "none" ? json() : json(value_)}};
            }
            json body = json::parse(value_, nullptr, false);
            if (body.is_discarded()) {
                return std::unexpected("'" + value_ + "' is not JSON");
            }
            return body;
        },
        "misbehaviour");
    misbehave
        ->add_option("kind", value_,
                     "For example wrong_tag; none: as the scenario says. Or the whole request,\n"
                     "{\"kind\": \"wrong_tag\"}")
        ->option_text("KIND")
        ->required();
}

void FleetCommand::add_coming_and_going() {
    CLI::App* const more = add(
        "add", "More meters, on lines of their own or behind others", [this] { return addition(); },
        &FleetCommand::show_added);
    more->add_option("scenario", value_,
                     "A built-in scenario, one that the simulator was started with, or a file")
        ->option_text("SCENARIO")
        ->required();
    more->add_option("--count", added_, "So many, up to 1000; 1 if absent")
        ->check(CLI::Range(1, 1000))
        ->option_text("NUMBER");
    more->add_option("--line", line_, "Behind the others of this line")->option_text("NUMBER");
    more->add_option("--port", port_, "TCP, wrapper; 0 for a free one")->option_text("PORT");
    more->add_option("--hdlc-port", hdlc_port_, "TCP, HDLC")->option_text("PORT");
    more->add_option("--udp-port", udp_port_, "UDP")->option_text("PORT");
    CLI::App* const less = add(
        "remove", "Take meters away for good",
        [this]() -> Made { return Request{"DELETE", path_of_meters() + query(), {}}; },
        &FleetCommand::show_changed);
    add_meters_to(*less);
    less->add_option("--share", share_, "Of them, so many percent")
        ->check(CLI::Range(0.0, 100.0))
        ->option_text("PERCENT");
    less->add_option("--seed", seed_, "Which ones: the same for the same seed; 1 if absent")
        ->option_text("NUMBER");
}

FleetCommand::Made FleetCommand::addition() const {
    json body{{"scenario", value_}, {"count", added_}};
    std::error_code ignored;
    if (std::filesystem::is_regular_file(value_, ignored)) {
        std::ifstream file(value_, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        json scenario = json::parse(text.str(), nullptr, false);
        if (!file || scenario.is_discarded()) {
            return std::unexpected(value_ + " is not a JSON document that can be read");
        }
        body["scenario"] = std::move(scenario);
    }
    if (line_) {
        body["line"] = *line_;
    }
    for (const auto& [key, port] : {std::pair("port", port_), std::pair("hdlc_port", hdlc_port_),
                                    std::pair("udp_port", udp_port_)}) {
        if (const json number = number_or_nothing(port); !number.is_null()) {
            body[key] = number;
        }
    }
    return Request{"POST", "/meters", std::move(body)};
}

std::string FleetCommand::path_of_meters() const {
    return "/meters/" + meters_;
}

std::string FleetCommand::query() const {
    std::string text;
    const auto add = [&text](const char* name, const std::string& value) {
        text += (text.empty() ? "?" : "&") + std::string(name) + "=" + value;
    };
    if (share_) {
        add("share", json(*share_).dump());
    }
    if (seed_) {
        add("seed", std::to_string(*seed_));
    }
    if (class_id_) {
        add("class", std::to_string(*class_id_));
    }
    if (device_) {
        add("device", std::to_string(*device_));
    }
    return text;
}

void FleetCommand::show_list(const json& answer) const {
    std::cout << "meter  line  power  associations  scenario  names\n";
    for (const json& one : answer.at("meters")) {
        std::cout << std::left << std::setw(7) << one.at("meter").dump() << std::setw(6)
                  << one.at("line").dump() << std::setw(7) << (one.at("on") ? "on" : "off")
                  << std::setw(14) << one.at("associations").dump() << std::setw(8)
                  << plain(one.at("scenario")) << " ";
        for (const json& name : one.at("names")) {
            std::cout << ' ' << plain(name);
        }
        std::cout << '\n';
    }
    std::cout << answer.at("meters").size() << " of " << answer.at("total") << " meters\n";
}

void FleetCommand::show_members(const json& answer) const {
    for (const auto& [key, value] : answer.items()) {
        if (!value.is_object()) {
            std::cout << key << ": " << plain(value) << '\n';
            continue;
        }
        for (const auto& [inner, part] : value.items()) {
            std::cout << key << '.' << inner << ": " << plain(part) << '\n';
        }
    }
}

void FleetCommand::show_value(const json& answer) const {
    std::cout << answer.dump() << '\n';
}

void FleetCommand::show_changed(const json& answer) const {
    for (const char* const done : {"changed", "removed"}) {
        if (const auto found = answer.find(done); found != answer.end()) {
            std::cout << done << ": " << ranges_text(*found) << '\n';
        }
    }
}

void FleetCommand::show_added(const json& answer) const {
    for (const json& one : answer.value("added", json::array())) {
        std::cout << "meter " << one.at("meter") << ", line " << one.at("line");
        for (const char* const key : {"port", "hdlc_port", "udp_port"}) {
            if (one.contains(key)) {
                std::cout << ", " << key << ' ' << one.at(key);
            }
        }
        std::cout << '\n';
    }
}

ExitStatus FleetCommand::run() {
    const auto complain = [](const std::string& sentence, ExitStatus status) {
        std::cerr << "dlms fleet: " << sentence << '\n';
        return status;
    };
    const Made request = make_();
    if (!request) {
        return complain(request.error(), ExitStatus::usage);
    }
    const auto control = parse_endpoint(control_);
    if (!control) {
        return complain("--control: " + control.error(), ExitStatus::usage);
    }
    const char* const token = std::getenv(token_variable);
    const ControlClient client(*control, token ? token : "");
    const auto answer = client.ask(request->method, request->path, request->body);
    if (!answer) {
        return complain(answer.error().sentence,
                        answer.error().kind == ControlClient::Failure::Kind::line
                            ? ExitStatus::line
                            : ExitStatus::protocol);
    }
    const ExitStatus status = status_of(answer->status);
    const json& body = answer->body;
    try {
        if (json_) {
            std::cout << body.dump() << '\n';
        } else if (status == ExitStatus::done || body.contains("changed") ||
                   body.contains("added")) {
            (this->*show_)(body);
        }
        const json failed = body.value("failed", json::object());
        for (const auto& [number, why] : failed.items()) {
            std::cerr << "dlms fleet: meter " << number << ": " << plain(why) << '\n';
        }
        if (status != ExitStatus::done && !body.contains("failed")) {
            return complain(plain(body.at("error")), status);
        }
    } catch (const json::exception&) {
        return complain("the control's answer is of another form than expected",
                        ExitStatus::protocol);
    }
    return status;
}

}  // namespace dlms::cli
