#pragma once
// `dlms fleet`: the meters of a running simulator, by its control.

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/exit_status.hpp"

namespace dlms::cli {

class FleetCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit FleetCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    /// What is asked of the control.
    struct Request {
        std::string method;
        std::string path;
        nlohmann::json body;
    };
    /// The error is a sentence.
    using Made = std::expected<Request, std::string>;
    using Show = void (FleetCommand::*)(const nlohmann::json& answer) const;

    CLI::App* add(const char* name, const char* description, std::function<Made()> make, Show show);
    /// One whose request is a PUT to meters, a share of them or all.
    CLI::App* add_change(const char* name, const char* description,
                         std::function<std::expected<nlohmann::json, std::string>()> body,
                         std::string what);
    void add_reading();
    void add_changes();
    void add_coming_and_going();
    void add_meters_to(CLI::App& command);
    std::string path_of_meters() const;
    std::string query() const;
    Made addition() const;

    void show_list(const nlohmann::json& answer) const;
    void show_members(const nlohmann::json& answer) const;
    void show_value(const nlohmann::json& answer) const;
    void show_changed(const nlohmann::json& answer) const;
    void show_added(const nlohmann::json& answer) const;

    CLI::App* command_;
    std::function<Made()> make_;
    Show show_ = nullptr;

    std::string control_ = "127.0.0.1:9000";
    bool json_ = false;
    std::string meters_ = "*";
    std::optional<double> share_;
    std::optional<std::uint64_t> seed_;
    std::uint64_t first_ = 1;
    std::uint64_t count_ = 100;
    std::string item_;
    std::optional<std::uint16_t> class_id_;
    std::optional<std::uint16_t> device_;
    std::string value_;
    std::int64_t number_ = 0;
    std::uint32_t added_ = 1;
    std::optional<std::uint32_t> line_;
    std::optional<std::uint16_t> port_;
    std::optional<std::uint16_t> hdlc_port_;
    std::optional<std::uint16_t> udp_port_;
};

}  // namespace dlms::cli
