// dlms: electricity meters for people at a terminal.

#include <exception>
#include <iostream>

#include "cli/action_command.hpp"
#include "cli/audit_command.hpp"
#include "cli/certificates_command.hpp"
#include "cli/clone_command.hpp"
#include "cli/conformance_command.hpp"
#include "cli/decode_command.hpp"
#include "cli/fleet_command.hpp"
#include "cli/keygen_command.hpp"
#include "cli/keys_command.hpp"
#include "cli/profile_command.hpp"
#include "cli/read_command.hpp"
#include "cli/readout_command.hpp"
#include "cli/scan_command.hpp"
#include "cli/write_command.hpp"
#include "transport/core_dumps.hpp"

namespace {

constexpr auto description = R"(dlms - reads and writes DLMS/COSEM electricity meters.

Say where the meter is, which brand it is, and what you want by its OBIS code:
  dlms read 192.168.1.20 1-0:1.8.0.255 --brand hexcell

`dlms read --help` tells how to name what is to be read, and how to authenticate.)";

constexpr auto footer =
    R"(Passwords: set DLMS_PASSWORD, or use --password-file; Hexcell and Hexing meters have
the default 00000000, which --brand fills in.

Exit status:
  0  everything was read or written
  1  the meter refused at least one item
  2  the command line, or a value to write, is wrong
  3  no connection, connection lost, or no answer in time
  4  the meter rejected the association or the password, a control the token
  5  the meter's answer, or what was to be decoded, breaks the protocol or needs what is
     not supported
  6  a write or an action that may or may not have been carried out: read it back
  70 a defect of this program)";

int run(int count, char** arguments) {
    using dlms::cli::ExitStatus;
    CLI::App program(description, "dlms");
    program.set_version_flag("--version", DLMS_VERSION);
    program.footer(footer);
    program.require_subcommand(1);
    program.get_formatter()->column_width(28);
    dlms::cli::ReadCommand read(program);
    dlms::cli::WriteCommand write(program);
    dlms::cli::ActionCommand action(program);
    dlms::cli::ProfileCommand profile(program);
    dlms::cli::CloneCommand clone(program);
    dlms::cli::ScanCommand scan(program);
    dlms::cli::ReadoutCommand readout(program);
    dlms::cli::DecodeCommand decode(program);
    dlms::cli::FleetCommand fleet(program);
    const dlms::cli::KeygenCommand keygen(program);
    dlms::cli::KeysCommand keys(program);
    dlms::cli::CertificatesCommand certificates(program);
    const dlms::cli::AuditCommand audit(program);
    const dlms::cli::ConformanceCommand conformance(program);
    try {
        program.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        const int status = program.exit(error);
        return status == 0 ? 0 : static_cast<int>(ExitStatus::usage);
    }
    if (scan.was_asked_for()) {
        return static_cast<int>(scan.run());
    }
    if (action.was_asked_for()) {
        return static_cast<int>(action.run());
    }
    if (profile.was_asked_for()) {
        return static_cast<int>(profile.run());
    }
    if (fleet.was_asked_for()) {
        return static_cast<int>(fleet.run());
    }
    if (clone.was_asked_for()) {
        return static_cast<int>(clone.run());
    }
    if (readout.was_asked_for()) {
        return static_cast<int>(readout.run());
    }
    if (keygen.was_asked_for()) {
        return static_cast<int>(keygen.run());
    }
    if (keys.was_asked_for()) {
        return static_cast<int>(keys.run());
    }
    if (certificates.was_asked_for()) {
        return static_cast<int>(certificates.run());
    }
    if (audit.was_asked_for()) {
        return static_cast<int>(audit.run());
    }
    if (conformance.was_asked_for()) {
        return static_cast<int>(conformance.run());
    }
    if (decode.was_asked_for()) {
        return static_cast<int>(decode.run());
    }
    return static_cast<int>(read.was_asked_for() ? read.run() : write.run());
}

}  // namespace

int main(int count, char** arguments) {
    dlms::transport::forbid_core_dumps();
    try {
        return run(count, arguments);
    } catch (const std::exception& error) {
        std::cerr << "dlms: " << error.what() << '\n';
        return static_cast<int>(dlms::cli::ExitStatus::internal);
    }
}
