#pragma once
// dlms keygen: fresh keys.

#include <string>

#include <CLI/App.hpp>

#include "cli/exit_status.hpp"
#include "stack/security/certificate.hpp"

namespace dlms::cli {

class KeygenCommand {
public:
    explicit KeygenCommand(CLI::App& program);
    KeygenCommand(const KeygenCommand&) = delete;
    KeygenCommand& operator=(const KeygenCommand&) = delete;

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run() const;

private:
    ExitStatus symmetric() const;
    /// A key pair and its certificate, or the request for one.
    ExitStatus pair(security::CertificateUse use) const;

    CLI::App* command_;
    unsigned suite_ = 0;
    std::string out_;
    bool signing_ = false;
    bool agreement_ = false;
    bool request_ = false;
    std::string owner_;
    unsigned days_ = 3650;
};

}  // namespace dlms::cli
