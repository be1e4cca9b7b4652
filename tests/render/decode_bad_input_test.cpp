// What bad input gets: every vector that a decoder is asked, damaged in every way, through the
// whole decoder to its JSON. No crash, no hang, an error with an offset inside of the octets or a
// valid decode, and no more allocated than the input's size times a constant.

#include <algorithm>
#include <cstdlib>
#include <malloc.h>
#include <new>

#include <boost/test/unit_test.hpp>

#include "render/decode.hpp"
#include "stack/base/hex.hpp"
#include "stack/base/random.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/vectors.hpp"

namespace {

/// Octets that were asked from the heap by this program's only thread.
std::size_t allocated = 0;
/// What is held now, and the most that was since it was set.
std::size_t held = 0;
std::size_t most_held = 0;

}  // namespace

void* operator new(std::size_t size) {
    allocated += size;
    if (void* place = std::malloc(size != 0 ? size : 1)) {
        held += malloc_usable_size(place);
        most_held = std::max(most_held, held);
        return place;
    }
    throw std::bad_alloc();
}
void operator delete(void* place) noexcept {
    held -= malloc_usable_size(place);
    std::free(place);
}
void operator delete(void* place, std::size_t) noexcept {
    operator delete(place);
}

using namespace dlms;
using namespace dlms::testing;
using render::DecodeLayer;

namespace {

/// All that is asked from the heap while one input is decoded and written, freed or not: texts that
/// grow ask for twice their size, and an APDU inside of envelopes is shown once for each. A Data of
/// one octet becomes a tree of about 35, and a value of a compact array may have no octet of its
/// own (limits::max_compact_values_per_octet). Measured over all vectors: 599 at most.
constexpr std::size_t octets_for_one = 700;
constexpr std::size_t octets_for_any = 4 * 1024;

struct Judge {
    DecodeLayer layer;
    render::DecodeKeys keys;
    std::string faults;
    std::size_t decodes = 0;
    std::size_t most_used = 0;  ///< octets for one octet of input, beyond octets_for_any

