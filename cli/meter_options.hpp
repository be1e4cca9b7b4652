#pragma once
// The options of every command that talks to a meter: where it is and how to associate with it.

#include <expected>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/link_options.hpp"
#include "client/meter_parameters.hpp"
#include "render/value_json.hpp"
#include "transport/trace.hpp"

namespace dlms::cli {

/// Octets on the line as lines of hexadecimal on standard error, passwords hidden; empty if not
/// wanted.
transport::TraceSink trace_to_standard_error(bool wanted);

class MeterOptions {
public:
    /// Adds the options to a command; must outlive its parsing.
    void add_to(CLI::App& command);

    /// The parameters of the connection; the error is a sentence. `environment_password` is the
    /// value of DLMS_PASSWORD, which every option for a password overrides.
    std::expected<client::MeterParameters, std::string> parameters(
        const char* environment_password) const;

    /// A trace of octets on standard error when -v was given; passwords are not shown.
    transport::TraceSink trace() const { return trace_to_standard_error(verbose_); }
    render::ValueOptions value_options() const;
    /// Of the connection and association, of one request and its answer.
    static Duration patience(const client::MeterParameters& parameters);

private:
    std::expected<void, std::string> set_authentication(client::MeterParameters& parameters,
                                                        const char* environment_password) const;
    std::expected<std::optional<SecretBytes>, std::string> password(const char* environment) const;

    std::string place_;
    LinkOptions link_;
    std::string brand_ = "generic";
    std::optional<std::uint16_t> client_;
    std::optional<std::uint16_t> server_;
    std::string authentication_;
    std::optional<std::string> password_;
    std::optional<std::string> password_hex_;
    std::optional<std::string> password_file_;
    std::optional<double> timeout_;
    std::string energy_unit_ = "kilo";
    bool short_names_ = false;
    bool verbose_ = false;
};

}  // namespace dlms::cli
