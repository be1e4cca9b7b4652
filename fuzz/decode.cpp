// The whole decoder: the first octet names the layer, the rest is decoded as a document and as
// written JSON, which must agree, and as what it looks like.

#include "render/decode.hpp"

#include "fuzz/property.hpp"

using namespace dlms;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t layers = static_cast<std::size_t>(render::DecodeLayer::stream) + 1;
    fuzz::Feed feed(ByteView(data, size));
    const auto layer = static_cast<render::DecodeLayer>(feed.octet() % layers);
    const ByteView octets = feed.octets(size);
    const Byte key[16]{1, 2, 3};
    render::DecodeKeys keys{SecretBytes(ByteView(key)), SecretBytes(ByteView(key)),
                            ByteBuffer(8, 0x4D)};
    render::DecodeOptions options;
    options.keys = &keys;

    const Result<render::Json> document = render::decode(layer, octets, options);
    std::string json;
    Status written;
    {
        render::JsonWriter writer(json);
        written = render::write_decoded(writer, layer, octets, options);
    }
    fuzz::require(document.has_value() == written.has_value(), "both forms judge alike");
    if (!document) {
        fuzz::require_inside(document.error(), octets);
        fuzz::require(!render::fault_text(document.error(), octets).empty(), "a fault is told");
        options.offsets = true;
        const render::Json damaged = render::decode_damaged(layer, octets, options);
        fuzz::require(damaged.is_null() || !render::decoded_text(damaged).empty(),
                      "what is whole can be shown");
    } else {
        const auto read = render::Json::parse(json, nullptr, false);
        fuzz::require(!read.is_discarded(), "what is written is JSON");
        fuzz::require(nlohmann::json(read) == nlohmann::json(*document), "both forms are equal");
        fuzz::require(!render::decoded_text(*document).empty() || document->empty(),
                      "what was decoded can be shown");
    }
    static_cast<void>(render::detect_layer(octets));
    static_cast<void>(render::accepting_option(octets));
    return 0;
}
