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
    /// Exactly the word, if it stands next.
    bool accept_word(std::string_view word) {
        if (!failed_ && text_.substr(position_).starts_with(word)) {
            position_ += word.size();
            return true;
        }
        return false;
    }
    /// As number(), or "*" for a part that is not specified.
    std::uint8_t part(unsigned low, unsigned high) {
        return accept('*') ? Date::not_specified : static_cast<std::uint8_t>(number(2, low, high));
    }
    /// Four digits, or the five of a year above 9999, or "*".
    std::uint16_t year() {
        if (accept('*')) {
            return Date::year_not_specified;
        }
        const std::size_t end = text_.find_first_not_of("0123456789", position_);
        const std::size_t width = end == std::string_view::npos ? 4 : end - position_;
        return static_cast<std::uint16_t>(number(width == 5 ? 5 : 4, 0, 65'534));
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

Date scan_date(Scanner& scanner) {
    Date date;
    date.year = scanner.year();
    scanner.expect('-');
    date.month = scanner.accept_word("dst-begin") ? Date::month_daylight_savings_begin
                 : scanner.accept_word("dst-end") ? Date::month_daylight_savings_end
                                                  : scanner.part(1, 12);
    scanner.expect('-');
    const std::size_t day_position = scanner.position();
    date.day_of_month = scanner.accept_word("last-1") ? Date::second_last_day
                        : scanner.accept_word("last") ? Date::last_day
                                                      : scanner.part(1, 31);
    // The octet form knows which days each month has.
    if (scanner.ok() && !read_date(encode(date))) {
        scanner.fail(ErrorCode::value_out_of_range, day_position);
    }
    DateTime midnight{date, {0, 0, 0, 0}};
    if (const auto seconds = local_seconds(midnight)) {
        date.day_of_week = date_time_from_local(*seconds).date.day_of_week;
    }
    return date;
}

Time scan_time(Scanner& scanner) {
    Time time;
    time.hour = scanner.part(0, 23);
    scanner.expect(':');
    time.minute = scanner.part(0, 59);
    time.second = 0;
    time.hundredths = 0;
    if (scanner.accept(':')) {
        time.second = scanner.part(0, 59);
        if (time.second == Time::not_specified) {
            time.hundredths = Time::not_specified;
        }
        if (scanner.accept('.') || scanner.accept(',')) {
            time.hundredths = static_cast<std::uint8_t>(scanner.hundredths());
        }
    }
    return time;
}

template <class T>
Result<T> finish(Scanner& scanner, const T& value) {
    if (scanner.ok() && !scanner.at_end()) {
        scanner.fail(ErrorCode::invalid_text, scanner.position());
    }
    if (!scanner.ok()) {
        return scanner.failure();
    }
    return value;
}

}  // namespace

Result<Date> date_from_text(std::string_view text) {
    Scanner scanner(text);
    const Date value = scan_date(scanner);
    return finish(scanner, value);
}

Result<Time> time_from_text(std::string_view text) {
    Scanner scanner(text);
    const Time value = scan_time(scanner);
    return finish(scanner, value);
}

Result<DateTime> date_time_from_text(std::string_view text) {
    Scanner scanner(text);
    DateTime value;
    value.date = scan_date(scanner);
    if (!scanner.accept(' ') && !scanner.accept('t')) {
        scanner.expect('T');
    }
    value.time = scan_time(scanner);
    value.deviation = scanner.ok() ? scan_offset(scanner) : DateTime::deviation_not_specified;
    value.status = 0;
    return finish(scanner, value);
}

Result<DateTime> date_time_from_iso(std::string_view text) {
    Result<DateTime> value = date_time_from_text(text);
    if (value && (value->date.year > 9999 || !value->is_specified())) {
        return fail(ErrorCode::invalid_text, Layer::cosem,
                    text.find('*') < text.size() ? text.find('*') : 0);
    }
    return value;
}

}  // namespace dlms::cosem
