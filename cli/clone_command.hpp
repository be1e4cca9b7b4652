#pragma once
// `dlms clone`: a real meter as a scenario of the simulator.

#include <string>

#include "cli/exit_status.hpp"
#include "cli/meter_copy.hpp"
#include "cli/meter_options.hpp"
#include "cli/period_options.hpp"

namespace dlms::cli {

class CloneCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit CloneCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    ExitStatus write(const MeterCopy& copy, const client::MeterParameters& parameters) const;

    CLI::App* command_;
    MeterOptions meter_;
    PeriodOptions period_;
    std::string file_;
    std::string name_ = "cloned meter";
    std::size_t most_objects_ = 10'000;
    std::uint32_t rows_ = 0;
    bool partial_ = false;
    bool force_ = false;
    bool quiet_ = false;
};

}  // namespace dlms::cli
