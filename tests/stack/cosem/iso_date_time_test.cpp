#include <boost/test/unit_test.hpp>

#include "stack/cosem/date_time.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::cosem;
using namespace dlms::testing;

namespace {

std::string parsed(std::string_view text) {
    const Result<DateTime> value = date_time_from_iso(text);
    return value ? to_hex(encode(*value)) : outcome(value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(iso_date_time)

BOOST_AUTO_TEST_CASE(the_forms_that_are_read) {
    BOOST_TEST(parsed("2021-01-24T14:48:57+01:00") == "07E50118070E303900FFC400");
    BOOST_TEST(parsed("2021-01-24T14:48:57Z") == "07E50118070E303900000000");
    BOOST_TEST(parsed("2021-01-24t14:48:57z") == "07E50118070E303900000000");
    BOOST_TEST(parsed("2021-01-24T14:48:57.000Z") == "07E50118070E303900000000");
    BOOST_TEST(parsed("2021-01-24T14:48:57.5Z") == "07E50118070E303932000000");
    BOOST_TEST(parsed("2021-01-24T14:48:57,259Z") == "07E50118070E303919000000");
    BOOST_TEST(parsed("2021-01-24 14:48") == "07E50118070E300000800000");
    BOOST_TEST(parsed("2021-01-24T14:48:57-0530") == "07E50118070E303900014A00");
    BOOST_TEST(parsed("2021-01-24T14:48:57+14:00") == "07E50118070E303900FCB800");
}

BOOST_AUTO_TEST_CASE(other_texts_are_refused_at_the_character) {
    BOOST_TEST(parsed("") == "cosem/invalid-text@0");
    BOOST_TEST(parsed("2021-1-24T14:48") == "cosem/invalid-text@6");
    BOOST_TEST(parsed("2021-01-24") == "cosem/invalid-text@10");
    BOOST_TEST(parsed("2021-13-24T14:48") == "cosem/value-out-of-range@5");
    BOOST_TEST(parsed("2021-02-29T14:48") == "cosem/value-out-of-range@8");
    BOOST_TEST(parsed("2021-01-24T24:00") == "cosem/value-out-of-range@11");
    BOOST_TEST(parsed("2021-01-24T14:48:60") == "cosem/value-out-of-range@17");
    BOOST_TEST(parsed("2021-01-24T14:48:57.") == "cosem/invalid-text@20");
    BOOST_TEST(parsed("2021-01-24T14:48:57Zx") == "cosem/invalid-text@20");
    BOOST_TEST(parsed("2021-01-24T14:48:57x") == "cosem/invalid-text@19");
    BOOST_TEST(parsed("2021-01-24T14:48:57+15:00") == "cosem/value-out-of-range@20");
    BOOST_TEST(parsed("2021-01-24T14:48:57+14:01").substr(0, 24) == "cosem/value-out-of-range");
    BOOST_TEST(parsed("*-01-24T14:48:57") == "cosem/invalid-text@0");
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back) {
    for (const char* text :
         {"2026-11-23T09:30:00+01:00", "2026-11-23T09:30:00Z", "1970-01-01T00:00:00-12:00",
          "2026-11-23T09:30:00", "2024-02-29T23:59:59.07+05:30"}) {
        BOOST_TEST(iso_text(date_time_from_iso(text).value()) == text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
