// Every vector that `dlms decode --jsonl` may be asked, through the decoder: each member that the
// vector expects, and `valid`. Damaged copies of them all are decoded or refused, nothing else.

#include <map>

#include <boost/test/unit_test.hpp>

#include "render/decode.hpp"
#include "stack/base/hex.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/json_match.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using render::DecodeLayer;

namespace {

/// Vectors that are judged otherwise on purpose, and why.
const std::map<std::string, std::string> judged_otherwise{};

struct Counts {
    std::size_t valid = 0;
    std::size_t invalid = 0;

    friend bool operator==(const Counts&, const Counts&) = default;
    friend std::ostream& operator<<(std::ostream& stream, const Counts& counts) {
        return stream << counts.valid << " valid, " << counts.invalid << " invalid";
    }
};

struct LayerCase {
    DecodeLayer layer;
    Counts counts;
};

const LayerCase layer_cases[]{
    {DecodeLayer::acse, {40, 15}},
    {DecodeLayer::xdlms, {139, 23}},
    {DecodeLayer::data, {77, 19}},
    {DecodeLayer::sn, {11, 6}},
    {DecodeLayer::wrapper, {20, 4}},
    {DecodeLayer::push, {61, 2}},
    {DecodeLayer::hdlc, {61, 16}},
    {DecodeLayer::iec62056_21, {22, 4}},
    // The operations that are computations on their own are for the tests of stack/security.
    {DecodeLayer::cipher, {70, 12}},
};

/// Whether `dlms decode --jsonl` is asked this vector.
bool is_asked(const Vector& vector) {
    const std::string operation = vector.expect.value("operation", "");
    const bool is_policy = vector.expect.contains("required_security_policy") ||
                           vector.expect.contains("last_accepted_invocation_counter");
    return (operation.empty() || operation == "unprotect" || operation == "parse-only") &&
           !is_policy;
}

render::DecodeKeys keys_of(const Vector& vector) {
    render::DecodeKeys keys;
    if (vector.keys.is_object()) {
        keys.encryption_key = SecretBytes(from_hex(vector.keys.value("ek", "")).value());
        keys.authentication_key = SecretBytes(from_hex(vector.keys.value("ak", "")).value());
        keys.key_encrypting_key = SecretBytes(from_hex(vector.keys.value("kek", "")).value());
        keys.system_title = from_hex(vector.keys.value("system_title", "")).value();
    }
    return keys;
}

Result<render::Json> decode_vector(const Vector& vector, DecodeLayer layer) {
    const ExactBuffer buffer(vector.octets);
    const render::DecodeKeys keys = keys_of(vector);
    render::DecodeOptions options;
    options.keys = &keys;
    return render::decode(layer, buffer.view(), options);
}

/// The JSON that `dlms decode` writes, on one line or on many; the error's name when there is none.
std::string written_json(const Vector& vector, DecodeLayer layer, std::size_t indent) {
    const ExactBuffer buffer(vector.octets);
    const render::DecodeKeys keys = keys_of(vector);
    render::DecodeOptions options;
    options.keys = &keys;
    std::string json;
    render::JsonWriter writer(json, indent);
    const Status written = render::write_decoded(writer, layer, buffer.view(), options);
    writer.flush();
    return written ? json : std::string(name(written.error().code));
}

/// Decodes; what was accepted can be shown as text, the same from both forms of the document (tried
/// with one in eight, which takes long enough).
std::optional<Error> try_decode(DecodeLayer layer, ByteView octets) {
    render::DecodeOptions options;
    options.offsets = true;
    const Result<render::Json> shown = render::decode(layer, octets, options);
    if (!shown) {
        return shown.error();
    }
    const std::string text = render::decoded_text(*shown);
    BOOST_REQUIRE(!text.empty());
    if (octets.empty() || octets.back() % 8 == 0) {
        options.data = render::DataForm::octets;
        const Result<render::Json> small = render::decode(layer, octets, options);
        BOOST_REQUIRE(small.has_value());
        BOOST_REQUIRE_EQUAL(render::decoded_text(*small), text);
    }
    BOOST_REQUIRE(!shown->dump().empty());
    return std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_vectors)

BOOST_AUTO_TEST_CASE(every_vector_is_judged_and_decoded_as_it_expects) {
    for (const LayerCase& layer_case : layer_cases) {
        Counts counts;
        for (const Vector& vector : load_vectors(name(layer_case.layer))) {
            if (!is_asked(vector) || judged_otherwise.contains(vector.id)) {
                continue;
            }
            BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name << ": " << vector.reason) {
                const Result<render::Json> decoded = decode_vector(vector, layer_case.layer);
                BOOST_TEST(decoded.has_value() == vector.valid, outcome(decoded));
                if (decoded) {
                    for (const std::size_t indent : {0u, 2u}) {
                        const std::string json = written_json(vector, layer_case.layer, indent);
                        BOOST_TEST((Json::parse(json, nullptr, false) == Json(*decoded)), json);
                    }
                } else {
                    BOOST_TEST(written_json(vector, layer_case.layer, 0) ==
                               name(decoded.error().code));
                }
                if (vector.valid && decoded) {
                    BOOST_TEST(differences(vector.expect, Json(*decoded)) == "");
                } else if (!decoded) {
                    BOOST_TEST(decoded.error().offset <= vector.octets.size());
                }
                ++(vector.valid ? counts.valid : counts.invalid);
            }
        }
        BOOST_TEST_CONTEXT(name(layer_case.layer)) {
            BOOST_TEST(counts == layer_case.counts);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_layer_is_found_out) {
    const std::map<DecodeLayer, DecodeLayer> found_as{{DecodeLayer::sn, DecodeLayer::xdlms}};
    for (const DecodeLayer layer :
         {DecodeLayer::acse, DecodeLayer::xdlms, DecodeLayer::sn, DecodeLayer::wrapper,
          DecodeLayer::hdlc, DecodeLayer::iec62056_21}) {
        for (const Vector& vector : load_vectors(name(layer))) {
            if (vector.valid) {
                BOOST_TEST_CONTEXT(vector.id) {
                    const auto other = found_as.find(layer);
                    const DecodeLayer expected = other == found_as.end() ? layer : other->second;
                    BOOST_TEST(name(render::detect_layer(vector.octets)) == name(expected));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(changed_vectors_are_decoded_or_refused_within_their_octets) {
    for (const LayerCase& layer_case : layer_cases) {
        std::uint64_t seed = 1;
        for (const Vector& vector : load_vectors(name(layer_case.layer))) {
            // A document for each change is made, so long vectors get fewer.
            const std::size_t changes =
                std::max<std::size_t>(20, 20'000 / (vector.octets.size() + 1));
            BOOST_TEST_CONTEXT(vector.id) {
                BOOST_TEST(faults_of_changes(vector.octets, std::min<std::size_t>(changes, 200),
                                             ++seed, [&](ByteView octets) {
                                                 return try_decode(layer_case.layer, octets);
                                             }) == "");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(prefixes_and_extensions_of_vectors_are_refused_where_lengths_rule) {
    for (const LayerCase& layer_case : layer_cases) {
        for (const Vector& vector : load_vectors(name(layer_case.layer))) {
            const bool is_closed = vector.valid && vector.octets.size() < 150 &&
                                   layer_case.layer != DecodeLayer::push &&
                                   layer_case.layer != DecodeLayer::iec62056_21 &&
                                   vector.expect.value("service", "") != "gateway-request" &&
                                   vector.expect.value("service", "") != "gateway-response";
            if (!is_closed) {
                continue;
            }
            BOOST_TEST_CONTEXT(vector.id) {
                BOOST_TEST(faults_of_prefixes_and_extensions(vector.octets, [&](ByteView octets) {
                               return try_decode(layer_case.layer, octets);
                           }) == "");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(prefixes_of_what_is_pushed_and_of_lines_do_no_harm) {
    for (const DecodeLayer layer : {DecodeLayer::push, DecodeLayer::iec62056_21}) {
        for (const Vector& vector : load_vectors(name(layer))) {
            for (std::size_t length = 0; length < vector.octets.size(); length += 1 + length / 64) {
                const ExactBuffer prefix(ByteView(vector.octets).first(length));
                const std::optional<Error> error = try_decode(layer, prefix.view());
                BOOST_REQUIRE(!error || error->offset <= length);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
