#pragma once
// `dlms read`: attributes of one meter.

#include <string>
#include <vector>

#include "cli/exit_status.hpp"
#include "cli/item.hpp"
#include "cli/meter_options.hpp"

namespace dlms::cli {

class ReadCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit ReadCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    CLI::App* command_;
    MeterOptions meter_;
    std::vector<std::string> items_;
    ItemDefaults defaults_;
    bool json_ = false;
    bool tree_ = false;
};

}  // namespace dlms::cli
