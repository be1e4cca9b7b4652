#include "cli/meter_copy.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "cli/exit_status.hpp"
#include "client/register_reader.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/cosem/capture_object.hpp"
#include "stack/cosem/interface_class.hpp"
#include "stack/cosem/profile_buffer.hpp"
#include "stack/cosem/profile_selection.hpp"

namespace dlms::cli {
namespace {

using client::Failure;
using client::FailureCode;
using State = CopiedAttribute::State;

constexpr std::uint16_t profile_generic = 7;
constexpr cosem::ObisCode current_association(0, 0, 40, 0, 0, 255);
/// Tries of one attribute.
constexpr unsigned most_tries = 3;
/// After so many readings in a row that the line has cost, there is no meter any more.
constexpr unsigned most_lost_in_a_row = 6;
constexpr std::uint32_t rows_at_once = 200;
constexpr std::size_t most_octets_of_rows = std::size_t{256} * 1024 * 1024;

/// Passwords and keys among the attributes.
constexpr std::array<std::string_view, 11> secret_names = {
    "secret",  "client_key", "link_key", "network_key",         "login_password",     "PIN_code",
    "pass_p1", "pass_p2",    "pass_w5",  "authentication_keys", "PPP_authentication",
};

bool is_secret(const ListedObject& object, std::int8_t id) {
    const cosem::ClassAttribute* attribute = cosem::find_attribute(object.class_id, id);
    return attribute && std::ranges::find(secret_names, attribute->name) != secret_names.end();
}

bool is_buffer(const ListedObject& object, std::int8_t id) {
    return object.class_id == profile_generic && id == 2;
}

cosem::AttributeDescriptor descriptor(const ListedObject& object, std::int8_t id) {
    return {object.class_id, object.instance, id};
}

/// Whether the meter may be there and well with the next try. One that lost a connection may still
/// hold the association of before.
bool is_of_the_line(const Failure& failure) {
    return exit_status(failure) == ExitStatus::line ||
           failure.code == FailureCode::association_rejected;
}

/// Whether no other reading would fare better.
bool ends_all(const Failure& failure) {
    const ExitStatus status = exit_status(failure);
    return status == ExitStatus::association || status == ExitStatus::internal;
}

std::string name_of(const ListedObject& object, std::int8_t id) {
    return std::to_string(object.class_id) + "/" + object.instance.text() + "/" +
           std::to_string(id);
}

}  // namespace

axdr::DataView CopiedObject::value(std::int8_t id) const {
    const auto found = std::ranges::find(
        attributes, id, [](const CopiedAttribute& attribute) { return attribute.listed.id; });
    return found != attributes.end() ? found->value.view() : axdr::DataView();
}

std::size_t MeterCopy::count(State state) const {
    std::size_t count = 0;
    for (const CopiedObject& object : objects) {
        count += static_cast<std::size_t>(
            std::ranges::count(object.attributes, state, &CopiedAttribute::state));
    }
    return count;
}

Instant MeterCopier::deadline() const {
    // An answer may come in many blocks, each with its own time-out.
    return std::chrono::steady_clock::now() +
           std::max<Duration>(parameters_.response_timeout, std::chrono::minutes(5));
}

asio::awaitable<bool> MeterCopier::may_repeat(const Failure& failure, unsigned tries) {
    if (!is_of_the_line(failure)) {
        lost_in_a_row_ = 0;
        if (ends_all(failure)) {
            ended_by_ = failure;
        }
        // An octet may have been damaged on the way.
        co_return failure.code == FailureCode::malformed_answer&& tries < 2;
    }
    if (++lost_in_a_row_ >= most_lost_in_a_row) {
        ended_by_ = failure;
    }
    if (is_over() || tries >= most_tries) {
        co_return false;
    }
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(std::chrono::milliseconds(500u << (tries - 1)));
    co_await timer.async_wait(asio::use_awaitable);
    co_return true;
}

asio::awaitable<MeterCopier::Value> MeterCopier::read_patiently(
    cosem::AttributeDescriptor attribute, std::optional<cosem::EntryDescriptor> entries) {
    for (unsigned tries = 1;; ++tries) {
        client::ReadRequest request{attribute, std::nullopt, axdr::Data()};
        if (entries) {
            request.selector = cosem::entry_selector;
            request.selection_parameters = cosem::to_data(*entries).value_or(axdr::Data());
        }
        Value value = co_await meter_.read(std::move(request), deadline());
        if (value) {
            lost_in_a_row_ = 0;
            co_return value;
        }
        const bool again = co_await may_repeat(value.error(), tries);
        if (!again) {
            co_return value;
        }
    }
}

asio::awaitable<client::Outcome<ObjectList>> MeterCopier::read_object_list() {
    const bool short_names = parameters_.referencing == association::Referencing::short_name;
    const std::uint16_t class_id = short_names ? 12 : 15;
    const Value list = co_await read_patiently({class_id, current_association, 2}, std::nullopt);
    if (!list) {
        co_return std::unexpected(list.error());
    }
    if (!short_names) {
        co_return read_ln_object_list(list->view());
    }
    const Value rights = co_await read_patiently({class_id, current_association, 3}, std::nullopt);
    if (is_over()) {
        co_return std::unexpected(*ended_by_);
    }
    const axdr::Data none;
    co_return read_sn_object_list(list->view(), rights ? rights->view() : none.view());
}

asio::awaitable<void> MeterCopier::read_values(CopiedObject& object) {
    std::vector<client::ReadRequest> requests;
    std::vector<CopiedAttribute*> asked;
    for (CopiedAttribute& attribute : object.attributes) {
        const std::int8_t id = attribute.listed.id;
        if (is_secret(object.listed, id)) {
            attribute.state = State::secret;
        } else if (attribute.listed.readable && is_buffer(object.listed, id)) {
            attribute.state = State::read;  // its rows are read by themselves
        } else if (attribute.listed.readable) {
            asked.push_back(&attribute);
            requests.push_back({descriptor(object.listed, id), std::nullopt, axdr::Data()});
        }
    }
    if (asked.empty()) {
        co_return;
    }
    auto values = co_await meter_.read_list(std::move(requests), deadline());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        CopiedAttribute& attribute = *asked[i];
        Value value = values ? std::move((*values)[i]) : std::unexpected(values.error());
        if (value) {
            lost_in_a_row_ = 0;
        } else if (!is_over()) {
            const bool again = co_await may_repeat(value.error(), 1);
            if (again) {
                value = co_await read_patiently(descriptor(object.listed, attribute.listed.id),
                                                std::nullopt);
            }
        }
        if (value) {
            attribute.state = State::read;
            attribute.value = *std::move(value);
            continue;
        }
        attribute.failure = value.error();
        attribute.state = value.error().access_result ? State::refused : State::unanswered;
        reports_.note(name_of(object.listed, attribute.listed.id) + ": " +
                      client::describe(value.error()));
    }
}

