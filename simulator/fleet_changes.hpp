#pragma once
// FleetChanges: the numbers of a fleet's meters, and how meters come and go while it runs. A number
// is never given twice.

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "simulator/listening_places.hpp"
#include "simulator/meter_maker.hpp"

namespace dlms::simulator {

/// Where a meter stands.
struct MeterPlace {
    std::size_t line = 0;   ///< of the fleet, from 0
    std::size_t place = 0;  ///< on its line, from 0
};

class FleetChanges {
public:
    /// More than anybody's memory holds.
    static constexpr std::size_t most_meters = 1'000'000;
    static constexpr std::size_t most_at_once = 1000;

    /// All must outlive it. The meters that are there get the numbers from 1 on, line by line.
    FleetChanges(Fleet& fleet, ListeningPlaces& places, MeterMaker& maker,
                 asio::any_io_executor executor);

    /// The highest number that was given.
    std::size_t last_number() const { return places_of_.size(); }
    /// Nothing for a number that nobody has (any more).
    std::optional<MeterPlace> find(std::size_t number) const;
    /// Meters that are there.
    std::size_t size() const { return size_; }
    bool is_there(MeterPlace place) const;

    struct Added {
        std::size_t number;
        std::size_t line;  ///< from 0
        ListeningPlaces::LinePorts
            ports;  ///< what its line has opened; empty on a line that was there
    };
    /// A meter on a line of its own, with these ports; where none is named, with a free port for
    /// each kind that the program was told to open. The error is a sentence for people.
    std::expected<Added, std::string> add(const MeterMaker::Model& model,
                                          const ListeningPlaces::LinePorts& ports, Instant now);
    /// A meter behind the others of a line. The line's connections are closed, since the meters
    /// behind a connection stay the same.
    std::expected<Added, std::string> add_to_line(const MeterMaker::Model& model, std::size_t line,
                                                  Instant now);

    /// The meter falls silent for good. Its line is closed with its last meter.
    void remove(std::size_t number, Instant now);

private:
    std::expected<std::unique_ptr<Meter>, std::string> make(const MeterMaker::Model& model,
                                                            Instant now) const;
    std::size_t give_number(MeterPlace place);

    Fleet& fleet_;
    ListeningPlaces& places_;
    MeterMaker& maker_;
    asio::any_io_executor executor_;
    std::vector<std::optional<MeterPlace>> places_of_;  // by number, from 1
    std::vector<std::vector<bool>> is_there_;           // by line and place
    std::size_t size_ = 0;
};

}  // namespace dlms::simulator
