#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "server/meter_actor.hpp"

namespace dlms::service {

// The meters that callers have named, each with its actor. Bounded: at the limit the longest unused
// one without an association is forgotten. Lives on the I/O thread.
class MeterPool {
public:
    MeterPool(asio::any_io_executor executor, std::shared_ptr<const MeterSurroundings> surroundings,
              std::size_t most_meters = 10'000);

    // For an io_context that runs no more: drops what is in work, which would keep itself alive.
    void abandon();

    // The meter of that number if its parameters are known, else null.
    [[nodiscard]] std::shared_ptr<MeterActor> find(const std::string& meter_number) const;

    // The same, made if need be; null when there is no room for another meter.
    [[nodiscard]] std::shared_ptr<MeterActor> find_or_make(const std::string& meter_number);

    // Forgets the meter at once and releases its association after the calls that have come before;
    // `closed` is called then. Its actor stays until it is idle, and for good if the meter is
    // configured anew: a meter never has two.
    void close(const std::string& meter_number, std::function<void()> closed);

    // Releases every association; `done` is called once, when the last is released.
    void release_all(std::function<void()> done);

    // Known meters in the order of their numbers.
    [[nodiscard]] std::vector<std::shared_ptr<const MeterActor>> meters() const;
    [[nodiscard]] std::size_t connected() const;

private:
    bool make_room();

    asio::any_io_executor executor_;
    std::shared_ptr<const MeterSurroundings> surroundings_;
    std::size_t most_meters_;
    // A call's end may come after the pool's.
    using Actors = std::unordered_map<std::string, std::shared_ptr<MeterActor>>;
    std::shared_ptr<Actors> actors_;
};

}  // namespace dlms::service
