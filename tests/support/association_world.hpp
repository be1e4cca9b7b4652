#pragma once
// World: a client and a server association in memory, in virtual time, with a bad line between
// them, an owner behind the server whose objects say and take known values, and an owner before the
// client that asks for them by every service and compares.

#include <map>
#include <set>

#include "stack/axdr/data_builder.hpp"
#include "tests/support/association_subjects.hpp"
#include "tests/support/faulty_line.hpp"

namespace dlms::testing {

/// What the two sides negotiate.
struct Terms {
    static constexpr std::uint32_t general_blocks = 0x200000;
    static constexpr std::uint32_t service_blocks = 0x001C00;
    static constexpr std::uint32_t everything = 0x20FEDF;
    static constexpr std::uint32_t everything_short = 0x3C1B20;

    std::uint32_t conformance = everything;
    bool short_names = false;
    std::uint16_t client_size = 64;
    std::uint16_t server_size = 64;
    std::size_t outstanding = 1;
    std::uint8_t client_window = 1;
    std::uint8_t server_window = 1;
    unsigned block_retries = 3;
    /// SET and ACTION of long values only, so that all go in general blocks.
    bool only_long_writes = false;

    bool has(std::uint32_t bits) const { return (conformance & bits) != 0; }
};

/// What object `d` says: different for every object, up to many blocks long.
inline axdr::Data value_of(unsigned object) {
    ByteBuffer octets(std::size_t{object} * 7);
    for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<Byte>(object + i);
    }
    axdr::DataBuilder builder;
    return *builder.octet_string(octets).finish();
}

class World {
public:
    World(std::uint64_t seed, const Faults& faults, const Terms& terms)
        : terms_(terms),
          random_(seed),
          up_(random_, faults),
          down_(random_, faults),
          only_loses_(faults.duplicates == 0),
          client_(client_configuration(terms)),
          server_(server_configuration(terms)) {}

    void open() {
        for (unsigned attempt = 0; attempt < 100; ++attempt) {
            BOOST_REQUIRE(client_.open(now_));
            const auto event = next_event();
            BOOST_REQUIRE_MESSAGE(event, "an attempt to associate has no end");
            if (std::holds_alternative<association::Associated>(*event)) {
                return;
            }
        }
        BOOST_FAIL("no association in a hundred attempts");
    }

    /// So many requests of all kinds; returns how many were answered with their data.
    unsigned talk(unsigned requests) {
        unsigned answered = 0;
        for (unsigned made = 0; made < requests || !open_.empty();) {
            while (made < requests && client_.is_ready()) {
                made += ask() ? 1u : 0u;
            }
            auto event = next_event();
            BOOST_REQUIRE_MESSAGE(event, "a request has no end");
            for (; event; event = client_.poll_event()) {
                answered += take(*event) ? 1u : 0u;
            }
            BOOST_REQUIRE(client_.state() == association::ClientAssociation::State::associated);
        }
        return answered;
    }

    bool release() {
        BOOST_REQUIRE(client_.release(now_));
        const auto event = next_event();
        return event && std::holds_alternative<association::Released>(*event) &&
               !server_.is_associated();
    }

private:
    /// An outstanding request and what it must bring.
    struct Expected {
        std::string kind;
        std::vector<std::uint64_t> objects;
        std::uint64_t mark = 0;  // of what is written
    };

    static association::ClientConfiguration client_configuration(const Terms& terms) {
        association::ClientConfiguration configuration;
        configuration.referencing = terms.short_names ? association::Referencing::short_name
                                                      : association::Referencing::logical_name;
        configuration.proposed_conformance = xdlms::Conformance(terms.conformance);
        configuration.max_receive_pdu_size = terms.client_size;
        configuration.response_timeout = std::chrono::seconds(5) * (terms.block_retries + 1);
        configuration.max_outstanding_requests = terms.outstanding;
        configuration.block_window = terms.client_window;
        configuration.block_retries = terms.block_retries;
        return configuration;
    }
    static association::ServerConfiguration server_configuration(const Terms& terms) {
        association::ServerConfiguration configuration;
        configuration.referencing = terms.short_names ? association::Referencing::short_name
                                                      : association::Referencing::logical_name;
        configuration.supported_conformance = xdlms::Conformance(terms.conformance);
        configuration.max_receive_pdu_size = terms.server_size;
        configuration.block_window = terms.server_window;
        return configuration;
    }

