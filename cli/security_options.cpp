#include "cli/security_options.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <tuple>

#include "client/signing.hpp"
#include "stack/base/hex.hpp"
#include "store/counter_store.hpp"
#include "store/drawn_title.hpp"

namespace dlms::cli {
namespace {

using acse::Mechanism;

struct NamedMechanism {
    const char* name;
    Mechanism mechanism;
};
constexpr std::array<NamedMechanism, 8> mechanisms{{{"none", Mechanism::lowest},
                                                    {"low", Mechanism::lls},
                                                    {"high", Mechanism::hls_manufacturer},
                                                    {"md5", Mechanism::hls_md5},
                                                    {"sha1", Mechanism::hls_sha1},
                                                    {"gmac", Mechanism::hls_gmac},
                                                    {"sha256", Mechanism::hls_sha256},
                                                    {"ecdsa", Mechanism::hls_ecdsa}}};

std::unexpected<std::string> wrong(std::string sentence) {
    return std::unexpected(std::move(sentence));
}

std::expected<std::optional<cosem::ObisCode>, std::string> obis_of(
    const std::optional<std::string>& text, const std::string& option, const std::string& example) {
    if (!text) {
        return std::nullopt;
    }
    const auto code = cosem::ObisCode::parse(*text);
    if (!code) {
        return wrong(option + ": '" + *text + "' is not an OBIS code such as " + example);
    }
    return *code;
}

void wipe_text(std::string& text) {
    wipe(std::span(reinterpret_cast<Byte*>(text.data()), text.size()));
}

std::expected<std::optional<SecretBytes>, std::string> password_from_file(const std::string& name) {
    std::string line;
    bool read = false;
    if (name == "-") {
        read = !!std::getline(std::cin, line);
    } else {
        std::ifstream file(name);
        read = !!std::getline(file, line);
    }
    if (!read) {
        return wrong("no password in " + (name == "-" ? "the standard input" : name));
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    SecretBytes password(as_bytes(line));
    wipe_text(line);
    return password;
}

/// An option over an environment variable; nothing if neither is there.
std::optional<std::string> text_of(const std::optional<std::string>& option,
                                   const EnvironmentVariable& environment, const char* variable) {
    if (option) {
        return option;
    }
    const char* const value = environment(variable);
    return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

template <class Key>
std::expected<void, std::string> take_key(std::optional<std::string> digits, const char* name,
                                          security::SecuritySuite suite, std::optional<Key>& key) {
    if (!digits) {
        return {};
    }
    auto octets = from_hex(*digits);
    wipe_text(*digits);
    auto taken = octets ? Key::from(*octets) : Result<Key>(std::unexpected(octets.error()));
    if (octets) {
        wipe(*octets);
    }
    if (!taken || !taken->fits(suite)) {
        return wrong(std::string(name) + ": expected a key of " +
                     std::to_string(security::key_size(suite)) + " octets in hexadecimal");
    }
    key = std::move(*taken);
    return {};
}

std::expected<std::optional<security::SystemTitle>, std::string> title_of(
    const std::optional<std::string>& digits, const char* option) {
    if (!digits) {
        return std::nullopt;
    }
    const auto title = security::SystemTitle::from_hex(*digits);
    if (!title) {
        return wrong(std::string(option) + ": expected 8 octets in hexadecimal");
    }
    return *title;
}

std::expected<std::string, std::string> default_counters_file(
    const EnvironmentVariable& environment) {
    std::filesystem::path folder;
    if (const char* state = environment("XDG_STATE_HOME"); state && *state) {
        folder = state;
    } else if (const char* home = environment("HOME"); home && *home) {
        folder = std::filesystem::path(home) / ".local" / "state";
    } else {
        return wrong("no place for invocation counters: name a file with --counters");
    }
    folder /= "dlms";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return wrong(folder.string() + ": " + error.message());
    }
    return (folder / "counters.db").string();
}

}  // namespace

void SecurityOptions::add_to(CLI::App& command) {
    const auto association = "Association";
    command
        .add_option("--auth", authentication_,
                    "none, low = a password, or high level: high = the maker's\n"
                    "AES-128, md5, sha1, sha256, gmac, ecdsa. low if a password is\n"
                    "given or the brand has one")
        ->check(CLI::IsMember({"none", "low", "high", "md5", "sha1", "gmac", "sha256", "ecdsa"},
                              CLI::ignore_case))
        ->option_text("KIND")
        ->group(association);
    auto* file = command.add_option("--password-file", password_file_,
                                    "File whose first line is the password (the secret of --auth\n"
                                    "high, md5, sha1, sha256); - for standard input");
    file->option_text("FILE")->group(association);
    auto* text = command.add_option("--password", password_,
                                    "The password itself. Other users of this machine see it:\n"
                                    "prefer DLMS_PASSWORD or --password-file");
    text->option_text("TEXT")->group(association)->excludes(file);
    command.add_option("--password-hex", password_hex_, "The same as hexadecimal octets")
        ->option_text("HEX")
        ->group(association)
        ->excludes(file)
        ->excludes(text);
    const auto group = "Protection";
    command
        .add_option("--security", security_,
                    "How APDUs are protected: none, authentication, encryption or\n"
                    "authenticated_encryption")
        ->check(CLI::IsMember({"none", "authentication", "encryption", "authenticated_encryption"},
                              CLI::ignore_case))
        ->option_text("LEVEL")
        ->group(group);
    command.add_option("--suite", suite_, "Security suite: 0, 1 or 2")
        ->check(CLI::Range(0, 2))
        ->option_text("NUMBER")
        ->group(group);
    command
        .add_option("--encryption-key", encryption_key_,
                    "Global unicast key. Other users of this machine see it: prefer\n"
                    "DLMS_ENCRYPTION_KEY")
        ->option_text("HEX")
        ->group(group);
    command
        .add_option("--authentication-key", authentication_key_,
                    "Authentication key; prefer DLMS_AUTHENTICATION_KEY")
        ->option_text("HEX")
        ->group(group);
    command
        .add_option("--envelope", envelope_,
                    "What protected requests go in: service_specific (glo-, ded-),\n"
                    "general (general-glo, -ded), or general-ciphering: general_ciphering,\n"
                    "identified_key, wrapped_key (DLMS_MASTER_KEY), one_pass,\n"
                    "static_unified (agreed keys). The brand's if absent")
        ->check(CLI::IsMember(
            std::vector<std::string>(client::envelope_names.begin(), client::envelope_names.end()),
            CLI::ignore_case))
        ->option_text("NAME")
        ->group(group);
    command
        .add_option("--sign", sign_,
                    "Sign requests, and ask for signed answers: inside of what is\n"
                    "ciphered, or outside of it")
        ->check(CLI::IsMember({"inside", "outside"}, CLI::ignore_case))
        ->option_text("PLACE")
        ->group(group);
    for (const auto& [option, file_name, what] :
         {std::tuple("--signing-key", &signing_key_file_,
                     "File of our private key for ECDSA (PEM or DER); see dlms keygen"),
          std::tuple("--certificate", &certificate_file_,
                     "File of our certificate, sent to the meter; none if absent"),
          std::tuple("--meter-certificate", &meter_certificate_file_,
                     "File of the meter's certificate for ECDSA"),
          std::tuple("--authority", &authority_file_,
                     "File of the authority that must have signed the meter's\n"
                     "certificates; if absent they are taken as they are"),
          std::tuple("--agreement-key", &agreement_key_file_,
                     "File of our private key for agreed keys (PEM or DER)"),
          std::tuple("--meter-agreement-certificate", &meter_agreement_certificate_file_,
                     "File of the meter's certificate for agreed keys")}) {
        command.add_option(option, *file_name, what)->option_text("FILE")->group(group);
    }
    command
        .add_flag("--dedicated-key", dedicated_key_,
                  "Draw a key of its own for the association, and use it")
        ->group(group);
    command
        .add_option("--system-title", system_title_,
                    "What we call ourselves; drawn once and kept with the counters\n"
                    "if absent. Never the title of a running service: two that\n"
                    "count by themselves would use one number twice")
        ->option_text("HEX")
        ->group(group);
    command
        .add_option("--meter-title", meter_title_, "The meter's system title; as it says if absent")
        ->option_text("HEX")
        ->group(group);
    command
        .add_option("--counter-obis", counter_object_,
                    "Object that tells the last invocation counter to a public\n"
                    "client; Hexing 0-1:43.1.1.255")
        ->option_text("OBIS")
        ->group(group);
    command
        .add_flag("--trust-counter", trusts_counter_,
                  "Believe what it tells even if the key has hardly any number\n"
                  "left then")
        ->group(group);
    command
        .add_option("--counters", counters_file_,
                    "File of our invocation counters; ~/.local/state/dlms/counters.db\n"
                    "if absent")
        ->option_text("FILE")
        ->group(group);
    add_handshake_to(command, group);
}

void SecurityOptions::add_handshake_to(CLI::App& command, const std::string& group) {
    command.add_option("--user-id", user_id_, "Client user identification, in the AARQ")
        ->check(CLI::Range(0, 255))
        ->option_text("N")
        ->group(group);
    command.add_option("--challenge-size", challenge_size_, "Octets of our challenge of HLS")
        ->check(CLI::Range(8, 64))
        ->option_text("N")
        ->group(group);
    command
        .add_option("--hls-object", authentication_object_,
                    "Association whose reply_to_HLS_authentication is invoked;\n"
                    "0-0:40.0.0.255 if absent")
        ->option_text("OBIS")
        ->group(group);
    command
        .add_option("--hls-name", authentication_name_,
                    "Short name of that method; 0xFA58 if absent")
        ->check(CLI::Range(0, 0xFFFF))
        ->option_text("N")
        ->group(group);
    command
        .add_flag("--omit-title", omits_title_,
                  "Leave our title out of the AARQ: the meter knows it")
        ->group(group);
    command
        .add_flag("--open-unverified", opens_unverified_,
                  "Without an authentication key, decipher what carries a tag\n"
                  "without verifying it: it may have been changed on the way")
        ->group(group);
    command
        .add_flag("--header-without-lengths", header_without_lengths_,
                  "Of general-ciphering, authenticate the header without the\n"
                  "lengths of its fields, as some meters do")
        ->group(group);
}

std::expected<std::optional<SecretBytes>, std::string> SecurityOptions::password(
    const EnvironmentVariable& environment) const {
    if (password_file_) {
        return password_from_file(*password_file_);
    }
    if (password_hex_) {
        Result<ByteBuffer> octets = from_hex(*password_hex_);
        if (!octets) {
            return wrong("--password-hex: expected pairs of hexadecimal digits");
        }
        SecretBytes secret(*octets);
        wipe(*octets);
        return secret;
    }
    if (password_) {
        return SecretBytes(as_bytes(*password_));
    }
    if (const char* value = environment("DLMS_PASSWORD")) {
        return SecretBytes(as_bytes(value));
    }
    if (const char* digits = environment("DLMS_PASSWORD_HEX"); digits && *digits) {
        Result<ByteBuffer> octets = from_hex(digits);
        if (!octets) {
            return wrong("DLMS_PASSWORD_HEX: expected pairs of hexadecimal digits");
        }
        SecretBytes secret(*octets);
        wipe(*octets);
        return secret;
    }
    return std::nullopt;
}

std::expected<void, std::string> SecurityOptions::set_mechanism(
    const EnvironmentVariable& environment, client::MeterParameters& parameters) const {
    const std::string asked = CLI::detail::to_lower(authentication_);
    const auto named = std::ranges::find(mechanisms, asked, &NamedMechanism::name);
    if (named != mechanisms.end()) {
        parameters.mechanism = named->mechanism;
    }
    const bool takes_secret = parameters.mechanism != Mechanism::lowest || asked.empty();
    if (!takes_secret || parameters.mechanism == Mechanism::hls_gmac ||
        parameters.mechanism == Mechanism::hls_ecdsa) {
        if (password_ || password_hex_ || password_file_) {
            return wrong("a password needs --auth low, high, md5, sha1 or sha256");
        }
        parameters.password = SecretBytes();
        return {};
    }
    auto secret = password(environment);
    if (!secret) {
        return std::unexpected(secret.error());
    }
    if (*secret) {
        parameters.password = std::move(**secret);
        if (asked.empty()) {
            parameters.mechanism = Mechanism::lls;
        }
    } else if (parameters.mechanism != Mechanism::lls) {
        parameters.password = SecretBytes();
    }
    const std::size_t size = parameters.password.size();
    if (parameters.mechanism != Mechanism::lowest && (size == 0 || size > 64)) {
        return wrong("--auth " + (asked.empty() ? "low" : asked) +
                     " needs a password of 1 to 64 octets: set DLMS_PASSWORD, or give "
                     "--password-file");
    }
    if (parameters.mechanism == Mechanism::hls_manufacturer && size != 16) {
        return wrong("--auth high needs a password of 16 octets, the maker's AES key");
    }
    return {};
}

std::expected<void, std::string> SecurityOptions::set_keys(const EnvironmentVariable& environment,
                                                           client::MeterSecurity& security) const {
    auto taken =
        take_key(text_of(encryption_key_, environment, "DLMS_ENCRYPTION_KEY"),
                 "--encryption-key (DLMS_ENCRYPTION_KEY)", security.suite, security.keys.unicast);
    if (taken) {
        taken = take_key(text_of(authentication_key_, environment, "DLMS_AUTHENTICATION_KEY"),
                         "--authentication-key (DLMS_AUTHENTICATION_KEY)", security.suite,
                         security.keys.authentication);
    }
    if (taken) {
        taken = take_key(text_of(std::nullopt, environment, "DLMS_BROADCAST_KEY"),
                         "DLMS_BROADCAST_KEY", security.suite, security.keys.broadcast);
    }
    if (taken) {
        taken = take_key(text_of(std::nullopt, environment, "DLMS_MASTER_KEY"), "DLMS_MASTER_KEY",
                         security.suite, security.keys.master);
    }
    return taken;
}

std::expected<void, std::string> SecurityOptions::set_titles(
    client::MeterSecurity& security) const {
    const auto own = title_of(system_title_, "--system-title");
    if (!own) {
        return std::unexpected(own.error());
    }
    // Titles with these letters are drawn by stores of counters, a running service's among them:
    // two that count by themselves would use one number twice.
    if (*own && store::is_drawn_title(**own)) {
        return wrong(
            "--system-title: titles that begin with DLM (444C4D) belong to a service or to another "
            "file of counters; leave the option out, or choose a title of your own");
    }
    security.own_title = *own;
    const auto meter = title_of(meter_title_, "--meter-title");
    if (!meter) {
        return std::unexpected(meter.error());
    }
    security.meter_title = *meter;
    const auto counter = obis_of(counter_object_, "--counter-obis", "0-0:43.1.0.255");
    if (!counter) {
        return std::unexpected(counter.error());
    }
    if (*counter) {
        security.counter_object = *counter;
    }
    security.trusts_high_counter = trusts_counter_;
    return {};
}

std::expected<void, std::string> SecurityOptions::set_handshake(
    client::MeterSecurity& security) const {
    const auto object = obis_of(authentication_object_, "--hls-object", "0-0:40.0.0.255");
    if (!object) {
        return std::unexpected(object.error());
    }
    security.authentication_object = *object;
    if (authentication_name_) {
        security.authentication_name = static_cast<std::uint16_t>(*authentication_name_);
    }
    if (user_id_) {
        security.user_id = static_cast<std::uint8_t>(*user_id_);
    }
    security.challenge_size = challenge_size_.value_or(0);
    security.sends_title = !omits_title_;
    security.quirks.opens_unverified = opens_unverified_;
    security.quirks.header_without_lengths = header_without_lengths_;
    return {};
}

std::expected<void, std::string> SecurityOptions::set_signing(
    client::MeterSecurity& security) const {
    constexpr std::size_t most = 4 * security::largest_certificate;
    std::array<ByteBuffer, 6> contents;
    const std::array<const std::string*, 6> names{
        &signing_key_file_, &certificate_file_,   &meter_certificate_file_,
        &authority_file_,   &agreement_key_file_, &meter_agreement_certificate_file_};
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names.at(i)->empty()) {
            continue;
        }
        std::ifstream file(*names.at(i), std::ios::binary);
        contents.at(i).resize(most + 1);
        file.read(reinterpret_cast<char*>(contents.at(i).data()),
                  static_cast<std::streamsize>(most + 1));
        contents.at(i).resize(static_cast<std::size_t>(file.gcount()));
        if (contents.at(i).empty() || contents.at(i).size() > most) {
            return wrong(*names.at(i) + " cannot be read, or is too long");
        }
    }
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto taken = client::take_signing(
        {contents[0], contents[1], contents[2], contents[3], contents[4], contents[5]}, now,
        security);
    wipe(contents[0]);
    wipe(contents[4]);
    return taken;
}

