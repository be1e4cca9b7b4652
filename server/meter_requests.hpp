#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stack/axdr/tag.hpp"
#include "stack/cosem/date_time.hpp"
#include "stack/cosem/descriptor.hpp"

namespace dlms::service {

// [from, to): with an offset an instant, without one the meter's local time; empty: open.
struct TimeWindow {
    std::optional<cosem::DateTime> from;
    std::optional<cosem::DateTime> to;
};

// POST /load-profile.
struct ProfileRequest {
    std::string meter_number;
    std::string obis_text;
    cosem::ObisCode profile;
    TimeWindow window;
    bool as_csv = false;
};

// GET /meters/{meter_number}/objects.
struct ObjectsRequest {
    std::string meter_number;
    bool refresh = false;
    std::optional<std::uint16_t> class_id;  // those of one class only
};

// POST /meters/{meter_number}/actions. `value` is the JSON text as it was sent; empty: none.
struct ActionRequest {
    std::string meter_number;
    std::string obis_text;
    cosem::MethodDescriptor method;
    std::string value;
    std::optional<axdr::Tag> data_type;
    bool broadcast = false;  // to every meter of the line; nobody answers
};

// GET and POST /meters/{meter_number}/clock.
struct ClockRequest {
    std::string meter_number;
    cosem::ObisCode clock{0, 0, 1, 0, 0, 255};
    std::string time;  // ISO 8601; empty: the service's time
};

// GET and POST /meters/{meter_number}/relay.
struct RelayRequest {
    enum class Command : std::uint8_t { disconnect, reconnect };

    std::string meter_number;
    cosem::ObisCode relay{0, 0, 96, 3, 10, 255};
    Command command = Command::disconnect;
};

// POST /meters/{meter_number}/token.
struct TokenRequest {
    std::string meter_number;
    std::string digits;  // 20
    // In place of the brand's.
    std::optional<std::uint16_t> class_id;
    std::optional<cosem::ObisCode> instance;
    std::optional<bool> as_bcd;
};

// GET /meters/{meter_number}/events.
struct EventsRequest {
    std::string meter_number;
    std::vector<cosem::ObisCode> logs;  // empty: all that the object list has
    TimeWindow window;
};

}  // namespace dlms::service
