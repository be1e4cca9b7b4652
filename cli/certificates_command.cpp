#include "cli/certificates_command.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "cli/advice.hpp"
#include "cli/run_to_end.hpp"
#include "stack/base/hex.hpp"
#include "stack/security/pem.hpp"

namespace dlms::cli {
namespace {

constexpr auto examples =
    R"(  list      the certificates that the meter has
  generate  the meter draws a key pair for --type; it is in force with its certificate
  request   the meter's request for a certificate of that pair (PEM)
  import    the meter takes the certificate in --file
  export    a certificate (PEM), named by --entity, --type and --owner or by --serial and --issuer
  remove    the meter forgets it

Examples:
  dlms certificates request 192.168.1.20 --auth gmac --suite 1 --security authentication --file meter.csr
  dlms certificates import 192.168.1.20 --auth gmac --suite 1 --security authentication --file meter.crt)";

constexpr std::array<std::string_view, 4> types{"digital_signature", "key_agreement", "tls",
                                                "other"};
constexpr std::array<std::string_view, 4> entities{"server", "client", "authority", "other"};

std::unexpected<std::string> wrong(std::string sentence) {
    return std::unexpected(std::move(sentence));
}

ExitStatus complain(const std::string& sentence, ExitStatus status = ExitStatus::usage) {
    std::cerr << "dlms certificates: " << sentence << '\n';
    return status;
}

std::string named(std::span<const std::string_view> names, std::uint8_t number) {
    return number < names.size() ? std::string(names[number]) : std::to_string(number);
}

std::uint8_t index_of(std::span<const std::string_view> names, const std::string& name) {
    return static_cast<std::uint8_t>(std::ranges::find(names, name) - names.begin());
}

/// Text from a meter, without what a terminal could take for more.
std::string printable(const std::string& text) {
    std::string shown;
    for (const char one : text) {
        shown += one >= 0x20 && one < 0x7F ? one : '?';
    }
    return shown;
}

std::string name_of(const ByteBuffer& name) {
    const std::string common = security::common_name_of_der(name);
    return common.empty() ? to_hex(name) : printable(common);
}

}  // namespace

struct CertificatesCommand::End {
    std::optional<client::Failure> failure;
    std::vector<client::CertificateInfo> list;
    ByteBuffer der;
};

CertificatesCommand::CertificatesCommand(CLI::App& program)
    : command_(program.add_subcommand("certificates", "Key pairs and certificates of a meter")) {
    const std::vector<std::string> actions{"list",   "generate", "request",
                                           "import", "export",   "remove"};
    command_->add_option("action", action_, "list, generate, request, import, export or remove")
        ->check(CLI::IsMember(actions))
        ->option_text(" ")
        ->required();
    meter_.add_to(*command_);
    command_
        ->add_option("--type", type_,
                     "What a key pair is for: digital_signature (if absent), key_agreement,\n"
                     "tls")
        ->check(CLI::IsMember(std::vector<std::string>(types.begin(), types.end())))
        ->option_text("TYPE");
    command_
        ->add_option("--file", file_,
                     "The certificate to import, or where a request or a certificate\n"
                     "goes; standard output if absent")
        ->option_text("FILE");
    command_->add_option("--entity", entity_, "Whose: server (the meter), client, authority, other")
        ->check(CLI::IsMember(std::vector<std::string>(entities.begin(), entities.end())))
        ->option_text("NAME");
    command_->add_option("--owner", owner_, "System title of the owner")->option_text("HEX");
    command_->add_option("--serial", serial_number_, "Serial number, as in the list")
        ->option_text("HEX");
    command_->add_option("--issuer", issuer_, "Issuer, as in the list")->option_text("HEX");
    command_
        ->add_option("--setup", setup_object_, "Security setup object; 0-0:43.0.0.255 if absent")
        ->option_text("OBIS");
    command_->footer(examples);
}

