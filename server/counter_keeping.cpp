#include "server/counter_keeping.hpp"

#include <filesystem>

#include "stack/base/random.hpp"
#include "store/drawn_title.hpp"

namespace dlms::service {

std::expected<CounterKeeping, std::string> keep_counters(const std::string& data_dir) {
    SystemRandom random;
    CounterKeeping keeping;
    if (data_dir.empty()) {
        if (const auto title = store::draw_title(random)) {
            keeping.own_title = *title;
        }
        keeping.counters = std::make_shared<client::ProcessCounters>();
        return keeping;
    }
    std::error_code error;
    if (std::filesystem::create_directories(data_dir, error); error) {
        return std::unexpected("DATA_DIR " + data_dir + ": " + error.message());
    }
    auto store =
        store::CounterStore::open((std::filesystem::path(data_dir) / "counters.db").string());
    if (!store) {
        return std::unexpected("DATA_DIR: " + store.error());
    }
    const auto title = (*store)->own_title(random);
    if (!title) {
        return std::unexpected("DATA_DIR " + data_dir + ": no system title could be kept there");
    }
    keeping.own_title = *title;
    const std::shared_ptr<store::CounterStore> kept = std::move(*store);
    keeping.outlook = [kept] { return kept->outlook().value_or(store::CounterOutlook{}); };
    keeping.counters = kept;
    keeping.outlives_process = true;
    return keeping;
}

}  // namespace dlms::service
