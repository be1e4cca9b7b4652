#pragma once
// dlms audit: the service's audit log, verified and shown.

#include <string>

#include <CLI/App.hpp>

#include "cli/exit_status.hpp"

namespace dlms::cli {

class AuditCommand {
public:
    explicit AuditCommand(CLI::App& program);
    AuditCommand(const AuditCommand&) = delete;
    AuditCommand& operator=(const AuditCommand&) = delete;

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run() const { return verify_->parsed() ? verify() : show(); }

private:
    ExitStatus verify() const;
    ExitStatus show() const;

    CLI::App* command_;
    CLI::App* verify_ = nullptr;
    CLI::App* show_ = nullptr;
    std::string file_;
    std::string kept_hash_;
    std::string meter_;
};

}  // namespace dlms::cli
