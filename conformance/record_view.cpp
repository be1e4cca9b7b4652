// Entries of a record as reports show them: decoded, and with secrets hidden.

#include "conformance/reports.hpp"
#include "render/decode.hpp"
#include "stack/base/hex.hpp"
#include "transport/secret_parts.hpp"

namespace dlms::conformance {
namespace {

using render::Json;

constexpr std::size_t wpdu_header_size = 8;
constexpr std::string_view llc_command = "E6E600";
constexpr std::string_view llc_response = "E6E700";
constexpr std::size_t longest_hex = 2 * 600;

/// Where in octets of the line an APDU begins; all of them when it is not known.
std::size_t apdu_offset(Link link, const Hex& octets) {
    if (link == Link::wrapper) {
        return octets.starts_with("0001") && length(octets) >= wpdu_header_size ? wpdu_header_size
                                                                                : 0;
    }
    const std::size_t command = octets.find(llc_command);
    const std::size_t found = command == std::string::npos ? octets.find(llc_response) : command;
    return found == std::string::npos ? 0 : (found + llc_command.size()) / 2;
}

/// The octets of an entry that nobody may see: first and count.
transport::SecretParts::Hidden hidden_in(Link link, const Entry& entry) {
    const std::size_t begin = apdu_offset(link, entry.octets);
    const Hex apdu = entry.octets.substr(2 * begin);
    // What opens as an AARQ may hold a password.
    if (entry.kind != Entry::Kind::sent || (!apdu.starts_with("60") && begin != 0)) {
        return {};
    }
    if (begin == 0 && entry.octets.find("AC") == std::string::npos) {
        return {};
    }
    const ByteBuffer bytes = octets(apdu);
    transport::SecretParts parts;
    auto hidden = parts.judge({}, transport::Direction::sent, bytes, true);
    if (hidden.rest) {
        hidden.count = bytes.size() - hidden.first;
    }
    hidden.first += begin;
    return hidden;
}

/// Text of the document without what is hidden.
void hide(Json& json, const std::string& hidden) {
    if (json.is_string()) {
        if (json.get_ref<const std::string&>().find(hidden) != std::string::npos) {
            json = "(hidden)";
        }
    } else if (json.is_structured()) {
        for (auto& one : json) {
            hide(one, hidden);
        }
    }
}

std::string member(const Json& json, const char* name) {
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string summary_of(const Json& json) {
    std::string text;
    for (const char* name : {"frame_type", "pdu", "service", "choice"}) {
        if (const std::string value = member(json, name); !value.empty()) {
            text += (text.empty() ? "" : " ") + value;
        }
    }
    const auto apdu = json.is_object() ? json.find("apdu") : json.end();
    if (apdu != json.end() && apdu->is_object()) {
        text += (text.empty() ? "" : ": ") + summary_of(*apdu);
    }
    return text;
}

}  // namespace

std::string RecordView::decoded(const Entry& entry, const std::string& hidden,
                                std::string& summary) const {
    const ByteBuffer bytes = octets(entry.octets);
    const bool is_sent = entry.kind == Entry::Kind::sent;
    render::DecodeKeys keys{SecretBytes(octets(declared_.unicast_key)),
                            SecretBytes(octets(declared_.authentication_key)),
                            {}};
    if (is_sent) {
        for (const DeclaredAssociation& one : declared_.associations) {
            if (!one.client_system_title.empty()) {
                keys.system_title = octets(one.client_system_title);
            }
        }
    } else {
        keys.system_title = octets(declared_.system_title);
    }
    render::DecodeOptions options;
    options.keys = declared_.unicast_key.empty() ? nullptr : &keys;
    const render::DecodeLayer layer =
        declared_.link == Link::hdlc ? render::DecodeLayer::hdlc : render::DecodeLayer::wrapper;
    auto document = render::decode(layer, bytes, options);
    if (!document) {
        summary = "octets";
        return "not decoded: " + render::fault_text(document.error(), bytes) + "\n";
    }
    if (!hidden.empty()) {
        hide(*document, hidden);
    }
    summary = summary_of(*document);
    return render::decoded_text(*document);
}

ShownEntry RecordView::show(const Entry& entry) const {
    ShownEntry shown;
    shown.hex = hex(entry);
    const auto hidden = hidden_in(declared_.link, entry);
    const std::string hidden_hex = entry.octets.substr(2 * hidden.first, 2 * hidden.count);
    shown.decoded = decoded(entry, hidden_hex, shown.summary);
    return shown;
}

std::string RecordView::hex(const Entry& entry) const {
    const auto hidden = hidden_in(declared_.link, entry);
    std::string shown = entry.octets;
    if (hidden.count > 0) {
        shown.replace(2 * hidden.first, 2 * hidden.count, "**");
    }
    if (shown.size() > longest_hex) {
        shown = shown.substr(0, longest_hex) + "... (" + std::to_string(length(entry.octets)) +
                " octets)";
    }
    return shown;
}

}  // namespace dlms::conformance
