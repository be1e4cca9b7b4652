#include "cli/keygen_command.hpp"

#include <array>
#include <chrono>
#include <expected>
#include <iostream>
#include <optional>
#include <unistd.h>

#include "cli/private_file.hpp"
#include "stack/base/hex.hpp"
#include "stack/security/pem.hpp"

namespace dlms::cli {
namespace {

constexpr auto examples = R"(Examples:
  dlms keygen                          keys for security suite 0, as lines for an environment
  dlms keygen --suite 2 --out meter.env
  dlms keygen --suite 1 --signing --owner 444C4D0000000001 --out hes
                                       hes.key, and hes.crt that signs itself)";

ExitStatus complain(const std::string& sentence, ExitStatus status = ExitStatus::usage) {
    std::cerr << "dlms keygen: " << sentence << '\n';
    return status;
}

Result<security::Certificate> self_signed(const security::SystemTitle& owner,
                                          const security::PrivateKey& key,
                                          security::CertificateUse use, unsigned days,
                                          Random& random) {
    constexpr std::size_t serial_size = 16;
    security::CertificateContents contents{
        to_hex(owner.octets()),
        key.public_key(),
        use,
        {},
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()),
        {}};
    contents.not_after = contents.not_before + std::chrono::days(days);
    contents.serial_number.resize(serial_size);
    if (!random.fill(contents.serial_number)) {
        return fail(ErrorCode::defect, Layer::security);
    }
    contents.serial_number[0] = static_cast<Byte>((contents.serial_number[0] & 0x7F) | 1);
    return security::issue_certificate(contents, key, nullptr);
}

}  // namespace

KeygenCommand::KeygenCommand(CLI::App& program)
    : command_(program.add_subcommand("keygen", "Draw fresh keys")) {
    constexpr unsigned longest = 36500;
    command_->add_option("--suite", suite_, "Security suite: 0, 1 or 2")
        ->check(CLI::Range(0, 2))
        ->option_text("NUMBER");
    command_
        ->add_option("--out", out_,
                     "File for the keys (of a key pair the beginning of the files'\n"
                     "names); never one that is there. Standard output if absent")
        ->option_text("FILE");
    auto* signing = command_->add_flag("--signing", signing_,
                                       "A key pair for ECDSA (suites 1 and 2) and its certificate");
    command_
        ->add_flag("--agreement", agreement_,
                   "A key pair for agreed keys (suites 1 and 2) and its certificate")
        ->excludes(signing);
    command_->add_option("--owner", owner_, "Whose key pair: a system title")->option_text("HEX");
    command_->add_flag("--request", request_,
                       "A request for an authority in place of a certificate that signs itself");
    command_->add_option("--days", days_, "How long the certificate is valid (3650)")
        ->check(CLI::Range(1U, longest));
    command_->footer(examples);
}

ExitStatus KeygenCommand::run() const {
    if (signing_ || agreement_) {
        return pair(signing_ ? security::CertificateUse::digital_signature
                             : security::CertificateUse::key_agreement);
    }
    if (!owner_.empty() || request_) {
        return complain("--owner and --request belong to --signing or --agreement");
    }
    return symmetric();
}

ExitStatus KeygenCommand::symmetric() const {
    SystemRandom random;
    const auto suite = *security::to_security_suite(static_cast<std::uint8_t>(suite_));
    std::string lines;
    for (const char* name : {"DLMS_ENCRYPTION_KEY", "DLMS_AUTHENTICATION_KEY", "DLMS_MASTER_KEY"}) {
        ByteBuffer key(security::key_size(suite));
        if (!random.fill(key)) {
            return complain("there is no randomness", ExitStatus::internal);
        }
        lines += std::string(name) + "=" + to_hex(key) + "\n";
        wipe(key);
    }
    if (out_.empty()) {
        std::cout << lines;
        return ExitStatus::done;
    }
    const auto failed = create_private_file(out_, as_bytes(lines));
    return failed ? complain(*failed) : ExitStatus::done;
}

ExitStatus KeygenCommand::pair(security::CertificateUse use) const {
    const std::string option = signing_ ? "--signing" : "--agreement";
    const auto curve =
        security::curve_of(*security::to_security_suite(static_cast<std::uint8_t>(suite_)));
    const auto owner = security::SystemTitle::from_hex(owner_);
    if (!curve) {
        return complain(option + " needs --suite 1 or 2");
    }
    if (!owner) {
        return complain(option + " needs --owner, a system title of 8 octets in hexadecimal");
    }
    if (out_.empty()) {
        return complain(option + " needs --out, where the files' names begin");
    }
    SystemRandom random;
    const auto key = security::PrivateKey::generate(*curve, random);
    const auto pem =
        key ? security::to_pem(*key) : Result<SecretBytes>(std::unexpected(key.error()));
    std::string proof;
    if (pem && request_) {
        const auto made = security::make_certificate_request(*owner, *key);
        proof = made ? security::request_to_pem(*made) : "";
    } else if (pem) {
        const auto made = self_signed(*owner, *key, use, days_, random);
        proof = made ? security::to_pem(*made) : "";
    }
    if (proof.empty()) {
        return complain("the key pair could not be made", ExitStatus::internal);
    }
    if (const auto failed = create_private_file(out_ + ".key", pem->reveal())) {
        return complain(*failed);
    }
    const std::string name = out_ + (request_ ? ".csr" : ".crt");
    if (const auto failed = create_private_file(name, as_bytes(proof))) {
        ::unlink((out_ + ".key").c_str());
        return complain(*failed);
    }
    std::cout << out_ << ".key\n" << name << '\n';
    return ExitStatus::done;
}

}  // namespace dlms::cli