    void decode(ByteView octets) {
        const ExactBuffer exact(octets);
        render::DecodeOptions options;
        options.keys = &keys;
        ++decodes;
        const std::size_t before = allocated;
        Status written;
        {
            std::string json;
            render::JsonWriter writer(json);
            written = render::write_decoded(writer, layer, exact.view(), options);
        }
        const std::size_t used = allocated - before;
        if (used > octets_for_any && !octets.empty()) {
            most_used = std::max(most_used, (used - octets_for_any) / octets.size());
        }
        if (used > octets_for_any + octets_for_one * octets.size()) {
            faults += std::to_string(used) + " octets allocated for " + to_hex(octets) + '\n';
        }
        if (!written && written.error().offset > octets.size()) {
            faults += describe(written.error()) + " outside of " + to_hex(octets) + '\n';
        }
    }
};

void every_prefix(Judge& judge, ByteView octets) {
    for (std::size_t length = 0; length < octets.size(); ++length) {
        judge.decode(octets.first(length));
    }
}

void every_extension(Judge& judge, ByteView octets) {
    ByteBuffer longer = to_buffer(octets);
    longer.push_back(0);
    for (unsigned extra = 0; extra < 256; ++extra) {
        longer.back() = static_cast<Byte>(extra);
        judge.decode(longer);
    }
}

void changes(Judge& judge, ByteView octets, std::uint64_t seed) {
    constexpr std::size_t count = 1000;
    SeededRandom random(seed);
    ByteBuffer changed = to_buffer(octets);
    for (std::size_t i = 0; i < count && !octets.empty(); ++i) {
        const std::uint64_t draw = random.next_u64();
        const std::size_t place = draw % changed.size();
        changed[place] = static_cast<Byte>(changed[place] ^ (1 + (draw >> 32) % 255));
        judge.decode(changed);
        changed[place] = octets[place];
    }
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

void damage_every_vector(DecodeLayer layer) {
    std::uint64_t seed = 1;
    std::size_t decodes = 0;
    std::size_t most_used = 0;
    for (const Vector& vector : load_vectors(name(layer))) {
        Judge judge{layer, keys_of(vector), {}, 0};
        judge.decode(vector.octets);
        every_prefix(judge, vector.octets);
        every_extension(judge, vector.octets);
        changes(judge, vector.octets, ++seed);
        BOOST_TEST(judge.faults == "", vector.id << ": " << judge.faults);
        decodes += judge.decodes;
        most_used = std::max(most_used, judge.most_used);
    }
    BOOST_TEST(decodes > 10'000u);
    BOOST_TEST_MESSAGE(decodes << " decodes, at most " << most_used << " octets for one");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_bad_input)

BOOST_AUTO_TEST_CASE(data) {
    damage_every_vector(DecodeLayer::data);
}
BOOST_AUTO_TEST_CASE(xdlms) {
    damage_every_vector(DecodeLayer::xdlms);
}
BOOST_AUTO_TEST_CASE(sn) {
    damage_every_vector(DecodeLayer::sn);
}
BOOST_AUTO_TEST_CASE(acse) {
    damage_every_vector(DecodeLayer::acse);
}
BOOST_AUTO_TEST_CASE(wrapper) {
    damage_every_vector(DecodeLayer::wrapper);
}
BOOST_AUTO_TEST_CASE(hdlc) {
    damage_every_vector(DecodeLayer::hdlc);
}
BOOST_AUTO_TEST_CASE(push) {
    damage_every_vector(DecodeLayer::push);
}
BOOST_AUTO_TEST_CASE(cipher) {
    damage_every_vector(DecodeLayer::cipher);
}
BOOST_AUTO_TEST_CASE(iec62056_21) {
    damage_every_vector(DecodeLayer::iec62056_21);
}

BOOST_AUTO_TEST_CASE(bombs) {
    const auto refused = [](ByteView octets) {
        const std::size_t before = allocated;
        std::string json;
        render::JsonWriter writer(json);
        const Status written = render::write_decoded(writer, DecodeLayer::data, octets);
        const std::size_t used = allocated - before;
        BOOST_TEST(used < octets_for_any);
        return written ? std::string("accepted") : std::string(name(written.error().code));
    };
    ByteBuffer nested;
    for (std::size_t i = 0; i < 100'000; ++i) {
        nested.insert(nested.end(), {0x02, 0x01});
    }
    BOOST_TEST(refused(nested) == "nesting-too-deep");
    const auto hex = [](std::string_view text) { return from_hex(text).value(); };
    BOOST_TEST(refused(hex("0984FFFFFFFF00")) == "length-beyond-buffer");
    BOOST_TEST(refused(hex("0184FFFFFFFF00")) == "length-beyond-buffer");
    BOOST_TEST(refused(hex("0484FFFFFFFF00")) == "truncated");
    // An array of 65535 arrays of 65535 integers in one element; elements of no width; a structure
    // whose members take no octets beside one that does.
    BOOST_TEST(refused(hex("1301FFFF01FFFF0F0100")) == "truncated");
    BOOST_TEST(refused(hex("1301FFFF000100")) == "zero-width-element");
    BOOST_TEST(refused(hex("13020201FFFF020A000000000000000000000F0100")) == "too-many-elements");
    ByteBuffer wide = hex("130282FFFF");
    wide.insert(wide.end(), 0xFFFE, 0x00);
    wide.insert(wide.end(), {0x0F, 0x01, 0x05});
    BOOST_TEST(refused(wide) == "too-many-elements");
    // Arrays that hold each other's counts to the limit of elements, in few octets.
    ByteBuffer many(limits::max_data_elements, 0x00);
    many[0] = 0x01;
    many[1] = 0x84;
    BOOST_TEST(refused(many) == "answer-too-long");
}

BOOST_AUTO_TEST_CASE(what_unrolls_to_too_many_values_is_refused) {
    // One element is 31 null-data and an integer: 32 values of one octet. A mebibyte of them is far
    // above max_decoded_data.
    ByteBuffer octets = from_hex("130220").value();
    octets.insert(octets.end(), 30, 0x00);
    octets.insert(octets.end(), {0x0F, 0x00, 0x83, 0x0F, 0x00, 0x00});
    octets.resize(octets.size() + 0x0F0000, 0x07);
    std::string json;
    render::JsonWriter writer(json);
    const Status written = render::write_decoded(writer, DecodeLayer::data, octets);
    BOOST_REQUIRE(!written.has_value());
    BOOST_TEST(name(written.error().code) == "too-many-elements");
}

BOOST_AUTO_TEST_CASE(a_stream_of_the_smallest_pieces_costs_its_json) {
    const ByteBuffer wpdu = from_hex("0001000100100000").value();
    ByteBuffer octets;
    while (octets.size() < render::max_decode_octets / 8) {
        octets.insert(octets.end(), wpdu.begin(), wpdu.end());
    }
    const std::size_t before = held;
    most_held = held;
    std::string json;
    {
        render::JsonWriter writer(json);
        BOOST_REQUIRE(render::write_decoded(writer, DecodeLayer::stream, octets).has_value());
    }
    // A text that grows is there twice, and has room for as much again.
    BOOST_TEST(most_held - before < 3 * json.size() + 8 * octets.size());
    std::string().swap(json);
    most_held = held;
    const render::DecodedText shown = render::decoded_text(DecodeLayer::stream, octets);
    BOOST_TEST(!shown.error.has_value());
    BOOST_TEST(most_held - before < 3 * shown.text.size() + 8 * octets.size());
}

BOOST_AUTO_TEST_CASE(a_document_of_the_smallest_pieces_is_refused) {
    const ByteBuffer wpdu = from_hex("0001000100100000").value();
    ByteBuffer octets;
    while (octets.size() < render::max_decode_octets) {
        octets.insert(octets.end(), wpdu.begin(), wpdu.end());
    }
    const Result<render::Json> document = render::decode(DecodeLayer::stream, octets);
    BOOST_REQUIRE(!document.has_value());
    BOOST_TEST(name(document.error().code) == "too-many-elements");
}

BOOST_AUTO_TEST_SUITE_END()
