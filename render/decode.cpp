#include "render/decode.hpp"

#include <array>

#include "render/decode_stream.hpp"
#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"
#include "stack/wrapper/wpdu.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/data_notification.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/initiate.hpp"

namespace dlms::render {
namespace {

using detail::Decoding;

struct LayerName {
    DecodeLayer layer;
    std::string_view name;
};
constexpr std::array<LayerName, 10> layer_names{{
    {DecodeLayer::data, "data"},
    {DecodeLayer::xdlms, "xdlms"},
    {DecodeLayer::sn, "sn"},
    {DecodeLayer::acse, "acse"},
    {DecodeLayer::wrapper, "wrapper"},
    {DecodeLayer::hdlc, "hdlc"},
    {DecodeLayer::push, "push"},
    {DecodeLayer::cipher, "cipher"},
    {DecodeLayer::iec62056_21, "iec62056-21"},
    {DecodeLayer::stream, "stream"},
}};

Result<Json> data_json(ByteView octets, Decoding& decoding) {
    const Result<axdr::DataView> data = axdr::parse_data(octets);
    if (!data) {
        return std::unexpected(data.error());
    }
    Json json;
    json["data"] = decoding.tree(*data);
    return json;
}

Result<Json> decode_layer(DecodeLayer layer, ByteView octets, Decoding& decoding) {
    switch (layer) {
        case DecodeLayer::data: return data_json(octets, decoding);
        case DecodeLayer::xdlms:
            return detail::with_plaintext(detail::xdlms_json(octets, decoding), octets, decoding);
        case DecodeLayer::sn: return detail::sn_json(octets, decoding);
        case DecodeLayer::acse:
            return detail::with_plaintext(detail::acse_json(octets, decoding), octets, decoding);
        case DecodeLayer::wrapper: return detail::wrapper_json(octets, decoding);
        case DecodeLayer::hdlc: return detail::hdlc_json(octets, decoding);
        case DecodeLayer::push: return detail::push_json(octets, decoding);
        case DecodeLayer::cipher: return detail::cipher_layer_json(octets, decoding);
        case DecodeLayer::iec62056_21: return detail::line_json(octets, decoding);
        case DecodeLayer::stream: return detail::stream_json(octets, decoding);
    }
    return fail(ErrorCode::out_of_range, Layer::base);
}

/// The layer whose first octets these may be.
DecodeLayer layer_of_first_octet(ByteView octets) {
    const std::uint8_t first = octets.empty() ? std::uint8_t{0} : octets[0];
    if (first == hdlc::flag) {
        return DecodeLayer::hdlc;
    }
    if (first == 0x68) {
        return DecodeLayer::push;
    }
    if (first == '/') {
        return DecodeLayer::iec62056_21;
    }
    if (octets.size() >= wrapper::header_size && first == 0 && octets[1] == wrapper::version) {
        return DecodeLayer::wrapper;
    }
    if (detail::is_acse(first)) {
        return DecodeLayer::acse;
    }
    if (detail::is_ciphered(first)) {
        return DecodeLayer::cipher;
    }
    const bool begins_apdu = !xdlms::name(static_cast<xdlms::ApduTag>(first)).empty();
    const bool begins_data =
        axdr::info(static_cast<axdr::Tag>(first)).shape != axdr::Shape::unknown;
    return begins_data && !begins_apdu ? DecodeLayer::data : DecodeLayer::xdlms;
}

}  // namespace

std::string_view name(DecodeLayer layer) {
    for (const LayerName& entry : layer_names) {
        if (entry.layer == layer) {
            return entry.name;
        }
    }
    return {};
}

std::optional<DecodeLayer> decode_layer_from_name(std::string_view text) {
    for (const LayerName& entry : layer_names) {
        if (entry.name == text) {
            return entry.layer;
        }
    }
    return std::nullopt;
}

namespace {

bool is_accepted(DecodeLayer layer, ByteView octets) {
    if (layer != DecodeLayer::stream || octets.size() > max_decode_octets) {
        return decode(layer, octets, {.data = DataForm::octets}).has_value();
    }
    Decoding decoding(octets, {.data = DataForm::octets});
    return !detail::read_stream(octets, decoding, detail::Damage::ends, [](Json) {}).damage;
}

/// Whether the error of one layer lies behind that of another.
bool comes_further(DecodeLayer layer, DecodeLayer other, ByteView octets) {
    const auto one = decode(layer, octets, {.data = DataForm::octets});
    const auto two = decode(other, octets, {.data = DataForm::octets});
    return !one && !two && one.error().offset > two.error().offset;
}

}  // namespace

DecodeLayer detect_layer(ByteView octets) {
    const DecodeLayer likely = layer_of_first_octet(octets);
    // Several pieces in a row are a stream; wired M-Bus, and an APDU as a meter pushes it, are what
    // the layer push takes.
    for (const DecodeLayer layer : {likely, DecodeLayer::iec62056_21, DecodeLayer::stream,
                                    DecodeLayer::push, DecodeLayer::data}) {
        if (is_accepted(layer, octets)) {
            return layer;
        }
    }
    if (octets.size() > max_decode_octets) {
        return likely;
    }
    const bool begins_like_stream = likely == DecodeLayer::hdlc || likely == DecodeLayer::wrapper;
    Decoding decoding(octets, {.data = DataForm::octets});
    if (detail::is_damaged_stream(octets, decoding, begins_like_stream)) {
        return DecodeLayer::stream;
    }
    // Some first octets begin an APDU and a Data alike.
    return likely == DecodeLayer::xdlms && comes_further(DecodeLayer::data, likely, octets)
               ? DecodeLayer::data
               : likely;
}

namespace {

/// The M-Bus frames before the damage.
Json damaged_frames(ByteView octets, Decoding& decoding) {
    static_cast<void>(detail::push_json(octets, decoding));
    Json left = decoding.take_left();
    return left.contains("frames") && !left["frames"].empty() ? left : Json();
}

}  // namespace

Json decode_damaged(DecodeLayer layer, ByteView octets, const DecodeOptions& options) {
    if (octets.size() > max_decode_octets) {
        return {};
    }
    Decoding decoding(octets, options);
    Json json;
    if (detail::may_be_stream(layer, octets)) {
        decoding.set_push(layer == DecodeLayer::push);
        json = detail::damaged_stream_json(octets, decoding);
    } else if (layer == DecodeLayer::push) {
        json = damaged_frames(octets, decoding);
    }
    return decoding.exhausted() ? Json() : std::move(json);
}

namespace {

Result<Json> decode_in(DecodeLayer layer, ByteView octets, Decoding& decoding) {
    if (octets.size() > max_decode_octets) {
        return fail(ErrorCode::answer_too_long, Layer::base, max_decode_octets);
    }
    Result<Json> decoded = decode_layer(layer, octets, decoding);
    if (decoding.exhausted()) {
        return fail(ErrorCode::too_many_elements, Layer::axdr);
    }
    return decoded;
}

}  // namespace

Result<Json> decode(DecodeLayer layer, ByteView octets, const DecodeOptions& options) {
    Decoding decoding(octets, options);
    return decode_in(layer, octets, decoding);
}

Status write_decoded(JsonWriter& writer, DecodeLayer layer, ByteView octets,
                     const DecodeOptions& options) {
    Decoding decoding(octets, {.keys = options.keys, .data = DataForm::octets});
    std::size_t budget = max_decoded_data;
    if (layer == DecodeLayer::stream && octets.size() <= max_decode_octets) {
        const auto summary =
            detail::write_stream(writer, octets, decoding, detail::Damage::ends, budget);
        return summary.damage ? Status(std::unexpected(*summary.damage)) : Status();
    }
    const Result<Json> decoded = decode_in(layer, octets, decoding);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    if (!write_document(writer, *decoded, budget)) {
        return fail(ErrorCode::too_many_elements, Layer::axdr);
    }
    return {};
}

bool write_damaged(JsonWriter& writer, DecodeLayer layer, ByteView octets,
                   const DecodeOptions& options) {
    std::size_t budget = max_decoded_data;
    if (!detail::may_be_stream(layer, octets)) {
        const Json json =
            decode_damaged(layer, octets, {.keys = options.keys, .data = DataForm::octets});
        return !json.is_null() && write_document(writer, json, budget);
    }
    Decoding decoding(octets, {.keys = options.keys, .data = DataForm::octets});
    decoding.set_push(layer == DecodeLayer::push);
    const auto summary =
        detail::write_stream(writer, octets, decoding, detail::Damage::is_shown, budget);
    return summary.whole > 0 && budget > 0;
}

namespace {

/// The xDLMS APDU that an AARQ or AARE brings.
ByteView brought_by(ByteView apdu) {
    if (apdu[0] == acse::Aarq::tag) {
        const auto aarq = acse::decode_aarq(apdu);
        return aarq ? aarq->user_information.value_or(ByteView()) : ByteView();
    }
    const auto aare = acse::decode_aare(apdu);
    return aare ? aare->user_information.value_or(ByteView()) : ByteView();
}

}  // namespace

std::string_view accepting_option(ByteView apdu) {
    using xdlms::ApduTag;
    if (!apdu.empty() && (apdu[0] == acse::Aarq::tag || apdu[0] == acse::Aare::tag)) {
        apdu = brought_by(apdu);
    }
    if (apdu.empty()) {
        return {};
    }
    switch (static_cast<ApduTag>(apdu[0])) {
        case ApduTag::data_notification:
            return !xdlms::decode_data_notification(apdu) &&
                           xdlms::decode_data_notification(apdu, {.tagged_date_time = true})
                       ? "tagged_date_time"
                       : "";
        case ApduTag::get_request:
            return !xdlms::decode_get_request(apdu) &&
                           xdlms::decode_get_request(apdu, {.trailing_zeros = true})
                       ? "tolerate_trailing_zeros"
                       : "";
        case ApduTag::initiate_request:
            return !xdlms::decode_initiate_request(apdu) &&
                           xdlms::decode_initiate_request(apdu, {.short_conformance_tag = true})
                       ? "short_conformance_tag"
                       : "";
        case ApduTag::initiate_response:
            return !xdlms::decode_initiate_response(apdu) &&
                           xdlms::decode_initiate_response(apdu, {.short_conformance_tag = true})
                       ? "short_conformance_tag"
                       : "";
        default: return {};
    }
}

}  // namespace dlms::render
