// What the decoder found, as lines for people.

#include <algorithm>
#include <array>

#include "render/decode_stream.hpp"
#include "render/text_encoding.hpp"
#include "stack/axdr/compact_array.hpp"
#include "stack/base/hex.hpp"
#include "stack/cosem/date_time.hpp"
#include "stack/cosem/obis_code.hpp"

namespace dlms::render {
namespace {

constexpr std::size_t offset_width = 6;
constexpr std::size_t longest_hex = 64;  ///< octets of a value on one line

/// The day of the week where the date alone does not say it.
std::string weekday_text(const cosem::Date& date) {
    constexpr std::array<std::string_view, 7> days{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};
    const bool is_one_day =
        date.year != cosem::Date::year_not_specified && date.month <= 12 && date.day_of_month <= 31;
    return is_one_day || date.day_of_week < 1 || date.day_of_week > days.size()
               ? std::string()
               : ", " + std::string(days[date.day_of_week - 1u]);
}

/// What the status octet tells of a time.
std::string status_text(std::uint8_t status) {
    using cosem::ClockStatus;
    constexpr std::array<std::pair<std::uint8_t, std::string_view>, 5> bits{{
        {ClockStatus::invalid_value, "invalid"},
        {ClockStatus::doubtful_value, "doubtful"},
        {ClockStatus::different_clock_base, "different clock base"},
        {ClockStatus::invalid_clock_status, "invalid status"},
        {ClockStatus::daylight_saving_active, "daylight saving"},
    }};
    std::string text;
    for (const auto& [bit, meaning] : bits) {
        if (status != ClockStatus::not_specified && (status & bit) != 0) {
            text += ", " + std::string(meaning);
        }
    }
    return text;
}

std::string reading_of(const cosem::DateTime& date_time) {
    return iso_text(date_time) + weekday_text(date_time.date) + status_text(date_time.status);
}

/// What octets may mean: an OBIS code, a date-time, or text; or, by the type, a date or a time.
std::string reading_of(ByteView octets, std::string_view type) {
    if (type == "date") {
        const auto date = cosem::read_date(octets);
        return date ? iso_text(*date) + weekday_text(*date) : "";
    }
    if (type == "time") {
        const auto time = cosem::read_time(octets);
        return time ? iso_text(*time) : "";
    }
    if (octets.size() == 6) {
        return cosem::ObisCode::from_octets(octets.first<6>()).text();
    }
    if (octets.size() == 12) {
        const auto date_time = cosem::read_date_time(octets);
        if (date_time) {
            return reading_of(*date_time);
        }
    }
    if (!octets.empty() && is_printable(as_text(octets))) {
        return '"' + std::string(as_text(octets)) + '"';
    }
    return {};
}

bool is_tree(const Json& json) {
    return json.is_object() && json.contains("type") && json.contains("value");
}

bool is_hex_type(const std::string& type) {
    return type == "octet-string" || type == "date-time" || type == "date" || type == "time";
}

class Lines {
public:
    std::string take() {
        if (is_cut_) {
            line(std::nullopt, 0,
                 "(more than " + std::to_string(max_decoded_data) +
                     " values: the rest is left out)");
        }
        return std::move(text_);
    }

    /// One member and all below it.
    void write(const std::string& name, const Json& json, std::size_t depth) {
        if (is_tree(json)) {
            write_tree(name, json, depth);
        } else if (json.is_object()) {
            line(json, depth, name + heading(json));
            write_members(json, depth + 1);
        } else if (json.is_array()) {
            write_list(name, json, depth);
        } else if (json.is_binary()) {
            write_octets(name, json.get_binary(), depth);
        } else {
            line(Json(), depth, name + ": " + scalar(json));
        }
    }

    /// The line of a list whose length is not known yet: count() puts it in.
    std::size_t begin_list(const std::string& name) {
        line(Json(), 0, name + ": ");
        return text_.size() - 1;
    }
    void count(std::size_t at, std::size_t size) { text_.insert(at, std::to_string(size)); }

    void write_members(const Json& json, std::size_t depth) {
        for (const auto& [name, value] : json.items()) {
            if (name != "@" && name != "@of" && !value.is_null()) {
                if (const auto found = json.find("@of"); found != json.end()) {
                    member_offset_ = offset_of(*found, name);
                }
                write(name, value, depth);
            }
        }
    }

private:
    static std::optional<std::size_t> offset_of(const Json& json, const std::string& name) {
        const auto found = json.is_object() ? json.find(name) : json.end();
        return found == json.end() ? std::nullopt : std::optional(found->get<std::size_t>());
    }

    void line(const Json& at, std::size_t depth, const std::string& text) {
        line(offset_of(at, "@"), depth, text);
    }

    void line(std::optional<std::size_t> found, std::size_t depth, const std::string& text) {
        if (!found) {
            found = member_offset_;
        }
        member_offset_.reset();
        const std::string offset = found ? std::to_string(*found) : "";
        text_.append(offset_width - std::min(offset.size(), offset_width), ' ');
        text_ += offset;
        text_.append(2 + 2 * depth, ' ');
        text_ += text;
        text_ += '\n';
    }

    /// The names that tell what an object is, behind the member's own.
    static std::string heading(const Json& json) {
        std::string text;
        for (const char* member : {"pdu", "service", "choice", "frame_type", "name"}) {
            if (json.contains(member) && json[member].is_string()) {
                text += ' ' + json[member].get<std::string>();
            }
        }
        return text.empty() ? ":" : ":" + text;
    }

    static std::string scalar(const Json& json) {
        if (!json.is_string()) {
            return json.dump();
        }
        const std::string& text = json.get_ref<const std::string&>();
        if (text.size() <= 2 * longest_hex) {
            return terminal_text(text);
        }
        return terminal_text(text.substr(0, 2 * longest_hex)) + "... (" +
               std::to_string(text.size()) + " characters)";
    }

