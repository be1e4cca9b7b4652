#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/durable_counters.hpp"
#include "store/counter_store.hpp"

namespace dlms::service {

// Where invocation counters are kept, and the system title that they go with.
struct CounterKeeping {
    std::shared_ptr<client::DurableCounters> counters;
    std::optional<security::SystemTitle> own_title;
    // How far the counters have come; empty where nothing is kept.
    std::function<store::CounterOutlook()> outlook;
    // The counters are there again when the service is started again.
    bool outlives_process = false;
};

// In counters.db of the folder, which is made if need be, with the title of the file. Without a
// folder: in memory, with a new title each time. The error is a sentence for people.
[[nodiscard]] std::expected<CounterKeeping, std::string> keep_counters(const std::string& data_dir);

}  // namespace dlms::service
