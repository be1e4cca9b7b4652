#include "stack/security/elliptic_curve.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "stack/security/openssl_handles.hpp"

namespace dlms::security {
namespace {

constexpr std::size_t largest_coordinate = 48;
constexpr Byte uncompressed_point = 0x04;
/// Chances that all draws lie above the curve's order: below 2 to the minus 1000.
constexpr int draws = 32;

std::unexpected<Error> defect() {
    return fail(ErrorCode::defect, Layer::security);
}

int number_of(Curve curve) {
    return curve == Curve::p384 ? NID_secp384r1 : NID_X9_62_prime256v1;
}

/// OpenSSL's key out of a public key (04, X, Y) and, unless empty, a private number. Null for no
/// point of the curve.
openssl::Key make_key(Curve curve, std::span<Byte> point, ByteView private_number) {
    std::string group = curve == Curve::p384 ? "P-384" : "P-256";
    std::array<Byte, largest_coordinate> native{};
    const std::span<Byte> number(native.data(), private_number.size());
    std::ranges::copy(private_number, number.begin());
    if constexpr (std::endian::native == std::endian::little) {
        std::ranges::reverse(number);
    }
    std::array<OSSL_PARAM, 4> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
    if (!number.empty()) {
        parameters[2] =
            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, number.data(), number.size());
    }
    const openssl::KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    if (context && EVP_PKEY_fromdata_init(context.get()) == 1) {
        const int selection = number.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
        if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.data()) != 1) {
            key = nullptr;
        }
    }
    wipe(native);
    return openssl::Key(key);
}

std::shared_ptr<EVP_PKEY> shared(openssl::Key key) {
    return std::shared_ptr<EVP_PKEY>(key.release(), EVP_PKEY_free);
}

/// The public key (04, X, Y) of a private number; empty unless the number lies within the curve's
/// order.
ByteBuffer public_point(Curve curve, ByteView private_number) {
    const openssl::Group group(EC_GROUP_new_by_curve_name(number_of(curve)));
    const openssl::Number number(
        BN_bin2bn(private_number.data(), static_cast<int>(private_number.size()), nullptr));
    if (!group || !number || BN_is_zero(number.get()) ||
        BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
        return {};
    }
    BN_set_flags(number.get(), BN_FLG_CONSTTIME);
    const openssl::Point point(EC_POINT_new(group.get()));
    ByteBuffer octets(1 + public_key_size(curve));
    if (!point ||
        EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) != 1 ||
        EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, octets.data(),
                           octets.size(), nullptr) != octets.size()) {
        return {};
    }
    return octets;
}

/// r and s as the DER that OpenSSL speaks; empty when they are none.
ByteBuffer der_of(ByteView signature) {
    const std::size_t half = signature.size() / 2;
    openssl::Number r(BN_bin2bn(signature.data(), static_cast<int>(half), nullptr));
    openssl::Number s(BN_bin2bn(signature.subspan(half).data(), static_cast<int>(half), nullptr));
    const openssl::Signature numbers(ECDSA_SIG_new());
    if (!r || !s || !numbers || ECDSA_SIG_set0(numbers.get(), r.get(), s.get()) != 1) {
        return {};
    }
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    const int size = i2d_ECDSA_SIG(numbers.get(), nullptr);
    ByteBuffer der(size > 0 ? static_cast<std::size_t>(size) : 0);
    Byte* out = der.data();
    if (der.empty() || i2d_ECDSA_SIG(numbers.get(), &out) != size) {
        return {};
    }
    return der;
}

/// The other way; empty when the library's own DER does not parse.
ByteBuffer raw_of(Curve curve, ByteView der) {
    const Byte* in = der.data();
    const openssl::Signature numbers(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
    const int half = static_cast<int>(coordinate_size(curve));
    ByteBuffer signature(signature_size(curve));
    if (!numbers || BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), signature.data(), half) != half ||
        BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), signature.data() + half, half) != half) {
        return {};
    }
    return signature;
}

}  // namespace