asio::awaitable<CopiedObject> MeterCopier::read_object(ListedObject listed) {
    CopiedObject object;
    object.listed = std::move(listed);
    for (const ListedAttribute& attribute : object.listed.attributes) {
        object.attributes.push_back({.listed = attribute});
    }
    co_await read_values(object);
    co_return object;
}

bool MeterCopier::keep(CopiedObject& object, axdr::Data row) {
    octets_of_rows_ += row.encoded().size();
    object.rows.push_back(std::move(row));
    return octets_of_rows_ <= most_octets_of_rows;
}

asio::awaitable<void> MeterCopier::read_newest_rows(CopiedObject& object, std::uint32_t newest) {
    const auto columns = cosem::read_capture_objects(object.value(3));
    const auto in_use = object.value(7).unsigned_integer();
    const std::string name = name_of(object.listed, 2);
    if (!columns || columns->empty() || !in_use || *in_use > UINT32_MAX) {
        reports_.note(name + ": no rows, since capture objects or entries in use are not told");
        co_return;
    }
    constexpr std::uint64_t last_in_first_out = 2;
    const bool newest_first = object.value(5).unsigned_integer() == last_in_first_out;
    const auto period = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(object.value(4).unsigned_integer().value_or(0), UINT32_MAX));
    const auto all = static_cast<std::uint32_t>(*in_use);
    const std::uint32_t wanted = std::min(newest, all);
    std::uint32_t at_once = rows_at_once;
    // From the oldest to the newest one.
    for (std::uint32_t done = 0; done < wanted;) {
        const std::uint32_t count = std::min(at_once, wanted - done);
        const std::uint32_t first =
            newest_first ? wanted - done - count + 1 : all - wanted + done + 1;
        const Value part = co_await read_patiently(
            descriptor(object.listed, 2),
            cosem::EntryDescriptor{.from_entry = first, .to_entry = first + count - 1});
        if (!part && client::is_refusal(part.error()) && count > 1) {
            at_once = std::max<std::uint32_t>(1, count / 8);  // too long for the meter, perhaps
            continue;
        }
        auto reader = part ? cosem::ProfileBufferReader::make(part->view(), *columns, period)
                           : fail(ErrorCode::type_mismatch, Layer::cosem);
        if (!part || !reader) {
            reports_.note(
                name + ": " + std::to_string(wanted - done) + " rows are missing: " +
                client::describe(part ? client::from_error(reader.error()) : part.error()));
            co_return;
        }
        std::vector<axdr::Data> rows;
        while (reader->rows_left() > 0) {
            const auto values = reader->next();
            axdr::DataBuilder builder;
            builder.structure(values ? values->size() : 0);
            for (std::size_t i = 0; values && i < values->size(); ++i) {
                builder.element((*values)[i]);
            }
            auto row = builder.finish();
            if (values && row) {
                rows.push_back(*std::move(row));
            }
        }
        if (newest_first) {
            std::ranges::reverse(rows);
        }
        for (axdr::Data& row : rows) {
            if (!keep(object, std::move(row))) {
                co_return;
            }
        }
        done += count;
    }
}

