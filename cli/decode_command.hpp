#pragma once
// `dlms decode`: what octets mean.

#include <expected>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/exit_status.hpp"
#include "render/decode.hpp"

namespace dlms::cli {

class DecodeCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit DecodeCommand(CLI::App& program);

    /// One line of an input, whole by itself.
    struct WholeLine {
        std::size_t number = 0;
        render::DecodeLayer layer{};
        ByteBuffer octets;
    };

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    ExitStatus decode_one();
    ExitStatus decode_capture(const render::DecodeKeys& keys) const;
    ExitStatus print_json(render::DecodeLayer layer, ByteView octets,
                          const render::DecodeOptions& options) const;
    ExitStatus print_text(render::DecodeLayer layer, ByteView octets,
                          render::DecodeOptions options) const;
    ExitStatus print_lines(const std::vector<WholeLine>& lines,
                           const render::DecodeOptions& options) const;
    std::expected<render::DecodeKeys, std::string> keys() const;

    CLI::App* command_;
    std::vector<std::string> input_;
    std::string layer_;
    std::string encryption_key_;
    std::string authentication_key_;
    std::string key_encrypting_key_;
    std::string system_title_;
    bool opens_unverified_ = false;
    bool json_ = false;
    bool json_lines_ = false;
};

}  // namespace dlms::cli
