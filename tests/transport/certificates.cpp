#include "tests/transport/certificates.hpp"

#include <cstdio>

#include <boost/test/unit_test.hpp>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace dlms::testing {
namespace {

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    BOOST_REQUIRE(extension != nullptr);
    BOOST_REQUIRE(X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

void set_random_number(X509* certificate) {
    unsigned char octets[8] = {};
    BOOST_REQUIRE(RAND_bytes(octets, sizeof octets) == 1);
    std::uint64_t number = 0;
    for (const unsigned char octet : octets) {
        number = number << 8 | octet;
    }
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), number >> 1);
}

std::FILE* open_for_writing(const std::filesystem::path& file) {
    std::FILE* stream = std::fopen(file.c_str(), "w");
    BOOST_REQUIRE(stream != nullptr);
    return stream;
}

}  // namespace

Identity make_identity(const CertificateRequest& request, const Identity* issuer) {
    Identity made;
    made.key.reset(EVP_EC_gen("P-256"));
    made.certificate.reset(X509_new());
    X509* certificate = made.certificate.get();
    X509* signer = issuer != nullptr ? issuer->certificate.get() : certificate;
    X509_set_version(certificate, X509_VERSION_3);
    set_random_number(certificate);
    constexpr long day = 24 * 3600;
    X509_gmtime_adj(X509_getm_notBefore(certificate), request.valid_from_days * day);
    X509_gmtime_adj(X509_getm_notAfter(certificate), request.valid_to_days * day);
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(request.name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(certificate, X509_get_subject_name(signer));
    add_extension(certificate, signer, NID_basic_constraints,
                  request.is_ca ? "critical,CA:TRUE" : "CA:FALSE");
    if (!request.alternative_names.empty()) {
        add_extension(certificate, signer, NID_subject_alt_name, request.alternative_names);
    }
    EVP_PKEY* signing_key = issuer != nullptr ? issuer->key.get() : made.key.get();
    BOOST_REQUIRE(X509_sign(certificate, signing_key, EVP_sha256()) > 0);
    return made;
}

void Identity::write(const std::filesystem::path& file) const {
    std::FILE* stream = open_for_writing(file);
    BOOST_REQUIRE(PEM_write_X509(stream, certificate.get()) == 1);
    BOOST_REQUIRE(PEM_write_PrivateKey(stream, key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
                  1);
    std::fclose(stream);
}

void Identity::write_certificate(const std::filesystem::path& file) const {
    std::FILE* stream = open_for_writing(file);
    BOOST_REQUIRE(PEM_write_X509(stream, certificate.get()) == 1);
    std::fclose(stream);
}

}  // namespace dlms::testing
