#include "stack/cosem/action_result.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace dlms::cosem;

BOOST_AUTO_TEST_SUITE(action_result)

BOOST_AUTO_TEST_CASE(the_thirteen_results_have_names_of_their_own) {
    std::set<std::string_view> names;
    std::set<unsigned> codes;
    for (unsigned code = 0; code < 256; ++code) {
        const auto result = static_cast<ActionResult>(code);
        BOOST_TEST(is_known(result) == !name(result).empty());
        if (is_known(result)) {
            names.insert(name(result));
            codes.insert(code);
        }
    }
    BOOST_TEST(names.size() == 13u);
    BOOST_TEST((codes == std::set<unsigned>{0, 1, 2, 3, 4, 9, 11, 12, 13, 14, 15, 16, 250}));
    BOOST_TEST(name(ActionResult::object_undefined) == "object-undefined");
    BOOST_TEST(name(ActionResult::other_reason) == "other-reason");
}

BOOST_AUTO_TEST_SUITE_END()
