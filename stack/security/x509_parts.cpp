#include "stack/security/x509_parts.hpp"

#include <algorithm>
#include <array>

#include <openssl/core_names.h>

namespace dlms::security {
namespace {

std::unexpected<Error> rejected() {
    return fail(ErrorCode::certificate_rejected, Layer::security);
}

bool write_coordinate(EVP_PKEY* key, const char* name, std::span<Byte> out) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) {
        return false;
    }
    const openssl::Number owner(number);
    const int size = static_cast<int>(out.size());
    return BN_bn2binpad(number, out.data(), size) == size;
}

}  // namespace

Result<PublicKey> public_key_of(EVP_PKEY* key) {
    std::array<char, 32> group{};
    std::size_t length = 0;
    if (key == nullptr || EVP_PKEY_is_a(key, "EC") != 1 ||
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(),
                                       &length) != 1) {
        return rejected();
    }
    const std::string_view name(group.data(), length);
    if (name != "prime256v1" && name != "secp384r1") {
        return rejected();
    }
    const Curve curve = name == "secp384r1" ? Curve::p384 : Curve::p256;
    ByteBuffer octets(public_key_size(curve));
    const std::span<Byte> out(octets);
    if (!write_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, out.first(coordinate_size(curve))) ||
        !write_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, out.last(coordinate_size(curve)))) {
        return rejected();
    }
    Result<PublicKey> parsed = PublicKey::from(curve, octets);
    return parsed ? std::move(parsed) : rejected();
}

std::string common_name_of(const X509_NAME* name) {
    const int place = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (place < 0) {
        return {};
    }
    const ASN1_STRING* const text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place));
    unsigned char* utf8 = nullptr;
    const int length = ASN1_STRING_to_UTF8(&utf8, text);
    if (length < 0) {
        return {};
    }
    std::string result(utf8, utf8 + length);
    OPENSSL_free(utf8);
    return result;
}

ByteBuffer der_of(const X509_NAME* name) {
    const Byte* octets = nullptr;
    std::size_t size = 0;
    if (X509_NAME_get0_der(name, &octets, &size) != 1) {
        return {};
    }
    return ByteBuffer(octets, octets + size);
}

openssl::X509Name make_name(const std::string& common_name) {
    openssl::X509Name name(X509_NAME_new());
    const ByteView text = as_bytes(common_name);
    if (!name || text.empty() ||
        X509_NAME_add_entry_by_NID(name.get(), NID_commonName, MBSTRING_UTF8, text.data(),
                                   static_cast<int>(text.size()), -1, 0) != 1) {
        return {};
    }
    return name;
}

}  // namespace dlms::security
