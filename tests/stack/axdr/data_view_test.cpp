#include "stack/axdr/data_view.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::axdr;
using namespace dlms::testing;

namespace {

/// Owned, so that a view of it can be taken in the test.
Data data(std::string_view hex) {
    return Data::parse(octets(hex)).value();
}

template <class T>
std::string number(const Result<T>& result) {
    return result ? std::to_string(*result) : outcome(result);
}

constexpr std::string_view mismatch = "axdr/type-mismatch@0";

}  // namespace

BOOST_AUTO_TEST_SUITE(data_view)

BOOST_AUTO_TEST_CASE(a_view_of_nothing_is_null_data) {
    BOOST_TEST(DataView().is_null());
    BOOST_TEST(to_hex(DataView().encoded()) == "00");
    const Data null;
    BOOST_TEST((null.view() == DataView()));
}

BOOST_AUTO_TEST_CASE(integers_of_every_type_are_read_by_value) {
    const std::pair<const char*, const char*> cases[] = {
        {"0F80", "-128"},
        {"108000", "-32768"},
        {"0580000000", "-2147483648"},
        {"148000000000000000", "-9223372036854775808"},
        {"11FF", "255"},
        {"12FFFF", "65535"},
        {"06FFFFFFFF", "4294967295"},
        {"157FFFFFFFFFFFFFFF", "9223372036854775807"},
        {"16FF", "255"},
        {"0D99", "153"},
        {"1C80", "-128"},
        {"1D8001", "-32767"},
        {"1E80000001", "-2147483647"},
        {"1FFF", "255"},
        {"20FFFF", "65535"},
        {"21FFFFFFFF", "4294967295"},
    };
    for (const auto& [hex, value] : cases) {
        BOOST_TEST_CONTEXT(hex) {
            const Data owned = data(hex);
            const DataView view = owned.view();
            BOOST_TEST(number(view.signed_integer()) == value);
            BOOST_TEST(number(view.unsigned_integer()) == (value[0] == '-' ? mismatch : value));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_largest_unsigned_integer_has_no_signed_value) {
    const Data owned = data("15FFFFFFFFFFFFFFFF");
    BOOST_TEST(number(owned.view().unsigned_integer()) == "18446744073709551615");
    BOOST_TEST(number(owned.view().signed_integer()) == mismatch);
}

BOOST_AUTO_TEST_CASE(booleans_are_false_for_zero_and_true_for_all_else) {
    for (const auto& [hex, value] :
         {std::pair{"0300", false}, std::pair{"0301", true}, std::pair{"03FF", true}}) {
        const Data owned = data(hex);
        BOOST_TEST(owned.view().boolean().value() == value);
    }
}

BOOST_AUTO_TEST_CASE(floats_are_read_bit_by_bit) {
    const Data one = data("173F800000");
    BOOST_TEST(one.view().float32().value() == 1.0f);
    const Data infinity = data("17FF800000");
    BOOST_TEST(std::isinf(infinity.view().float32().value()));
    const Data pi = data("18400921FB54442D18");
    BOOST_TEST(pi.view().float64().value() == 3.141592653589793);
    BOOST_TEST(outcome(pi.view().float32()) == mismatch);
    BOOST_TEST(outcome(one.view().float64()) == mismatch);
}

BOOST_AUTO_TEST_CASE(octets_of_strings_and_times) {
    const Data octet_string = data("090C07E50118FF0E303950FFC400");
    BOOST_TEST(to_hex(octet_string.view().octets().value()) == "07E50118FF0E303950FFC400");
    const Data date_time = data("1907E9010F010C1E00008000FF");
    BOOST_TEST(to_hex(date_time.view().octets().value()) == "07E9010F010C1E00008000FF");
    const Data date = data("1A07E8FEFDFF");
    BOOST_TEST(to_hex(date.view().octets().value()) == "07E8FEFDFF");
    const Data time = data("1B0C1E0FFF");
    BOOST_TEST(to_hex(time.view().octets().value()) == "0C1E0FFF");
    const Data text = data("0A0568656C6C6F");
    BOOST_TEST(outcome(text.view().octets()) == mismatch);
    BOOST_TEST(text.view().text().value() == "hello");
    const Data utf8 = data("0C02C3A9");
    BOOST_TEST(utf8.view().text().value() == "\xC3\xA9");
    BOOST_TEST(outcome(octet_string.view().text()) == mismatch);
}

BOOST_AUTO_TEST_CASE(bits_are_counted_from_the_most_significant) {
    const Data owned = data("040CABC0");
    const BitString bits = owned.view().bit_string().value();
    BOOST_TEST(bits.count == 12u);
    std::string text;
    for (std::size_t i = 0; i < bits.count; ++i) {
        text += bits[i] ? '1' : '0';
    }
    BOOST_TEST(text == "101010111100");
}

BOOST_AUTO_TEST_CASE(elements_are_walked_in_order_and_reached_by_index) {
    const Data owned = data("0203 0F2A 0202 1101 1102 0900");
    const DataView view = owned.view();
    const ElementRange elements = view.elements().value();
    BOOST_TEST(elements.size() == 3u);
    std::string walked;
    for (const DataView element : elements) {
        walked += to_hex(element.encoded()) + ' ';
    }
    BOOST_TEST(walked == "0F2A 020211011102 0900 ");
    BOOST_TEST(to_hex(view.element(1).value().element(1).value().encoded()) == "1102");
    BOOST_TEST(outcome(view.element(3)) == "axdr/element-missing@0");
    BOOST_TEST(outcome(view.element(0).value().elements()) == mismatch);
    BOOST_TEST(outcome(view.element(0).value().element(0)) == mismatch);
}

BOOST_AUTO_TEST_CASE(an_empty_array_has_no_elements) {
    const Data owned = data("0100");
    BOOST_TEST(owned.view().elements().value().empty());
    BOOST_TEST(outcome(owned.view().element(0)) == "axdr/element-missing@0");
}

BOOST_AUTO_TEST_CASE(iterators_step_before_and_after) {
    const Data owned = data("0102 1101 1102");
    const ElementRange elements = owned.view().elements().value();
    auto position = elements.begin();
    BOOST_TEST(to_hex((*position++).encoded()) == "1101");
    BOOST_TEST(to_hex((*position).encoded()) == "1102");
    BOOST_TEST((++position == elements.end()));
}

BOOST_AUTO_TEST_CASE(views_compare_by_their_octets) {
    const Data first = data("1105");
    const Data again = data("1105");
    const Data other = data("120005");
    BOOST_TEST((first.view() == again.view()));
    BOOST_TEST((first == again));
    BOOST_TEST((first.view() != other.view()));
    BOOST_TEST((Data(other.view()) == other));
}

BOOST_AUTO_TEST_CASE(every_reading_of_another_type_is_a_mismatch) {
    const Data owned = data("0900");
    const DataView view = owned.view();
    BOOST_TEST(outcome(view.boolean()) == mismatch);
    BOOST_TEST(outcome(view.signed_integer()) == mismatch);
    BOOST_TEST(outcome(view.unsigned_integer()) == mismatch);
    BOOST_TEST(outcome(view.float32()) == mismatch);
    BOOST_TEST(outcome(view.float64()) == mismatch);
    BOOST_TEST(outcome(view.text()) == mismatch);
    BOOST_TEST(outcome(view.bit_string()) == mismatch);
    BOOST_TEST(outcome(view.elements()) == mismatch);
    BOOST_TEST(outcome(DataView().octets()) == mismatch);
}

BOOST_AUTO_TEST_SUITE_END()
