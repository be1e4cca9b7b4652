#include "stack/cosem/profile_buffer.hpp"

#include <algorithm>

#include "stack/axdr/compact_array.hpp"

namespace dlms::cosem {
namespace {

using axdr::DataView;
using axdr::Tag;

/// Beyond it no meter keeps time, and the year is far from the end of its range.
constexpr std::uint16_t last_year = 9999;
constexpr std::size_t date_time_width = 12;

bool is_delta(Tag tag) {
    return tag >= Tag::delta_integer && tag <= Tag::delta_double_long_unsigned;
}

/// A column's last value and a delta as Data of the value's type, put into `encoded`; returns its
/// octets. Errors: those of ProfileBufferReader::next().
Result<std::size_t> add(const DataView& value, const DataView& delta,
                        std::array<Byte, 14>& encoded) {
    const Tag tag = value.tag();
    const bool is_unsigned = tag == Tag::unsigned_ || tag == Tag::long_unsigned ||
                             tag == Tag::double_long_unsigned || tag == Tag::long64_unsigned;
    const bool is_signed =
        tag == Tag::integer || tag == Tag::long_ || tag == Tag::double_long || tag == Tag::long64;
    // Deltas have at most 32 bits.
    const auto difference = delta.signed_integer();
    if ((!is_unsigned && !is_signed) || !difference) {
        return fail(ErrorCode::unsupported_type, Layer::cosem);
    }
    const std::size_t width = axdr::fixed_width(tag);
    const auto spare = static_cast<unsigned>(64 - 8 * width);
    std::uint64_t bits = 0;
    bool fits = false;
    if (is_unsigned) {
        fits = !__builtin_add_overflow(value.unsigned_integer().value_or(0), *difference, &bits) &&
               bits << spare >> spare == bits;
    } else {
        std::int64_t sum = 0;
        fits = !__builtin_add_overflow(value.signed_integer().value_or(0), *difference, &sum);
        bits = static_cast<std::uint64_t>(sum);
        fits = fits && static_cast<std::int64_t>(bits << spare) >> spare == sum;
    }
    if (!fits) {
        return fail(ErrorCode::value_out_of_range, Layer::cosem);
    }
    encoded[0] = static_cast<Byte>(tag);
    for (std::size_t i = 0; i < width; ++i) {
        encoded[1 + i] = static_cast<Byte>(bits >> (8 * (width - 1 - i)));
    }
    return 1 + width;
}

/// The time in a value of a clock's column.
std::optional<DateTime> time_of(const DataView& value) {
    const auto octets = value.octets();
    if (!octets) {
        return std::nullopt;
    }
    const Result<DateTime> time = read_date_time(*octets);
    return time ? std::optional(*time) : std::nullopt;
}

/// The Data of a time, with the tag that the column has. Returns how many octets of `encoded` hold
/// it.
std::size_t encode_like(const DataView& model, const DateTime& time,
                        std::array<Byte, 14>& encoded) {
    const std::array<Byte, date_time_width> octets = encode(time);
    std::size_t head = 0;
    encoded[head++] = static_cast<Byte>(model.tag());
    if (model.is(Tag::octet_string)) {
        encoded[head++] = date_time_width;
    }
    std::ranges::copy(octets, encoded.begin() + static_cast<std::ptrdiff_t>(head));
    return head + octets.size();
}

}  // namespace

std::optional<DateTime> time_after(const DateTime& time, std::uint32_t period) {
    const std::optional<LocalSeconds> seconds = local_seconds(time);
    // A period is at most 136 years.
    if (!seconds || time.date.year > last_year) {
        return std::nullopt;
    }
    DateTime later = date_time_from_local(*seconds + period, time.deviation, time.status);
    later.time.hundredths = time.time.hundredths;
    if (time.date.day_of_week == Date::not_specified) {
        later.date.day_of_week = Date::not_specified;
    }
    return later;
}

Result<ProfileBufferReader> ProfileBufferReader::make(const DataView& buffer,
                                                      std::span<const CaptureObject> columns,
                                                      std::uint32_t capture_period) {
    ProfileBufferReader reader;
    DataView rows = buffer;
    if (const auto compact = buffer.compact_array()) {
        auto unrolled = compact->to_array();
        if (!unrolled) {
            return std::unexpected(unrolled.error());
        }
        reader.unrolled_ = std::move(*unrolled);
        rows = reader.unrolled_->view();
    }
    const auto elements = rows.elements();
    if (!rows.is(Tag::array) || !elements) {
        return fail(ErrorCode::type_mismatch, Layer::cosem);
    }
    // The octets of a Data stay where they are when it is moved: views of them stay good.
    reader.row_ = elements->begin();
    reader.left_ = elements->size();
    reader.capture_period_ = capture_period;
    reader.values_.resize(columns.size());
    reader.columns_.resize(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        reader.columns_[i].is_clock = is_clock(columns[i]);
    }
    return reader;
}

Result<std::span<const DataView>> ProfileBufferReader::next() {
    if (left_ == 0) {
        return std::span<const DataView>();
    }
    const DataView row = *row_;
    ++row_;
    --left_;
    const auto values = detail::members_of(row, columns_.size());
    if (!values) {
        return std::unexpected(values.error());
    }
    std::size_t index = 0;
    for (const DataView& value : *values) {
        std::array<Byte, 14> sum{};
        if (is_delta(value.tag())) {
            if (const auto added = add(values_[index], value, sum); !added) {
                delta_ = index;
                return std::unexpected(added.error());
            }
        }
        ++index;
    }
    index = 0;
    for (const DataView value : *values) {
        take(index++, value);
    }
    return std::span<const DataView>(values_);
}

void ProfileBufferReader::take(std::size_t index, const DataView& value) {
    Column& column = columns_[index];
    if (is_delta(value.tag())) {
        std::array<Byte, 14> sum{};
        const std::size_t size = add(values_[index], value, sum).value_or(0);
        column.encoded = sum;
        values_[index] =
            axdr::parse_data(ByteView(column.encoded).first(size)).value_or(DataView());
    } else if (!value.is_null()) {
        values_[index] = value;
        if (column.is_clock) {
            column.time = time_of(value);
        }
    } else if (column.is_clock && capture_period_ != 0) {
        derive(index);
    }
}

void ProfileBufferReader::derive(std::size_t index) {
    Column& column = columns_[index];
    column.time = column.time ? time_after(*column.time, capture_period_) : std::nullopt;
    if (!column.time) {
        values_[index] = DataView();
        return;
    }
    const std::size_t width = encode_like(values_[index], *column.time, column.encoded);
    values_[index] = axdr::parse_data(ByteView(column.encoded).first(width)).value_or(DataView());
}

ProfileRowCompressor::ProfileRowCompressor(std::span<const CaptureObject> columns,
                                           std::uint32_t capture_period)
    : capture_period_(capture_period), columns_(columns.size()) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns_[i].is_clock = is_clock(columns[i]);
    }
}

ByteView ProfileRowCompressor::restored(const Column& column, std::array<Byte, 14>& scratch) const {
    if (column.last.empty() || !column.is_clock || capture_period_ == 0) {
        return column.last;
    }
    const auto last = axdr::parse_data(column.last);
    const auto time = last ? time_of(*last) : std::nullopt;
    const auto later = time ? time_after(*time, capture_period_) : std::nullopt;
    if (!later) {
        return {};
    }
    return ByteView(scratch).first(encode_like(*last, *later, scratch));
}

void ProfileRowCompressor::write(axdr::DataBuilder& builder, std::span<const DataView> values) {
    builder.structure(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        Column& column = columns_[i];
        const DataView value = i < values.size() ? values[i] : DataView();
        std::array<Byte, 14> scratch{};
        const ByteView by_itself = restored(column, scratch);
        if (value.is_null() || std::ranges::equal(by_itself, value.encoded())) {
            builder.null();
            if (by_itself.data() == scratch.data() || by_itself.empty()) {
                column.last.assign(by_itself.begin(), by_itself.end());
            }
        } else {
            builder.element(value);
            column.last.assign(value.encoded().begin(), value.encoded().end());
        }
    }
}

}  // namespace dlms::cosem
