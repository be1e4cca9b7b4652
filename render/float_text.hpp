#pragma once
// Binary floats as decimal text, and a decimal point moved without arithmetic: no digit that the
// meter did not send appears.

#include <optional>
#include <string>
#include <string_view>

namespace dlms::render {

/// The shortest decimal text that reads back as the same number, its decimal point moved by
/// `scaler` places: value * 10^scaler. Nothing for NaN and infinity.
std::optional<std::string> float_text(float value, int scaler = 0);
std::optional<std::string> float_text(double value, int scaler = 0);

/// A JSON number as plain decimal digits without an exponent, for example "0.001". The number must
/// be finite.
std::string plain_decimal(double value);

/// The float nearest to a decimal text * 10^-scaler. Nothing when the text is not a decimal number,
/// or its number is too large.
std::optional<float> float32_from_text(std::string_view text, int scaler = 0);
std::optional<double> float64_from_text(std::string_view text, int scaler = 0);

}  // namespace dlms::render
