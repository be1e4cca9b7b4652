#pragma once
// ProfileReading: one reading of a profile's buffer: by range, by entry or as a whole (for
// load_profile.cpp).

#include "client/load_profile.hpp"
#include "client/profile_rows.hpp"

namespace dlms::client {

class ProfileReading {
public:
    /// All of it must outlive the reading.
    struct Subject {
        MeterClient& client;
        const ProfileQuery& query;
        std::span<const cosem::CaptureObject> columns;
        std::uint32_t capture_period = 0;
        const ProfileClock& clock;
        Instant deadline;
    };

    /// Notes in `limits` what the meter refuses.
    ProfileReading(const Subject& subject, ProfileLimits& limits);

    /// Reads all rows of the range, and perhaps some beside it.
    asio::awaitable<Outcome<void>> run();

    ProfileRows& rows() { return rows_; }

private:
    /// Whether rows were read; false: the meter refuses this kind of selection.
    using Done = Outcome<bool>;

    asio::awaitable<Done> read_ranges();
    asio::awaitable<Outcome<void>> narrow(LocalSpan& span, std::uint32_t rows_expected);
    /// To the times of the first and the last entry. False: these are not known.
    asio::awaitable<Done> narrow_to_ends(LocalSpan& span);
    asio::awaitable<Done> read_span(LocalSpan span);
    /// What follows from the refusal of a span: true: it was put back in parts.
    asio::awaitable<Done> take_refusal(LocalSpan span, Failure failure);
    asio::awaitable<Done> read_entries();
    asio::awaitable<Done> read_window(std::uint32_t first, std::uint32_t last, bool newest_first);
    asio::awaitable<Outcome<std::optional<std::uint32_t>>> first_entry(std::uint32_t count,
                                                                       bool newest_first,
                                                                       cosem::LocalSeconds bound);
    asio::awaitable<Outcome<void>> read_whole();

    asio::awaitable<Outcome<std::uint32_t>> entries_in_use();
    asio::awaitable<Outcome<std::optional<cosem::LocalSeconds>>> time_of_entry(std::uint32_t entry);
    asio::awaitable<Outcome<std::size_t>> read_part(std::uint8_t selector, axdr::Data parameters,
                                                    ProfileRows& rows);
    asio::awaitable<Outcome<std::size_t>> read_entry_range(std::uint32_t first, std::uint32_t last,
                                                           ProfileRows& rows);
    asio::awaitable<Outcome<std::size_t>> read_range(LocalSpan span);
    std::uint32_t rows_of_answer() const;
    bool selects() const;

    const Subject& subject_;
    ProfileLimits& limits_;
    std::optional<std::size_t> clock_column_;
    ProfileRows rows_;
    std::vector<LocalSpan> spans_;  ///< that are left, the next one last
    /// An answer to the present kind of selection has come.
    bool is_proven_ = false;
    bool has_timed_out_ = false;
    /// The whole range is asked for at once.
    bool in_one_ = false;
    std::uint32_t entries_ = 0;  ///< in use; 0: not known
};

}  // namespace dlms::client
