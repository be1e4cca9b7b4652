// Protecting and opening APDUs of 64 octets, 1 KiB and 16 KiB (suite 0, authenticated encryption)
// beside bare AES-128-GCM of OpenSSL with a context used again, a new vector for each message, and
// the same additional data and tag length.
//
//     bench_security [ROUNDS]
//
// The rounds alternate between the two, so that both see the same machine; the best and the median
// of the times are printed, and their ratios.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include <openssl/evp.h>

#include "stack/security/apdu_protection.hpp"

namespace {

using namespace dlms;
using namespace dlms::security;

constexpr std::size_t messages = 512;  // a round
constexpr std::size_t additional_size = 17;

const SystemTitle client({0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 1});
const SystemTitle meter({0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E});

void check(bool good, const char* what) {
    if (!good) {
        std::fprintf(stderr, "%s failed\n", what);
        std::exit(1);
    }
}

/// OpenSSL and nothing else.
class Bare {
public:
    Bare() : sealing_(EVP_CIPHER_CTX_new()), opening_(EVP_CIPHER_CTX_new()) {
        const std::array<Byte, 16> key{};
        check(EVP_EncryptInit_ex(sealing_.get(), EVP_aes_128_gcm(), nullptr, key.data(), nullptr) ==
                      1 &&
                  EVP_DecryptInit_ex(opening_.get(), EVP_aes_128_gcm(), nullptr, key.data(),
                                     nullptr) == 1,
              "init");
    }

    void seal(std::uint32_t counter, ByteView in, std::span<Byte> out) {
        set(counter);
        int size = 0;
        const bool good =
            EVP_EncryptInit_ex(sealing_.get(), nullptr, nullptr, nullptr, iv_.data()) == 1 &&
            EVP_EncryptUpdate(sealing_.get(), nullptr, &size, additional_.data(),
                              additional_size) == 1 &&
            EVP_EncryptUpdate(sealing_.get(), out.data(), &size, in.data(),
                              static_cast<int>(in.size())) == 1 &&
            EVP_EncryptFinal_ex(sealing_.get(), rest_.data(), &size) == 1 &&
            EVP_CIPHER_CTX_ctrl(sealing_.get(), EVP_CTRL_GCM_GET_TAG, 12, &out[in.size()]) == 1;
        check(good, "bare seal");
    }

    void open(std::uint32_t counter, ByteView in, std::span<Byte> out) {
        set(counter);
        const ByteView body = in.first(in.size() - 12);
        std::array<Byte, 12> tag{};
        std::ranges::copy(in.last(12), tag.begin());
        int size = 0;
        const bool good =
            EVP_DecryptInit_ex(opening_.get(), nullptr, nullptr, nullptr, iv_.data()) == 1 &&
            EVP_DecryptUpdate(opening_.get(), nullptr, &size, additional_.data(),
                              additional_size) == 1 &&
            EVP_DecryptUpdate(opening_.get(), out.data(), &size, body.data(),
                              static_cast<int>(body.size())) == 1 &&
            EVP_CIPHER_CTX_ctrl(opening_.get(), EVP_CTRL_GCM_SET_TAG, 12, tag.data()) == 1 &&
            EVP_DecryptFinal_ex(opening_.get(), rest_.data(), &size) == 1;
        check(good, "bare open");
    }

private:
    struct Free {
        void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    };
    void set(std::uint32_t counter) {
        for (std::size_t i = 0; i < 4; ++i) {
            iv_[8 + i] = static_cast<Byte>(counter >> (24 - 8 * i));
        }
    }

    std::unique_ptr<EVP_CIPHER_CTX, Free> sealing_;
    std::unique_ptr<EVP_CIPHER_CTX, Free> opening_;
    std::array<Byte, 12> iv_{};
    std::array<Byte, additional_size> additional_{};
    std::array<Byte, 16> rest_{};
};

ApduProtection side(const SystemTitle& own, const SystemTitle& peer, Random& random) {
    ProtectionKeys keys;
    keys.unicast = EncryptionKey::from(ByteBuffer(16, 1)).value();
    keys.authentication = AuthenticationKey::from(ByteBuffer(16, 2)).value();
    ApduProtection result =
        ApduProtection::create(SecuritySuite::aes_gcm_128, own, std::move(keys), random).value();
    result.set_peer_title(peer).value();
    result.send_counter(KeySlot::unicast).grant({1, last_invocation_counter}).value();
    return result;
}

template <class Work>
double nanoseconds(Work&& work) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < messages; ++i) {
        work(i);
    }
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
    return spent.count() / messages;
}

class Times {
public:
    void add(double time) { times_.push_back(time); }
    double best() const { return *std::ranges::min_element(times_); }
    double median() {
        std::ranges::nth_element(times_, times_.begin() + static_cast<long>(times_.size() / 2));
        return times_[times_.size() / 2];
    }

private:
    std::vector<double> times_;
};

void print(const char* what, std::size_t size, Times& bare, Times& ours) {
    std::printf("%-5s %6zu  bare %8.0f ns  ours %8.0f ns  ratio %.3f (best)  %.3f (median)\n", what,
                size, bare.best(), ours.best(), ours.best() / bare.best(),
                ours.median() / bare.median());
}

void measure(std::size_t size, int rounds) {
    SeededRandom random(1);
    ApduProtection from = side(client, meter, random);
    ApduProtection to = side(meter, client, random);
    Bare bare;
    const ByteBuffer apdu(size, 0xC0);
    ByteBuffer out(size + 64);
    ByteBuffer bare_out(size + 64);
    std::vector<ByteBuffer> bare_sealed(messages, ByteBuffer(size + 12));
    std::vector<ByteBuffer> sealed(messages);
    std::uint32_t counter = 0;
    std::array<Times, 4> times;
    for (int round = 0; round < rounds; ++round) {
        const std::uint32_t base = counter;
        times[0].add(nanoseconds([&](std::size_t) { bare.seal(++counter, apdu, bare_out); }));
        times[1].add(nanoseconds(
            [&](std::size_t) { check(from.protect(apdu, {}, out).has_value(), "protect"); }));
        for (std::size_t i = 0; i < messages; ++i) {
            bare.seal(base + static_cast<std::uint32_t>(i), apdu, bare_sealed[i]);
            const ByteView whole = from.protect(apdu, {}, out).value();
            sealed[i].assign(whole.begin(), whole.end());
        }
        times[2].add(nanoseconds([&](std::size_t i) {
            bare.open(base + static_cast<std::uint32_t>(i), bare_sealed[i], bare_out);
        }));
        times[3].add(nanoseconds([&](std::size_t i) {
            check(to.open(sealed[i], authenticated_encryption).has_value(), "open");
        }));
    }
    print("seal", size, times[0], times[1]);
    print("open", size, times[2], times[3]);
}

}  // namespace

int main(int argument_count, char** arguments) {
    const int rounds = argument_count > 1 ? std::max(1, std::atoi(arguments[1])) : 200;
    for (const std::size_t size : {64u, 1024u, 16384u}) {
        measure(size, rounds);
    }
    return 0;
}
