#include "stack/security/certificate.hpp"

#include <array>
#include <ctime>

#include <openssl/core_names.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "stack/security/openssl_handles.hpp"
#include "stack/security/x509_parts.hpp"

namespace dlms::security {
namespace {

using Store = openssl::Handle<X509_STORE, X509_STORE_free>;
using StoreContext = openssl::Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

std::unexpected<Error> rejected() {
    return fail(ErrorCode::certificate_rejected, Layer::security);
}

std::optional<Time> time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) {
        return std::nullopt;
    }
    using namespace std::chrono;
    const year_month_day day{year(parts.tm_year + 1900),
                             month(static_cast<unsigned>(parts.tm_mon + 1)),
                             std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
    return Time(sys_days(day)) + hours(parts.tm_hour) + minutes(parts.tm_min) +
           seconds(parts.tm_sec);
}

ErrorCode code_of(int verification) {
    switch (verification) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID: return ErrorCode::certificate_expired;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE: return ErrorCode::certificate_untrusted;
        default: return ErrorCode::certificate_rejected;
    }
}

}  // namespace

Certificate::Certificate(ByteBuffer der, PublicKey public_key, std::shared_ptr<x509_st> handle)
    : der_(std::move(der)), public_key_(std::move(public_key)), handle_(std::move(handle)) {}

Result<Certificate> Certificate::from(ByteView der) {
    if (der.empty() || der.size() > largest_certificate) {
        return rejected();
    }
    const Byte* in = der.data();
    std::shared_ptr<X509> handle(d2i_X509(nullptr, &in, static_cast<long>(der.size())), X509_free);
    if (!handle || in != der.data() + der.size() || X509_get_version(handle.get()) != 2) {
        return rejected();
    }
    Result<PublicKey> key = public_key_of(X509_get0_pubkey(handle.get()));
    const std::optional<Time> not_before = time_of(X509_get0_notBefore(handle.get()));
    const std::optional<Time> not_after = time_of(X509_get0_notAfter(handle.get()));
    if (!key || !not_before || !not_after) {
        return rejected();
    }
    std::string common_name = common_name_of(X509_get_subject_name(handle.get()));
    Certificate certificate(to_buffer(der), std::move(*key), std::move(handle));
    certificate.common_name_ = std::move(common_name);
    certificate.not_before_ = *not_before;
    certificate.not_after_ = *not_after;
    return certificate;
}

std::optional<SystemTitle> Certificate::system_title() const {
    const Result<SystemTitle> title = SystemTitle::from_hex(common_name_);
    return title ? std::optional(*title) : std::nullopt;
}

bool Certificate::allows(CertificateUse use) const {
    // All bits where the extension is absent: then nothing is allowed here.
    const std::uint32_t usage = X509_get_key_usage(handle());
    if (usage == UINT32_MAX) {
        return false;
    }
    switch (use) {
        case CertificateUse::digital_signature: return (usage & KU_DIGITAL_SIGNATURE) != 0;
        case CertificateUse::key_agreement: return (usage & KU_KEY_AGREEMENT) != 0;
        case CertificateUse::tls: {
            const std::uint32_t extended = X509_get_extended_key_usage(handle());
            return (usage & KU_DIGITAL_SIGNATURE) != 0 && extended != UINT32_MAX &&
                   (extended & (XKU_SSL_CLIENT | XKU_SSL_SERVER)) != 0;
        }
    }
    return false;
}

bool Certificate::is_authority() const {
    return X509_check_ca(handle()) == 1;
}

ByteBuffer Certificate::serial_number() const {
    const ASN1_INTEGER* const number = X509_get0_serialNumber(handle());
    const Byte* const octets = ASN1_STRING_get0_data(number);
    return ByteBuffer(octets, octets + ASN1_STRING_length(number));
}

ByteBuffer Certificate::subject() const {
    return der_of(X509_get_subject_name(handle()));
}

ByteBuffer Certificate::issuer() const {
    return der_of(X509_get_issuer_name(handle()));
}

std::string common_name_of_der(ByteView name) {
    if (name.empty() || name.size() > largest_certificate) {
        return {};
    }
    const Byte* in = name.data();
    const openssl::X509Name read(d2i_X509_NAME(nullptr, &in, static_cast<long>(name.size())));
    return read ? common_name_of(read.get()) : std::string();
}

Status TrustAnchors::add(const Certificate& authority) {
    if (!authority.is_authority()) {
        return rejected();
    }
    authorities_.push_back(authority);
    return {};
}

Status TrustAnchors::verify(const Certificate& certificate, Time now) const {
    const Store store(X509_STORE_new());
    const StoreContext context(X509_STORE_CTX_new());
    if (!store || !context) {
        return fail(ErrorCode::defect, Layer::security);
    }
    for (const Certificate& authority : authorities_) {
        if (X509_STORE_add_cert(store.get(), authority.handle()) != 1) {
            return fail(ErrorCode::defect, Layer::security);
        }
    }
    if (X509_STORE_CTX_init(context.get(), store.get(), certificate.handle(), nullptr) != 1) {
        return fail(ErrorCode::defect, Layer::security);
    }
    X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
    // Every authority that was added is trusted, whether it signed itself or not.
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(parameters, now.time_since_epoch().count());
    if (X509_verify_cert(context.get()) != 1) {
        return fail(code_of(X509_STORE_CTX_get_error(context.get())), Layer::security);
    }
    return {};
}

Status TrustAnchors::verify(const Certificate& certificate, const CertificateDemand& demand,
                            Time now) const {
    if (const Status trusted = verify(certificate, now); !trusted) {
        return trusted;
    }
    if (certificate.system_title() != demand.owner) {
        return fail(ErrorCode::certificate_name_mismatch, Layer::security);
    }
    if (!certificate.allows(demand.use) || certificate.public_key().curve() != demand.curve) {
        return rejected();
    }
    return {};
}

}  // namespace dlms::security
