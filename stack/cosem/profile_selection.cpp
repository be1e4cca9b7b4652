#include "stack/cosem/profile_selection.hpp"

#include <algorithm>
#include <compare>
#include <optional>
#include <ranges>

#include "stack/cosem/date_time.hpp"
#include "stack/cosem/scaler_unit.hpp"

namespace dlms::cosem {
namespace {

using axdr::Data;
using axdr::DataBuilder;
using axdr::DataView;
using axdr::Tag;

/// How one value stands to another; nothing where they cannot be compared.
using Comparison = std::optional<std::strong_ordering>;

std::strong_ordering compare(const ExactInteger& a, const ExactInteger& b) {
    const bool a_is_negative = a.negative && a.magnitude != 0;
    const bool b_is_negative = b.negative && b.magnitude != 0;
    if (a_is_negative != b_is_negative) {
        return a_is_negative ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    return a_is_negative ? b.magnitude <=> a.magnitude : a.magnitude <=> b.magnitude;
}

std::optional<DateTime> date_time_of(const DataView& data) {
    const auto octets = data.octets();
    const auto value =
        octets ? read_date_time(*octets) : fail(ErrorCode::type_mismatch, Layer::cosem);
    return value ? std::optional(*value) : std::nullopt;
}

/// Part by part; one that either does not specify is passed over.
std::strong_ordering compare_parts(const DateTime& a, const DateTime& b) {
    struct Part {
        unsigned a, b, highest;
    };
    const Part parts[] = {
        {a.date.year, b.date.year, 0xFFFE},
        {a.date.month, b.date.month, 12},
        {a.date.day_of_month, b.date.day_of_month, 31},
        {a.time.hour, b.time.hour, 23},
        {a.time.minute, b.time.minute, 59},
        {a.time.second, b.time.second, 59},
        {a.time.hundredths, b.time.hundredths, 99},
    };
    for (const Part& part : parts) {
        if (part.a <= part.highest && part.b <= part.highest && part.a != part.b) {
            return part.a <=> part.b;
        }
    }
    return std::strong_ordering::equal;
}

std::strong_ordering compare(const DateTime& a, const DateTime& b) {
    const auto a_instant = utc_seconds(a);
    const auto b_instant = utc_seconds(b);
    if (!a_instant || !b_instant) {
        return compare_parts(a, b);
    }
    const auto hundredths = [](const DateTime& value) {
        return value.time.hundredths == Time::not_specified ? 0 : value.time.hundredths;
    };
    return *a_instant != *b_instant ? *a_instant <=> *b_instant : hundredths(a) <=> hundredths(b);
}

std::optional<double> float_of(const DataView& data) {
    if (const auto narrow = data.float32()) {
        return *narrow;
    }
    const auto wide = data.float64();
    return wide ? std::optional(*wide) : std::nullopt;
}

Comparison compare(const DataView& a, const DataView& b, bool is_time) {
    if (is_time) {
        const auto first = date_time_of(a);
        const auto second = date_time_of(b);
        return first && second ? Comparison(compare(*first, *second)) : std::nullopt;
    }
    const auto first = read_exact_integer(a);
    const auto second = read_exact_integer(b);
    if (first && second) {
        return compare(*first, *second);
    }
    const auto first_float = float_of(a);
    const auto second_float = float_of(b);
    if (first_float && second_float) {
        const std::partial_ordering order = *first_float <=> *second_float;
        return order == std::partial_ordering::unordered ? std::nullopt
               : order < 0                               ? Comparison(std::strong_ordering::less)
               : order > 0                               ? Comparison(std::strong_ordering::greater)
                                                         : Comparison(std::strong_ordering::equal);
    }
    const auto octets = [](const DataView& data) -> std::optional<ByteView> {
        if (const auto value = data.octets()) {
            return *value;
        }
        const auto text = data.text();
        return text ? std::optional(as_bytes(*text)) : std::nullopt;
    };
    const auto first_octets = octets(a);
    const auto second_octets = octets(b);
    if (first_octets && second_octets) {
        return std::lexicographical_compare_three_way(first_octets->begin(), first_octets->end(),
                                                      second_octets->begin(), second_octets->end());
    }
    return std::nullopt;
}

std::size_t place_of(const CaptureObject& object, std::span<const CaptureObject> columns) {
    return static_cast<std::size_t>(std::ranges::find(columns, object) - columns.begin());
}

}  // namespace

Result<RangeDescriptor> read_range_descriptor(const DataView& parameters) {
    const auto members = detail::members_of(parameters, 4);
    if (!members) {
        return std::unexpected(members.error());
    }
    auto member = members->begin();
    const auto restricting_object = read_capture_object(*member);
    const DataView from = *++member;
    const DataView to = *++member;
    auto selected_values = read_capture_objects(*++member);
    if (!restricting_object || !selected_values) {
        return std::unexpected(!restricting_object ? restricting_object.error()
                                                   : selected_values.error());
    }
    return RangeDescriptor{*restricting_object, from, to, std::move(*selected_values)};
}

Result<EntryDescriptor> read_entry_descriptor(const DataView& parameters) {
    const auto members = detail::members_of(parameters, 4);
    if (!members) {
        return std::unexpected(members.error());
    }
    std::array<std::uint32_t, 4> numbers{};
    std::size_t index = 0;
    for (const DataView member : *members) {
        const auto number = detail::number_of(member, index < 2 ? UINT32_MAX : UINT16_MAX);
        if (!number) {
            return std::unexpected(number.error());
        }
        numbers[index++] = *number;
    }
    return EntryDescriptor{numbers[0], numbers[1], static_cast<std::uint16_t>(numbers[2]),
                           static_cast<std::uint16_t>(numbers[3])};
}

Result<Data> to_data(const RangeDescriptor& range) {
    DataBuilder builder;
    builder.structure(4);
    write(builder, range.restricting_object);
    builder.element(range.from).element(range.to).array(range.selected_values.size());
    for (const CaptureObject& object : range.selected_values) {
        write(builder, object);
    }
    return builder.finish();
}

Result<Data> to_data(const EntryDescriptor& entries) {
    DataBuilder builder;
    builder.structure(4)
        .double_long_unsigned(entries.from_entry)
        .double_long_unsigned(entries.to_entry)
        .long_unsigned(entries.from_selected_value)
        .long_unsigned(entries.to_selected_value);
    return builder.finish();
}

Result<Selected> selected_rows(const EntryDescriptor& entries, std::size_t rows) {
    if (entries.from_entry == 0) {
        return fail(ErrorCode::value_out_of_range, Layer::cosem);
    }
    const std::size_t first = entries.from_entry - 1;
    const std::size_t end =
        entries.to_entry == 0 ? rows : std::min<std::size_t>(entries.to_entry, rows);
    return first < end ? Selected{first, end - first} : Selected{};
}

Result<Selected> selected_columns(const EntryDescriptor& entries, std::size_t columns) {
    const std::size_t first =
        entries.from_selected_value == 0 ? 0 : entries.from_selected_value - std::size_t{1};
    const std::size_t end = entries.to_selected_value == 0
                                ? columns
                                : std::min<std::size_t>(entries.to_selected_value, columns);
    if (first >= end) {
        return fail(ErrorCode::value_out_of_range, Layer::cosem);
    }
    return Selected{first, end - first};
}

Result<std::vector<std::size_t>> selected_columns(const RangeDescriptor& range,
                                                  std::span<const CaptureObject> columns) {
    std::vector<std::size_t> places;
    if (range.selected_values.empty()) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            places.push_back(i);
        }
        return places;
    }
    for (const CaptureObject& object : range.selected_values) {
        const std::size_t place = place_of(object, columns);
        if (place == columns.size()) {
            return fail(ErrorCode::element_missing, Layer::cosem);
        }
        places.push_back(place);
    }
    return places;
}

