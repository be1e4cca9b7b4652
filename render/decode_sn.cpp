// xDLMS APDUs of short name referencing as JSON.

#include "render/decode_parts.hpp"
#include "stack/base/hex.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/read_write.hpp"

namespace dlms::render::detail {
namespace {

using namespace xdlms;

/// Puts the members of one item beside its choice.
class ItemWriter {
public:
    ItemWriter(Decoding& decoding, Json& json) : decoding_(decoding), json_(json) {}

    void operator()(const VariableName& item) { json_["short_name"] = item.short_name; }
    void operator()(const ParameterizedAccess& item) {
        json_["short_name"] = item.short_name;
        json_["selector"] = item.selector;
        json_["parameter"] = decoding_.tree(item.parameter);
    }
    void operator()(const BlockNumberAccess& item) { json_["block_number"] = item.block_number; }
    void operator()(const ReadDataBlockAccess& item) { put_block(item); }
    void operator()(const WriteDataBlockAccess& item) {
        json_["last_block"] = item.last_block;
        json_["block_number"] = item.block_number;
    }
    void operator()(const axdr::DataView& data) { json_["data"] = decoding_.tree(data); }
    void operator()(cosem::DataAccessResult result) {
        json_["data_access_result"] = result_json(result);
    }
    void operator()(const DataBlockResult& item) { put_block(item); }
    void operator()(const BlockAcknowledged& item) { json_["block_number"] = item.block_number; }
    void operator()(const WriteSucceeded&) {}

private:
    template <class Block>
    void put_block(const Block& block) {
        json_["last_block"] = block.last_block;
        json_["block_number"] = block.block_number;
        json_["raw_data"] = to_hex(block.raw_data);
    }

    Decoding& decoding_;
    Json& json_;
};

template <class T>
Json items_json(const List<T>& list, Decoding& decoding) {
    Json items = Json::array();
    for (const T& item : list) {
        if (decoding.exhausted()) {
            break;
        }
        Json json;
        json["choice"] = name(item);
        std::visit(ItemWriter(decoding, json), item);
        items.push_back(std::move(json));
    }
    return items;
}

Json trees(const List<axdr::DataView>& list, Decoding& decoding) {
    Json items = Json::array();
    for (const axdr::DataView& data : list) {
        if (decoding.exhausted()) {
            break;
        }
        items.push_back(decoding.tree(data));
    }
    return items;
}

template <class Apdu>
Result<Json> written(std::string_view service, const Result<Apdu>& apdu, ByteView octets,
                     Decoding& decoding) {
    if (!apdu) {
        return std::unexpected(apdu.error());
    }
    Json json = decoding.object_at(octets);
    json["service"] = service;
    if constexpr (requires { apdu->current_time; }) {
        json["time"] = apdu->current_time ? Json(*apdu->current_time) : Json();
    }
    if constexpr (requires { apdu->specifications; }) {
        json["items"] = items_json(apdu->specifications, decoding);
    } else {
        json["items"] = items_json(apdu->results, decoding);
    }
    if constexpr (requires { apdu->values; }) {
        json["data"] = trees(apdu->values, decoding);
    }
    mark_fields(json, octets, decoding);
    return json;
}

}  // namespace

bool is_sn(std::uint8_t tag) {
    switch (static_cast<ApduTag>(tag)) {
        case ApduTag::read_request:
        case ApduTag::write_request:
        case ApduTag::read_response:
        case ApduTag::write_response:
        case ApduTag::unconfirmed_write_request:
        case ApduTag::information_report_request: return true;
        default: return false;
    }
}

Result<Json> sn_json(ByteView apdu, Decoding& decoding) {
    if (apdu.empty()) {
        return fail(ErrorCode::truncated, Layer::xdlms);
    }
    switch (static_cast<ApduTag>(apdu[0])) {
        case ApduTag::read_request:
            return written("read-request", decode_read_request(apdu), apdu, decoding);
        case ApduTag::write_request:
            return written("write-request", decode_write_request(apdu), apdu, decoding);
        case ApduTag::read_response:
            return written("read-response", decode_read_response(apdu), apdu, decoding);
        case ApduTag::write_response:
            return written("write-response", decode_write_response(apdu), apdu, decoding);
        case ApduTag::unconfirmed_write_request:
            return written("unconfirmed-write-request", decode_unconfirmed_write_request(apdu),
                           apdu, decoding);
        case ApduTag::information_report_request:
            return written("information-report", decode_information_report(apdu), apdu, decoding);
        default: return fail(ErrorCode::unknown_tag, Layer::xdlms);
    }
}

}  // namespace dlms::render::detail