std::expected<CertificatesCommand::Order, std::string> CertificatesCommand::order() const {
    Order order;
    if (!setup_object_.empty()) {
        const auto code = cosem::ObisCode::parse(setup_object_);
        if (!code) {
            return wrong("--setup: '" + setup_object_ +
                         "' is not an OBIS code such as 0-0:43.0.0.255");
        }
        order.setup = *code;
    }
    const std::uint8_t type = index_of(types, type_);
    if (action_ == "generate" || action_ == "request") {
        if (type > 2) {
            return wrong("--type: a key pair is for digital_signature, key_agreement or tls");
        }
        order.use = static_cast<security::CertificateUse>(type);
    } else if (action_ == "import") {
        constexpr std::size_t most = 4 * security::largest_certificate;
        std::ifstream file(file_, std::ios::binary);
        ByteBuffer text(most);
        file.read(reinterpret_cast<char*>(text.data()), static_cast<std::streamsize>(most));
        text.resize(static_cast<std::size_t>(file.gcount()));
        const auto certificate = security::read_certificate(text);
        if (!certificate) {
            return wrong("import needs --file with a certificate, PEM or DER");
        }
        order.certificate = to_buffer(certificate->der());
    } else if (action_ == "export" || action_ == "remove") {
        const auto serial = from_hex(serial_number_);
        const auto issuer = from_hex(issuer_);
        const auto owner = from_hex(owner_);
        if (serial && issuer && !serial->empty() && !issuer->empty()) {
            order.which = client::CertificateBySerial{*serial, *issuer};
        } else if (!entity_.empty() && owner && !owner->empty()) {
            order.which = client::CertificateByEntity{
                static_cast<client::CertificateEntity>(index_of(entities, entity_)), type, *owner};
        } else {
            return wrong(action_ +
                         " needs --entity and --owner, or --serial and --issuer, in hexadecimal");
        }
    }
    return order;
}

asio::awaitable<CertificatesCommand::End> CertificatesCommand::carry_out(
    client::MeterClient& meter, Order order, client::MeterParameters parameters) const {
    client::SecuritySetup setup(meter, order.setup);
    const Instant deadline = std::chrono::steady_clock::now() + MeterOptions::patience(parameters);
    End end;
    client::Outcome<void> done;
    client::Outcome<ByteBuffer> told;
    if (action_ == "list") {
        auto list = co_await setup.certificates(deadline);
        if (list) {
            end.list = std::move(*list);
        } else {
            end.failure = list.error();
        }
    } else if (action_ == "generate") {
        done = co_await setup.generate_key_pair(order.use, deadline);
    } else if (action_ == "request") {
        told = co_await setup.certificate_request(order.use, deadline);
    } else if (action_ == "import") {
        done = co_await setup.import_certificate(order.certificate, deadline);
    } else if (action_ == "export") {
        told = co_await setup.export_certificate(order.which, deadline);
    } else {
        done = co_await setup.remove_certificate(order.which, deadline);
    }
    if (!done) {
        end.failure = done.error();
    } else if (!told) {
        end.failure = told.error();
    } else {
        end.der = std::move(*told);
    }
    co_await meter.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
    co_return end;
}

ExitStatus CertificatesCommand::show(const End& end) const {
    if (action_ == "list") {
        for (const client::CertificateInfo& one : end.list) {
            std::cout << named(entities, one.entity) << "  " << named(types, one.type) << "  "
                      << name_of(one.subject) << "  serial " << to_hex(one.serial_number)
                      << "  issuer " << name_of(one.issuer) << " (" << to_hex(one.issuer) << ")\n";
        }
        return ExitStatus::done;
    }
    if (end.der.empty()) {
        return ExitStatus::done;
    }
    std::string text;
    if (action_ == "request") {
        const auto request = security::open_certificate_request(end.der);
        if (!request) {
            return complain("the meter's request is none: " + describe(request.error()),
                            ExitStatus::protocol);
        }
        text = security::request_to_pem(end.der);
    } else {
        const auto certificate = security::Certificate::from(end.der);
        if (!certificate) {
            return complain("the meter's certificate is none: " + describe(certificate.error()),
                            ExitStatus::protocol);
        }
        text = security::to_pem(*certificate);
    }
    if (file_.empty()) {
        std::cout << text;
        return ExitStatus::done;
    }
    std::ofstream file(file_, std::ios::binary);
    file << text << std::flush;
    return file ? ExitStatus::done : complain(file_ + " cannot be written");
}

ExitStatus CertificatesCommand::run() {
    auto order = this->order();
    if (!order) {
        return complain(order.error());
    }
    auto access = meter_.access(std::getenv);
    if (!access) {
        return complain(access.error());
    }
    asio::io_context io;
    client::NativeMeterClient meter(access->parameters.clone(), std::move(access->environment));
    const auto end =
        run_to_end(io, carry_out(meter, std::move(*order), std::move(access->parameters)));
    if (!end) {
        return complain("an internal error", ExitStatus::internal);
    }
    if (end->failure) {
        return complain(explain(*end->failure), exit_status(*end->failure));
    }
    return show(*end);
}

}  // namespace dlms::cli
