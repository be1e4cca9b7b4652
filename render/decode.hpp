#pragma once
// The decoder: octets of any layer as JSON, every layer peeled. The members are those of
// docs/vectors.md; what a decoder of one layer finds inside stands beside it.

#include <optional>
#include <string_view>

#include "render/data_tree.hpp"
#include "render/json_writer.hpp"
#include "stack/base/result.hpp"
#include "stack/base/secret.hpp"

namespace dlms::render {

/// Where decoding begins.
enum class DecodeLayer : std::uint8_t {
    data,         ///< one Data
    xdlms,        ///< one xDLMS APDU
    sn,           ///< one xDLMS APDU of short name referencing
    acse,         ///< AARQ, AARE, RLRQ or RLRE
    wrapper,      ///< one WPDU, as a datagram
    hdlc,         ///< one HDLC frame with its flags
    push,         ///< what a meter sends unasked: an APDU, HDLC frames, or wired M-Bus frames
    cipher,       ///< one APDU that is ciphered, signed, or holds a ciphered one
    iec62056_21,  ///< one message of IEC 62056-21, or a P1 telegram
    stream,       ///< WPDUs, HDLC frames or messages of IEC 62056-21, each whole, and what they
                  ///< carry together
};

/// The layer's name as in vector files: "data", "xdlms" ... "iec62056-21"; and "stream".
std::string_view name(DecodeLayer layer);
std::optional<DecodeLayer> decode_layer_from_name(std::string_view name);

/// What the octets look like: the layer that begins like them and accepts them, else the one that
/// begins like them, or Data where that comes further; a stream where one of several pieces is
/// damaged.
DecodeLayer detect_layer(ByteView octets);

struct DecodeKeys {
    SecretBytes encryption_key;        ///< 16 or 32 octets; empty for none
    SecretBytes authentication_key;    ///< likewise
    ByteBuffer system_title;           ///< of the sender, 8 octets, where the APDU does not say it
    SecretBytes key_encrypting_key{};  ///< unwraps a key that an APDU brings; likewise
    /// Without an authentication key, what is enciphered is shown all the same, and said to be
    /// unverified: anybody may have changed it.
    bool opens_unverified = false;
};

/// How Data stand in the document.
enum class DataForm : std::uint8_t {
    trees,   ///< as data_tree() makes them
    octets,  ///< as their A-XDR in a binary value: the least that a document can cost.
             ///< write_document() writes it as a tree, decoded_text() as lines; its subtype is
             ///< where the Data begins, if offsets are wanted
};

struct DecodeOptions {
    /// Deciphers what is ciphered; must outlive the call.
    const DecodeKeys* keys = nullptr;
    /// Every APDU, frame, header and Data gets its offset in the octets as `@`, their other members
    /// in `@of`. In what was deciphered or joined they count from its own beginning.
    bool offsets = false;
    DataForm data = DataForm::trees;
};

/// The most octets that are taken at once, and the most Data in one answer: a document tree costs
/// about 200 octets for each. In the document of a stream a piece counts as 40.
inline constexpr std::size_t max_decode_octets = 1u << 20;
inline constexpr std::size_t max_decoded_data = 1'000'000;

/// Decodes. An error judges the layer named alone: a frame or WPDU whose APDU does not decode has a
/// null `apdu`. Errors: every malformed and peer_misbehaved code of the layers, too_many_elements,
/// answer_too_long above max_decode_octets; tag_mismatch. Keys that do not suffice are no error.
Result<Json> decode(DecodeLayer layer, ByteView octets, const DecodeOptions& options = {});

/// Writes a document whose Data may stand in it in either form. False when they are more than
/// `budget` values: a part is written that is to be thrown away.
bool write_document(JsonWriter& writer, const Json& document, std::size_t& budget);

/// Decodes as decode() and writes the JSON, Data item by item and streams piece by piece: the same
/// members without the cost of a document of it all. `options.offsets` and `data` are left out.
/// After an error what was written is to be thrown away.
Status write_decoded(JsonWriter& writer, DecodeLayer layer, ByteView octets,
                     const DecodeOptions& options = {});

/// What is whole of octets that decode() refuses: the frames before the damage, of a stream of
/// WPDUs or HDLC frames those behind it too, in the form of a stream; the damaged ones have `fault`
/// and `octets`. Null when nothing is whole.
Json decode_damaged(DecodeLayer layer, ByteView octets, const DecodeOptions& options = {});

/// The same, written as by write_decoded(). False when nothing is whole, or it is too much: what
/// was written is to be thrown away.
bool write_damaged(JsonWriter& writer, DecodeLayer layer, ByteView octets,
                   const DecodeOptions& options = {});

/// An error of decode() as a sentence: what, where in the octets, what was expected and what came.
/// `from` is where a piece begins at or before the error.
std::string fault_text(const Error& error, ByteView octets, std::size_t from = 0);

/// The option of an association or meter profile that would accept an APDU which the strict decoder
/// refuses, for example "tagged_date_time"; empty when there is none.
std::string_view accepting_option(ByteView apdu);

/// What decode() gave, with Data in either form, as indented lines for people, offsets in the left
/// column. Of more than max_decoded_data values the rest is left out, and the last line says so.
std::string decoded_text(const Json& decoded);

/// Octets as lines for people.
struct DecodedText {
    std::string text;            ///< of decode(), else of decode_damaged(); empty for nothing
    std::optional<Error> error;  ///< of decode()
};
/// Decodes into lines, streams piece by piece. `options.data` is left out.
DecodedText decoded_text(DecodeLayer layer, ByteView octets, const DecodeOptions& options = {});

}  // namespace dlms::render
