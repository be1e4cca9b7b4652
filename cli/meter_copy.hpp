#pragma once
// MeterCopier: reads what a meter has, object by object, over a line that may fail meanwhile.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <asio/awaitable.hpp>

#include "cli/object_rights.hpp"
#include "client/load_profile.hpp"
#include "client/meter_client.hpp"
#include "client/meter_parameters.hpp"
#include "client/meter_profile.hpp"
#include "stack/cosem/profile_selection.hpp"

namespace dlms::cli {

struct CopiedAttribute {
    enum class State : std::uint8_t {
        read,
        not_readable,  ///< the object list says so; nobody asked
        secret,        ///< a password or a key: nobody asked
        refused,       ///< the meter says no, `failure` how
        unanswered,    ///< asked in vain, `failure` why
    };

    ListedAttribute listed;
    State state = State::not_readable;
    axdr::Data value{};  ///< of `read`; of a profile's buffer null-data
    std::optional<client::Failure> failure = std::nullopt;
};

struct CopiedObject {
    ListedObject listed;
    std::vector<CopiedAttribute> attributes;
    /// Of a profile, in the order of their capture, each a structure.
    std::vector<axdr::Data> rows;

    /// The value of an attribute that was read; null-data for any other. Valid as long as the
    /// object.
    axdr::DataView value(std::int8_t id) const;
};

struct MeterCopy {
    client::AssociationInfo association;
    std::vector<CopiedObject> objects;
    std::size_t listed = 0;          ///< objects in the meter's list
    std::size_t without_rights = 0;  ///< see ObjectList
    /// Why the rest was not read.
    std::optional<client::Failure> ended_by;

    std::size_t count(CopiedAttribute::State state) const;
};

/// Which rows of profiles are copied.
struct RowChoice {
    std::uint32_t newest = 0;  ///< so many; 0: see `range`
    client::TimeRange range;   ///< open: none
    cosem::LocalFromUtc zone;  ///< where the meter is, for `range`
};

class MeterCopier {
public:
    /// Gets a sentence for people.
    using Note = std::function<void(const std::string&)>;
    /// Gets how many objects of how many are done.
    using Progress = std::function<void(std::size_t done, std::size_t total)>;
    struct Reports {
        Note note;
        Progress progress;
    };

    /// All of it must outlive the copier.
    MeterCopier(client::MeterClient& meter, const client::MeterParameters& parameters,
                const client::MeterProfile& brand, const Reports& reports)
        : meter_(meter), parameters_(parameters), brand_(brand), reports_(reports) {}

    /// A failure where there is no object list. What the meter refuses, and what is asked in vain,
    /// leaves the rest as it is; a line that stays away ends the copy (`ended_by`).
    asio::awaitable<client::Outcome<MeterCopy>> run(std::size_t most_objects, RowChoice choice);

private:
    using Value = client::Outcome<axdr::Data>;

    asio::awaitable<client::Outcome<ObjectList>> read_object_list();
    asio::awaitable<CopiedObject> read_object(ListedObject listed);
    asio::awaitable<void> read_values(CopiedObject& object);
    /// Reads again what the line has cost.
    asio::awaitable<Value> read_patiently(cosem::AttributeDescriptor attribute,
                                          std::optional<cosem::EntryDescriptor> entries);
    /// Whether the reading may be repeated; waits before it.
    asio::awaitable<bool> may_repeat(const client::Failure& failure, unsigned tries);
    asio::awaitable<void> read_rows(CopiedObject& object, const RowChoice& choice);
    asio::awaitable<void> read_newest_rows(CopiedObject& object, std::uint32_t newest);
    asio::awaitable<void> read_rows_between(CopiedObject& object, const RowChoice& choice);
    bool keep(CopiedObject& object, axdr::Data row);
    Instant deadline() const;
    bool is_over() const { return ended_by_.has_value(); }

    client::MeterClient& meter_;
    const client::MeterParameters& parameters_;
    const client::MeterProfile& brand_;
    const Reports& reports_;
    client::LearntLimits limits_;
    unsigned lost_in_a_row_ = 0;
    std::size_t octets_of_rows_ = 0;
    std::optional<client::Failure> ended_by_;
};

}  // namespace dlms::cli
