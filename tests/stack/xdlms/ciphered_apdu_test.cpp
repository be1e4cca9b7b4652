#include "stack/xdlms/ciphered_apdu.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string envelope(std::string_view hex) {
    return round_trip(hex, decode_ciphered_apdu);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ciphered_apdu)

BOOST_AUTO_TEST_CASE(a_service_specific_envelope_is_split) {
    const std::string hex = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";
    BOOST_TEST(envelope(hex) == hex);
    const ExactBuffer buffer(octets(hex));
    const CipheredApdu decoded = decode_ciphered_apdu(buffer.view()).value();
    const auto& apdu = std::get<ServiceCiphering>(decoded);
    BOOST_TEST((apdu.tag == ApduTag::glo_get_request));
    BOOST_TEST(apdu.content.security_control.is_authenticated());
    BOOST_TEST(apdu.content.security_control.is_encrypted());
    BOOST_TEST(!apdu.content.security_control.uses_broadcast_key());
    BOOST_TEST(!apdu.content.security_control.is_compressed());
    BOOST_TEST(apdu.content.invocation_counter == 0x01234567u);
    BOOST_TEST(to_hex(apdu.content.ciphertext) == "411312FF935A47566827C467BC");
    BOOST_TEST(to_hex(apdu.content.tag) == "7D825C3BE4A77C3FCC056B6B");
}

BOOST_AUTO_TEST_CASE(without_authentication_there_is_no_tag) {
    const std::string hex = "C81220012345670102030405060708090A0B0C0D";
    BOOST_TEST(envelope(hex) == hex);
    const ExactBuffer buffer(octets(hex));
    const CipheredApdu decoded = decode_ciphered_apdu(buffer.view()).value();
    BOOST_TEST(std::get<ServiceCiphering>(decoded).content.tag.empty());
}

BOOST_AUTO_TEST_CASE(general_envelopes_are_read_and_written) {
    const std::string content = "07 20 00000001 AABB";
    for (const std::string& text :
         {"DB 08 4D4D4D0000BC614E " + content, "DC 00 " + content,
          "DD 00 00 00 00 00 00 " + content,
          "DD 08 0102030405060708 08 4D4D4D0000BC614E 08 4D4D4D0000000001 0C "
          "07E80102FF0A0B0CFFFFC400 02 AABB 01 00 01 " +
              content,
          "DD 00 00 00 00 00 01 01 00 03 112233 " + content,
          "DD 00 00 00 00 00 01 02 01 01 03 112233 " + content,
          std::string("DF 09 010203040506070809 00 00 00 00 02 C001 03 AABBCC")}) {
        const std::string hex = to_hex(octets(text));
        BOOST_TEST(envelope(hex) == hex);
    }
}

BOOST_AUTO_TEST_CASE(a_date_time_of_any_length_is_read) {
    for (const char* text :
         {"DD 00 00 00 05 0102030405 00 00 05 2000000001", "DF 00 00 00 05 0102030405 00 00 00"}) {
        const std::string hex = to_hex(octets(text));
        BOOST_TEST(envelope(hex) == hex);
    }
}

BOOST_AUTO_TEST_CASE(key_infos_have_their_names) {
    BOOST_TEST(name(KeyInfo(IdentifiedKey::global_broadcast_encryption_key)) == "identified-key");
    BOOST_TEST(name(KeyInfo(WrappedKey{})) == "wrapped-key");
    BOOST_TEST(name(KeyInfo(AgreedKey{})) == "agreed-key");
    BOOST_TEST(name(IdentifiedKey::global_broadcast_encryption_key) ==
               "global-broadcast-encryption-key");
    BOOST_TEST(name(KeyEncryptingKey::master_key) == "master-key");
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(envelope("") == "xdlms/truncated@0");
    BOOST_TEST(envelope("C001C1") == "xdlms/unknown-tag@0");
    BOOST_TEST(envelope("C800") == "xdlms/truncated@2");
    BOOST_TEST(envelope("C8 04 30 012345") == "xdlms/truncated@3");
    BOOST_TEST(envelope("C8 05 30 01234567") == "xdlms/truncated@7");
    BOOST_TEST(envelope("C8 06 20 01234567") == "xdlms/length-beyond-buffer@1");
    BOOST_TEST(envelope("C8 05 20 01234567 00") == "xdlms/trailing-octets@7");
    BOOST_TEST(envelope("C8 05 23 01234567") == "xdlms/unknown-value@2");
    BOOST_TEST(envelope("DBFF4D4D4D") == "xdlms/invalid-length-encoding@1");
    BOOST_TEST(envelope("DD 00 00 00 00 00 02") == "xdlms/bad-presence-flag@6");
    BOOST_TEST(envelope("DD 00 00 00 00 00 01 03") == "xdlms/unknown-choice@7");
    BOOST_TEST(envelope("DD 00 00 00 00 00 01 00 02") == "xdlms/unknown-value@8");
    BOOST_TEST(envelope("DD 00 00 00 00 00 01 01 01") == "xdlms/unknown-value@8");
}

BOOST_AUTO_TEST_CASE(a_content_without_the_tag_it_announces_is_not_written) {
    ServiceCiphering apdu;
    apdu.content.security_control = SecurityControl(0x30);
    BOOST_TEST(encoded(apdu) == "failed");
    apdu.content.security_control = SecurityControl(0x20);
    BOOST_TEST(encoded(apdu) == "C8052000000000");
}

BOOST_AUTO_TEST_SUITE_END()
