#include "simulator/fleet_changes.hpp"

#include <algorithm>
#include <utility>

#include <asio/post.hpp>

namespace dlms::simulator {

FleetChanges::FleetChanges(Fleet& fleet, ListeningPlaces& places, MeterMaker& maker,
                           asio::any_io_executor executor)
    : fleet_(fleet), places_(places), maker_(maker), executor_(std::move(executor)) {
    for (std::size_t line = 0; line < fleet.size(); ++line) {
        is_there_.emplace_back();
        for (std::size_t place = 0; place < fleet[line]->size(); ++place) {
            give_number({line, place});
        }
    }
}

std::size_t FleetChanges::give_number(MeterPlace place) {
    places_of_.emplace_back(place);
    is_there_[place.line].push_back(true);
    ++size_;
    return places_of_.size();
}

std::optional<MeterPlace> FleetChanges::find(std::size_t number) const {
    return number >= 1 && number <= places_of_.size() ? places_of_[number - 1] : std::nullopt;
}

bool FleetChanges::is_there(MeterPlace place) const {
    return is_there_[place.line][place.place];
}

std::expected<std::unique_ptr<Meter>, std::string> FleetChanges::make(
    const MeterMaker::Model& model, Instant now) const {
    if (places_of_.size() >= most_meters) {
        return std::unexpected("the fleet has given the last of " + std::to_string(most_meters) +
                               " numbers");
    }
    return maker_.make(model, places_of_.size(), static_cast<std::uint32_t>(places_of_.size()),
                       now);
}

std::expected<FleetChanges::Added, std::string> FleetChanges::add(
    const MeterMaker::Model& model, const ListeningPlaces::LinePorts& ports, Instant now) {
    auto meter = make(model, now);
    if (!meter) {
        return std::unexpected(meter.error());
    }
    const std::size_t line = fleet_.size();
    auto group = std::make_unique<MeterGroup>(places_.reach(ports));
    group->set_gateway(fleet_.front()->is_gateway());
    (void)group->add(*std::move(meter));  // the first one needs no address of its own
    fleet_.push_back(std::move(group));
    auto opened = places_.open_line_of_fleet(line, ports);
    if (!opened) {
        places_.close_line(line);
        fleet_.pop_back();
        return std::unexpected(opened.error());
    }
    is_there_.emplace_back();
    return Added{give_number({line, 0}), line, *opened};
}

std::expected<FleetChanges::Added, std::string> FleetChanges::add_to_line(
    const MeterMaker::Model& model, std::size_t line, Instant now) {
    if (line >= fleet_.size() || !fleet_[line] ||
        std::ranges::find(is_there_[line], true) == is_there_[line].end()) {
        return std::unexpected("there is no line " + std::to_string(line + 1));
    }
    if (places_.is_fixed(line)) {
        return std::unexpected(
            "a line on --pty, --serial or --dial takes no meter while it is in use");
    }
    auto meter = make(model, now);
    if (!meter) {
        return std::unexpected(meter.error());
    }
    places_.disconnect(line);
    MeterGroup& group = *fleet_[line];
    if (!group.add(*std::move(meter))) {
        return std::unexpected("no lower HDLC address is left on line " + std::to_string(line + 1));
    }
    places_.serve_pushes(line);
    return Added{give_number({line, group.size() - 1}), line, {}};
}

void FleetChanges::remove(std::size_t number, Instant now) {
    const MeterPlace place = *std::exchange(places_of_[number - 1], std::nullopt);
    is_there_[place.line][place.place] = false;
    --size_;
    (*fleet_[place.line])[place.place].power_off(now);
    places_.power_changed(place.line, place.place);
    if (std::ranges::find(is_there_[place.line], true) != is_there_[place.line].end()) {
        return;  // its place decides the addresses of those behind it
    }
    places_.close_line(place.line);
    if (place.line > 0) {  // the first line says what the others are like
        // What was under way on its connections comes to its end before.
        asio::post(executor_,
                   [group = std::shared_ptr<MeterGroup>(std::move(fleet_[place.line]))] {});
    }
}

}  // namespace dlms::simulator
