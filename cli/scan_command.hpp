#pragma once
// `dlms scan`: who answers on a line, at which addresses, to which clients.

#include <expected>
#include <string>
#include <vector>

#include "cli/exit_status.hpp"
#include "cli/meter_options.hpp"

namespace dlms::cli {

class ScanCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit ScanCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    CLI::App* command_;
    MeterOptions meter_;
    std::string clients_ = "16,1,2,17,32,48,102";
    std::string servers_ = "1";
    std::string physicals_;
    double wait_ = 1;
    bool json_ = false;
};

/// Numbers and ranges such as "1,16-18", in their order, each once; the error is a sentence.
std::expected<std::vector<std::uint16_t>, std::string> parse_numbers(std::string_view text,
                                                                     std::uint16_t most);

}  // namespace dlms::cli
