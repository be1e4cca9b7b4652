// What the control does with a request for more meters (POST /meters).

#include "simulator/fleet_control.hpp"
#include "simulator/scenario_node.hpp"

namespace dlms::simulator {
namespace {

using nlohmann::json;

constexpr std::uint16_t last_port = 65'535;

/// A scenario by name, or one that stands here.
MeterMaker::Model read_model(const ScenarioNode& node, const json& body, MeterMaker& maker) {
    auto model = node.is_text() ? maker.known(std::string(node.text()))
                                : MeterMaker::parse(body.at("scenario").dump());
    if (!model && node.is_text()) {
        node.complain(
            "a built-in scenario, one that the simulator was started with, or a scenario itself");
    }
    if (!model) {
        throw ScenarioError("/scenario" + model.error());
    }
    return *std::move(model);
}

ListeningPlaces::LinePorts read_ports(const ScenarioNode& node, std::size_t count) {
    ListeningPlaces::LinePorts ports;
    const auto read = [&](std::string_view key, std::optional<std::uint16_t>& port) {
        const auto found = node.find(key);
        if (!found) {
            return;
        }
        port = static_cast<std::uint16_t>(found->integer(0, last_port));
        if (*port != 0 && *port + count - 1 > last_port) {
            found->complain("a port with " + std::to_string(count - 1) + " more behind it");
        }
    };
    read("port", ports.tcp);
    read("hdlc_port", ports.hdlc);
    read("udp_port", ports.udp);
    return ports;
}

ListeningPlaces::LinePorts counted_up(ListeningPlaces::LinePorts ports, std::size_t by) {
    for (auto* const port : {&ports.tcp, &ports.hdlc, &ports.udp}) {
        if (*port && **port != 0) {
            *port = static_cast<std::uint16_t>(**port + by);
        }
    }
    return ports;
}

json added_json(const FleetChanges::Added& added) {
    json one{{"meter", added.number}, {"line", added.line + 1}};
    const auto add = [&](const char* key, const std::optional<std::uint16_t>& port) {
        if (port) {
            one[key] = *port;
        }
    };
    add("port", added.ports.tcp);
    add("hdlc_port", added.ports.hdlc);
    add("udp_port", added.ports.udp);
    return one;
}

}  // namespace

ControlAnswer FleetControl::add(std::string_view text, Instant now) {
    const json body = json::parse(text, nullptr, false);
    if (body.is_discarded()) {
        return {400, {{"error", "the body is expected to be JSON"}}};
    }
    const ScenarioNode node(body);
    node.expect_keys({"scenario", "count", "line", "port", "hdlc_port", "udp_port"});
    const auto count_node = node.find("count");
    const auto count = static_cast<std::size_t>(
        count_node ? count_node->integer(1, FleetChanges::most_at_once) : 1);
    const ListeningPlaces::LinePorts ports = read_ports(node, count);
    const auto line_node = node.find("line");
    if (line_node && ports.any()) {
        line_node->complain("either a line that is there, or ports of a new one");
    }
    const auto line =
        static_cast<std::size_t>(line_node ? line_node->integer(1, FleetChanges::most_meters) : 0);
    const MeterMaker::Model model = read_model(node.at("scenario"), body, maker_);
    json added = json::array();
    for (std::size_t i = 0; i < count; ++i) {
        const auto one = line_node ? changes_.add_to_line(model, line - 1, now)
                                   : changes_.add(model, counted_up(ports, i), now);
        if (!one) {
            return {409, {{"error", one.error()}, {"added", std::move(added)}}};
        }
        added.push_back(added_json(*one));
    }
    return {201, {{"added", std::move(added)}}};
}

}  // namespace dlms::simulator