PublicKey::PublicKey(Curve curve, ByteBuffer octets, std::shared_ptr<evp_pkey_st> handle)
    : curve_(curve), octets_(std::move(octets)), handle_(std::move(handle)) {}

Result<PublicKey> PublicKey::from(Curve curve, ByteView octets) {
    if (octets.size() != public_key_size(curve)) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    ByteBuffer point{uncompressed_point};
    point.insert(point.end(), octets.begin(), octets.end());
    openssl::Key key = make_key(curve, point, {});
    if (!key) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    return PublicKey(curve, to_buffer(octets), shared(std::move(key)));
}

Status PublicKey::verify(ByteView message, ByteView signature) const {
    const ByteBuffer der =
        signature.size() == signature_size(curve_) ? der_of(signature) : ByteBuffer{};
    const openssl::DigestContext context(EVP_MD_CTX_new());
    if (der.empty() || !context ||
        EVP_DigestVerifyInit(context.get(), nullptr, openssl::hash_of(curve_), nullptr, handle()) !=
            1 ||
        EVP_DigestVerify(context.get(), der.data(), der.size(), message.data(), message.size()) !=
            1) {
        return fail(ErrorCode::signature_mismatch, Layer::security);
    }
    return {};
}

PrivateKey::PrivateKey(PublicKey public_key, SecretBytes octets,
                       std::shared_ptr<evp_pkey_st> handle)
    : public_key_(std::move(public_key)), octets_(std::move(octets)), handle_(std::move(handle)) {}

Result<PrivateKey> PrivateKey::generate(Curve curve, Random& random) {
    std::array<Byte, largest_coordinate> octets{};
    const std::span<Byte> number(octets.data(), coordinate_size(curve));
    Result<PrivateKey> key = defect();
    for (int i = 0; i < draws && !key && random.fill(number); ++i) {
        key = from(curve, number);
    }
    wipe(octets);
    return key ? std::move(key) : defect();
}

Result<PrivateKey> PrivateKey::from(Curve curve, ByteView octets) {
    ByteBuffer point =
        octets.size() == coordinate_size(curve) ? public_point(curve, octets) : ByteBuffer{};
    if (point.empty()) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    openssl::Key key = make_key(curve, point, octets);
    Result<PublicKey> public_key = PublicKey::from(curve, ByteView(point).subspan(1));
    if (!key || !public_key) {
        return defect();
    }
    return PrivateKey(std::move(*public_key), SecretBytes(octets), shared(std::move(key)));
}

PrivateKey PrivateKey::clone() const {
    return PrivateKey(public_key_, octets_.clone(), handle_);
}

Result<ByteBuffer> PrivateKey::sign(ByteView message) const {
    const openssl::DigestContext context(EVP_MD_CTX_new());
    std::size_t size = 0;
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, openssl::hash_of(curve()), nullptr, handle()) !=
            1 ||
        EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) != 1) {
        return defect();
    }
    ByteBuffer der(size);
    if (EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) != 1) {
        return defect();
    }
    ByteBuffer signature = raw_of(curve(), ByteView(der).first(size));
    if (signature.empty()) {
        return defect();
    }
    return signature;
}

Result<SecretBytes> PrivateKey::agree(const PublicKey& peer) const {
    if (peer.curve() != curve()) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    const openssl::KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, handle(), nullptr));
    std::array<Byte, largest_coordinate> z{};
    std::size_t size = z.size();
    const bool done = context && EVP_PKEY_derive_init(context.get()) == 1 &&
                      EVP_PKEY_derive_set_peer(context.get(), peer.handle()) == 1 &&
                      EVP_PKEY_derive(context.get(), z.data(), &size) == 1 &&
                      size == coordinate_size(curve());
    SecretBytes secret(done ? ByteView(z).first(size) : ByteView{});
    wipe(z);
    if (!done) {
        return defect();
    }
    return secret;
}

}  // namespace dlms::security
