#include "stack/security/key_agreement.hpp"

#include <array>
#include <string>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "stack/security/openssl_handles.hpp"

namespace dlms::security {
namespace {

constexpr std::size_t longest_transaction_id = 127;

/// Content octets of the algorithm's object identifier, as KDF's AlgorithmID.
std::array<Byte, 7> algorithm_id(SecuritySuite suite, KeyPurpose purpose) {
    const int algorithm = (purpose == KeyPurpose::aes_key_wrap ? 2 : 0) +
                          (suite == SecuritySuite::ecdh_ecdsa_aes_gcm_256 ? 1 : 0);
    return {0x60, 0x85, 0x74, 0x05, 0x08, 0x03, static_cast<Byte>(algorithm)};
}

void append(ByteBuffer& buffer, ByteView octets) {
    buffer.insert(buffer.end(), octets.begin(), octets.end());
}

Result<SecretBytes> agree_and_derive(SecuritySuite suite, const PrivateKey& own,
                                     const PublicKey& peer, ByteView party_u, ByteView party_v) {
    const Result<SecretBytes> z = own.agree(peer);
    if (!z) {
        return std::unexpected(z.error());
    }
    return derive_key(suite, *z, KeyPurpose::aes_gcm, party_u, party_v);
}

/// Public key and signature over `prefix` and that key.
Result<ByteBuffer> make_signed_key(ByteView prefix, const PublicKey& ephemeral,
                                   const PrivateKey& signer) {
    if (ephemeral.curve() != signer.curve()) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    ByteBuffer message = to_buffer(prefix);
    append(message, ephemeral.octets());
    const Result<ByteBuffer> signature = signer.sign(message);
    if (!signature) {
        return std::unexpected(signature.error());
    }
    ByteBuffer data = to_buffer(ephemeral.octets());
    append(data, *signature);
    return data;
}

Result<PublicKey> open_signed_key(ByteView prefix, ByteView data, const PublicKey& signer) {
    const std::size_t size = public_key_size(signer.curve());
    if (data.size() != size + signature_size(signer.curve())) {
        return fail(ErrorCode::inner_length_mismatch, Layer::security);
    }
    ByteBuffer message = to_buffer(prefix);
    append(message, data.first(size));
    if (const Status verified = signer.verify(message, data.subspan(size)); !verified) {
        return std::unexpected(verified.error());
    }
    return PublicKey::from(signer.curve(), data.first(size));
}

}  // namespace

Result<SecretBytes> derive_key(SecuritySuite suite, const SecretBytes& z, KeyPurpose purpose,
                               ByteView party_u, ByteView party_v) {
    const std::optional<Curve> curve = curve_of(suite);
    if (!curve || z.size() != coordinate_size(*curve)) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    ByteBuffer other_information = to_buffer(algorithm_id(suite, purpose));
    append(other_information, party_u);
    append(other_information, party_v);
    ByteBuffer secret = to_buffer(z.reveal());
    std::string hash = *curve == Curve::p384 ? "SHA2-384" : "SHA2-256";
    const std::array<OSSL_PARAM, 4> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, other_information.data(),
                                          other_information.size()),
        OSSL_PARAM_construct_end()};
    const openssl::Derivation function(EVP_KDF_fetch(nullptr, "SSKDF", nullptr));
    const openssl::DerivationContext context(function ? EVP_KDF_CTX_new(function.get()) : nullptr);
    std::array<Byte, 32> derived{};
    const std::span<Byte> key(derived.data(), key_size(suite));
    const bool done =
        context && EVP_KDF_derive(context.get(), key.data(), key.size(), parameters.data()) == 1;
    SecretBytes result(done ? ByteView(key) : ByteView{});
    wipe(derived);
    wipe(secret);
    if (!done) {
        return fail(ErrorCode::defect, Layer::security);
    }
    return result;
}

Result<SecretBytes> one_pass_key(SecuritySuite suite, const PrivateKey& own, const PublicKey& peer,
                                 const Parties& parties) {
    return agree_and_derive(suite, own, peer, parties.originator.octets(),
                            parties.recipient.octets());
}

Result<SecretBytes> static_unified_key(SecuritySuite suite, const PrivateKey& own,
                                       const PublicKey& peer, const Parties& parties,
                                       ByteView transaction_id) {
    if (transaction_id.size() > longest_transaction_id) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    ByteBuffer party_u = to_buffer(parties.originator.octets());
    party_u.push_back(static_cast<Byte>(transaction_id.size()));
    append(party_u, transaction_id);
    return agree_and_derive(suite, own, peer, party_u, parties.recipient.octets());
}

Result<SecretBytes> ephemeral_unified_key(SecuritySuite suite, const PrivateKey& own,
                                          const PublicKey& peer, const SystemTitle& client,
                                          const SystemTitle& server, KeyPurpose purpose) {
    const Result<SecretBytes> z = own.agree(peer);
    if (!z) {
        return std::unexpected(z.error());
    }
    return derive_key(suite, *z, purpose, client.octets(), server.octets());
}

Result<ByteBuffer> make_key_agreement_data(std::uint8_t key_id, const PublicKey& ephemeral,
                                           const PrivateKey& signer) {
    return make_signed_key(std::array{key_id}, ephemeral, signer);
}

Result<PublicKey> open_key_agreement_data(std::uint8_t key_id, ByteView data,
                                          const PublicKey& signer) {
    return open_signed_key(std::array{key_id}, data, signer);
}

Result<ByteBuffer> make_ephemeral_key_data(const PublicKey& ephemeral, const PrivateKey& signer) {
    return make_signed_key({}, ephemeral, signer);
}

Result<PublicKey> open_ephemeral_key_data(ByteView data, const PublicKey& signer) {
    return open_signed_key({}, data, signer);
}

}  // namespace dlms::security
