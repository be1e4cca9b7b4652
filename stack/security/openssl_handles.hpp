#pragma once
// Owners of OpenSSL's objects, for the sources of this folder alone.

#include <memory>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509.h>

#include "stack/security/security_suite.hpp"

namespace dlms::security::openssl {

template <auto free_object>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_object(object);
    }
};

template <class T, auto free_object>
using Handle = std::unique_ptr<T, Free<free_object>>;

using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Derivation = Handle<EVP_KDF, EVP_KDF_free>;
using DerivationContext = Handle<EVP_KDF_CTX, EVP_KDF_CTX_free>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
/// Cleared when it goes: it may hold a private key.
using Number = Handle<BIGNUM, BN_clear_free>;
using Group = Handle<EC_GROUP, EC_GROUP_free>;
using Point = Handle<EC_POINT, EC_POINT_clear_free>;
using Signature = Handle<ECDSA_SIG, ECDSA_SIG_free>;
using X509Certificate = Handle<X509, X509_free>;
using X509Request = Handle<X509_REQ, X509_REQ_free>;
using X509Name = Handle<X509_NAME, X509_NAME_free>;

/// The hash that goes with a curve.
inline const EVP_MD* hash_of(Curve curve) {
    return curve == Curve::p384 ? EVP_sha384() : EVP_sha256();
}

}  // namespace dlms::security::openssl
