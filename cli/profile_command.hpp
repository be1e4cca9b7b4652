#pragma once
// `dlms profile`: a load profile or an event log of one meter.

#include <string>

#include "cli/exit_status.hpp"
#include "cli/meter_options.hpp"
#include "cli/period_options.hpp"

namespace dlms::cli {

class ProfileCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit ProfileCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    CLI::App* command_;
    MeterOptions meter_;
    std::string obis_ = "1-0:99.1.0.255";
    PeriodOptions period_;
    double minutes_ = 5;
    bool json_ = false;
};

}  // namespace dlms::cli
