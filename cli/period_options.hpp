#pragma once
// The options that say which rows of a profile are meant: from a time to a time.

#include <expected>
#include <string>

#include <CLI/CLI.hpp>

#include "client/profile_clock.hpp"
#include "stack/cosem/local_time.hpp"

namespace dlms::cli {

class PeriodOptions {
public:
    /// Adds the options to a command; must outlive its parsing.
    void add_to(CLI::App& command);

    struct Period {
        client::TimeRange range;
        cosem::LocalFromUtc zone;  ///< where the meter is
    };
    /// The error is a sentence.
    std::expected<Period, std::string> period() const;

private:
    std::string from_;
    std::string to_;
    std::string time_zone_ = "UTC";
};

}  // namespace dlms::cli
