#include "stack/security/pem.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "stack/security/openssl_handles.hpp"

namespace dlms::security {
namespace {

using Bio = openssl::Handle<BIO, BIO_free_all>;

constexpr std::size_t largest_text = 4 * largest_certificate;

/// Nobody is asked for a passphrase.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

Bio reading(ByteView text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool is_pem(ByteView text) {
    return as_text(text).find("-----BEGIN ") != std::string_view::npos;
}

openssl::Key read_key(ByteView text) {
    const Bio bio = reading(text);
    if (!bio) {
        return nullptr;
    }
    return openssl::Key(is_pem(text)
                            ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                            : d2i_PrivateKey_bio(bio.get(), nullptr));
}

std::string armoured(const char* name, ByteView der) {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (!bio ||
        PEM_write_bio(bio.get(), name, "", der.data(), static_cast<long>(der.size())) <= 0) {
        return {};
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace

Result<PrivateKey> read_private_key(ByteView text) {
    if (text.empty() || text.size() > largest_text) {
        return fail(ErrorCode::unusable_credentials, Layer::security);
    }
    const openssl::Key key = read_key(text);
    BIGNUM* read = nullptr;
    if (!key || EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &read) != 1) {
        return fail(ErrorCode::unusable_credentials, Layer::security);
    }
    const openssl::Number number(read);
    std::array<char, 32> group{};
    if (EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) != 1) {
        return fail(ErrorCode::unusable_credentials, Layer::security);
    }
    const std::string_view name(group.data());
    const bool is_p384 = name == "secp384r1";
    if (!is_p384 && name != "prime256v1") {
        return fail(ErrorCode::unusable_credentials, Layer::security);
    }
    const Curve curve = is_p384 ? Curve::p384 : Curve::p256;
    ByteBuffer octets(coordinate_size(curve));
    const bool fits =
        BN_bn2binpad(number.get(), octets.data(), static_cast<int>(octets.size())) > 0;
    auto made = fits ? PrivateKey::from(curve, octets)
                     : Result<PrivateKey>(fail(ErrorCode::unusable_credentials, Layer::security));
    wipe(octets);
    return made;
}

Result<Certificate> read_certificate(ByteView text) {
    if (text.size() > largest_text) {
        return fail(ErrorCode::certificate_rejected, Layer::security);
    }
    if (!is_pem(text)) {
        return Certificate::from(text);
    }
    const Bio bio = reading(text);
    const openssl::X509Certificate read(
        bio ? PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
    unsigned char* der = nullptr;
    const int size = read ? i2d_X509(read.get(), &der) : 0;
    if (size <= 0) {
        return fail(ErrorCode::certificate_rejected, Layer::security);
    }
    const ByteBuffer octets(der, der + size);
    OPENSSL_free(der);
    return Certificate::from(octets);
}

Result<SecretBytes> to_pem(const PrivateKey& key) {
    const Bio bio(BIO_new(BIO_s_secmem()));
    if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key.handle(), nullptr, nullptr, 0, nullptr,
                                              nullptr) != 1) {
        return fail(ErrorCode::defect, Layer::security);
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return SecretBytes(as_bytes(std::string_view(text, static_cast<std::size_t>(size))));
}

std::string to_pem(const Certificate& certificate) {
    return armoured("CERTIFICATE", certificate.der());
}

std::string request_to_pem(ByteView der) {
    return armoured("CERTIFICATE REQUEST", der);
}

}  // namespace dlms::security
