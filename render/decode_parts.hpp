#pragma once
// What the files of the decoder share; not for others.

#include <algorithm>

#include "render/decode.hpp"
#include "stack/cosem/access_result.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/hdlc/frame.hpp"
#include "stack/xdlms/long_invoke_id_and_priority.hpp"
#include "stack/xdlms/security_header.hpp"

namespace dlms::render::detail {

/// One decoding: its options, and what it has used up.
class Decoding {
public:
    Decoding(ByteView octets, const DecodeOptions& options)
        : keys_(options.keys), form_(options.data), has_offsets_(options.offsets) {
        build_.budget = max_decoded_data;
        if (has_offsets_) {
            build_.origin = octets;
        }
    }

    const DecodeKeys* keys() const { return keys_; }
    /// Pushed notifications are read as meters send them.
    bool is_push() const { return is_push_; }
    void set_push(bool is_push = true) { is_push_ = is_push; }

    Json tree(const axdr::DataView& data) {
        return form_ == DataForm::trees ? data_tree(data, build_) : octets_of(data);
    }
    bool exhausted() const { return build_.budget == 0; }
    /// What costs as much as so many Data.
    void spend(std::size_t values) { build_.budget -= std::min(build_.budget, values); }

    /// Shown before an error was met.
    void leave(Json json) { left_ = std::move(json); }
    Json take_left() { return std::exchange(left_, {}); }

    /// Where octets begin in those that offsets count from; nothing where no offsets are wanted.
    std::optional<std::size_t> offset_of(ByteView part) const {
        return offset_in(build_.origin, part);
    }

    /// A new object that says where its octets begin.
    Json object_at(ByteView part) const {
        Json json = Json::object();
        if (const auto offset = offset_of(part)) {
            json["@"] = *offset;
        }
        return json;
    }

    /// Notes where a member's octets begin, or `before` octets before the part.
    void mark(Json& object, const char* member, ByteView part, std::size_t before = 0) const {
        if (const auto offset = offset_of(part)) {
            object["@of"][member] = *offset - before;
        }
    }

    /// Offsets count from octets that were deciphered or joined; returns what they counted from.
    ByteView count_from(ByteView octets) {
        return has_offsets_ ? std::exchange(build_.origin, octets) : ByteView{};
    }

private:
    Json octets_of(const axdr::DataView& data) {
        if (build_.budget == 0) {
            return {};
        }
        --build_.budget;
        const auto offset = offset_of(data.encoded());
        return offset ? Json::binary(to_buffer(data.encoded()), *offset)
                      : Json::binary(to_buffer(data.encoded()));
    }

    const DecodeKeys* keys_;
    DataForm form_;
    bool has_offsets_;
    TreeBuild build_;
    bool is_push_ = false;
    Json left_;
};

// Each decodes one whole APDU. Offsets in errors count from its start.
Result<Json> xdlms_json(ByteView apdu, Decoding& decoding);
Result<Json> sn_json(ByteView apdu, Decoding& decoding);
Result<Json> acse_json(ByteView apdu, Decoding& decoding);
Result<Json> ciphered_json(ByteView apdu, Decoding& decoding);
/// Any of the above, by its first octet.
Result<Json> apdu_json(ByteView apdu, Decoding& decoding);

// Parts of xdlms_json().
Result<Json> initiate_json(ByteView apdu, Decoding& decoding);
Result<Json> access_json(ByteView apdu, Decoding& decoding);

// Note in a decoded APDU where its members begin, if offsets are wanted: of xDLMS, of ACSE.
void mark_fields(Json& apdu, ByteView octets, const Decoding& decoding);
void mark_acse_fields(Json& apdu, ByteView octets, const Decoding& decoding);

// Layers of their own.
Result<Json> cipher_layer_json(ByteView octets, Decoding& decoding);
Result<Json> wrapper_json(ByteView octets, Decoding& decoding);
Result<Json> hdlc_json(ByteView octets, Decoding& decoding);
Result<Json> push_json(ByteView octets, Decoding& decoding);
Result<Json> line_json(ByteView octets, Decoding& decoding);

/// Whether the tag starts an ACSE, an SN, a ciphered or signed APDU.
bool is_acse(std::uint8_t tag);
bool is_sn(std::uint8_t tag);
bool is_ciphered(std::uint8_t tag);

/// Puts the APDU's JSON into `json["apdu"]`, null when it does not decode, and what is behind
/// envelopes beside it: `outer`, `inner`, `content`, `plaintext` (or a null one and
/// `plaintext_error`), `plaintext_decoded`, `plaintext_inside`. Returns the error of an APDU that
/// does not decode.
Status put_apdu(Json& json, ByteView apdu, Decoding& decoding);

/// A decoded APDU, and in it what is behind its envelope, where there are keys: `plaintext` and
/// what put_apdu() puts beside it.
Result<Json> with_plaintext(Result<Json> decoded, ByteView apdu, Decoding& decoding);

/// put_apdu(), and beside a null `apdu` why: `apdu_error`, and `accepting_option` where there is
/// one.
void put_apdu_or_error(Json& json, ByteView apdu, Decoding& decoding);

/// What is sealed in a ciphered APDU, or in the user-information of ACSE; nothing when it is not,
/// or the keys do not open it.
std::optional<ByteBuffer> plaintext_of(ByteView apdu, const DecodeKeys* keys);

// Small parts.
Json code_json(unsigned code, std::string_view name);
Json hex_or_null(ByteView octets);
void put_attribute(Json& json, const cosem::AttributeDescriptor& attribute);
void put_method(Json& json, const cosem::MethodDescriptor& method);
Json selection_json(const std::optional<cosem::SelectiveAccess>& access, Decoding& decoding);
void put_long_invoke_id(Json& apdu, xdlms::LongInvokeIdAndPriority value);
inline Json result_json(cosem::DataAccessResult result) {
    return code_json(static_cast<unsigned>(result), cosem::name(result));
}

}  // namespace dlms::render::detail
