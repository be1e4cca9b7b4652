#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/security_setup.hpp"

namespace dlms::service {

enum class CertificatesOperation : std::uint8_t {
    generate_key_pair,  // the meter draws a key pair
    request,            // the meter asks for a certificate of it
    import,             // the meter takes a certificate
    export_,            // the meter tells one
    remove,             // the meter forgets one
    list,               // GET
};

// GET and POST /meters/{meter_number}/certificates.
struct CertificatesRequest {
    std::string meter_number;
    CertificatesOperation operation = CertificatesOperation::list;
    security::CertificateUse use = security::CertificateUse::digital_signature;
    ByteBuffer certificate;                   // of import, in DER
    client::CertificateIdentification which;  // of export and remove
    cosem::ObisCode security_setup{0, 0, 43, 0, 0, 255};
};

struct CertificatesReport {
    std::vector<client::CertificateInfo> list;
    ByteBuffer der;  // of request and export
};

}  // namespace dlms::service
