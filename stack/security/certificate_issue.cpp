// Requests for certificates, and how an authority answers them.

#include <array>

#include <openssl/x509v3.h>

#include "stack/security/certificate.hpp"
#include "stack/security/x509_parts.hpp"

namespace dlms::security {
namespace {

using Extension = openssl::Handle<X509_EXTENSION, X509_EXTENSION_free>;

constexpr std::size_t longest_serial_number = 20;
constexpr std::size_t longest_common_name = 64;

std::unexpected<Error> defect() {
    return fail(ErrorCode::defect, Layer::security);
}

template <class T>
ByteBuffer encoded(const T* object, int (*encode)(const T*, Byte**)) {
    const int size = encode(object, nullptr);
    ByteBuffer der(size > 0 ? static_cast<std::size_t>(size) : 0);
    Byte* out = der.data();
    return !der.empty() && encode(object, &out) == size ? der : ByteBuffer{};
}

bool add_extension(X509* certificate, X509V3_CTX& context, int number, const char* value) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, number, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_extensions(X509* certificate, const Certificate* authority,
                    std::optional<CertificateUse> use) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, authority != nullptr ? authority->handle() : certificate, certificate,
                   nullptr, nullptr, 0);
    const bool named = add_extension(certificate, context, NID_subject_key_identifier, "hash") &&
                       add_extension(certificate, context, NID_authority_key_identifier, "keyid");
    if (!use) {
        return named &&
               add_extension(certificate, context, NID_basic_constraints, "critical,CA:TRUE") &&
               add_extension(certificate, context, NID_key_usage, "critical,keyCertSign,cRLSign");
    }
    switch (*use) {
        case CertificateUse::digital_signature:
            return named &&
                   add_extension(certificate, context, NID_key_usage, "critical,digitalSignature");
        case CertificateUse::key_agreement:
            return named &&
                   add_extension(certificate, context, NID_key_usage, "critical,keyAgreement");
        case CertificateUse::tls:
            return named &&
                   add_extension(certificate, context, NID_key_usage,
                                 "critical,digitalSignature,keyAgreement") &&
                   add_extension(certificate, context, NID_ext_key_usage, "serverAuth,clientAuth");
    }
    return false;
}

bool set_time(ASN1_TIME* field, Time time) {
    return ASN1_TIME_set(field, time.time_since_epoch().count()) != nullptr;
}

bool set_serial_number(X509* certificate, ByteView octets) {
    const openssl::Number number(
        BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
    return number &&
           BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

}  // namespace

Result<ByteBuffer> make_certificate_request(const SystemTitle& owner, const PrivateKey& key) {
    const openssl::X509Request request(X509_REQ_new());
    const openssl::X509Name name = make_name(owner.hex());
    if (!request || !name || X509_REQ_set_version(request.get(), 0) != 1 ||
        X509_REQ_set_subject_name(request.get(), name.get()) != 1 ||
        X509_REQ_set_pubkey(request.get(), key.public_key().handle()) != 1 ||
        X509_REQ_sign(request.get(), key.handle(), openssl::hash_of(key.curve())) <= 0) {
        return defect();
    }
    ByteBuffer der = encoded<X509_REQ>(request.get(), i2d_X509_REQ);
    return der.empty() ? Result<ByteBuffer>(defect()) : std::move(der);
}

Result<CertificateRequest> open_certificate_request(ByteView der) {
    if (der.empty() || der.size() > largest_certificate) {
        return fail(ErrorCode::certificate_rejected, Layer::security);
    }
    const Byte* in = der.data();
    const openssl::X509Request request(d2i_X509_REQ(nullptr, &in, static_cast<long>(der.size())));
    if (!request || in != der.data() + der.size()) {
        return fail(ErrorCode::certificate_rejected, Layer::security);
    }
    EVP_PKEY* const handle = X509_REQ_get0_pubkey(request.get());
    Result<PublicKey> key = public_key_of(handle);
    if (!key) {
        return std::unexpected(key.error());
    }
    const Result<SystemTitle> owner =
        SystemTitle::from_hex(common_name_of(X509_REQ_get_subject_name(request.get())));
    if (!owner) {
        return std::unexpected(owner.error());
    }
    if (X509_REQ_verify(request.get(), handle) != 1) {
        return fail(ErrorCode::signature_mismatch, Layer::security);
    }
    return CertificateRequest{*owner, std::move(*key)};
}

Result<Certificate> issue_certificate(const CertificateContents& contents, const PrivateKey& signer,
                                      const Certificate* authority) {
    const openssl::X509Certificate certificate(X509_new());
    const openssl::X509Name name = make_name(contents.common_name);
    const bool fits = name && contents.common_name.size() <= longest_common_name &&
                      !contents.serial_number.empty() &&
                      contents.serial_number.size() <= longest_serial_number &&
                      contents.not_before <= contents.not_after;
    if (!fits) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    X509* const handle = certificate.get();
    if (handle == nullptr || X509_set_version(handle, 2) != 1 ||
        !set_serial_number(handle, contents.serial_number) ||
        X509_set_subject_name(handle, name.get()) != 1 ||
        X509_set_issuer_name(handle, authority != nullptr
                                         ? X509_get_subject_name(authority->handle())
                                         : name.get()) != 1 ||
        !set_time(X509_getm_notBefore(handle), contents.not_before) ||
        !set_time(X509_getm_notAfter(handle), contents.not_after) ||
        X509_set_pubkey(handle, contents.public_key.handle()) != 1 ||
        !add_extensions(handle, authority, contents.use) ||
        X509_sign(handle, signer.handle(), openssl::hash_of(signer.curve())) <= 0) {
        return defect();
    }
    return Certificate::from(encoded<X509>(handle, i2d_X509));
}

}  // namespace dlms::security