std::expected<void, std::string> SecurityOptions::apply(const EnvironmentVariable& environment,
                                                        Audience audience,
                                                        client::MeterParameters& parameters) const {
    if (auto set = set_mechanism(environment, parameters); !set) {
        return set;
    }
    client::MeterSecurity& security = parameters.security;
    security.suite = *security::to_security_suite(static_cast<std::uint8_t>(suite_));
    const std::string level = CLI::detail::to_lower(security_);
    const std::string sign = CLI::detail::to_lower(sign_);
    if (level != "none" || !sign.empty()) {
        const bool both = level == "authenticated_encryption";
        security.protect({.authenticated = both || level == "authentication",
                          .encrypted = both || level == "encryption",
                          .digitally_signed = !sign.empty()});
        security.requests.signed_outside = sign == "outside";
        security.dedicated_key = dedicated_key_ && level != "none";
    }
    if (audience == Audience::every_meter && security.ciphered) {
        security.requests.key = association::KeyChoice::broadcast;
    }
    if (!envelope_.empty()) {
        const std::string asked = CLI::detail::to_lower(envelope_);
        const auto* const found = std::ranges::find(client::envelope_names, asked);
        security.requests.envelope =
            static_cast<association::Envelope>(found - client::envelope_names.begin());
    }
    if (!client::uses_keys(security, parameters.mechanism)) {
        return {};
    }
    if (auto set = set_titles(security); !set) {
        return set;
    }
    if (auto set = set_handshake(security); !set) {
        return set;
    }
    if (auto set = set_keys(environment, security); !set) {
        return set;
    }
    if (auto set = set_signing(security); !set) {
        return set;
    }
    if (const std::string missing = client::missing_key(security, parameters.mechanism);
        !missing.empty()) {
        return wrong(
            missing +
            ": see DLMS_ENCRYPTION_KEY, DLMS_AUTHENTICATION_KEY, "
            "DLMS_BROADCAST_KEY, DLMS_MASTER_KEY, --signing-key with --meter-certificate and "
            "--agreement-key with --meter-agreement-certificate in --help");
    }
    return {};
}

std::expected<std::unique_ptr<store::CounterStore>, std::string> open_counters(
    const std::optional<std::string>& file, const EnvironmentVariable& environment,
    std::chrono::milliseconds wait) {
    const auto name =
        file ? std::expected<std::string, std::string>(*file) : default_counters_file(environment);
    if (!name) {
        return std::unexpected(name.error());
    }
    auto store = store::CounterStore::open(*name, wait);
    if (!store) {
        return wrong("invocation counters: " + store.error());
    }
    return store;
}

std::expected<std::shared_ptr<client::DurableCounters>, std::string> SecurityOptions::counters(
    const EnvironmentVariable& environment, client::MeterParameters& parameters) const {
    if (!client::uses_keys(parameters.security, parameters.mechanism)) {
        return nullptr;
    }
    auto store = open_counters(counters_file_, environment, parameters.response_timeout);
    if (!store) {
        return std::unexpected(store.error());
    }
    if (!parameters.security.own_title) {
        SystemRandom random;
        const auto title = (*store)->own_title(random);
        if (!title) {
            return wrong("invocation counters: no system title could be kept in their file");
        }
        parameters.security.own_title = *title;
    }
    return std::shared_ptr<client::DurableCounters>(std::move(*store));
}

}  // namespace dlms::cli
