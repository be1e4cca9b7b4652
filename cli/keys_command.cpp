#include "cli/keys_command.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include "cli/advice.hpp"
#include "cli/secrets_file.hpp"
#include "stack/base/hex.hpp"

namespace dlms::cli {
namespace {

using client::SecretKind;

constexpr auto examples =
    R"(The present keys and password are named as for `dlms read`, in the environment: DLMS_ENCRYPTION_KEY,
DLMS_AUTHENTICATION_KEY, DLMS_MASTER_KEY (wraps new keys), DLMS_PASSWORD.

  rotate    draws new keys, writes them to --out, and sends them to the meter
  transfer  sends DLMS_NEW_ENCRYPTION_KEY, DLMS_NEW_AUTHENTICATION_KEY, DLMS_NEW_BROADCAST_KEY,
            DLMS_NEW_MASTER_KEY (hexadecimal), or DLMS_NEW_PASSWORD (text)
  agree     meter and we agree on new keys (suites 1 and 2, --signing-key, --meter-certificate);
            they are in --out before they are used

Whatever goes wrong on the way, the meter has the keys of before or those of --out, and what is known
of that is said.

Examples:
  dlms keys rotate 192.168.1.20 --brand hexing --auth gmac --security authenticated_encryption --out new.env
  dlms keys transfer 192.168.1.20 --auth gmac --security authenticated_encryption)";

struct NamedKind {
    const char* name;
    const char* variable;
    SecretKind kind;
};
constexpr std::array<NamedKind, 4> kinds_of_keys{{
    {"encryption", "DLMS_NEW_ENCRYPTION_KEY", SecretKind::encryption},
    {"authentication", "DLMS_NEW_AUTHENTICATION_KEY", SecretKind::authentication},
    {"broadcast", "DLMS_NEW_BROADCAST_KEY", SecretKind::broadcast},
    {"master", "DLMS_NEW_MASTER_KEY", SecretKind::master},
}};
/// How long all associations of a change may take.
constexpr std::chrono::minutes whole_change{5};

ExitStatus complain(const std::string& sentence, ExitStatus status = ExitStatus::usage) {
    std::cerr << "dlms keys: " << sentence << '\n';
    return status;
}

std::expected<cosem::ObisCode, std::string> place(const std::string& text, const char* option,
                                                  const cosem::ObisCode& standard) {
    if (text.empty()) {
        return standard;
    }
    const auto code = cosem::ObisCode::parse(text);
    if (!code) {
        return std::unexpected(std::string(option) + ": '" + text +
                               "' is not an OBIS code such as 0-0:43.0.0.255");
    }
    return *code;
}

std::expected<client::MeterSecrets, std::string> named_secrets(
    const EnvironmentVariable& environment) {
    client::MeterSecrets fresh;
    for (const NamedKind& one : kinds_of_keys) {
        const char* const digits = environment(one.variable);
        if (!digits || !*digits) {
            continue;
        }
        auto octets = from_hex(digits);
        if (!octets) {
            return std::unexpected(std::string(one.variable) +
                                   ": expected pairs of hexadecimal digits");
        }
        fresh.set(one.kind, *octets);
        wipe(*octets);
    }
    if (const char* password = environment("DLMS_NEW_PASSWORD"); password && *password) {
        fresh.set(SecretKind::password, as_bytes(password));
    }
    return fresh;
}

}  // namespace

KeysCommand::KeysCommand(CLI::App& program)
    : command_(program.add_subcommand("keys", "Change the keys or the password of a meter")) {
    command_->add_option("action", action_, "rotate, transfer or agree")
        ->check(CLI::IsMember({"rotate", "transfer", "agree"}, CLI::ignore_case))
        ->option_text(" ")
        ->required();
    meter_.add_to(*command_);
    command_
        ->add_option("--keys", keys_,
                     "Which keys are drawn or agreed on: encryption,authentication (if\n"
                     "absent), broadcast, master")
        ->delimiter(',')
        ->option_text("NAMES");
    command_
        ->add_option("--out", out_,
                     "New file for the new secrets, as lines for an environment; its\n"
                     "owner's alone. It has them before the meter does")
        ->option_text("FILE");
    command_
        ->add_option("--setup", setup_object_, "Security setup object; 0-0:43.0.0.255 if absent")
        ->option_text("OBIS");
    command_
        ->add_option("--association-object", association_object_,
                     "Association whose password is changed; 0-0:40.0.0.255 if absent")
        ->option_text("OBIS");
    command_->footer(examples);
}

std::expected<std::vector<SecretKind>, std::string> KeysCommand::kinds() const {
    if (keys_.empty()) {
        return std::vector{SecretKind::encryption, SecretKind::authentication};
    }
    std::vector<SecretKind> kinds;
    for (const std::string& name : keys_) {
        const auto* const found = std::ranges::find_if(
            kinds_of_keys, [&](const NamedKind& one) { return name == one.name; });
        if (found == kinds_of_keys.end() || std::ranges::find(kinds, found->kind) != kinds.end()) {
            return std::unexpected(
                "--keys: expected names of encryption, authentication, broadcast and master, each "
                "once, between commas");
        }
        kinds.push_back(found->kind);
    }
    return kinds;
}