asio::awaitable<void> MeterCopier::read_rows_between(CopiedObject& object,
                                                     const RowChoice& choice) {
    client::RegisterReader registers(meter_);
    client::ProfileReader reader(meter_, registers, brand_, limits_);
    for (unsigned tries = 1;; ++tries) {
        client::ProfileQuery query;
        query.profile = object.listed.instance;
        query.range = choice.range;
        query.most_octets = most_octets_of_rows - std::min(octets_of_rows_, most_octets_of_rows);
        auto table = co_await reader.read(std::move(query), choice.zone, deadline());
        if (table) {
            lost_in_a_row_ = 0;
            for (cosem::ProfileRow& row : table->rows) {
                keep(object, std::move(row.values));
            }
            co_return;
        }
        const bool again = co_await may_repeat(table.error(), tries);
        if (!again) {
            reports_.note(name_of(object.listed, 2) +
                          ": no rows: " + client::describe(table.error()));
            co_return;
        }
    }
}

asio::awaitable<void> MeterCopier::read_rows(CopiedObject& object, const RowChoice& choice) {
    const auto buffer = std::ranges::find_if(object.attributes, [&](const auto& attribute) {
        return is_buffer(object.listed, attribute.listed.id);
    });
    if (buffer == object.attributes.end() || buffer->state != State::read) {
        co_return;
    }
    if (octets_of_rows_ > most_octets_of_rows) {
        reports_.note(name_of(object.listed, 2) + ": no rows, since there are too many before");
    } else if (choice.newest > 0) {
        co_await read_newest_rows(object, choice.newest);
    } else if (!choice.range.is_open()) {
        co_await read_rows_between(object, choice);
    }
}

asio::awaitable<client::Outcome<MeterCopy>> MeterCopier::run(std::size_t most_objects,
                                                             RowChoice choice) {
    MeterCopy copy;
    // A meter that was never there is not waited for.
    const auto connected =
        co_await meter_.connect(std::chrono::steady_clock::now() + parameters_.response_timeout);
    if (!connected) {
        co_return std::unexpected(connected.error());
    }
    copy.association = *connected;
    client::Outcome<ObjectList> list = co_await read_object_list();
    if (!list) {
        co_return std::unexpected(list.error());
    }
    copy.listed = list->objects.size();
    copy.without_rights = list->without_rights;
    if (list->unreadable > 0) {
        reports_.note(std::to_string(list->unreadable) +
                      " entries of the object list are of another form and left out");
    }
    const std::size_t wanted = std::min(most_objects, list->objects.size());
    for (std::size_t i = 0; i < wanted && !is_over(); ++i) {
        CopiedObject object = co_await read_object(std::move(list->objects[i]));
        if (!is_over()) {
            co_await read_rows(object, choice);
        }
        if (is_over()) {
            break;  // the object is not whole
        }
        copy.objects.push_back(std::move(object));
        reports_.progress(i + 1, wanted);
    }
    copy.ended_by = ended_by_;
    co_await meter_.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
    co_return copy;
}

}  // namespace dlms::cli
