#include "stack/iec62056_21/message.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/iec62056_21/check.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::iec62056_21;

namespace {

Error refusal(std::string_view text) {
    const auto line = decode_line(as_bytes(text));
    BOOST_REQUIRE_MESSAGE(!line.has_value(), text);
    return line.error();
}

template <class T>
T decoded(std::string_view text) {
    const auto line = decode_line(as_bytes(text));
    BOOST_REQUIRE_MESSAGE(line.has_value(), outcome(line));
    BOOST_REQUIRE(std::holds_alternative<T>(*line));
    return std::get<T>(*line);
}

/// A message whose block check is right.
std::string checked(std::string text) {
    text += static_cast<char>(block_check(as_bytes(text).subspan(1)));
    return text;
}

std::string values_of(ByteView data_sets) {
    Reader reader(data_sets, Layer::iec62056_21);
    std::string text;
    DataSetValue last;
    while (const auto next = take_value(reader, last)) {
        last = *next;
        text += (last.begins_set ? ";" : ",") + std::string(last.address) + '=' +
                std::string(last.value) + (last.unit ? '|' + std::string(*last.unit) : "");
    }
    return reader.ok() ? text : "refused";
}

std::optional<Error> try_decode(ByteView octets) {
    const auto line = decode_line(octets);
    return line ? std::nullopt : std::optional(line.error());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(opening_of_mode_e) {
    BOOST_TEST(decoded<Request>("/?!\r\n").address == "");
    BOOST_TEST(decoded<Request>("/?12345678!\r\n").address == "12345678");
    const auto identification = decoded<Identification>("/ISk5\\2MT382-1000\r\n");
    BOOST_TEST(identification.manufacturer == "ISk");
    BOOST_TEST(identification.is_fast());
    BOOST_TEST(identification.hdlc_mode_e);
    BOOST_TEST(identification.identification == "MT382-1000");
    const auto acknowledgement = decoded<Acknowledgement>(
        "\x06"
        "252\r\n");
    BOOST_TEST(acknowledgement.protocol_control == '2');
    BOOST_TEST(baud_rate(acknowledgement.baud_character).value() == 9600u);
    BOOST_TEST(acknowledgement.mode == '2');
    BOOST_TEST(decoded<Acceptance>("\x06").is_positive);
    BOOST_TEST(!decoded<Acceptance>("\x15").is_positive);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
    for (const char* text : {"/?!\r\n", "/?12345678!\r\n"}) {
        const auto line = decoded<Request>(text);
        BOOST_TEST(written([&](Writer& w) { encode(w, line); }) == to_hex(as_bytes(text)));
    }
    for (const char* text : {"/ISK5ME382-1003\r\n", "/ISk5\\2MT382-1000\r\n"}) {
        const auto line = decoded<Identification>(text);
        BOOST_TEST(written([&](Writer& w) { encode(w, line); }) == to_hex(as_bytes(text)));
    }
    const auto line = decoded<Acknowledgement>(
        "\x06"
        "050\r\n");
    BOOST_TEST(written([&](Writer& w) { encode(w, line); }) == "063035300D0A");
    BOOST_TEST(written([](Writer& w) { encode(w, Request{"a!b"}); }) == "failed");
    BOOST_TEST(written([](Writer& w) { encode(w, Request{"a\r\n"}); }) == "failed");
}

BOOST_AUTO_TEST_CASE(baud_characters) {
    BOOST_TEST(baud_rate('0').value() == 300u);
    BOOST_TEST(baud_rate('6').value() == 19200u);
    BOOST_TEST(baud_rate('A').value() == 600u);
    BOOST_TEST(baud_rate('F').value() == 19200u);
    BOOST_TEST(!baud_rate('7').has_value());
    BOOST_TEST(!baud_rate('G').has_value());
}

BOOST_AUTO_TEST_CASE(data_sets_with_several_values_units_and_lines) {
    const std::string text = checked(
        "\x02"
        "1.8.0(12.3*kWh)(4)(*A)\r\n(5)\r\nF.F()\r\n!\r\n\x03");
    const auto readout = decoded<Message>(text);
    BOOST_REQUIRE(readout.data_sets.has_value());
    BOOST_TEST(values_of(*readout.data_sets) == ";1.8.0=12.3|kWh,1.8.0=4,1.8.0=|A,1.8.0=5;F.F=");
    BOOST_TEST(readout.is_last);
    const auto partial =
        decoded<Message>(checked("\x02"
                                 "1(2)\x04"));
    BOOST_TEST(!partial.is_last);
}

BOOST_AUTO_TEST_CASE(telegrams_as_captures_have_them) {
    const std::string body = "/ISK5x\r\n\r\n1(2)\r\n!";
    for (const char* end : {"\r\n", "\n", ""}) {
        BOOST_TEST(!decoded<Telegram>(body + end).crc.has_value());
    }
    BOOST_TEST(values_of(decoded<Telegram>("/ISK5x\n\n1(2)\n!\n").data_sets) == ";1=2");
    const auto padded = decoded<Telegram>(body + "0000\r\n" + std::string(3, '\0'));
    BOOST_TEST(padded.padding == 3u);
    BOOST_TEST(!padded.crc.has_value());
    const std::uint16_t crc = telegram_crc(as_bytes(body));
    const std::string digits = written([&](Writer& w) { w.u16(crc); });
    BOOST_TEST(decoded<Telegram>(body + digits + "\r\n").crc.value() == crc);
    BOOST_TEST(decoded<Telegram>(body + digits).crc.value() == crc);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_refused) {
    BOOST_TEST((refusal("").code == ErrorCode::truncated));
    BOOST_TEST((refusal("x").code == ErrorCode::unknown_choice));
    BOOST_TEST((refusal("/?12\r\n").code == ErrorCode::invalid_text));
    BOOST_TEST((refusal("/?12").code == ErrorCode::truncated));
    BOOST_TEST((refusal("/?1!2\r\n").code == ErrorCode::invalid_text));
    BOOST_TEST(
        (refusal("/?123456789012345678901234567890123!\r\n").code == ErrorCode::invalid_text));
    BOOST_TEST((refusal("/IS5\r\n").code == ErrorCode::missing_field));
    BOOST_TEST((refusal("/I2K5x\r\n").code == ErrorCode::missing_field));
    BOOST_TEST((refusal("/ISK5x\n").code == ErrorCode::invalid_text));
    BOOST_TEST((refusal("\x15\x15").code == ErrorCode::trailing_octets));
    BOOST_TEST((refusal("\x06"
                        "25\r\n")
                    .code == ErrorCode::invalid_text));
    BOOST_TEST((refusal(checked("\x01"
                                "X1\x02(1)\x03"))
                    .code == ErrorCode::unknown_value));
    BOOST_TEST((refusal("\x02"
                        "1(2)\x03"
                        "A")
                    .code == ErrorCode::check_mismatch));
    BOOST_TEST((refusal(checked("\x02"
                                "1(2\x03"))
                    .code == ErrorCode::truncated));
    BOOST_TEST((refusal(checked("\x02"
                                "abc\x03"))
                    .code == ErrorCode::truncated));
    BOOST_TEST((refusal("/ISK5x\r\n\r\n1(2)\r\n").code == ErrorCode::truncated));
    BOOST_TEST((refusal("/ISK5x\r\n\r\n1(2)\r\n!0000\r\n").code == ErrorCode::check_mismatch));
    BOOST_TEST((refusal("/ISK5x\r\n\r\n1(2)\r\n!00G0\r\n").code == ErrorCode::invalid_text));
}

BOOST_AUTO_TEST_CASE(damaged_vectors_do_no_harm) {
    for (const Vector& vector : load_vectors("iec62056-21")) {
        BOOST_TEST_CONTEXT(vector.id) {
            BOOST_TEST((try_decode(vector.octets).has_value() == !vector.valid));
            BOOST_TEST(faults_of_changes(vector.octets, 300, vector.octets.size(), try_decode) ==
                       "");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