    void write_list(const std::string& name, const Json& json, std::size_t depth) {
        const bool is_flat = std::ranges::all_of(
            json, [](const Json& item) { return !item.is_structured() && !item.is_binary(); });
        if (is_flat) {
            std::string text = name + ":";
            for (const Json& item : json) {
                text += ' ' + scalar(item);
            }
            line(Json(), depth, text);
            return;
        }
        line(Json(), depth, name + ": " + std::to_string(json.size()));
        std::size_t index = 0;
        for (const Json& item : json) {
            write('[' + std::to_string(++index) + ']', item, depth + 1);
        }
    }

    /// A Data in octets, line by line: a tree of all of it would take some hundred times as much.
    void write_octets(const std::string& name, const Json::binary_t& octets, std::size_t depth) {
        // Checked when it was put there.
        if (const auto data = axdr::parse_data(octets)) {
            write_data(name, *data, {octets, octets}, depth);
        }
    }

    struct Octets {
        ByteView view;
        const Json::binary_t& kept;
        std::optional<std::size_t> offset_of(const axdr::DataView& data) const {
            const auto inside = kept.has_subtype() ? offset_in(view, data.encoded()) : std::nullopt;
            return inside ? std::optional(kept.subtype() + *inside) : std::nullopt;
        }
    };

    void write_data(const std::string& name, const axdr::DataView& data, const Octets& octets,
                    std::size_t depth) {
        if (values_left_ == 0) {
            is_cut_ = true;
            return;
        }
        --values_left_;
        const auto compact = data.compact_array();
        const auto unrolled = compact ? compact->to_array() : fail(ErrorCode::defect, Layer::axdr);
        const auto elements = unrolled ? unrolled->view().elements() : data.elements();
        if (!elements) {
            Json tree = data_tree(data);
            if (const auto offset = octets.offset_of(data)) {
                tree["@"] = *offset;
            }
            write_tree(name, tree, depth);
            return;
        }
        line(octets.offset_of(data), depth,
             name + ": " + std::string(axdr::name(data.tag())) + " of " +
                 std::to_string(elements->size()));
        std::size_t index = 0;
        for (const axdr::DataView element : *elements) {
            write_data('[' + std::to_string(++index) + ']', element, octets, depth + 1);
        }
    }

    void write_tree(const std::string& name, const Json& json, std::size_t depth) {
        const std::string type = json["type"].get<std::string>();
        const Json& value = json["value"];
        if (value.is_array()) {
            line(json, depth, name + ": " + type + " of " + std::to_string(value.size()));
            std::size_t index = 0;
            for (const Json& element : value) {
                write('[' + std::to_string(++index) + ']', element, depth + 1);
            }
            return;
        }
        std::string text = name + ": " + type;
        if (value.is_null()) {
            text += json.contains("raw") ? " octets " + scalar(json["raw"]) : "";
        } else {
            text += ' ' + scalar(value);
        }
        if (is_hex_type(type)) {
            const auto octets = from_hex(value.get_ref<const std::string&>());
            const std::string meaning = octets ? reading_of(*octets, type) : "";
            text += meaning.empty() ? "" : "  (" + meaning + ')';
        }
        line(json, depth, text);
    }

    std::string text_;
    std::size_t values_left_ = max_decoded_data;
    bool is_cut_ = false;
    /// Where the member that is written next begins.
    std::optional<std::size_t> member_offset_;
};

}  // namespace

std::string decoded_text(const Json& decoded) {
    Lines lines;
    const bool is_apdu = decoded.contains("service") || decoded.contains("pdu");
    if (is_apdu) {
        lines.write("apdu", decoded, 0);
    } else {
        lines.write_members(decoded, 0);
    }
    return lines.take();
}

namespace {

DecodedText stream_text(ByteView octets, detail::Decoding& decoding) {
    Lines lines;
    const std::size_t head = lines.begin_list("pieces");
    const detail::StreamSummary summary = detail::read_stream(
        octets, decoding, detail::Damage::is_shown, [&, number = 0](const Json& piece) mutable {
            lines.write('[' + std::to_string(++number) + ']', piece, 1);
        });
    lines.count(head, summary.pieces);
    const std::size_t joins = lines.begin_list("reassembled");
    for (std::size_t i = 0; i < summary.reassembled.size(); ++i) {
        lines.write('[' + std::to_string(i + 1) + ']',
                    detail::joined_json(summary.reassembled[i], decoding), 1);
    }
    lines.count(joins, summary.reassembled.size());
    return {summary.whole > 0 ? lines.take() : std::string(), summary.damage};
}

}  // namespace

DecodedText decoded_text(DecodeLayer layer, ByteView octets, const DecodeOptions& options) {
    DecodeOptions lean = options;
    lean.data = DataForm::octets;
    DecodedText shown;
    if (layer != DecodeLayer::stream || !detail::may_be_stream(layer, octets)) {
        const Result<Json> decoded = decode(layer, octets, lean);
        if (decoded) {
            return {decoded_text(*decoded), {}};
        }
        shown.error = decoded.error();
    }
    if (detail::may_be_stream(layer, octets)) {
        detail::Decoding decoding(octets, lean);
        decoding.set_push(layer == DecodeLayer::push);
        DecodedText stream = stream_text(octets, decoding);
        return {std::move(stream.text), shown.error ? shown.error : stream.error};
    }
    const Json whole = decode_damaged(layer, octets, lean);
    shown.text = whole.is_null() ? std::string() : decoded_text(whole);
    return shown;
}

}  // namespace dlms::render
