#include "stack/security/hls.hpp"

#include "stack/base/reader.hpp"
#include "stack/base/writer.hpp"
#include "stack/security/digest.hpp"
#include "stack/security/openssl_handles.hpp"
#include "stack/security/protection.hpp"

namespace dlms::security {
namespace {

constexpr std::size_t block_size = 16;
constexpr std::size_t gmac_answer_size = 1 + 4 + gcm_tag_size;

std::unexpected<Error> refusal(ErrorCode code) {
    return fail(code, Layer::security);
}

Result<ByteBuffer> encipher_blocks(const SecretBytes& secret, ByteView challenge) {
    if (secret.size() != block_size || challenge.empty() || challenge.size() > longest_challenge) {
        return refusal(ErrorCode::out_of_range);
    }
    ByteBuffer blocks = to_buffer(challenge);
    blocks.resize((blocks.size() + block_size - 1) / block_size * block_size);
    ByteBuffer answer(blocks.size());
    const openssl::CipherContext context(EVP_CIPHER_CTX_new());
    int written = 0;
    if (!context ||
        EVP_EncryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, secret.reveal().data(),
                           nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
        EVP_EncryptUpdate(context.get(), answer.data(), &written, blocks.data(),
                          static_cast<int>(blocks.size())) != 1) {
        return refusal(ErrorCode::defect);
    }
    return answer;
}

/// What mechanism 7 signs.
ByteBuffer signed_message(const HlsPass& pass) {
    ByteBuffer message;
    Writer writer(message);
    writer.bytes(pass.answering.octets());
    writer.bytes(pass.verifying.octets());
    writer.bytes(pass.challenge);
    writer.bytes(pass.other_challenge);
    return message;
}

}  // namespace

Result<ByteBuffer> make_challenge(HlsMechanism mechanism, Random& random, std::size_t size) {
    if (size < shortest_challenge(mechanism) || size > longest_challenge) {
        return refusal(ErrorCode::out_of_range);
    }
    ByteBuffer challenge(size);
    if (!random.fill(challenge)) {
        return refusal(ErrorCode::defect);
    }
    return challenge;
}

Status check_challenge(HlsMechanism mechanism, ByteView received, ByteView own) {
    if (received.size() < shortest_challenge(mechanism) || received.size() > longest_challenge) {
        return refusal(ErrorCode::value_out_of_range);
    }
    if (equal_in_constant_time(received, own)) {
        return refusal(ErrorCode::reflected_challenge);
    }
    return {};
}

Result<ByteBuffer> hls_answer(HlsMechanism mechanism, const SecretBytes& secret,
                              const HlsPass& pass) {
    const ByteView key = secret.reveal();
    switch (mechanism) {
        case HlsMechanism::manufacturer: return encipher_blocks(secret, pass.challenge);
        case HlsMechanism::md5: return digest(DigestAlgorithm::md5, {pass.challenge, key});
        case HlsMechanism::sha1: return digest(DigestAlgorithm::sha1, {pass.challenge, key});
        case HlsMechanism::sha256:
            return digest(DigestAlgorithm::sha256,
                          {key, pass.answering.octets(), pass.verifying.octets(), pass.challenge,
                           pass.other_challenge});
        case HlsMechanism::gmac:
        case HlsMechanism::ecdsa: break;
    }
    return refusal(ErrorCode::out_of_range);
}

Status verify_hls_answer(HlsMechanism mechanism, const SecretBytes& secret, const HlsPass& pass,
                         ByteView answer) {
    const Result<ByteBuffer> expected = hls_answer(mechanism, secret, pass);
    if (!expected) {
        return std::unexpected(expected.error());
    }
    if (!equal_in_constant_time(*expected, answer)) {
        return refusal(ErrorCode::authentication_failed);
    }
    return {};
}

Result<ByteBuffer> hls_answer(const PrivateKey& own, const HlsPass& pass) {
    return own.sign(signed_message(pass));
}

Status verify_hls_answer(const PublicKey& peer, const HlsPass& pass, ByteView answer) {
    if (!peer.verify(signed_message(pass), answer)) {
        return refusal(ErrorCode::authentication_failed);
    }
    return {};
}

Result<ByteBuffer> hls_gmac_answer(const GmacKeys& keys, const SystemTitle& answering,
                                   InvocationCounter counter, ByteView challenge) {
    const Byte control = make_security_control(keys.suite, authenticated_only).raw();
    ByteBuffer answer;
    answer.reserve(gmac_answer_size);
    Writer writer(answer);
    writer.u8(control);
    writer.u32(counter.value());
    answer.resize(gmac_answer_size);
    const Status sealed =
        keys.cipher.seal(make_iv(answering, counter),
                         {ByteView(&control, 1), keys.authentication_key.reveal(), challenge}, {},
                         {}, std::span(answer).last(gcm_tag_size));
    if (!sealed) {
        return std::unexpected(sealed.error());
    }
    return answer;
}

Result<InvocationCounter> verify_hls_gmac_answer(const GmacKeys& keys, const SystemTitle& answering,
                                                 ByteView challenge, ByteView answer) {
    if (answer.size() != gmac_answer_size) {
        return refusal(ErrorCode::authentication_failed);
    }
    Reader reader(answer, Layer::security);
    const Byte control = reader.u8();
    const InvocationCounter counter(reader.u32());
    const xdlms::SecurityControl parsed(control);
    if (parsed.suite() != number_of(keys.suite)) {
        return refusal(ErrorCode::wrong_security_suite);
    }
    if (parsed != make_security_control(keys.suite, authenticated_only)) {
        return refusal(ErrorCode::authentication_failed);
    }
    const Status opened =
        keys.cipher.open(make_iv(answering, counter),
                         {ByteView(&control, 1), keys.authentication_key.reveal(), challenge}, {},
                         reader.rest(), {});
    if (!opened) {
        return refusal(ErrorCode::authentication_failed);
    }
    return counter;
}

}  // namespace dlms::security
