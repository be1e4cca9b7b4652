#include "simulator/meter_maker.hpp"

#include <chrono>
#include <fstream>
#include <sstream>

namespace dlms::simulator {

std::expected<MeterMaker::Model, std::string> MeterMaker::parse(std::string_view scenario) {
    auto parsed = parse_scenario(scenario);
    if (!parsed) {
        return std::unexpected(parsed.error());
    }
    return std::make_shared<const MeterModel>(*std::move(parsed));
}

std::expected<MeterMaker::Model, std::string> MeterMaker::known(const std::string& name) {
    if (const auto found = models_.find(name); found != models_.end()) {
        return found->second;
    }
    const std::string_view builtin = builtin_scenario(name);
    if (builtin.empty()) {
        return std::unexpected("no scenario of this name: " + name);
    }
    return models_.emplace(name, parse(builtin).value()).first->second;
}

std::expected<MeterMaker::Model, std::string> MeterMaker::load(const std::string& name) {
    if (auto model = known(name)) {
        return model;
    }
    std::ifstream file(name, std::ios::binary);
    if (file) {
        file.peek();  // a folder opens, and cannot be read; an empty file can
    }
    if (!file.is_open() || file.bad()) {
        return std::unexpected(
            "--scenario: neither a built-in meter nor a file that can be read: " + name);
    }
    std::ostringstream text;
    text << file.rdbuf();
    auto model = parse(text.str());
    if (!model) {
        return std::unexpected(name + ": " + model.error());
    }
    return models_.emplace(name, *std::move(model)).first->second;
}

std::unique_ptr<Meter> MeterMaker::make(const Model& model, std::uint64_t place, std::uint32_t copy,
                                        Instant now) const {
    const auto utc =
        std::chrono::floor<UtcTime>(std::chrono::system_clock::now().time_since_epoch());
    auto meter = std::make_unique<Meter>(model, options_.seed + place, now, utc);
    meter->renumber(copy, now);
    if (options_.answer_delay) {
        meter->set_answer_delay(std::chrono::milliseconds(*options_.answer_delay));
    }
    return meter;
}

}  // namespace dlms::simulator
