// What keys open: envelopes in each other, wrapped keys; and what happens when they do not suffice.

#include <boost/test/unit_test.hpp>

#include "render/decode.hpp"
#include "stack/base/hex.hpp"
#include "stack/security/aes_gcm.hpp"
#include "stack/security/invocation_counter.hpp"
#include "stack/security/system_title.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using render::DecodeLayer;
using render::Json;

namespace {

const std::string ek = "000102030405060708090A0B0C0D0E0F";
const std::string ak = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";
const std::string kek(32, '7');
const std::string get_request = "C001C100080000010000FF0200";

/// general-ciphering of get_request, signed; the signature is 64 times 53.
std::string signed_request() {
    std::string hex =
        "DF020102084B464D1020304050085252525252525252000038DD020102084B464D1020304050085252525252"
        "525252"
        "0000001E3000000009C0DB98F5D66BDE4FD45822E5675BE6E1D040FB1C4D7461B31240";
    for (int i = 0; i < 64; ++i) {
        hex += "53";
    }
    return hex;
}
const std::string wrapped_key =
    "DD020102084B464D102030405008525252525252525200000101001801D537ADEBC2E84C4681FF4F371E0D6004"
    "DFBB46AABD0D1A1E300000000920DF852A7D1094B771D05A6E324E256F9B4D33B5F35588B73E";

render::DecodeKeys keys_of(std::string_view encryption, std::string_view authentication = "",
                           std::string_view key_encrypting = "", std::string_view title = "") {
    const auto secret = [](std::string_view hex) { return SecretBytes(from_hex(hex).value()); };
    return {secret(encryption), secret(authentication), from_hex(title).value(),
            secret(key_encrypting)};
}

/// An APDU in service-specific ciphering, of the title 4D4D4D0000000001.
std::string sealed_hex(Byte tag, std::string_view apdu) {
    const ByteBuffer plain = octets(apdu);
    ByteBuffer sealed(5 + plain.size() + 12);
    const std::array<Byte, 5> header{0x30, 0, 0, 0, 1};
    std::ranges::copy(header, sealed.begin());
    ByteBuffer prefix{0x30};
    const ByteBuffer authentication = octets(ak);
    prefix.insert(prefix.end(), authentication.begin(), authentication.end());
    auto cipher = security::AesGcm::create(octets(ek)).value();
    const auto iv = security::make_iv(security::SystemTitle::from_hex("4D4D4D0000000001").value(),
                                      security::InvocationCounter(1));
    const std::span<Byte> out(sealed);
    cipher.seal(iv, {prefix}, plain, out.subspan(5, plain.size()), out.last(12)).value();
    return to_hex(std::array{tag, static_cast<Byte>(sealed.size())}) + to_hex(sealed);
}

Json deciphered(std::string_view hex, const render::DecodeKeys& keys,
                DecodeLayer layer = DecodeLayer::cipher) {
    const ExactBuffer exact(octets(hex));
    render::DecodeOptions options;
    options.keys = &keys;
    const auto json = render::decode(layer, exact.view(), options);
    return json ? *json : Json(outcome(json));
}

/// Why there is no plaintext of octets that are well-formed.
std::string reason(std::string_view hex, const render::DecodeKeys& keys) {
    const Json json = deciphered(hex, keys);
    if (!json.is_object()) {
        return json.get<std::string>();
    }
    BOOST_TEST(json["apdu"].contains("security_control"));
    BOOST_TEST(json["plaintext"].is_null());
    BOOST_TEST(!json.contains("plaintext_decoded"));
    return json.value("plaintext_error", "");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_cipher)

BOOST_AUTO_TEST_CASE(what_is_ciphered_inside_of_a_signed_envelope_is_opened) {
    const Json json = deciphered(signed_request(), keys_of(ek, ak));
    BOOST_REQUIRE_MESSAGE(json.is_object(), json.dump());
    BOOST_TEST(json["apdu"]["service"] == "general-signing");
    BOOST_TEST(json["content"]["service"] == "general-ciphering");
    BOOST_TEST(json["plaintext"] == get_request);
    BOOST_TEST(json["plaintext_decoded"]["service"] == "get-request");
}

BOOST_AUTO_TEST_CASE(an_envelope_inside_of_a_plaintext_is_opened) {
    // Authentication is not asked for, so that any octets can stand in for ciphertext: without
    // encryption and authentication they are the plaintext.
    const std::string inside = signed_request();
    const std::string length = to_hex(std::array{static_cast<Byte>(inside.size() / 2 + 5)});
    const std::string clear = "DB084B464D102030405081" + length + "0000000001" + inside;
    const Json json = deciphered(clear, keys_of(ek, ak));
    BOOST_REQUIRE_MESSAGE(json.is_object(), json.dump());
    BOOST_TEST(json["plaintext"] == inside);
    BOOST_TEST(json["plaintext_decoded"]["service"] == "general-signing");
    const Json& within = json["plaintext_inside"];
    BOOST_TEST(within["content"]["service"] == "general-ciphering");
    BOOST_TEST(within["plaintext"] == get_request);
    BOOST_TEST(within["plaintext_decoded"]["service"] == "get-request");

    // Without its key it is shown as far as it goes.
    const Json closed = deciphered(clear, keys_of(ek));
    BOOST_TEST(closed["plaintext"] == inside);
    BOOST_TEST(closed["plaintext_inside"]["plaintext"].is_null());
    BOOST_TEST(closed["plaintext_inside"]["plaintext_error"] ==
               "there is no authentication key of 16 octets");
}

BOOST_AUTO_TEST_CASE(envelopes_are_followed_four_deep) {
    std::string hex = get_request;
    for (int i = 0; i < 8; ++i) {
        const std::string length = to_hex(std::array{static_cast<Byte>(hex.size() / 2 + 5)});
        hex = "DB00" + length + "0000000001" + hex;
    }
    const Json json = deciphered(hex, keys_of(ek));
    BOOST_REQUIRE_MESSAGE(json.is_object(), json.dump());
    const Json* place = &json;
    int depth = 1;
    while (place->contains("plaintext_inside")) {
        place = &(*place)["plaintext_inside"];
        ++depth;
    }
    BOOST_TEST(depth == 4);
}

BOOST_AUTO_TEST_CASE(a_wrapped_key_is_unwrapped) {
    const Json json = deciphered(wrapped_key, keys_of(ek, ak, kek));
    BOOST_REQUIRE_MESSAGE(json.is_object(), json.dump());
    BOOST_TEST(json["plaintext"] == get_request);
    // The encryption key itself is not needed.
    BOOST_TEST(deciphered(wrapped_key, keys_of("", ak, kek))["plaintext"] == get_request);
    BOOST_TEST(reason(wrapped_key, keys_of(ek, ak)) ==
               "its key is wrapped, and there is no key encrypting key of 16 octets");
    BOOST_TEST(reason(wrapped_key, keys_of(ek, ak, ek)) == "security/tag-mismatch@0");
}

BOOST_AUTO_TEST_CASE(an_agreed_key_is_not_among_the_keys) {
    BOOST_TEST(reason("DD00084B464D10203040500000000102010200"
                      "09200000000100010203",
                      keys_of(ek, ak, kek)) ==
               "its key is agreed by the two sides, and not among the keys");
}

// The octets of a published vector (cipher-0115), of which the additional data hold no key-info.
BOOST_AUTO_TEST_CASE(a_message_opens_with_its_own_key_whatever_that_is_called) {
    const std::string head = "DD080123456789ABCDEF084D4D4D0000BC614E084D4D4D00000000010000";
    const std::string body = "1E3100000003BBC29BB99274633EDC67AD5D56BB6A6F060BC39F7F5FAB1ED4";
    const std::string wrapped =
        "010100"
        "18" +
        std::string(48, '5');
    for (const std::string& key_info :
         {std::string("00"), std::string("010000"), std::string("0102010100"),
          std::string("0102010200"), wrapped}) {
        BOOST_TEST(deciphered(head + key_info + body, keys_of(ek, ak))["plaintext"] == get_request);
    }
    BOOST_TEST(reason(head + "0102010100" + body, keys_of(ak, ek)) ==
               "its key is agreed by the two sides, and not among the keys");
    BOOST_TEST(reason(head + wrapped + body, keys_of(ak, ek)) ==
               "its key is wrapped, and there is no key encrypting key of 16 octets");
}

BOOST_AUTO_TEST_CASE(keys_that_do_not_suffice_leave_octets_valid) {
    const std::string_view sealed =
        "DB084B464D1020304050293000000007AD497163C331AA5B29CADE612E5F871F9EBFD5DFDC59D8957C1F78E0"
        "41AD302A60044F40";
    BOOST_TEST(reason(sealed, keys_of(ek)) == "there is no authentication key of 16 octets");
    BOOST_TEST(deciphered(sealed, keys_of(ek))["apdu"]["invocation_counter"] == 7);
    // Security suite 2 has keys of 32 octets.
    BOOST_TEST(reason("DB084B464D10203040500722000000010102", keys_of(ek, ak)) ==
               "there is no encryption key of 32 octets");
    BOOST_TEST(reason("DB084B464D102030405007A0000000010102", keys_of(ek, ak)) ==
               "security/unsupported-compression@11");
    // A tag that does not fit is one of octets that are not well-formed.
    BOOST_TEST(reason(sealed, keys_of(ak, ek)) == "security/tag-mismatch@0");
}

BOOST_AUTO_TEST_CASE(no_plaintext_without_a_system_title_of_eight_octets) {
    const auto keys = keys_of(ek, ak);
    constexpr const char* expected = "there is no system title of 8 octets";
    BOOST_TEST(reason("DB074B464D10203040072000000001AABB", keys) ==
               "security/wrong-system-title@2");
    BOOST_TEST(reason("C8072000000001AABB", keys) == expected);
    BOOST_TEST(reason("C8072000000001AABB", keys_of(ek, ak, "", "4B464D10203040")) == expected);
    const Json json = deciphered("C8072000000001AABB", keys_of(ek, ak, "", "4B464D1020304050"));
    BOOST_TEST(json["plaintext"].is_string());
}

BOOST_AUTO_TEST_CASE(user_information_opens_or_answers_an_association) {
    const auto acse = [](std::string_view hex) {
        const ExactBuffer exact(octets(hex));
        const auto json = render::decode(DecodeLayer::acse, exact.view());
        return json ? std::string("accepted") : outcome(json);
    };
    const std::string request = "60 1D A109060760857405080101 BE10 040E";
    BOOST_TEST(acse(request + "01000000065F1F0400007E1F04B0") == "accepted");
    // An InitiateResponse, and a get-request.
    BOOST_TEST(acse(request + "0800065F1F0400007E1F04B00007") == "xdlms/unknown-tag@17");
    BOOST_TEST(acse("60 1C A109060760857405080101 BE0F 040D" + get_request) ==
               "xdlms/unknown-tag@17");
}

// Well-formed, with a tag that fits, and refused by every receiver all the same.
BOOST_AUTO_TEST_CASE(what_every_receiver_refuses_is_not_valid) {
    const auto keys = keys_of(ek, ak, "", "4D4D4D0000000001");
    const auto with = [](std::string hex, std::size_t octet, std::string_view digits) {
        return hex.replace(2 * octet, digits.size(), digits);
    };
    const auto verdict = [&](const std::string& hex) {
        const Json json = deciphered(hex, keys);
        return json.is_object() ? std::string("valid") : json.get<std::string>();
    };
    const std::string glo_get = sealed_hex(0xC8, get_request);
    BOOST_TEST(verdict(glo_get) == "valid");
    BOOST_TEST(verdict(with(glo_get, 0, "C9")) == "security/unexpected-apdu@7");
    BOOST_TEST(verdict(with(glo_get, 0, "CC")) == "security/unexpected-apdu@7");
    BOOST_TEST(verdict(with(glo_get, 2, "B0")) == "security/unsupported-compression@2");
    const std::string general = "DB084D4D4D0000000001" + glo_get.substr(2);
    BOOST_TEST(verdict(general) == "valid");
    BOOST_TEST(verdict("DB074D4D4D00000000" + glo_get.substr(2)) ==
               "security/wrong-system-title@2");
    BOOST_TEST(verdict("DB00" + glo_get.substr(2)) == "valid");
    const std::string is_signed = signed_request();
    BOOST_TEST(verdict(is_signed) == "valid");
    const std::string shorter =
        with(is_signed, is_signed.size() / 2 - 65, "3F").substr(0, is_signed.size() - 2);
    BOOST_TEST(verdict(shorter).starts_with("security/signature-mismatch@"));
}

BOOST_AUTO_TEST_SUITE_END()
