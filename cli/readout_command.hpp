#pragma once
// `dlms readout`: the data block of a meter that speaks IEC 62056-21 only.

#include <string>

#include "cli/exit_status.hpp"
#include "cli/meter_options.hpp"

namespace dlms::cli {

class ReadoutCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit ReadoutCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    CLI::App* command_;
    std::string port_;
    std::string device_address_;
    std::uint32_t starting_baud_rate_ = 300;
    std::uint32_t max_baud_rate_ = 9600;
    double timeout_ = 180;
    bool no_parity_ = false;
    bool json_ = false;
    bool verbose_ = false;
};

}  // namespace dlms::cli