    /// Lets everything happen until the client has an event, or nothing more can happen.
    std::optional<association::ClientEvent> next_event() {
        for (unsigned steps = 0; steps < 1'000'000; ++steps) {
            if (auto event = client_.poll_event()) {
                return event;
            }
            while (const auto apdu = client_.poll_transmit()) {
                const bool associates = (*apdu)[0] == 0x60 || (*apdu)[0] == 0x62;
                BOOST_REQUIRE(associates || terms_.server_size == 0 ||
                              apdu->size() <= terms_.server_size);
                up_.send(*apdu, now_);
            }
            serve();
            if (!step()) {
                return std::nullopt;
            }
        }
        BOOST_FAIL("the conversation does not end");
        return std::nullopt;
    }
    void serve() {
        while (const auto event = server_.poll_event()) {
            if (association::awaits_answer(*event)) {
                std::visit([this](const auto& item) { answer(item); }, *event);
            }
        }
        while (const auto apdu = server_.poll_transmit()) {
            const bool associates = (*apdu)[0] == 0x61 || (*apdu)[0] == 0x63;
            BOOST_REQUIRE(associates || terms_.client_size == 0 ||
                          apdu->size() <= terms_.client_size);
            down_.send(*apdu, now_);
        }
    }
    /// Moves time to whatever comes first, and lets it come.
    bool step() {
        std::optional<Instant> next = up_.next_arrival();
        for (const auto& candidate : {down_.next_arrival(), client_.poll_timeout()}) {
            if (candidate && (!next || *candidate < *next)) {
                next = candidate;
            }
        }
        if (!next) {
            return false;
        }
        now_ = std::max(now_, *next);
        if (const auto apdu = up_.arrive(now_)) {
            server_.receive(*apdu, now_);
        } else if (const auto back = down_.arrive(now_)) {
            client_.receive(*back, now_);
        } else {
            client_.handle_timeout(now_);
        }
        return true;
    }

    // The server's owner. Object 0 to 199 is read; what is written carries a mark.
    template <class Item>
    void answer(const Item&) {}
    void answer(const association::GetIndication& get) {
        const axdr::Data value = value_of(get.attribute.instance.d());
        BOOST_REQUIRE(server_.answer_get(value.view()));
    }
    void answer(const association::ReadIndication& read) {
        const axdr::Data value = value_of(read.short_name / 8u);
        BOOST_REQUIRE(server_.answer_get(value.view()));
    }
    void answer(const association::SetIndication& set) {
        write(set.value);
        BOOST_REQUIRE(server_.answer_set(cosem::DataAccessResult::success));
    }
    void answer(const association::WriteIndication& set) {
        write(set.value);
        BOOST_REQUIRE(server_.answer_set(cosem::DataAccessResult::success));
    }
    void answer(const association::ActionIndication& action) {
        BOOST_REQUIRE(action.parameters);
        write(*action.parameters);
        const axdr::Data value = value_of(action.method.instance.d());
        xdlms::ActionOutcome outcome;
        outcome.return_parameters = xdlms::GetDataResult(value.view());
        BOOST_REQUIRE(server_.answer_action(outcome));
    }
    void write(const axdr::DataView& value) {
        const auto found = written_.find(to_buffer(value.encoded()));
        BOOST_REQUIRE_MESSAGE(found != written_.end(), "a value that was never written");
        ++found->second;
        BOOST_REQUIRE_MESSAGE(!only_loses_ || found->second == 1, "executed twice");
    }

    // The client's owner.
    std::uint64_t below(std::uint64_t limit) { return random_.next_u64() % limit; }
    unsigned object() { return static_cast<unsigned>(below(below(3) == 0 ? 200 : 8)); }
    /// A value like no other, short or long.
    axdr::Data marked() {
        const std::size_t least = terms_.only_long_writes ? 120 : 4;
        ByteBuffer octets(least + below(below(3) == 0 ? 600 : 12));
        random_.fill(octets);
        axdr::DataBuilder builder;
        axdr::Data value = *builder.octet_string(octets).finish();
        written_[to_buffer(value.view().encoded())] = 0;
        return value;
    }
    static cosem::AttributeDescriptor attribute(std::uint64_t object) {
        return {1, {0, 0, 96, static_cast<std::uint8_t>(object), 0, 255}, 2};
    }
    static cosem::MethodDescriptor method(std::uint64_t object) {
        return {9, {0, 0, 96, static_cast<std::uint8_t>(object), 0, 255}, 1};
    }

