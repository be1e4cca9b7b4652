#pragma once
// `dlms certificates`: key pairs and certificates in a meter's security setup.

#include <string>

#include "cli/exit_status.hpp"
#include "cli/meter_options.hpp"
#include "client/security_setup.hpp"

namespace dlms::cli {

class CertificatesCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit CertificatesCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    /// What is asked of the meter, as far as it is more than the action.
    struct Order {
        cosem::ObisCode setup{0, 0, 43, 0, 0, 255};
        security::CertificateUse use = security::CertificateUse::digital_signature;
        ByteBuffer certificate;
        client::CertificateIdentification which;
    };
    struct End;
    std::expected<Order, std::string> order() const;
    asio::awaitable<End> carry_out(client::MeterClient& meter, Order order,
                                   client::MeterParameters parameters) const;
    ExitStatus show(const End& end) const;

    CLI::App* command_;
    std::string action_;
    MeterOptions meter_;
    std::string type_ = "digital_signature";
    std::string file_;
    std::string entity_;
    std::string owner_;
    std::string serial_number_;
    std::string issuer_;
    std::string setup_object_;
};

}  // namespace dlms::cli