std::expected<client::SecretChange, std::string> KeysCommand::change(
    const EnvironmentVariable& environment, const client::MeterParameters& parameters) const {
    client::SecretChange change;
    const auto setup = place(setup_object_, "--setup", change.security_setup);
    const auto association = place(association_object_, "--association-object", change.association);
    if (!setup || !association) {
        return std::unexpected(!setup ? setup.error() : association.error());
    }
    change.security_setup = *setup;
    change.association = *association;
    const auto asked = kinds();
    if (!asked) {
        return std::unexpected(asked.error());
    }
    if (action_ == "agree") {
        if (const std::string why = client::agreement_obstacle(parameters, *asked); !why.empty()) {
            return std::unexpected(why);
        }
        return change;
    }
    if (action_ == "rotate") {
        SystemRandom random;
        auto drawn = client::draw_keys(*asked, parameters.security.suite, random);
        if (!drawn) {
            return std::unexpected("no keys could be drawn");
        }
        change.fresh = std::move(*drawn);
    } else {
        auto named = named_secrets(environment);
        if (!named) {
            return std::unexpected(std::move(named.error()));
        }
        if (named->empty()) {
            return std::unexpected(
                "transfer needs the new secret: set DLMS_NEW_ENCRYPTION_KEY, "
                "DLMS_NEW_AUTHENTICATION_KEY, DLMS_NEW_BROADCAST_KEY, DLMS_NEW_MASTER_KEY or "
                "DLMS_NEW_PASSWORD");
        }
        change.fresh = std::move(*named);
    }
    if (const std::string why = client::obstacle(parameters, change); !why.empty()) {
        return std::unexpected(why);
    }
    return change;
}

ExitStatus KeysCommand::run() {
    action_ = CLI::detail::to_lower(action_);
    if (action_ != "transfer" && out_.empty()) {
        return complain(action_ + " needs --out: nobody else would know the new keys");
    }
    std::error_code ignored;
    if (!out_.empty() && std::filesystem::exists(out_, ignored)) {
        return complain(out_ + " is there already, and is left alone");
    }
    auto access = meter_.access(std::getenv);
    if (!access) {
        return complain(access.error());
    }
    const auto change = this->change(std::getenv, access->parameters);
    if (!change) {
        return complain(change.error());
    }
    auto records = secrets_file(out_);
    if (!records) {
        return complain(records.error(), ExitStatus::internal);
    }
    const auto make_client = [&](client::MeterParameters parameters) {
        client::ClientEnvironment environment;
        environment.trace = access->environment.trace;
        environment.counters = access->environment.counters;
        environment.counter_raised = access->environment.counter_raised;
        environment.counter_doubted = access->environment.counter_doubted;
        environment.counter_low = access->environment.counter_low;
        return std::make_unique<client::NativeMeterClient>(std::move(parameters),
                                                           std::move(environment));
    };
    client::KeyLife life(**records, "meter", make_client);
    const Instant deadline = std::chrono::steady_clock::now() + whole_change;
    asio::io_context io;
    using Outcome = client::KeyLife::SecretOutcome<void>;
    std::optional<Outcome> end;
    const auto agreed = kinds().value_or(std::vector<SecretKind>());
    auto work = action_ == "agree" ? life.agree(access->parameters, agreed, *change, deadline)
                                   : life.change(access->parameters, *change, deadline);
    asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& defect, Outcome outcome) {
        if (!defect) {
            end = std::move(outcome);
        }
    });
    io.run();
    return end ? report(*end) : complain("an internal error", ExitStatus::internal);
}

ExitStatus KeysCommand::report(const client::KeyLife::SecretOutcome<void>& outcome) const {
    if (outcome) {
        std::cout << "the meter has the new secrets"
                  << (out_.empty() ? std::string() : ", which are in " + out_) << '\n';
        return ExitStatus::done;
    }
    const client::SecretFailure& failed = outcome.error();
    std::string sentence = std::string("while ") + failed.step + ": " + explain(failed.failure);
    const std::string place = out_.empty() ? "the new ones" : "those in " + out_;
    switch (failed.in_force) {
        case client::InForce::former:
            sentence += ". The meter still has the secrets of before.";
            break;
        case client::InForce::fresh: sentence += ". The meter has the new secrets."; break;
        case client::InForce::unknown:
            sentence += ". The meter has the secrets of before or " + place +
                        ": a `dlms read` with each shows which. Keep both.";
            break;
        case client::InForce::lost:
            sentence +=
                ". The meter has the secrets of before, or keys that nobody else knows: then it "
                "needs another client, or the maker, to get new ones.";
            break;
    }
    const bool open =
        failed.in_force == client::InForce::unknown || failed.in_force == client::InForce::lost;
    return complain(sentence, open ? ExitStatus::unknown : exit_status(failed.failure));
}

}  // namespace dlms::cli