    /// Makes one request; false when it is one that these terms refuse.
    bool ask() {
        Expected expected;
        const std::size_t count = 1 + below(4);
        for (std::size_t i = 0; i < count; ++i) {
            expected.objects.push_back(object());
        }
        std::vector<axdr::Data> values;
        std::vector<axdr::DataView> views;
        for (std::size_t i = 0; i < count; ++i) {
            values.push_back(marked());
        }
        for (const axdr::Data& value : values) {
            views.push_back(value.view());
        }
        const Result<association::RequestId> sent =
            terms_.short_names ? ask_short(expected, views) : ask_logical(expected, views);
        if (!sent) {
            BOOST_REQUIRE_MESSAGE(sent.error().code == ErrorCode::request_too_long,
                                  expected.kind << ": " << name(sent.error().code));
            // Only an APDU that cannot be cut.
            BOOST_REQUIRE(!terms_.has(Terms::general_blocks) || terms_.server_size < 40);
            for (const axdr::DataView& view : views) {
                written_.erase(to_buffer(view.encoded()));
            }
            return false;
        }
        BOOST_REQUIRE_MESSAGE(!open_.contains(sent->value()), "an id that is in use");
        open_[sent->value()] = std::move(expected);
        return true;
    }
    Result<association::RequestId> ask_logical(Expected& expected,
                                               std::span<const axdr::DataView> values) {
        std::vector<cosem::AttributeDescriptorWithSelection> attributes;
        std::vector<cosem::MethodDescriptor> methods;
        std::vector<xdlms::AccessSpecification> specifications;
        std::vector<axdr::DataView> data;
        for (const std::uint64_t object : expected.objects) {
            attributes.push_back({attribute(object), std::nullopt});
            methods.push_back(method(object));
            const bool sets = specifications.size() % 2 == 1;
            specifications.push_back(
                sets ? xdlms::AccessSpecification(xdlms::AccessSet{attribute(object)})
                     : xdlms::AccessSpecification(xdlms::AccessGet{attribute(object)}));
            data.push_back(sets ? values[data.size()] : axdr::DataView());
        }
        const std::uint64_t first = expected.objects.front();
        // Writes in one APDU may be executed twice by a line that doubles or repeats them.
        switch (terms_.only_long_writes ? 2 + below(4) : below(7)) {
            case 0: expected.kind = "get"; return client_.get(attribute(first), {}, now_);
            case 1: expected.kind = "get-list"; return client_.get_list(attributes, now_);
            case 2:
                expected.kind = "set";
                return client_.set(attribute(first), {}, values[0], now_);
            case 3: expected.kind = "set-list"; return client_.set_list(attributes, values, now_);
            case 4: expected.kind = "action"; return client_.action(method(first), values[0], now_);
            case 5:
                expected.kind = "action-list";
                return client_.action_list(methods, values, now_);
            default:
                expected.kind = "access";
                return client_.access(specifications, data, {}, now_);
        }
    }
    Result<association::RequestId> ask_short(Expected& expected,
                                             std::span<const axdr::DataView> values) {
        std::vector<xdlms::VariableAccessSpecification> names;
        for (const std::uint64_t object : expected.objects) {
            names.push_back(xdlms::VariableName{static_cast<std::uint16_t>(object * 8)});
        }
        if (below(2) == 0) {
            expected.kind = "read";
            return client_.read(names, now_);
        }
        expected.kind = "write";
        return client_.write(names, values, now_);
    }

