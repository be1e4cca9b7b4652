#pragma once
// MeterMaker: makes the meters of a fleet, at the start and while it runs: each with a number, a
// seed and a name of its own.

#include <expected>
#include <map>
#include <memory>
#include <string>

#include "simulator/meter.hpp"
#include "simulator/options.hpp"

namespace dlms::simulator {

class MeterMaker {
public:
    using Model = std::shared_ptr<const MeterModel>;

    /// `options` must outlive the maker.
    explicit MeterMaker(const Options& options) : options_(options) {}

    /// A scenario by its built-in name, or from a file. What is known is not read again. The error
    /// is a sentence for people.
    std::expected<Model, std::string> load(const std::string& name);
    /// A built-in scenario, or one that load() has read.
    std::expected<Model, std::string> known(const std::string& name);
    /// The error is the place in the scenario and what was expected there.
    static std::expected<Model, std::string> parse(std::string_view scenario);

    /// The meter with this place among all, from 0, which decides its seed; `copy` counts its
    /// serial number and name up.
    std::unique_ptr<Meter> make(const Model& model, std::uint64_t place, std::uint32_t copy,
                                Instant now) const;

private:
    const Options& options_;
    std::map<std::string, Model, std::less<>> models_;
};

}  // namespace dlms::simulator