Result<RangeFilter> RangeFilter::make(const RangeDescriptor& range,
                                      std::span<const CaptureObject> columns) {
    const std::size_t column = place_of(range.restricting_object, columns);
    if (column == columns.size()) {
        return fail(ErrorCode::element_missing, Layer::cosem);
    }
    const bool is_time = holds_date_time(range.restricting_object);
    if (!compare(range.from, range.to, is_time)) {
        return fail(ErrorCode::type_mismatch, Layer::cosem);
    }
    return RangeFilter(range, column, is_time);
}

bool RangeFilter::selects(const DataView& row) const {
    const auto value = row.element(column_);
    if (!value) {
        return false;
    }
    const Comparison to_first = compare(*value, range_->from, is_time_);
    const Comparison to_last = compare(*value, range_->to, is_time_);
    return to_first && to_last && *to_first >= 0 && *to_last <= 0;
}

void write_selected(DataBuilder& builder, const DataView& row,
                    std::span<const std::size_t> columns) {
    const Result<axdr::ElementRange> elements = row.elements();
    if (!elements) {
        builder.structure(columns.size());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            builder.null();
        }
        return;
    }
    const auto all = std::views::iota(std::size_t{0}, elements->size());
    if (row.is(axdr::Tag::structure) && std::ranges::equal(columns, all)) {
        builder.element(row);
        return;
    }
    builder.structure(columns.size());
    auto element = elements->begin();
    std::size_t place = 0;
    for (const std::size_t column : columns) {
        if (column < place) {  // a range may name them in any order
            element = elements->begin();
            place = 0;
        }
        for (; place < column && element != elements->end(); ++place) {
            ++element;
        }
        element != elements->end() ? builder.element(*element) : builder.null();
    }
}

}  // namespace dlms::cosem