    /// Whether the event is a request's right answer; it is never a wrong one.
    bool take(const association::ClientEvent& event) {
        return std::visit([this](const auto& one) { return take(one); }, event);
    }
    template <class Event>
    bool take(const Event&) {
        BOOST_FAIL("an event that no request makes");
        return false;
    }
    bool take(const association::RequestFailed& failed) {
        const auto found = open_.find(failed.id.value());
        BOOST_REQUIRE_MESSAGE(found != open_.end(), "an end of no request");
        const bool is_access = found->second.kind == "access";
        BOOST_TEST_MESSAGE(found->second.kind << " " << ClientEventText()(failed));
        open_.erase(found);
        // The answer to an ACCESS has no blocks but the general ones.
        const auto* exception = std::get_if<xdlms::ExceptionResponse>(&failed.reason);
        return is_access && !terms_.has(Terms::general_blocks) && exception &&
               exception->service_error == xdlms::ServiceError::pdu_too_long;
    }
    bool take(const association::GetCompleted& got) {
        const Expected expected = finish(got.id, "get");
        return is_value(got.result, expected.objects[0]);
    }
    bool take(const association::GetListCompleted& got) {
        const Expected expected = finish(got.id, "get-list");
        return are_values(got.results, expected);
    }
    bool take(const association::ReadCompleted& got) {
        const Expected expected = finish(got.id, "read");
        BOOST_REQUIRE_EQUAL(got.results.size(), expected.objects.size());
        auto object = expected.objects.begin();
        bool right = true;
        for (const xdlms::ReadResult& result : got.results) {
            const auto* data = std::get_if<axdr::DataView>(&result);
            const axdr::Data value = value_of(static_cast<unsigned>(*object));
            BOOST_REQUIRE(!data || *data == value.view());
            right = right && data != nullptr;
            ++object;
        }
        return right;
    }
    bool take(const association::SetCompleted& set) {
        finish(set.id, "set");
        return set.result == cosem::DataAccessResult::success;
    }
    bool take(const association::SetListCompleted& set) {
        const Expected expected = finish(set.id, "set-list");
        BOOST_REQUIRE_EQUAL(set.results.size(), expected.objects.size());
        for (const cosem::DataAccessResult result : set.results) {
            BOOST_REQUIRE(result == cosem::DataAccessResult::success);
        }
        return true;
    }
    bool take(const association::WriteCompleted& set) {
        const Expected expected = finish(set.id, "write");
        BOOST_REQUIRE_EQUAL(set.results.size(), expected.objects.size());
        bool right = true;
        for (const xdlms::WriteResult& result : set.results) {
            right = right && std::holds_alternative<xdlms::WriteSucceeded>(result);
        }
        return right;
    }
    bool take(const association::ActionCompleted& done) {
        const Expected expected = finish(done.id, "action");
        return is_outcome(done.outcome, expected.objects[0]);
    }
    bool take(const association::ActionListCompleted& done) {
        const Expected expected = finish(done.id, "action-list");
        BOOST_REQUIRE_EQUAL(done.outcomes.size(), expected.objects.size());
        auto object = expected.objects.begin();
        for (const xdlms::ActionOutcome& outcome : done.outcomes) {
            BOOST_REQUIRE(is_outcome(outcome, *object++));
        }
        return true;
    }
    bool take(const association::AccessCompleted& done) {
        const Expected expected = finish(done.id, "access");
        BOOST_REQUIRE_EQUAL(done.response.results.size(), expected.objects.size());
        auto object = expected.objects.begin();
        auto data = done.response.data.begin();
        bool sets = false;
        for (const xdlms::AccessResult& result : done.response.results) {
            BOOST_REQUIRE_EQUAL(result.index(), sets ? 1u : 0u);
            const axdr::Data value = value_of(static_cast<unsigned>(*object));
            // Without blocks an answer that is too long tells what was done without the data.
            const auto* get = std::get_if<xdlms::AccessGetResult>(&result);
            const bool left_out =
                get && get->result == cosem::DataAccessResult::data_block_unavailable;
            BOOST_REQUIRE(!left_out || !terms_.has(Terms::general_blocks));
            BOOST_REQUIRE(*data == (sets || left_out ? axdr::DataView() : value.view()));
            sets = !sets;
            ++object;
            ++data;
        }
        return true;
    }
    Expected finish(association::RequestId id, std::string_view kind) {
        const auto found = open_.find(id.value());
        BOOST_REQUIRE_MESSAGE(found != open_.end(), "an answer to no request");
        BOOST_REQUIRE_EQUAL(found->second.kind, kind);
        Expected expected = std::move(found->second);
        open_.erase(found);
        return expected;
    }
    static bool is_value(const xdlms::GetDataResult& result, std::uint64_t object) {
        const auto* data = std::get_if<axdr::DataView>(&result);
        const axdr::Data value = value_of(static_cast<unsigned>(object));
        BOOST_REQUIRE_MESSAGE(!data || *data == value.view(), "wrong data");
        return data != nullptr;
    }
    static bool are_values(const xdlms::List<xdlms::GetDataResult>& results,
                           const Expected& expected) {
        BOOST_REQUIRE_EQUAL(results.size(), expected.objects.size());
        auto object = expected.objects.begin();
        bool right = true;
        for (const xdlms::GetDataResult& result : results) {
            right = is_value(result, *object++) && right;
        }
        return right;
    }
    static bool is_outcome(const xdlms::ActionOutcome& outcome, std::uint64_t object) {
        return outcome.result == cosem::ActionResult::success && outcome.return_parameters &&
               is_value(*outcome.return_parameters, object);
    }

    Terms terms_;
    SeededRandom random_;
    FaultyLine up_;
    FaultyLine down_;
    bool only_loses_;
    association::ClientAssociation client_;
    association::ServerAssociation server_;
    Instant now_{};
    std::map<std::uint32_t, Expected> open_;
    std::map<ByteBuffer, unsigned> written_;
};

}  // namespace dlms::testing
