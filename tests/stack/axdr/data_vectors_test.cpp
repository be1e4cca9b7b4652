// Every vector of data.jsonl: decoded, compared, encoded again, damaged.

#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "stack/axdr/compact_array.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/base/hex.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/data_tree.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/json_match.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::axdr;
using namespace dlms::testing;

namespace {

/// Valid octets that are not what the standard's encoder writes.
const std::set<std::string> not_canonical{
    "data-0049", "data-0051", "data-0052",  // bit-strings with ones in their unused bits
    "data-0110", "data-0112",               // lengths in a longer form than needed
};

/// What the vectors' reasons are called here.
const std::map<std::string, ErrorCode> codes{
    {"truncated", ErrorCode::truncated},
    {"invalid length encoding", ErrorCode::invalid_length_encoding},
    {"count beyond buffer", ErrorCode::length_beyond_buffer},
    {"unknown tag", ErrorCode::unknown_tag},
    {"trailing octets", ErrorCode::trailing_octets},
    {"nesting too deep", ErrorCode::nesting_too_deep},
    {"invalid UTF-8", ErrorCode::invalid_utf8},
    {"zero-width element", ErrorCode::zero_width_element},
    {"zero-width or truncated element", ErrorCode::zero_width_element},
    {"truncated element", ErrorCode::truncated},
    {"unknown type description", ErrorCode::unknown_tag},
};

/// Writes what a view shows by the builder's own functions.
void rebuild(const DataView& view, DataBuilder& builder) {
    switch (view.tag()) {
        case Tag::null_data: builder.null(); break;
        case Tag::dont_care: builder.dont_care(); break;
        case Tag::array:
        case Tag::structure: {
            const ElementRange elements = view.elements().value();
            view.is(Tag::array) ? builder.array(elements.size())
                                : builder.structure(elements.size());
            for (const DataView element : elements) {
                rebuild(element, builder);
            }
            break;
        }
        case Tag::compact_array: {
            const CompactArrayView compact = view.compact_array().value();
            builder.compact_array(compact.description(), compact.contents());
            break;
        }
        case Tag::boolean: builder.boolean(view.boolean().value()); break;
        case Tag::bit_string: {
            const BitString bits = view.bit_string().value();
            builder.bit_string(bits.octets, bits.count);
            break;
        }
        case Tag::octet_string: builder.octet_string(view.octets().value()); break;
        case Tag::visible_string: builder.visible_string(view.text().value()); break;
        case Tag::utf8_string: builder.utf8_string(view.text().value()); break;
        case Tag::float32: builder.float32(view.float32().value()); break;
        case Tag::float64: builder.float64(view.float64().value()); break;
        case Tag::date_time: builder.date_time(view.octets().value().first<12>()); break;
        case Tag::date: builder.date(view.octets().value().first<5>()); break;
        case Tag::time: builder.time(view.octets().value().first<4>()); break;
        case Tag::long64_unsigned: builder.long64_unsigned(view.unsigned_integer().value()); break;
        default: builder.integer_of(view.tag(), view.signed_integer().value()); break;
    }
}

std::string re_encoded(const DataView& view) {
    DataBuilder builder;
    rebuild(view, builder);
    const Result<Data> data = builder.finish();
    return data ? to_hex(data->encoded()) : outcome(data);
}

std::optional<Error> try_decode(ByteView octets) {
    const Result<DataView> view = parse_data(octets);
    if (!view) {
        return view.error();
    }
    const std::string once = re_encoded(*view);
    // What was accepted encodes to something that decodes to the same.
    const ByteBuffer again = from_hex(once).value();
    BOOST_REQUIRE(re_encoded(parse_data(again).value()) == once);
    return std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_vectors)

BOOST_AUTO_TEST_CASE(valid_vectors_decode_and_encode_again) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("data")) {
        if (!vector.valid) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
            const ExactBuffer buffer(vector.octets);
            const Result<DataView> view = parse_data(buffer.view());
            BOOST_REQUIRE_MESSAGE(view.has_value(), outcome(view));
            BOOST_TEST(differences(vector.expect, Json{{"data", data_tree(*view)}}) == "");
            const bool canonical = re_encoded(*view) == to_hex(vector.octets);
            BOOST_TEST(canonical == !not_canonical.contains(vector.id));
            BOOST_TEST((parse_data(from_hex(re_encoded(*view)).value()).has_value()));
            ++covered;
        }
    }
    BOOST_TEST(covered == 77u);
}

BOOST_AUTO_TEST_CASE(invalid_vectors_are_refused_for_their_reason) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("data")) {
        if (vector.valid) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name << ": " << vector.reason) {
            const ExactBuffer buffer(vector.octets);
            const Result<DataView> view = parse_data(buffer.view());
            BOOST_REQUIRE(!view);
            BOOST_TEST(view.error().offset <= vector.octets.size());
            BOOST_TEST(view.error().code == codes.at(vector.reason));
            ++covered;
        }
    }
    BOOST_TEST(covered == 19u);
}

BOOST_AUTO_TEST_CASE(prefixes_extensions_and_changes_of_valid_vectors) {
    for (const Vector& vector : load_vectors("data")) {
        if (vector.valid) {
            BOOST_TEST_CONTEXT(vector.id) {
                BOOST_TEST(faults_of_damage(vector.octets, try_decode) == "");
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
