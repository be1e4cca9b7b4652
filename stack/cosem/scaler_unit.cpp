#include "stack/cosem/scaler_unit.hpp"

#include <limits>

namespace dlms::cosem {
namespace {

/// Appends a digit; false when 64 bits do not hold the result.
bool append_digit(std::uint64_t& value, unsigned digit) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    if (value > most / 10 || value * 10 > most - digit) {
        return false;
    }
    value = value * 10 + digit;
    return true;
}

}  // namespace

Result<ScalerUnit> read_scaler_unit(const axdr::DataView& data) {
    const Result<axdr::DataView> scaler = data.element(0);
    if (!scaler) {
        return std::unexpected(scaler.error());
    }
    const Result<axdr::DataView> unit = data.element(1);
    if (!unit) {
        return std::unexpected(unit.error());
    }
    if (!scaler->is(axdr::Tag::integer) || !unit->is(axdr::Tag::enum_)) {
        return fail(ErrorCode::type_mismatch, Layer::cosem);
    }
    return ScalerUnit{static_cast<std::int8_t>(*scaler->signed_integer()),
                      static_cast<Unit>(*unit->unsigned_integer())};
}

Result<ExactInteger> read_exact_integer(const axdr::DataView& data) {
    if (const Result<std::uint64_t> value = data.unsigned_integer()) {
        return ExactInteger{false, *value};
    }
    const Result<std::int64_t> value = data.signed_integer();
    if (!value) {
        return std::unexpected(value.error());
    }
    return ExactInteger{true, std::uint64_t{0} - static_cast<std::uint64_t>(*value)};
}

std::string decimal_text(ExactInteger raw, int scaler) {
    std::string digits = std::to_string(raw.magnitude);
    if (scaler > 0 && raw.magnitude != 0) {
        digits.append(static_cast<std::size_t>(scaler), '0');
    } else if (scaler < 0) {
        const auto decimals = static_cast<std::size_t>(-scaler);
        if (digits.size() <= decimals) {
            digits.insert(0, decimals + 1 - digits.size(), '0');
        }
        digits.insert(digits.size() - decimals, 1, '.');
    }
    if (raw.negative) {
        digits.insert(0, 1, '-');
    }
    return digits;
}

Result<ExactInteger> raw_from_decimal(std::string_view text, int scaler) {
    ExactInteger raw;
    std::size_t i = 0;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) {
        raw.negative = text[i] == '-';
        ++i;
    }
    bool point = false;
    bool digits = false;
    int decimals = 0;       // digits behind the point
    int pending_zeros = 0;  // zeros that count only when another digit follows
    const auto out_of_range = [&i] { return fail(ErrorCode::value_out_of_range, Layer::cosem, i); };
    for (; i < text.size(); ++i) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') {
            return fail(ErrorCode::invalid_text, Layer::cosem, i);
        }
        digits = true;
        decimals += point ? 1 : 0;
        if (text[i] == '0') {
            ++pending_zeros;
            continue;
        }
        for (; pending_zeros > 0; --pending_zeros) {
            if (!append_digit(raw.magnitude, 0)) {
                return out_of_range();
            }
        }
        if (!append_digit(raw.magnitude, static_cast<unsigned>(text[i] - '0'))) {
            return out_of_range();
        }
    }
    if (!digits) {
        return fail(ErrorCode::invalid_text, Layer::cosem, i);
    }
    // value = magnitude * 10^(pending_zeros - decimals) = raw * 10^scaler
    const int exponent = pending_zeros - decimals - scaler;
    for (int shift = exponent; shift > 0 && raw.magnitude != 0; --shift) {
        if (!append_digit(raw.magnitude, 0)) {
            return out_of_range();
        }
    }
    for (int shift = exponent; shift < 0 && raw.magnitude != 0; ++shift) {
        if (raw.magnitude % 10 != 0) {
            return out_of_range();
        }
        raw.magnitude /= 10;
    }
    raw.negative = raw.negative && raw.magnitude != 0;
    return raw;
}

}  // namespace dlms::cosem
