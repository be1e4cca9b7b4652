#include "render/profile_document.hpp"

#include <algorithm>
#include <array>

#include "render/obis_name.hpp"

namespace dlms::render {
namespace {

using axdr::DataView;
using cosem::CaptureObject;
using cosem::ClockStatus;
using cosem::ProfileColumn;
using cosem::ProfileRow;
using cosem::ProfileTable;

struct BitName {
    std::uint8_t bit;
    std::string_view name;
};

constexpr std::array clock_bits{
    BitName{ClockStatus::invalid_value, "invalid-value"},
    BitName{ClockStatus::doubtful_value, "doubtful-value"},
    BitName{ClockStatus::different_clock_base, "different-clock-base"},
    BitName{ClockStatus::invalid_clock_status, "invalid-clock-status"},
    BitName{ClockStatus::daylight_saving_active, "daylight-saving-active"},
};

// The octet that companion standards give the profile status 0-b:96.10.e.255.
constexpr std::array profile_bits{
    BitName{0x01, "critical-error"}, BitName{0x02, "clock-invalid"},
    BitName{0x04, "data-not-valid"}, BitName{0x08, "daylight-saving"},
    BitName{0x20, "clock-adjusted"}, BitName{0x80, "power-down"},
};

bool is_profile_status(const CaptureObject& column) {
    const cosem::ObisCode& code = column.logical_name;
    return (column.class_id == 1 || column.class_id == 3 || column.class_id == 63) &&
           column.attribute_index == 2 && code.a() == 0 && code.c() == 96 && code.d() == 10;
}

/// What a column's value is an attribute of; a part of one has no meaning of its own.
cosem::AttributeDescriptor attribute_of(const CaptureObject& column) {
    constexpr std::uint16_t data_class = 1;
    if (column.data_index != 0) {
        return {data_class, column.logical_name, 2};
    }
    return {column.class_id, column.logical_name, column.attribute_index};
}

std::string dumped(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::optional<std::vector<std::string_view>> status_names(const ProfileRow& row,
                                                          const ProfileTable& table) {
    std::optional<std::vector<std::string_view>> names;
    const auto add = [&names](auto bits, std::uint64_t status) {
        if (!names) {
            names.emplace();
        }
        for (const BitName& bit : bits) {
            if ((status & bit.bit) != 0) {
                names->push_back(bit.name);
            }
        }
    };
    if (row.time && row.time->status != ClockStatus::not_specified) {
        add(clock_bits, row.time->status);
    }
    for (std::size_t index = 0; index < table.columns.size(); ++index) {
        if (!is_profile_status(table.columns[index].object)) {
            continue;
        }
        const auto value = row.values.view().element(index);
        if (value && value->is(axdr::Tag::unsigned_)) {
            add(profile_bits, value->unsigned_integer().value_or(0));
        }
    }
    return names;
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        return std::string(text);
    }
    std::string quoted = "\"";
    for (const char character : text) {
        quoted.append(character == '"' ? 2 : 1, character);
    }
    return quoted + '"';
}

std::string ProfileDocument::value_text(std::size_t column, const axdr::DataView& value,
                                        bool as_json) const {
    const ProfileColumn& shown_as = table_.columns[column];
    const bool has_unit = shown_as.object.data_index == 0 && shown_as.scaler_unit;
    // The ordinary value of a profile, at once.
    if (const auto integer =
            has_unit ? cosem::read_exact_integer(value)
                     : Result<cosem::ExactInteger>(fail(ErrorCode::type_mismatch, Layer::cosem))) {
        const int scaler = shown_unit(*shown_as.scaler_unit, options_.energy_unit).scaler;
        const std::string number = cosem::decimal_text(*integer, scaler);
        return as_json ? '"' + number + '"' : number;
    }
    if (value.is_null()) {
        return as_json ? "null" : "";
    }
    const ShownValue shown =
        show_value(attribute_of(shown_as.object), value,
                   has_unit ? shown_as.scaler_unit : std::optional<cosem::ScalerUnit>(), options_);
    if (as_json) {
        return dumped(shown.value);
    }
    if (shown.value.is_string()) {
        return csv_field(shown.value.get_ref<const std::string&>());
    }
    return csv_field(dumped(shown.value));
}

void ProfileDocument::write_columns(JsonWriter& writer) const {
    writer.key("columns");
    writer.begin_array();
    for (const ProfileColumn& column : table_.columns) {
        writer.begin_object();
        writer.key("obisCode");
        writer.plain(column.object.logical_name.text());
        writer.key("classId");
        writer.integer(column.object.class_id);
        writer.key("attributeId");
        writer.integer(int{column.object.attribute_index});
        if (column.object.data_index != 0) {
            writer.key("dataIndex");
            writer.integer(column.object.data_index);
        }
        writer.key("name");
        if (const auto name = obis_name(column.object.logical_name, brand_); !name.empty()) {
            writer.text(name);
        } else {
            writer.null();
        }
        const auto unit = column.scaler_unit
                              ? std::optional(shown_unit(*column.scaler_unit, options_.energy_unit))
                              : std::nullopt;
        writer.key("unit");
        if (unit) {
            writer.text(unit->symbol);
        } else {
            writer.null();
        }
        writer.key("scaler");
        if (unit) {
            writer.integer(unit->scaler);
        } else {
            writer.null();
        }
        if (column.is_scaled_by_brand) {
            writer.key("scalerSource");
            writer.plain("profile");
        }
        writer.end_object();
    }
    writer.end_array();
}

void ProfileDocument::write_entry(JsonWriter& writer, const ProfileRow& row) const {
    writer.key("timestamp");
    if (row.time) {
        writer.plain(time_text(row));
    } else {
        writer.null();
    }
    if (const auto status = status_names(row, table_)) {
        writer.key("status");
        writer.begin_array();
        for (const std::string_view name : *status) {
            writer.plain(name);
        }
        writer.end_array();
    }
    writer.key("values");
    writer.begin_array();
    for (std::size_t column = 0; column < table_.columns.size(); ++column) {
        writer.raw(
            value_text(column, row.values.view().element(column).value_or(DataView()), true));
    }
    writer.end_array();
}

std::string ProfileDocument::time_text(const ProfileRow& row) const {
    cosem::DateTime time = *row.time;
    const auto local = cosem::local_seconds(time);
    if (offsets_ == RowOffsets::always && !time.has_deviation() && row.instant && local) {
        time.deviation = static_cast<std::int16_t>((*row.instant - *local) / 60);
    }
    return iso_text(time);
}

bool ProfileDocument::lacks_offsets() const {
    return std::ranges::any_of(
        table_.rows, [](const ProfileRow& row) { return row.time && !row.time->has_deviation(); });
}

void ProfileDocument::write_members(JsonWriter& writer) const {
    writer.key("capturePeriod");
    writer.integer(table_.capture_period);
    write_columns(writer);
    writer.key("entries");
    writer.begin_array();
    for (const ProfileRow& row : table_.rows) {
        writer.begin_object();
        write_entry(writer, row);
        writer.end_object();
    }
    writer.end_array();
    writer.key("count");
    writer.integer(table_.rows.size());
    writer.key("complete");
    if (table_.complete) {
        writer.boolean(*table_.complete);
    } else {
        writer.null();
    }
    writer.key("missing");
    writer.begin_array();
    for (const cosem::MissingInterval& gap : table_.missing) {
        writer.begin_object();
        writer.key("from");
        writer.plain(iso_text(gap.from));
        writer.key("to");
        writer.plain(iso_text(gap.to));
        writer.end_object();
    }
    writer.end_array();
    if (!options_.time_zone.empty() && lacks_offsets()) {
        writer.key("timeZone");
        writer.text(options_.time_zone);
    }
}

std::string ProfileDocument::csv() const {
    std::string text = "timestamp,status";
    for (const ProfileColumn& column : table_.columns) {
        std::string title = column.object.logical_name.text();
        if (column.scaler_unit) {
            const ShownUnit unit = shown_unit(*column.scaler_unit, options_.energy_unit);
            title += unit.symbol.empty() ? "" : " (" + unit.symbol + ")";
        }
        text += ',' + csv_field(title);
    }
    text += "\r\n";
    for (const ProfileRow& row : table_.rows) {
        text += row.time ? time_text(row) : std::string();
        text += ',';
        bool is_first = true;
        for (const std::string_view name :
             status_names(row, table_).value_or(std::vector<std::string_view>())) {
            text += is_first ? "" : " ";
            text += name;
            is_first = false;
        }
        for (std::size_t column = 0; column < table_.columns.size(); ++column) {
            text += ',' + value_text(column, row.values.view().element(column).value_or(DataView()),
                                     false);
        }
        text += "\r\n";
    }
    return text;
}

}  // namespace dlms::render
