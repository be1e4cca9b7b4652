#include "client/profile_reading.hpp"

#include <algorithm>

#include "client/request_items.hpp"
#include "stack/cosem/profile_selection.hpp"

namespace dlms::client {

using cosem::LocalSeconds;
using xdlms::ConformanceBit;

namespace {

constexpr std::uint16_t profile_class = 7;
/// 2000-01-01: the beginning of an open range.
constexpr LocalSeconds earliest = 946'684'800;
/// Octets that are asked for at once: more go in many blocks, and a break costs them all.
constexpr std::size_t octets_of_answer = 48 * 1024;
constexpr std::uint32_t most_rows_of_answer = 1000;
/// Rows that are read twice between two parts: a row that the meter captures meanwhile moves all
/// entries by one.
constexpr std::uint32_t overlap = 2;
constexpr std::int64_t margin = 2 * 3600;

enum class Judgement : std::uint8_t {
    fails,     ///< nothing else would do either
    too_much,  ///< a smaller part may do
    doubtful,  ///< too much, or this selection is not offered
};

Judgement judge(const Failure& failure) {
    using enum cosem::DataAccessResult;
    if (failure.code == FailureCode::timeout ||
        (failure.error && failure.error->code == ErrorCode::answer_too_long)) {
        return Judgement::too_much;
    }
    if (failure.code == FailureCode::service_refused) {
        return Judgement::doubtful;
    }
    if (!failure.access_result) {
        return Judgement::fails;
    }
    switch (*failure.access_result) {
        case data_block_unavailable:
        case long_get_aborted: return Judgement::too_much;
        case hardware_fault: return Judgement::fails;
        default: return Judgement::doubtful;
    }
}

/// Whether the meter would say the same tomorrow.
bool is_lasting(const Failure& failure) {
    return failure.access_result != cosem::DataAccessResult::temporary_failure;
}

/// More than a caller may have; unlike the meter's own too long answers.
Failure beyond_limit() {
    Failure failure = from_error(Error{ErrorCode::answer_too_long, Layer::client, 0});
    failure.code = FailureCode::unsupported;
    return failure;
}

bool is_beyond_limit(const Failure& failure) {
    return failure.code == FailureCode::unsupported && failure.error &&
           failure.error->code == ErrorCode::answer_too_long;
}

}  // namespace

ProfileReading::ProfileReading(const Subject& subject, ProfileLimits& limits)
    : subject_(subject),
      limits_(limits),
      clock_column_(ProfileRows::clock_column(subject.columns)),
      rows_(subject.columns, subject.capture_period, subject.query.most_octets) {}

bool ProfileReading::selects() const {
    const auto association = subject_.client.association();
    return association && (association->conformance.has(ConformanceBit::selective_access) ||
                           association->conformance.has(ConformanceBit::parameterized_access));
}

std::uint32_t ProfileReading::rows_of_answer() const {
    std::size_t octets = octets_of_answer;
    const auto association = subject_.client.association();
    if (association &&
        !association->conformance.has(ConformanceBit::block_transfer_with_get_or_read) &&
        !association->conformance.has(ConformanceBit::general_block_transfer)) {
        constexpr std::size_t usual_pdu = 1024;
        constexpr std::size_t around_it = 32;
        const std::size_t pdu = association->server_max_receive_pdu_size;
        octets = std::max(pdu == 0 ? usual_pdu : pdu, 2 * around_it) - around_it;
    }
    const auto rows = static_cast<std::uint32_t>(octets / rows_.octets_of_row());
    const std::uint32_t most = limits_.most_rows > 0
                                   ? std::min(limits_.most_rows, most_rows_of_answer)
                                   : most_rows_of_answer;
    return std::clamp(rows, 1U, most);
}

asio::awaitable<Outcome<void>> ProfileReading::run() {
    const ProfileLimits before = limits_;
    const auto connected = co_await subject_.client.connect(subject_.deadline);
    if (!connected) {
        co_return std::unexpected(connected.error());
    }
    Done done = false;
    const bool by_time = clock_column_ && !subject_.query.range.is_open();
    if (selects() && by_time && !limits_.refuses_ranges) {
        done = co_await read_ranges();
    }
    if (done && !*done && selects() && !limits_.refuses_entries) {
        rows_.clear();
        is_proven_ = false;
        done = co_await read_entries();
    }
    if (!done) {
        co_return std::unexpected(std::move(done.error()));
    }
    Outcome<void> whole;
    if (!*done) {
        rows_.clear();
        whole = co_await read_whole();
    }
    if (!whole && whole.error().code != FailureCode::connection_lost) {
        // It refuses everything: that says nothing of selections.
        limits_ = before;
    }
    co_return whole;
}

asio::awaitable<Outcome<std::size_t>> ProfileReading::read_part(std::uint8_t selector,
                                                                axdr::Data parameters,
                                                                ProfileRows& rows) {
    ReadRequest request;
    request.attribute = {profile_class, subject_.query.profile, 2};
    if (selector != 0) {
        request.selector = selector;
        request.selection_parameters = std::move(parameters);
    }
    const auto buffer = co_await subject_.client.read(std::move(request), subject_.deadline);
    if (!buffer) {
        co_return std::unexpected(buffer.error());
    }
    const auto taken = rows.take(buffer->view());
    if (!taken) {
        const bool is_too_long =
            taken.error().error && taken.error().error->code == ErrorCode::answer_too_long;
        co_return std::unexpected(is_too_long ? beyond_limit() : taken.error());
    }
    co_return *taken;
}

asio::awaitable<Outcome<void>> ProfileReading::read_whole() {
    const auto read = co_await read_part(0, axdr::Data(), rows_);
    if (!read) {
        co_return std::unexpected(read.error());
    }
    co_return Outcome<void>();
}

asio::awaitable<Outcome<std::uint32_t>> ProfileReading::entries_in_use() {
    ReadRequest request;
    request.attribute = {profile_class, subject_.query.profile, 7};
    const auto value = co_await subject_.client.read(std::move(request), subject_.deadline);
    if (!value) {
        if (concerns_the_item(value.error())) {
            co_return std::uint32_t{0};  // not known
        }
        co_return std::unexpected(value.error());
    }
    const auto number = value->view().unsigned_integer();
    co_return number && *number <= UINT32_MAX ? static_cast<std::uint32_t>(*number) : 0U;
}

// By range.

asio::awaitable<Outcome<std::size_t>> ProfileReading::read_range(LocalSpan span) {
    const auto from = encode(subject_.clock.written(span.from));
    const auto to = encode(subject_.clock.written(span.to));
    axdr::DataBuilder first;
    axdr::DataBuilder last;
    first.octet_string(from);
    last.octet_string(to);
    const auto from_value = first.finish();
    const auto to_value = last.finish();
    if (!from_value || !to_value) {
        co_return std::unexpected(from_error(Error{ErrorCode::defect, Layer::client, 0}));
    }
    const cosem::RangeDescriptor range{
        subject_.columns[*clock_column_], from_value->view(), to_value->view(), {}};
    auto parameters = cosem::to_data(range);
    if (!parameters) {
        co_return std::unexpected(from_error(parameters.error()));
    }
    const auto read = co_await read_part(cosem::range_selector, std::move(*parameters), rows_);
    co_return read;
}

asio::awaitable<ProfileReading::Done> ProfileReading::read_ranges() {
    const TimeRange& range = subject_.query.range;
    LocalSpan span = subject_.clock.span_of(range, earliest);
    if (span.from > span.to) {
        co_return true;
    }
    const std::uint32_t period = subject_.capture_period;
    if (period > 0) {
        const std::int64_t rows = span.seconds() / period + 1;
        if (rows > rows_of_answer()) {
            const auto narrowed = co_await narrow(
                span, static_cast<std::uint32_t>(std::min<std::int64_t>(rows, UINT32_MAX)));
            if (!narrowed) {
                co_return std::unexpected(narrowed.error());
            }
        }
    } else {
        in_one_ = true;
    }
    spans_.assign(1, span);
    while (!spans_.empty()) {
        LocalSpan next = spans_.back();
        spans_.pop_back();
        const std::int64_t longest = std::int64_t{rows_of_answer()} * period - 1;
        if (!in_one_ && next.seconds() > longest) {
            spans_.push_back({next.from + longest + 1, next.to});
            next.to = next.from + longest;
        }
        Done read = co_await read_span(next);
        if (!read || !*read) {
            co_return read;
        }
    }
    co_return true;
}

// A long range of which the meter may have only the end: not every empty part is asked for.
asio::awaitable<Outcome<void>> ProfileReading::narrow(LocalSpan& span,
                                                      std::uint32_t rows_expected) {
    const auto entries = co_await entries_in_use();
    if (!entries) {
        co_return std::unexpected(entries.error());
    }
    entries_ = *entries;
    const std::uint32_t rows = rows_of_answer();
    const bool is_open = !subject_.query.range.from;
    in_one_ = entries_ > 0 ? entries_ <= rows : is_open;
    if (in_one_ || rows_expected / rows <= entries_ / rows + 2) {
        co_return Outcome<void>();
    }
    const Done known = co_await narrow_to_ends(span);
    if (!known) {
        co_return std::unexpected(known.error());
    }
    in_one_ = !*known && is_open;
    co_return Outcome<void>();
}

asio::awaitable<ProfileReading::Done> ProfileReading::narrow_to_ends(LocalSpan& span) {
    if (entries_ == 0 || limits_.refuses_entries) {
        co_return false;
    }
    std::optional<LocalSeconds> least;
    std::optional<LocalSeconds> most;
    for (const std::uint32_t entry : {1U, entries_}) {
        const auto time = co_await time_of_entry(entry);
        if (!time && !concerns_the_item(time.error())) {
            co_return std::unexpected(time.error());
        }
        if (!time || !*time) {
            co_return false;
        }
        least = std::min(least.value_or(**time), **time);
        most = std::max(most.value_or(**time), **time);
    }
    span.from = std::max(span.from, *least - margin);
    span.to = std::min(span.to, *most + margin + subject_.capture_period);
    co_return true;
}

asio::awaitable<ProfileReading::Done> ProfileReading::read_span(LocalSpan span) {
    if (span.from > span.to) {
        co_return true;
    }
    const std::size_t before = rows_.size();
    const auto read = co_await read_range(span);
    if (!read) {
        Done taken = co_await take_refusal(span, read.error());
        co_return taken;
    }
    is_proven_ = true;
    const auto is_far = [&](const cosem::ProfileRow& row) {
        const auto local = row.time ? cosem::local_seconds(*row.time) : std::nullopt;
        return local && (*local < span.from - margin || *local > span.to + margin);
    };
    if (std::ranges::any_of(rows_.since(before), is_far)) {
        // It takes no notice of the range: this is the whole buffer.
        spans_.clear();
        if (before > 0) {
            rows_.clear();
            co_return false;
        }
    }
    co_return true;
}

asio::awaitable<ProfileReading::Done> ProfileReading::take_refusal(LocalSpan span,
                                                                   Failure failure) {
    const std::int64_t step = std::max<std::int64_t>(subject_.capture_period, 1);
    const bool is_one = span.seconds() < step;
    Judgement judgement = is_beyond_limit(failure) ? Judgement::fails : judge(failure);
    if (failure.code == FailureCode::timeout && std::exchange(has_timed_out_, true)) {
        judgement = Judgement::fails;
    }
    if (judgement == Judgement::doubtful && !is_proven_) {
        // The smallest range there is tells which it is.
        Outcome<std::size_t> probe = std::unexpected(failure);
        if (!is_one) {
            probe = co_await read_range({span.from, span.from + step - 1});
        }
        if (!probe && judge(probe.error()) == Judgement::fails) {
            co_return std::unexpected(probe.error());
        }
        if (!probe) {
            limits_.refuses_ranges = is_lasting(probe.error());
            co_return false;
        }
        is_proven_ = true;
        rows_.clear();
        judgement = Judgement::too_much;
    }
    if (judgement == Judgement::fails || is_one) {
        co_return std::unexpected(std::move(failure));
    }
    if (in_one_ && subject_.capture_period > 0) {
        const Done narrowed = co_await narrow_to_ends(span);
        if (!narrowed) {
            co_return std::unexpected(narrowed.error());
        }
        in_one_ = !*narrowed;
    }
    const LocalSeconds middle = span.from + span.seconds() / 2;
    if (subject_.capture_period > 0 && !in_one_) {
        limits_.most_rows = static_cast<std::uint32_t>(
            std::clamp<std::int64_t>((middle - span.from) / step, 1, most_rows_of_answer));
    }
    spans_.push_back({middle + 1, span.to});
    spans_.push_back({span.from, middle});
    co_return true;
}

// By entry.

asio::awaitable<Outcome<std::size_t>> ProfileReading::read_entry_range(std::uint32_t first,
                                                                       std::uint32_t last,
                                                                       ProfileRows& rows) {
    auto parameters = cosem::to_data(cosem::EntryDescriptor{first, last, 1, 0});
    if (!parameters) {
        co_return std::unexpected(from_error(parameters.error()));
    }
    const auto read = co_await read_part(cosem::entry_selector, std::move(*parameters), rows);
    co_return read;
}

asio::awaitable<Outcome<std::optional<LocalSeconds>>> ProfileReading::time_of_entry(
    std::uint32_t entry) {
    ProfileRows rows(subject_.columns, subject_.capture_period, subject_.query.most_octets);
    const auto read = co_await read_entry_range(entry, entry, rows);
    if (!read) {
        co_return std::unexpected(read.error());
    }
    const bool has_time = rows.size() == 1 && rows[0].time;
    co_return has_time ? cosem::local_seconds(*rows[0].time) : std::nullopt;
}

asio::awaitable<ProfileReading::Done> ProfileReading::read_entries() {
    const auto entries = co_await entries_in_use();
    if (!entries) {
        co_return std::unexpected(entries.error());
    }
    if (*entries <= rows_of_answer()) {
        co_return false;  // as a whole; or nobody knows how many there are
    }
    std::optional<LocalSeconds> ends[2];
    for (std::size_t end = 0; end < 2; ++end) {
        const auto time = co_await time_of_entry(end == 0 ? 1U : *entries);
        if (!time && judge(time.error()) == Judgement::doubtful) {
            limits_.refuses_entries = is_lasting(time.error());
            co_return false;
        }
        if (!time) {
            co_return std::unexpected(time.error());
        }
        ends[end] = *time;
    }
    is_proven_ = true;
    const bool newest_first = ends[0] && ends[1] && *ends[0] > *ends[1];
    std::uint32_t first = 1;
    std::uint32_t last = *entries;
    const TimeRange& range = subject_.query.range;
    if (clock_column_ && !range.is_open() && ends[0] && ends[1]) {
        const LocalSpan span = subject_.clock.span_of(range, earliest);
        const auto from =
            co_await first_entry(*entries, newest_first, newest_first ? span.to : span.from);
        if (!from) {
            co_return std::unexpected(from.error());
        }
        const auto behind = co_await first_entry(*entries, newest_first,
                                                 newest_first ? span.from - 1 : span.to + 1);
        if (!behind) {
            co_return std::unexpected(behind.error());
        }
        if (*from && *behind) {
            first = **from > overlap ? **from - overlap : 1;
            last = std::min(**behind + overlap, *entries);
        }
    }
    Done read = co_await read_window(first, last, newest_first);
    co_return read;
}

// The first entry whose time is not before `bound` (with the newest first: not behind it), by
// halving; `count` + 1 if there is none, and nothing where an entry has no time.
asio::awaitable<Outcome<std::optional<std::uint32_t>>> ProfileReading::first_entry(
    std::uint32_t count, bool newest_first, LocalSeconds bound) {
    std::uint32_t low = 1;
    std::uint32_t high = count + 1;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        const auto time = co_await time_of_entry(middle);
        if (!time) {
            co_return std::unexpected(time.error());
        }
        if (!*time) {
            co_return std::optional<std::uint32_t>();
        }
        const bool reached = newest_first ? **time <= bound : **time >= bound;
        if (reached) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    co_return std::optional(low);
}

asio::awaitable<ProfileReading::Done> ProfileReading::read_window(std::uint32_t first,
                                                                  std::uint32_t last,
                                                                  bool newest_first) {
    // In the order of their capture: where the newest is first, from the end of the window.
    while (first <= last) {
        const std::uint32_t count = std::min(rows_of_answer(), last - first + 1);
        const std::uint32_t begin = newest_first ? last - count + 1 : first;
        const auto read = co_await read_entry_range(begin, begin + count - 1, rows_);
        if (!read) {
            const bool fails =
                is_beyond_limit(read.error()) || judge(read.error()) == Judgement::fails ||
                count == 1 ||
                (read.error().code == FailureCode::timeout && std::exchange(has_timed_out_, true));
            if (fails) {
                co_return std::unexpected(read.error());
            }
            limits_.most_rows = std::max(count / 2, 1U);
            continue;
        }
        const std::uint32_t again = count > 2 * overlap && begin + count - 1 < last ? overlap : 0;
        if (newest_first) {
            last = begin - 1 + (begin > first && count > 2 * overlap ? overlap : 0);
        } else {
            first = begin + count - again;
        }
    }
    co_return true;
}

}  // namespace dlms::client
