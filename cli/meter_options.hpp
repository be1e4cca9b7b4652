#pragma once
// The options of every command that talks to a meter: where it is and how to associate with it.

#include <expected>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/link_options.hpp"
#include "cli/security_options.hpp"
#include "client/native_meter_client.hpp"
#include "render/value_json.hpp"
#include "transport/trace.hpp"

namespace dlms::cli {

/// Octets on the line as lines of text on standard error, passwords hidden; empty if not
/// wanted.
transport::TraceSink trace_to_standard_error(bool wanted, transport::Framing framing);

class MeterOptions {
public:
    /// Adds the options to a command; must outlive its parsing.
    void add_to(CLI::App& command);

    /// How to reach the meter, and what is lent to its client.
    struct Access {
        client::MeterParameters parameters;
        client::ClientEnvironment environment;
    };
    /// The error is a sentence.
    std::expected<Access, std::string> access(const EnvironmentVariable& variable,
                                              Audience audience = Audience::one_meter) const;

    /// A trace of the octets on the line to a meter, on standard error, when -v was given;
    /// passwords are not shown.
    transport::TraceSink trace(const client::MeterParameters& parameters) const;
    render::ValueOptions value_options() const;
    /// Of the brand.
    const client::MeterProfile& profile() const;
    /// Of the connection and association, of one request and its answer.
    static Duration patience(const client::MeterParameters& parameters);

private:
    std::string place_;
    LinkOptions link_;
    std::string brand_ = "generic";
    std::optional<std::uint16_t> client_;
    std::optional<std::uint16_t> server_;
    SecurityOptions security_;
    std::optional<double> timeout_;
    std::string energy_unit_ = "kilo";
    std::string conformance_;
    std::optional<std::uint8_t> block_window_;
    std::optional<std::size_t> outstanding_requests_;
    bool short_names_ = false;
    bool pre_established_ = false;
    bool verbose_ = false;
};

}  // namespace dlms::cli
