#pragma once

#include <memory>
#include <string>

#include "render/json_data.hpp"
#include "server/audit_trail.hpp"
#include "server/meter_actor.hpp"
#include "server/requests.hpp"

namespace dlms::service {

// POST /write: work for MeterActor.
struct WriteOrder {
    WriteRequest request;
    render::WriteOptions options;
    bool is_audited = false;
};

// The attributes that are written, and the value that was sent; no secret.
[[nodiscard]] AuditIntent write_intent(const WriteRequest& request, AuditCaller caller);

// Reads first what the form of the values depends on, then writes. To every meter of a line where
// the request says so; then none is asked and none answers.
asio::awaitable<CallOutcome<void>> write_attributes(MeterActor& actor,
                                                    std::shared_ptr<const WriteOrder> order,
                                                    AuditNotes& notes, Instant deadline);

}  // namespace dlms::service
