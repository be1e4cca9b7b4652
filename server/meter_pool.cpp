#include "server/meter_pool.hpp"

#include <algorithm>
#include <utility>

namespace dlms::service {

MeterPool::MeterPool(asio::any_io_executor executor,
                     std::shared_ptr<const MeterSurroundings> surroundings, std::size_t most_meters)
    : executor_(std::move(executor)),
      surroundings_(std::move(surroundings)),
      most_meters_(most_meters),
      actors_(std::make_shared<Actors>()) {}

void MeterPool::abandon() {
    // Outside the map while they go: an actor's end may look into it.
    const Actors actors = std::exchange(*actors_, {});
    for (const auto& [number, actor] : actors) {
        actor->abandon();
    }
}

std::shared_ptr<MeterActor> MeterPool::find(const std::string& meter_number) const {
    const auto found = actors_->find(meter_number);
    return found == actors_->end() || !found->second->is_known() ? nullptr : found->second;
}

std::shared_ptr<MeterActor> MeterPool::find_or_make(const std::string& meter_number) {
    if (const auto found = actors_->find(meter_number); found != actors_->end()) {
        return found->second;
    }
    if (actors_->size() >= most_meters_ && !make_room()) {
        return nullptr;
    }
    const auto forget_unknown = [actors = std::weak_ptr(actors_)](MeterActor& idle) {
        const auto all = actors.lock();
        if (all && !idle.is_known()) {
            all->erase(idle.meter_number());
        }
    };
    auto actor =
        std::make_shared<MeterActor>(executor_, meter_number, surroundings_, forget_unknown);
    actors_->emplace(meter_number, actor);
    return actor;
}

void MeterPool::close(const std::string& meter_number, std::function<void()> closed) {
    const auto found = actors_->find(meter_number);
    if (found == actors_->end()) {
        closed();
        return;
    }
    found->second->forget();
    found->second->release_when_done(std::move(closed));
}

void MeterPool::release_all(std::function<void()> done) {
    auto last = std::make_shared<std::function<void()>>(std::move(done));
    auto waiting = std::make_shared<std::size_t>(1);
    const auto finish_one = [waiting, last] {
        if (--*waiting == 0) {
            (*last)();
        }
    };
    for (const auto& [number, actor] : *actors_) {
        if (actor->is_connected() || actor->is_busy()) {
            ++*waiting;
            actor->release_when_done(finish_one);
        }
    }
    finish_one();
}

std::vector<std::shared_ptr<const MeterActor>> MeterPool::meters() const {
    std::vector<std::shared_ptr<const MeterActor>> known;
    for (const auto& [number, actor] : *actors_) {
        if (actor->is_known()) {
            known.push_back(actor);
        }
    }
    std::ranges::sort(known, {}, [](const auto& actor) { return actor->meter_number(); });
    return known;
}

std::size_t MeterPool::connected() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        *actors_, [](const auto& entry) { return entry.second->is_connected(); }));
}

bool MeterPool::make_room() {
    auto oldest = actors_->end();
    for (auto entry = actors_->begin(); entry != actors_->end(); ++entry) {
        const MeterActor& actor = *entry->second;
        if (!actor.is_busy() && !actor.is_connected() &&
            (oldest == actors_->end() || actor.last_activity() < oldest->second->last_activity())) {
            oldest = entry;
        }
    }
    if (oldest == actors_->end()) {
        return false;
    }
    actors_->erase(oldest);
    return true;
}

}  // namespace dlms::service
