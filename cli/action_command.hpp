#pragma once
// `dlms action`: one method of one object of a meter.

#include <string>

#include "cli/exit_status.hpp"
#include "cli/meter_options.hpp"

namespace dlms::cli {

class ActionCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit ActionCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    CLI::App* command_;
    MeterOptions meter_;
    std::string method_;
    std::string value_;
    std::string type_;
    bool json_ = false;
    bool broadcast_ = false;
};

}  // namespace dlms::cli
