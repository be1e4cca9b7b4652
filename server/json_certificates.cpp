#include "server/json_certificates.hpp"

#include <array>
#include <utility>

#include "server/json_answers.hpp"
#include "server/json_body.hpp"
#include "stack/base/hex.hpp"
#include "stack/security/pem.hpp"

namespace dlms::service {

namespace {

using client::CertificateByEntity;
using client::CertificateBySerial;
using nlohmann::ordered_json;
using security::Certificate;

constexpr std::array<std::string_view, 6> operations{
    "generate_key_pair", "request", "import", "export", "remove", "list"};
constexpr std::array<std::string_view, 4> types{"digital_signature", "key_agreement", "tls",
                                                "other"};
constexpr std::array<std::string_view, 4> entities{"server", "client", "authority", "other"};
constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_text = 32 * 1024;
constexpr std::size_t longest_identifier = 1024;

std::string named(std::span<const std::string_view> names, std::uint8_t number) {
    return number < names.size() ? std::string(names[number]) : std::to_string(number);
}

// A DER name by its common name, beside its octets; meters that tell text keep it.
void show_name(ordered_json& json, const char* key, const ByteBuffer& name) {
    json[key] = to_hex(name);
    if (const std::string text = security::common_name_of_der(name); !text.empty()) {
        json[std::string(key) + "Name"] = text;
    }
}

ordered_json show(const client::CertificateInfo& info) {
    ordered_json json{{"entity", named(entities, info.entity)},
                      {"type", named(types, info.type)},
                      {"serialNumber", to_hex(info.serial_number)}};
    show_name(json, "issuer", info.issuer);
    show_name(json, "subject", info.subject);
    if (!info.subject_alternative_name.empty()) {
        json["subjectAlternativeName"] = to_hex(info.subject_alternative_name);
    }
    return json;
}

// What a meter has told: as PEM where it is what it should be, and as it came in any case.
ordered_json show_certificate(const ByteBuffer& der) {
    ordered_json json{{"der", to_hex(der)}};
    const auto certificate = Certificate::from(der);
    json["valid"] = certificate.has_value();
    if (certificate) {
        json["certificate"] = security::to_pem(*certificate);
        json["serialNumber"] = to_hex(certificate->serial_number());
        show_name(json, "issuer", certificate->issuer());
        show_name(json, "subject", certificate->subject());
        json["notBefore"] = timestamp(certificate->not_before());
        json["notAfter"] = timestamp(certificate->not_after());
    }
    return json;
}

ordered_json show_request(const ByteBuffer& der) {
    ordered_json json{{"der", to_hex(der)}};
    const auto request = security::open_certificate_request(der);
    json["valid"] = request.has_value();
    if (request) {
        json["request"] = security::request_to_pem(der);
        json["systemTitle"] = request->owner.hex();
    }
    return json;
}

void read_certificate(JsonFields& fields, CertificatesRequest& request) {
    if (!fields.require({"certificate"})) {
        return;
    }
    const auto text = fields.text({"certificate"}, longest_text);
    const auto der = text ? from_hex(*text) : Result<ByteBuffer>(ByteBuffer());
    const auto certificate = security::read_certificate(
        der && !der->empty() ? ByteView(*der) : as_bytes(text ? *text : ""));
    if (!certificate) {
        fields.fail("certificate", "value is no certificate in PEM, or DER in hexadecimal",
                    "value_error");
        return;
    }
    request.certificate = to_buffer(certificate->der());
}

void read_identification(JsonFields& fields, std::uint8_t type, CertificatesRequest& request) {
    const auto serial = fields.octets({"serial_number"}, longest_identifier);
    const auto issuer = fields.octets({"issuer"}, longest_identifier);
    const auto entity = fields.choice({"entity"}, entities);
    const auto owner = fields.octets({"system_title"}, longest_identifier);
    if (serial && issuer && !entity && !owner) {
        request.which = CertificateBySerial{*serial, *issuer};
    } else if (entity && owner && !serial && !issuer) {
        request.which =
            CertificateByEntity{static_cast<client::CertificateEntity>(*entity), type, *owner};
    } else {
        fields.fail("serial_number",
                    "a certificate is named by serial_number and issuer, or by entity, type and "
                    "system_title",
                    "value_error.missing");
    }
}

void read_setup(JsonFields& fields, std::optional<std::string> text, CertificatesRequest& request) {
    if (!text) {
        return;
    }
    if (const auto code = cosem::ObisCode::parse(*text)) {
        request.security_setup = *code;
    } else {
        fields.fail("security_setup_obis",
                    "'" + *text + "' is not an OBIS code such as 0-0:43.0.0.255", "value_error");
    }
}

}  // namespace

std::string_view operation_name(CertificatesOperation operation) {
    return operations.at(static_cast<std::size_t>(operation));
}

std::expected<CertificatesRequest, HttpAnswer> parse_certificates(const HttpRequest& http) {
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    CertificatesRequest request;
    request.meter_number = std::string(http.path_parameter("meter_number").value_or(""));
    const auto operation = fields.choice({"operation"}, std::span(operations).first(5));
    if (operation) {
        request.operation = static_cast<CertificatesOperation>(*operation);
    } else if (errors.empty()) {
        fields.require({"operation"});
    }
    const bool names_one = request.operation == CertificatesOperation::export_ ||
                           request.operation == CertificatesOperation::remove;
    // A key pair is for one of the first three.
    const auto type = fields.choice({"type"}, std::span(types).first(names_one ? 4 : 3));
    if (names_one) {
        read_identification(fields, static_cast<std::uint8_t>(type.value_or(0)), request);
    } else if (request.operation == CertificatesOperation::import) {
        read_certificate(fields, request);
    } else if (type) {
        request.use = static_cast<security::CertificateUse>(*type);
    }
    read_setup(fields, fields.text({"security_setup_obis"}, longest_name), request);
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

std::expected<CertificatesRequest, HttpAnswer> parse_certificate_list(const HttpRequest& http) {
    std::vector<FieldError> errors;
    const nlohmann::json nothing = nlohmann::json::object();
    JsonFields fields(nothing, ordered_json::array({"query"}), errors);
    CertificatesRequest request;
    request.meter_number = std::string(http.path_parameter("meter_number").value_or(""));
    const auto setup = http.query_value("security_setup_obis");
    read_setup(fields, setup ? std::optional<std::string>(*setup) : std::nullopt, request);
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

HttpAnswer certificates_answer(const CertificatesRequest& request,
                               const CallOutcome<CertificatesReport>& outcome) {
    if (!outcome) {
        return refusal_answer(outcome.error());
    }
    ordered_json json{{"success", true}, {"meterNumber", request.meter_number}};
    if (request.operation == CertificatesOperation::list) {
        json["certificates"] = ordered_json::array();
        for (const client::CertificateInfo& info : outcome->list) {
            json["certificates"].push_back(show(info));
        }
    } else if (request.operation == CertificatesOperation::request) {
        json["data"] = show_request(outcome->der);
    } else if (request.operation == CertificatesOperation::export_) {
        json["data"] = show_certificate(outcome->der);
    }
    return json_answer(200, json);
}

}  // namespace dlms::service
