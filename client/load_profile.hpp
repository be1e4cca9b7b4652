#pragma once
// ProfileReader: the buffer of a profile generic (class 7; load profiles, event logs) as a table:
// columns with scaler and unit, rows by time, and which periods are missing.
//
// Rows are asked for by range, in the convention of the meter's own clock; where the meter refuses
// ranges by entry, and where it refuses these too as a whole. No answer is longer than the meter
// can make: what it refuses is asked for in smaller parts, and that is remembered.

#include <map>
#include <memory>

#include "client/learnt_limits.hpp"
#include "client/profile_clock.hpp"
#include "client/register_reader.hpp"

namespace dlms::client {

struct MeterProfile;

struct ProfileQuery {
    cosem::ObisCode profile{1, 0, 99, 1, 0, 255};
    TimeRange range;
    /// Of the values of all rows; beyond it the reading fails with unsupported and answer_too_long.
    std::size_t most_octets = std::size_t{16} * 1024 * 1024;
};

class ProfileReader {
public:
    /// All of these must outlive the reader and every call. What the meter refuses is noted in
    /// `limits`.
    ProfileReader(MeterClient& client, RegisterReader& registers, const MeterProfile& brand,
                  LearntLimits& limits)
        : client_(client), registers_(registers), brand_(brand), limits_(limits) {}

    /// `zone` is where the meter is. A profile without capture objects has no rows. The meter's
    /// refusals come as access_refused.
    asio::awaitable<Outcome<cosem::ProfileTable>> read(ProfileQuery query, cosem::LocalFromUtc zone,
                                                       Instant deadline);

    /// Forgets capture objects and periods, for example when they were written.
    void clear() { known_.clear(); }

private:
    struct Description {
        std::vector<cosem::CaptureObject> columns;
        std::uint32_t capture_period = 0;
    };

    asio::awaitable<Outcome<Description>> describe(cosem::ObisCode profile, Instant deadline);
    asio::awaitable<Outcome<std::uint32_t>> period_object(cosem::ObisCode profile,
                                                          Instant deadline);
    asio::awaitable<Outcome<bool>> holds_rows(cosem::ObisCode profile, Instant deadline);
    asio::awaitable<Outcome<cosem::ProfileTable>> read_rows(const ProfileQuery& query,
                                                            const Description& description,
                                                            const cosem::LocalFromUtc& zone,
                                                            Instant deadline);
    asio::awaitable<Outcome<ProfileClock>> read_clock(const Description& description,
                                                      const cosem::LocalFromUtc& zone,
                                                      Instant deadline);
    asio::awaitable<Outcome<void>> scale(const ProfileQuery& query, cosem::ProfileTable& table,
                                         Instant deadline);

    MeterClient& client_;
    RegisterReader& registers_;
    const MeterProfile& brand_;
    LearntLimits& limits_;
    std::map<cosem::ObisCode, Description> known_;
};

}  // namespace dlms::client
