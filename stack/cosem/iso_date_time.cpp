#include "stack/cosem/date_time.hpp"

namespace dlms::cosem {
namespace {

/// A text read from left to right; sticky like Reader.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool ok() const { return !failed_; }
    std::unexpected<Error> failure() const { return dlms::fail(code_, Layer::cosem, where_); }
    void fail(ErrorCode code, std::size_t where) {
        if (!failed_) {
            failed_ = true;
            code_ = code;
            where_ = where;
        }
    }
    bool at_end() const { return position_ == text_.size(); }
    std::size_t position() const { return position_; }

    /// Exactly `width` digits whose number lies in [low, high].
    unsigned number(std::size_t width, unsigned low, unsigned high) {
        const std::size_t start = position_;
        unsigned value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            if (at_end() || text_[position_] < '0' || text_[position_] > '9') {
                fail(ErrorCode::invalid_text, position_);
                return low;
            }
            value = value * 10 + static_cast<unsigned>(text_[position_++] - '0');
        }
        if (value < low || value > high) {
            fail(ErrorCode::value_out_of_range, start);
            return low;
        }
        return value;
    }
    bool accept(char c) {
        if (!failed_ && !at_end() && text_[position_] == c) {
            ++position_;
            return true;
        }
        return false;
    }
    void expect(char c) {
        if (!accept(c)) {
            fail(ErrorCode::invalid_text, position_);
        }
    }
    /// Digits of a fraction of a second; the first two count.
    unsigned hundredths() {
        unsigned value = 0;
        std::size_t digits = 0;
        while (!at_end() && text_[position_] >= '0' && text_[position_] <= '9') {
            if (digits < 2) {
                value = value * 10 + static_cast<unsigned>(text_[position_] - '0');
            }
            ++digits;
            ++position_;
        }
        if (digits == 0) {
            fail(ErrorCode::invalid_text, position_);
        }
        return digits == 1 ? value * 10 : value;
    }

private:
    std::string_view text_;
    std::size_t position_ = 0;
    std::size_t where_ = 0;
    ErrorCode code_{};
    bool failed_ = false;
};

std::int16_t scan_offset(Scanner& scanner) {
    if (scanner.at_end()) {
        return DateTime::deviation_not_specified;
    }
    if (scanner.accept('Z') || scanner.accept('z')) {
        return 0;
    }
    const bool east = scanner.accept('+');
    if (!east) {
        scanner.expect('-');
    }
    const unsigned hours = scanner.number(2, 0, 14);
    scanner.accept(':');
    const unsigned minutes = scanner.number(2, 0, 59);
    const auto offset = static_cast<std::int16_t>(hours * 60 + minutes);
    if (offset > 840) {
        scanner.fail(ErrorCode::value_out_of_range, scanner.position());
    }
    return static_cast<std::int16_t>(east ? -offset : offset);
}

}  // namespace

Result<DateTime> date_time_from_iso(std::string_view text) {
    Scanner scanner(text);
    DateTime value;
    value.date.year = static_cast<std::uint16_t>(scanner.number(4, 0, 9999));
    scanner.expect('-');
    value.date.month = static_cast<std::uint8_t>(scanner.number(2, 1, 12));
    scanner.expect('-');
    const std::size_t day_position = scanner.position();
    value.date.day_of_month = static_cast<std::uint8_t>(scanner.number(2, 1, 31));
    if (!scanner.accept(' ') && !scanner.accept('t')) {
        scanner.expect('T');
    }
    value.time.hour = static_cast<std::uint8_t>(scanner.number(2, 0, 23));
    scanner.expect(':');
    value.time.minute = static_cast<std::uint8_t>(scanner.number(2, 0, 59));
    value.time.second = 0;
    value.time.hundredths = 0;
    if (scanner.accept(':')) {
        value.time.second = static_cast<std::uint8_t>(scanner.number(2, 0, 59));
        if (scanner.accept('.') || scanner.accept(',')) {
            value.time.hundredths = static_cast<std::uint8_t>(scanner.hundredths());
        }
    }
    value.deviation = scanner.ok() ? scan_offset(scanner) : DateTime::deviation_not_specified;
    value.status = 0;
    if (scanner.ok() && !scanner.at_end()) {
        scanner.fail(ErrorCode::invalid_text, scanner.position());
    }
    if (!scanner.ok()) {
        return scanner.failure();
    }
    // The octet form knows which days each month has, and the day of the week follows.
    if (!read_date(encode(value.date))) {
        return fail(ErrorCode::value_out_of_range, Layer::cosem, day_position);
    }
    value.date.day_of_week = date_time_from_local(*local_seconds(value)).date.day_of_week;
    return value;
}

}  // namespace dlms::cosem
