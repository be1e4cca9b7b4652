#pragma once

#include <expected>

#include "server/call_failure.hpp"
#include "server/certificates_request.hpp"
#include "server/http_message.hpp"

namespace dlms::service {

// POST /meters/{meter_number}/certificates as typed parameters, or the answer that says what is
// wrong with it.
[[nodiscard]] std::expected<CertificatesRequest, HttpAnswer> parse_certificates(
    const HttpRequest& request);
// GET: the list.
[[nodiscard]] std::expected<CertificatesRequest, HttpAnswer> parse_certificate_list(
    const HttpRequest& request);

[[nodiscard]] HttpAnswer certificates_answer(const CertificatesRequest& request,
                                             const CallOutcome<CertificatesReport>& outcome);

// For logs: "import", for example.
[[nodiscard]] std::string_view operation_name(CertificatesOperation operation);

}  // namespace dlms::service
