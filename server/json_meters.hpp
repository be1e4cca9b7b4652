#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/learnt_limits.hpp"
#include "server/json_requests.hpp"
#include "server/meter_register.hpp"

namespace dlms::service {

// The registry of meters as JSON and CSV. A meter has the fields of a /connect; its secrets are
// taken and never shown.

// POST /meters, and PUT /meters/{meter_number}, where the path names the meter.
[[nodiscard]] Parsed<MeterEntry> parse_meter(const HttpRequest& request);

// A row of POST /meters/import: a meter, or the errors as JSON text.
struct ImportRow {
    std::string meter_number;
    std::expected<MeterEntry, std::string> entry;
};
[[nodiscard]] Parsed<std::vector<ImportRow>> parse_import(const HttpRequest& request);

// Where GET /meters begins and how many it shows.
struct MeterPage {
    std::string after;
    std::size_t most = 100;
};
[[nodiscard]] Parsed<MeterPage> parse_page(const HttpRequest& request);

// The number of the meter in the body of a /connect; empty where it cannot be told.
[[nodiscard]] std::string meter_number_of(const HttpRequest& request);
// POST /connect of a meter that the registry has: what the body leaves out is the registry's.
[[nodiscard]] Parsed<ConnectRequest> parse_connect(const HttpRequest& request,
                                                   const store::MeterRecord& record);

// The parameters of a record, without secrets; nothing where they are damaged.
[[nodiscard]] std::optional<ConnectRequest> request_of_record(const store::MeterRecord& record);
[[nodiscard]] std::string learnt_text(const client::LearntLimits& limits);
[[nodiscard]] client::LearntLimits learnt_of(const std::string& text);

// Where meters and their secrets are kept.
struct RegisterState {
    bool outlives_process = false;
    bool keeps_secrets = false;
    std::size_t size = 0;
};
[[nodiscard]] HttpAnswer meter_answer(int status, const StoredMeter& meter,
                                      const RegisterState& state);
[[nodiscard]] HttpAnswer meters_answer(const std::vector<StoredMeter>& meters,
                                       const MeterPage& page, const RegisterState& state);
[[nodiscard]] HttpAnswer removed_answer(const std::string& meter_number);
// 409.
[[nodiscard]] HttpAnswer meter_exists_answer(const std::string& meter_number);
// 404.
[[nodiscard]] HttpAnswer unregistered_answer(const std::string& meter_number);

struct ImportOutcome {
    std::size_t created = 0;
    std::size_t updated = 0;
    // Number of the row from 1, and why it failed, as JSON text.
    std::vector<std::pair<std::size_t, std::string>> failed;
};
// Why a row failed for another reason than its fields.
[[nodiscard]] std::string row_fault(std::string_view message, std::string_view type);
[[nodiscard]] HttpAnswer import_answer(const std::vector<ImportRow>& rows,
                                       const ImportOutcome& outcome);

// Everything that the registry has, part by part.
class MeterExport {
public:
    explicit MeterExport(bool as_csv);
    void add(const StoredMeter& meter);
    [[nodiscard]] HttpAnswer answer();

private:
    bool as_csv_;
    bool is_first_ = true;
    std::string text_;
};

// Whether a request asks for CSV: by `format`, or by Accept.
[[nodiscard]] Parsed<bool> asks_for_csv(const HttpRequest& request);

}  // namespace dlms::service
