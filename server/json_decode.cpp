#include "server/json_decode.hpp"

#include "server/json_requests.hpp"

namespace dlms::service {

namespace {

// Of JSON. Compact arrays may unroll to many times what they came in.
constexpr std::size_t longest_answer = 16u << 20;

void write_error(render::JsonWriter& writer, const Error& error, ByteView octets) {
    writer.begin_object();
    writer.key("offset");
    writer.integer(error.offset);
    writer.key("code");
    writer.plain(name(error.code));
    writer.key("message");
    writer.text(render::fault_text(error, octets));
    if (const std::string_view option = render::accepting_option(octets); !option.empty()) {
        writer.key("accepting_option");
        writer.plain(option);
    }
    writer.end_object();
}

}  // namespace

HttpAnswer decode_answer(const HttpRequest& http) {
    auto request = parse_decode(http);
    if (!request) {
        return std::move(request.error());
    }
    const render::DecodeLayer layer =
        request->layer ? *request->layer : render::detect_layer(request->octets);
    render::DecodeOptions options;
    options.keys = &request->keys;
    std::string decoded;
    Status status;
    {
        render::JsonWriter writer(decoded);
        status = render::write_decoded(writer, layer, request->octets, options);
    }
    if (status && decoded.size() > longest_answer) {
        status = fail(ErrorCode::answer_too_long, Layer::base);
    }
    HttpAnswer answer;
    {
        render::JsonWriter writer(answer.body);
        writer.begin_object();
        writer.key("layer");
        writer.plain(name(layer));
        writer.key("valid");
        writer.boolean(status.has_value());
        if (status) {
            writer.key("decoded");
            writer.raw(decoded);
        } else {
            writer.key("error");
            write_error(writer, status.error(), request->octets);
            decoded.clear();
            render::JsonWriter partial(decoded);
            const bool is_shown = render::write_damaged(partial, layer, request->octets, options);
            partial.flush();
            if (is_shown && decoded.size() <= longest_answer) {
                writer.key("partial");
                writer.raw(decoded);
            }
        }
        writer.end_object();
    }
    return answer;
}

}  // namespace dlms::service
