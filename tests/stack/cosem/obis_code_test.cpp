#include "stack/cosem/obis_code.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::cosem;
using namespace dlms::testing;

namespace {

std::string parsed(std::string_view text) {
    const Result<ObisCode> code = ObisCode::parse(text);
    return code ? code->dotted() : outcome(code);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(obis_code)

BOOST_AUTO_TEST_CASE(every_text_form_is_read) {
    BOOST_TEST(parsed("1-0:1.8.0*255") == "1.0.1.8.0.255");
    BOOST_TEST(parsed("1-0:1.8.0.255") == "1.0.1.8.0.255");
    BOOST_TEST(parsed("1-0:1.8.0&12") == "1.0.1.8.0.12");
    BOOST_TEST(parsed("1.0.1.8.0.255") == "1.0.1.8.0.255");
    BOOST_TEST(parsed("1-0:1.8.0") == "1.0.1.8.0.255");
    BOOST_TEST(parsed("1.8.0") == "1.0.1.8.0.255");
    BOOST_TEST(parsed("1.8.0*7") == "1.0.1.8.0.7");
    BOOST_TEST(parsed("1.8.0&7") == "1.0.1.8.0.7");
    BOOST_TEST(parsed("0100010800FF") == "1.0.1.8.0.255");
    BOOST_TEST(parsed("0100010800ff") == "1.0.1.8.0.255");
    BOOST_TEST(parsed("0-0:1.0.0.255") == "0.0.1.0.0.255");
    BOOST_TEST(parsed("1-0:129.129.2.255") == "1.0.129.129.2.255");
}

BOOST_AUTO_TEST_CASE(other_texts_are_refused_at_the_character) {
    BOOST_TEST(parsed("") == "cosem/invalid-text@0");
    BOOST_TEST(parsed("abc") == "cosem/invalid-text@0");
    BOOST_TEST(parsed("1") == "cosem/invalid-text@0");
    BOOST_TEST(parsed("1.8") == "cosem/invalid-text@0");
    BOOST_TEST(parsed("1.8.0.") == "cosem/invalid-text@6");
    BOOST_TEST(parsed("1.8.0.255") == "cosem/invalid-text@0");
    BOOST_TEST(parsed("1-0:1.8.256") == "cosem/value-out-of-range@8");
    BOOST_TEST(parsed("1-0:1.8.0.999999999999999999999") == "cosem/value-out-of-range@10");
    BOOST_TEST(parsed("1-0:1.8.0.255 ") == "cosem/invalid-text@13");
    BOOST_TEST(parsed(" 1-0:1.8.0.255") == "cosem/invalid-text@0");
    BOOST_TEST(parsed("1-0:1.8.0.255.1") == "cosem/invalid-text@13");
    BOOST_TEST(parsed("1-0:1.8.-1.255") == "cosem/invalid-text@8");
    BOOST_TEST(parsed("1:0-1.8.0.255") == "cosem/invalid-text@0");
    BOOST_TEST(parsed("0100010800F") == "cosem/value-out-of-range@0");
    BOOST_TEST(parsed("0100010800FG") == "cosem/value-out-of-range@0");
    BOOST_TEST(parsed(std::string_view("1.8.0\0", 6)) == "cosem/invalid-text@6");
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back) {
    const ObisCode code(1, 0, 99, 1, 0, 255);
    BOOST_TEST(code.text() == "1-0:99.1.0.255");
    BOOST_TEST(code.dotted() == "1.0.99.1.0.255");
    BOOST_TEST((ObisCode::parse(code.text()).value() == code));
    BOOST_TEST((ObisCode::parse(code.dotted()).value() == code));
    BOOST_TEST((ObisCode::parse(to_hex(code.octets())).value() == code));
}

BOOST_AUTO_TEST_CASE(the_literal_is_checked_when_compiling) {
    using namespace dlms::cosem::literals;
    constexpr ObisCode clock = "0-0:1.0.0.255"_obis;
    static_assert(clock == ObisCode(0, 0, 1, 0, 0, 255));
    static_assert("1.8.0"_obis.a() == 1 && "1.8.0"_obis.f() == 255);
    BOOST_TEST(clock.c() == 1);
}

BOOST_AUTO_TEST_CASE(six_octets_are_taken_and_written) {
    const ByteBuffer bytes = octets("0100010800FF 02");
    Reader reader(bytes, Layer::xdlms);
    const ObisCode code = read_obis_code(reader);
    BOOST_TEST(code.dotted() == "1.0.1.8.0.255");
    BOOST_TEST(reader.remaining() == 1u);
    BOOST_TEST(written([&](Writer& writer) { write(writer, code); }) == "0100010800FF");
    BOOST_TEST((read_obis_code(reader) == ObisCode()));
    BOOST_TEST((reader.error() == Error{ErrorCode::truncated, Layer::xdlms, 6}));
}

BOOST_AUTO_TEST_CASE(codes_are_ordered_by_their_groups) {
    BOOST_TEST((ObisCode(1, 0, 1, 8, 0, 255) < ObisCode(1, 0, 2, 8, 0, 255)));
    BOOST_TEST((ObisCode(0, 9, 9, 9, 9, 9) < ObisCode(1, 0, 0, 0, 0, 0)));
}

BOOST_AUTO_TEST_SUITE_END()
