#include "render/json_clock.hpp"

#include <array>
#include <chrono>
#include <string>

namespace dlms::render {
namespace {

using cosem::DateTime;

/// 0000-01-01T00:00:00, the first second that a date-time has room for.
constexpr cosem::LocalSeconds first_second = -62'167'219'200;
/// 65535-01-01T00:00:00, the first second beyond it: 163 cycles of 400 years after the year 335.
constexpr cosem::LocalSeconds end_of_seconds =
    (std::chrono::sys_days(std::chrono::year(335) / 1 / 1).time_since_epoch().count() +
     163LL * 146'097) *
    86'400;

using Json = nlohmann::ordered_json;

template <std::size_t N>
ByteBuffer to_buffer(const std::array<Byte, N>& octets) {
    return {octets.begin(), octets.end()};
}

/// The local time that the text means on a clock with this deviation.
Result<DateTime> converted(const DateTime& written, std::int16_t deviation,
                           const LocalFromUtc& local_from_utc) {
    const std::optional<std::int64_t> instant = utc_seconds(written);
    if (!instant) {
        return written;  // local time already
    }
    cosem::LocalSeconds local = *instant;
    if (deviation != DateTime::deviation_not_specified) {
        local -= deviation * 60;
    } else if (local_from_utc) {
        local = local_from_utc(*instant);
    }
    if (local < first_second || local >= end_of_seconds) {
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
    // A stated offset of a time that is no instant cannot be converted, and stays.
    if (utc_seconds(written) || !written.has_deviation()) {
        value->deviation = present.deviation;
    }
    value->status = present.status;
    if (present.date.day_of_week == cosem::Date::not_specified) {
        value->date.day_of_week = cosem::Date::not_specified;
    }
    if (present.time.hundredths == cosem::Time::not_specified && value->time.hundredths == 0) {
        value->time.hundredths = cosem::Time::not_specified;
    }
    return value;
}

/// What the text of a clock leaves open.
struct ClockParts {
    std::uint8_t* day_of_week = nullptr;
    std::uint8_t* hundredths = nullptr;
    std::uint8_t* status = nullptr;
};

ClockParts parts_of(DateTime& value) {
    return {&value.date.day_of_week, &value.time.hundredths, &value.status};
}
ClockParts parts_of(cosem::Date& value) {
    return {&value.day_of_week, nullptr, nullptr};
}
ClockParts parts_of(cosem::Time& value) {
    return {nullptr, &value.hundredths, nullptr};
}

template <class Part>
void for_each_part(const ClockParts& parts, Part part) {
    part("day_of_week", parts.day_of_week);
    part("hundredths", parts.hundredths);
    part("status", parts.status);
}

std::string_view text_member(ClockForm form) {
    switch (form) {
        case ClockForm::date_time: return "date_time";
        case ClockForm::date: return "date";
        case ClockForm::time: return "time";
    }
    return {};
}

template <class T, class Parse>
std::optional<Json> exact_json(Result<T> value, ClockForm form, Parse parse) {
    if (!value) {
        return std::nullopt;
    }
    const std::string text = iso_text(*value);
    Result<T> read_back = parse(text);
    if (!read_back) {
        return std::nullopt;
    }
    if (*read_back == *value) {
        return Json(text);
    }
    Json object;
    object[text_member(form)] = text;
    const ClockParts meant = parts_of(*read_back);
    const std::array theirs{meant.day_of_week, meant.hundredths, meant.status};
    std::size_t index = 0;
    for_each_part(parts_of(*value), [&](const char* name, const std::uint8_t* part) {
        const std::uint8_t* other = theirs[index++];
        if (part != nullptr && *part != *other) {
            object[name] =
                *part == 0xFF && name != std::string_view("status") ? Json() : Json(*part);
        }
    });
    return object;
}

template <class T>
Result<ByteBuffer> with_parts(Result<T> value, const Json& object) {
    if (!value) {
        return std::unexpected(value.error());
    }
    std::size_t known = 1;
    bool is_good = true;
    for_each_part(parts_of(*value), [&](const char* name, std::uint8_t* part) {
        const auto member = object.find(name);
        if (part == nullptr || member == object.end()) {
            return;
        }
        ++known;
        const bool is_octet = member->is_number_integer() && *member >= 0 && *member <= 0xFF;
        if (member->is_null()) {
            *part = 0xFF;
        } else if (is_octet) {
            *part = member->get<std::uint8_t>();
        } else {
            is_good = false;
        }
    });
    if (!is_good || known != object.size()) {
        return fail(ErrorCode::invalid_text, Layer::cosem);
    }
    return to_buffer(encode(*value));
}

/// Checks what octets were put together of parts.
Result<ByteBuffer> checked(Result<ByteBuffer> octets, ClockForm form) {
    if (!octets) {
        return octets;
    }
    const auto verdict = [&octets](const auto& value) -> Result<ByteBuffer> {
        if (!value) {
            return std::unexpected(value.error());
        }
        return std::move(*octets);
    };
    switch (form) {
        case ClockForm::date_time: return verdict(cosem::read_date_time(*octets));
        case ClockForm::date: return verdict(cosem::read_date(*octets));
        case ClockForm::time: return verdict(cosem::read_time(*octets));
    }
    return octets;
}

}  // namespace

std::optional<ClockForm> clock_form(cosem::Meaning meaning) {
    switch (meaning) {
        case cosem::Meaning::date_time: return ClockForm::date_time;
        case cosem::Meaning::date: return ClockForm::date;
        case cosem::Meaning::time: return ClockForm::time;
        default: return std::nullopt;
    }
}

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
    const auto encoded = [](const auto& value) -> Result<ByteBuffer> {
        if (!value) {
            return std::unexpected(value.error());
        }
        return to_buffer(encode(*value));
    };
    if (form == ClockForm::date) {
        return encoded(cosem::date_from_text(text));
    }
    if (form == ClockForm::time) {
        return encoded(cosem::time_from_text(text));
    }
    Result<DateTime> value = cosem::date_time_from_text(text);
    if (value && present) {
        if (const Result<DateTime> shown = cosem::read_date_time(*present)) {
            value = in_convention_of(*shown, *value, local_from_utc);
        }
    }
    return encoded(value);
}

std::optional<nlohmann::ordered_json> exact_clock_json(ByteView octets, ClockForm form) {
    switch (form) {
        case ClockForm::date_time:
            return exact_json(cosem::read_date_time(octets), form, cosem::date_time_from_text);
        case ClockForm::date:
            return exact_json(cosem::read_date(octets), form, cosem::date_from_text);
        case ClockForm::time:
            return exact_json(cosem::read_time(octets), form, cosem::time_from_text);
    }
    return std::nullopt;
}

Result<ByteBuffer> clock_from_parts(const nlohmann::ordered_json& parts, ClockForm form) {
    const auto member = parts.find(text_member(form));
    const auto* text = member == parts.end() ? nullptr : member->get_ptr<const std::string*>();
    if (text == nullptr) {
        return fail(ErrorCode::invalid_text, Layer::cosem);
    }
    switch (form) {
        case ClockForm::date_time:
            return checked(with_parts(cosem::date_time_from_text(*text), parts), form);
        case ClockForm::date: return checked(with_parts(cosem::date_from_text(*text), parts), form);
        case ClockForm::time: return checked(with_parts(cosem::time_from_text(*text), parts), form);
    }
    return fail(ErrorCode::defect, Layer::cosem);
}

}  // namespace dlms::render
