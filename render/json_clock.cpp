#include "render/json_clock.hpp"

#include <string>

namespace dlms::render {
namespace {

using cosem::DateTime;

/// 0000-01-01T00:00:00, the first second that a date-time has room for.
constexpr cosem::LocalSeconds first_second = -62'167'219'200;

template <std::size_t N>
ByteBuffer to_buffer(const std::array<Byte, N>& octets) {
    return {octets.begin(), octets.end()};
}

/// The local time that the text means on a clock with this deviation.
Result<DateTime> converted(const DateTime& written, std::int16_t deviation,
                           const LocalFromUtc& local_from_utc) {
    const std::optional<std::int64_t> instant = utc_seconds(written);
    if (!instant) {
        return written;  // no offset: local time already
    }
    cosem::LocalSeconds local = *instant;
    if (deviation != DateTime::deviation_not_specified) {
        local -= deviation * 60;
    } else if (local_from_utc) {
        local = local_from_utc(*instant);
    }
    if (local < first_second) {
        return fail(ErrorCode::value_out_of_range, Layer::cosem);
    }
    DateTime value = cosem::date_time_from_local(local);
    value.time.hundredths = written.time.hundredths;
    return value;
}

Result<DateTime> in_convention_of(const DateTime& present, const DateTime& written,
                                  const LocalFromUtc& local_from_utc) {
    Result<DateTime> value = converted(written, present.deviation, local_from_utc);
    if (!value) {
        return value;
    }
    value->deviation = present.deviation;
    value->status = present.status;
    if (present.date.day_of_week == cosem::Date::not_specified) {
        value->date.day_of_week = cosem::Date::not_specified;
    }
    if (present.time.hundredths == cosem::Time::not_specified && value->time.hundredths == 0) {
        value->time.hundredths = cosem::Time::not_specified;
    }
    return value;
}

}  // namespace

std::string_view clock_example(ClockForm form) {
    switch (form) {
        case ClockForm::date_time: return "2026-11-23T09:30:00 or 2026-11-23T09:30:00+01:00";
        case ClockForm::date: return "2026-11-23";
        case ClockForm::time: return "09:30:00";
    }
    return {};
}

Result<ByteBuffer> clock_from_iso(std::string_view text, ClockForm form,
                                  const std::optional<ByteView>& present,
                                  const LocalFromUtc& local_from_utc) {
    std::string whole(text);
    if (form == ClockForm::date) {
        whole += "T00:00:00";
    } else if (form == ClockForm::time) {
        whole.insert(0, "2000-01-01T");
    }
    Result<DateTime> value = cosem::date_time_from_iso(whole);
    if (!value) {
        return std::unexpected(value.error());
    }
    if (form == ClockForm::date) {
        return to_buffer(encode(value->date));
    }
    if (form == ClockForm::time) {
        return value->has_deviation()
                   ? Result<ByteBuffer>(fail(ErrorCode::invalid_text, Layer::cosem))
                   : to_buffer(encode(value->time));
    }
    if (present) {
        if (const Result<DateTime> shown = cosem::read_date_time(*present)) {
            value = in_convention_of(*shown, *value, local_from_utc);
        }
    }
    if (!value) {
        return std::unexpected(value.error());
    }
    return to_buffer(encode(*value));
}

}  // namespace dlms::render
