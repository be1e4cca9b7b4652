#pragma once
// SecuritySetup: a meter's security setup object (class 64; Blue Book 4.4.7) through its methods:
// key pairs, certificates, and the policy. Keys are changed by KeyLife.

#include <variant>
#include <vector>

#include "client/meter_client.hpp"
#include "stack/security/certificate.hpp"

namespace dlms::client {

/// Whose a certificate is; numbered as certificate_entity.
enum class CertificateEntity : std::uint8_t { server = 0, client = 1, authority = 2, other = 3 };

/// What the meter tells of a certificate that it has (attribute 6).
struct CertificateInfo {
    std::uint8_t entity = 0;  ///< CertificateEntity, or a number of the meter's own
    std::uint8_t type = 0;    ///< CertificateUse, 3 for another one
    ByteBuffer serial_number;
    ByteBuffer issuer;   ///< as the meter tells it: a DER name, or text
    ByteBuffer subject;  ///< likewise
    ByteBuffer subject_alternative_name;
};

/// How a certificate is named to the meter.
struct CertificateByEntity {
    CertificateEntity entity = CertificateEntity::server;
    std::uint8_t type = 0;  ///< CertificateUse, 3 for another one
    ByteBuffer owner;       ///< system title
};
struct CertificateBySerial {
    ByteBuffer serial_number;
    ByteBuffer issuer;  ///< as in CertificateInfo
};
using CertificateIdentification = std::variant<CertificateByEntity, CertificateBySerial>;

/// Numbers from which a list of certificates, or an answer, is held to be out of all proportion.
inline constexpr std::size_t most_certificates = 256;

class SecuritySetup {
public:
    using Use = security::CertificateUse;

    /// `meter` outlives it. Calls connect first if need be; those that change something are never
    /// repeated. Failures: as MeterClient, and malformed_answer for an answer of another form.
    SecuritySetup(MeterClient& meter, const cosem::ObisCode& instance)
        : meter_(meter), instance_(instance) {}

    asio::awaitable<Outcome<std::vector<CertificateInfo>>> certificates(Instant deadline);
    /// The meter draws a key pair; it comes into force with its certificate.
    asio::awaitable<Outcome<void>> generate_key_pair(Use use, Instant deadline);
    /// A request (PKCS#10, DER) of the meter's for a certificate of its key pair, as it came: who
    /// signs it looks at it (open_certificate_request()).
    asio::awaitable<Outcome<ByteBuffer>> certificate_request(Use use, Instant deadline);
    /// DER.
    asio::awaitable<Outcome<void>> import_certificate(ByteBuffer der, Instant deadline);
    asio::awaitable<Outcome<ByteBuffer>> export_certificate(CertificateIdentification which,
                                                            Instant deadline);
    asio::awaitable<Outcome<void>> remove_certificate(CertificateIdentification which,
                                                      Instant deadline);

private:
    asio::awaitable<Outcome<std::optional<axdr::Data>>> invoke(std::int8_t method,
                                                               Result<axdr::Data> parameter,
                                                               Instant deadline);
    asio::awaitable<Outcome<void>> command(std::int8_t method, Result<axdr::Data> parameter,
                                           Instant deadline);
    asio::awaitable<Outcome<ByteBuffer>> octets(std::int8_t method, Result<axdr::Data> parameter,
                                                Instant deadline);

    MeterClient& meter_;
    cosem::ObisCode instance_;
};

}  // namespace dlms::client
