#pragma once
// dlms conformance: runs the conformance cases of the meter's part against a meter.

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "cli/exit_status.hpp"

namespace dlms::cli {

class ConformanceCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit ConformanceCommand(CLI::App& program);
    ConformanceCommand(const ConformanceCommand&) = delete;
    ConformanceCommand& operator=(const ConformanceCommand&) = delete;

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run() const;

private:
    ExitStatus list() const;

    CLI::App* command_;
    std::string place_;
    std::string declaration_;
    std::vector<std::string> cases_;
    std::vector<std::string> reports_;
    std::string counters_;
    bool list_ = false;
    bool quiet_ = false;
};

}  // namespace dlms::cli
