#pragma once
// `dlms write`: attributes of one object of a meter.

#include <string>

#include "cli/exit_status.hpp"
#include "cli/item.hpp"
#include "cli/meter_options.hpp"

namespace dlms::cli {

class WriteCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit WriteCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    CLI::App* command_;
    CLI::Option* attribute_option_ = nullptr;
    MeterOptions meter_;
    std::string item_;
    std::string value_;
    std::string type_;
    ItemDefaults defaults_;
    bool json_ = false;
    bool broadcast_ = false;
};

}  // namespace dlms::cli
