#include "render/data_tree.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/json_match.hpp"
#include "tests/support/vectors.hpp"

using dlms::axdr::parse_data;

BOOST_AUTO_TEST_SUITE(data_tree)

BOOST_AUTO_TEST_CASE(every_data_vector_has_its_tree) {
    std::size_t compared = 0;
    for (const auto& vector : dlms::testing::load_vectors("data")) {
        const auto data = parse_data(vector.octets);
        if (!vector.valid || !data) {
            continue;  // refusals, and compact-array, are the decoder's own tests
        }
        const dlms::testing::Json tree{
            {"data", dlms::testing::Json(dlms::render::data_tree(*data))}};
        const std::string found = dlms::testing::differences(vector.expect, tree);
        BOOST_TEST(found.empty(), vector.id << ": " << found);
        ++compared;
    }
    BOOST_TEST(compared >= 60u);
}

BOOST_AUTO_TEST_SUITE_END()
