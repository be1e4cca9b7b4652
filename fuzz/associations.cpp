// Client against server in memory, in virtual time: every service, with or without lists, blocks
// and general blocks, of both kinds of names. Each operation is a command and, if wanted, a fault
// for one of the APDUs that follow. Without a fault every command ends by itself and does what it
// says, whatever happened before.

#include "fuzz/property.hpp"
#include "stack/association/client_association.hpp"
#include "stack/association/server_association.hpp"

namespace {

using namespace dlms;
using namespace dlms::association;

constexpr cosem::AttributeDescriptor attribute{1, {0, 0, 96, 1, 0, 255}, 2};
constexpr cosem::MethodDescriptor method{9, {0, 0, 10, 0, 0, 255}, 1};
constexpr std::uint16_t short_name = 0x0100;
enum Fault : Byte { none, drop, repeat, truncate, change };

/// What the first octets of the input choose.
struct Terms {
    bool short_names = false;
    std::uint32_t conformance = 0;
    std::uint16_t client_size = 0;
    std::uint16_t server_size = 0;
    Byte window = 1;
};

Terms terms_of(fuzz::Feed& feed) {
    const Byte choice = feed.octet();
    Terms terms;
    terms.short_names = (choice & 1) != 0;
    terms.conformance = terms.short_names ? 0x3C1B20 : 0x20FEDF;
    if ((choice & 2) != 0) {
        terms.conformance &= ~0x200000u;  // general blocks
    }
    if ((choice & 4) != 0) {
        terms.conformance &= ~0x001C00u;  // blocks of the services
    }
    terms.client_size = static_cast<std::uint16_t>(12 + feed.octet());
    terms.server_size = static_cast<std::uint16_t>(12 + feed.octet());
    terms.window = static_cast<Byte>(1 + choice / 8);
    return terms;
}

ServerConfiguration meter(const Terms& terms) {
    ServerConfiguration configuration;
    configuration.referencing =
        terms.short_names ? Referencing::short_name : Referencing::logical_name;
    configuration.supported_conformance = xdlms::Conformance(terms.conformance);
    configuration.max_receive_pdu_size = terms.server_size;
    configuration.block_window = terms.window;
    return configuration;
}

ClientConfiguration head_end(const Terms& terms) {
    ClientConfiguration configuration;
    configuration.referencing =
        terms.short_names ? Referencing::short_name : Referencing::logical_name;
    configuration.proposed_conformance = xdlms::Conformance(terms.conformance);
    configuration.max_receive_pdu_size = terms.client_size;
    configuration.block_window = terms.window;
    return configuration;
}

/// Both machines, and a line between them that damages one APDU when it is told to.
struct Conversation {
    explicit Conversation(const Terms& terms) : client(head_end(terms)), server(meter(terms)) {}

    ClientAssociation client;
    ServerAssociation server;
    Instant now{};
    ByteBuffer value{0x00};  // an encoded Data: what the meter's object says
    Fault fault = none;
    unsigned skipped = 0;  // APDUs before the fault
    bool damaged = false;  // since the last command
    unsigned ends = 0;     // of requests, since the last command
    unsigned failures = 0;
    unsigned notifications = 0;
    std::vector<ByteBuffer> pushed;  // by long-invoke-id; one may come during a later command
    bool spoiled = false;            // a push under way may be

    template <class Receiver>
    void carry(ByteBuffer apdu, Receiver& receiver) {
        const Fault here = skipped == 0 ? std::exchange(fault, none) : none;
        skipped -= skipped != 0;
        damaged = damaged || here != none;
        if (here == truncate) {
            apdu.resize(apdu.size() / 2);
        } else if (here == change) {
            apdu[apdu.size() / 3] ^= 0x11;
        }
        for (int copies = here == drop ? 0 : here == repeat ? 2 : 1; copies > 0; --copies) {
            receiver.receive(apdu, now);
            drain();
        }
    }
    void write(const axdr::DataView& data) { value = to_buffer(data.encoded()); }
    void expect(const axdr::DataView& data) {
        fuzz::require(damaged || std::ranges::equal(data.encoded(), value),
                      "an answer shows what the meter has");
    }
    template <class Item>
    void serve(const Item& item) {
        if constexpr (std::is_same_v<Item, GetIndication> || std::is_same_v<Item, ReadIndication>) {
            (void)server.answer_get(*axdr::parse_data(value));
        } else if constexpr (std::is_same_v<Item, SetIndication> ||
                             std::is_same_v<Item, WriteIndication>) {
            write(item.value);
            (void)server.answer_set(cosem::DataAccessResult::success);
        } else if constexpr (std::is_same_v<Item, ActionIndication>) {
            write(item.parameters.value_or(axdr::DataView()));
            xdlms::ActionOutcome outcome;
            outcome.return_parameters = xdlms::GetDataResult(*axdr::parse_data(value));
            (void)server.answer_action(outcome);
        }
    }
    void look_at(const xdlms::GetDataResult& result) {
        if (const auto* data = std::get_if<axdr::DataView>(&result)) {
            expect(*data);
        } else {
            ++failures;
        }
    }
    template <class Event>
    void look(const Event& event) {
        ends += !std::is_same_v<Event, NotificationReceived>;
        if constexpr (std::is_same_v<Event, RequestFailed> || std::is_same_v<Event, Aborted>) {
            ++failures;
        } else if constexpr (std::is_same_v<Event, GetCompleted>) {
            look_at(event.result);
        } else if constexpr (std::is_same_v<Event, GetListCompleted>) {
            for (const xdlms::GetDataResult& result : event.results) {
                look_at(result);
            }
        } else if constexpr (std::is_same_v<Event, ActionCompleted>) {
            if (event.outcome.return_parameters) {
                look_at(*event.outcome.return_parameters);
            } else {
                ++failures;
            }
        } else if constexpr (std::is_same_v<Event, SetCompleted>) {
            failures += event.result != cosem::DataAccessResult::success;
        } else if constexpr (std::is_same_v<Event, ReadCompleted>) {
            for (const xdlms::ReadResult& result : event.results) {
                const auto* data = std::get_if<axdr::DataView>(&result);
                data != nullptr ? expect(*data) : void(++failures);
            }
        } else if constexpr (std::is_same_v<Event, WriteCompleted>) {
            for (const xdlms::WriteResult& result : event.results) {
                failures += !std::holds_alternative<xdlms::WriteSucceeded>(result);
            }
        } else if constexpr (std::is_same_v<Event, NotificationReceived>) {
            ++notifications;
            if (const auto* data = std::get_if<xdlms::DataNotification>(&event.notification)) {
                const std::uint32_t id = data->long_invoke_id_and_priority.invoke_id();
                fuzz::require(damaged || spoiled ||
                                  (id < pushed.size() &&
                                   std::ranges::equal(data->body.encoded(), pushed[id])),
                              "a notification shows what the meter had");
            }
        }
    }
    void drain() {
        while (const auto event = server.poll_event()) {
            std::visit([this](const auto& item) { serve(item); }, *event);
        }
        while (const auto event = client.poll_event()) {
            std::visit([this](const auto& one) { look(one); }, *event);
        }
    }
    void run() {
        for (int apdus = 0; apdus < 20'000; ++apdus) {
            if (const auto sent = client.poll_transmit()) {
                carry(to_buffer(*sent), server);
            } else if (const auto answered = server.poll_transmit()) {
                carry(to_buffer(*answered), client);
            } else {
                return;
            }
        }
        fuzz::require(false, "the conversation ends");
    }
    /// Lets time pass until the client waits for nothing.
    void wait() {
        for (int deadlines = 0; client.poll_timeout(); ++deadlines) {
            fuzz::require(deadlines < 100, "a command ends by its deadline");
            now = *client.poll_timeout();
            client.handle_timeout(now);
            drain();
            run();
        }
    }
};

/// Makes the request that `operation` names, if the association takes it. `written` is its value,
/// used `count` times where it is one with list.
bool command(Conversation& talk, Byte operation, const ByteBuffer& written, std::size_t count) {
    const axdr::DataView value = *axdr::parse_data(written);
    const std::vector<axdr::DataView> values(count, value);
    const std::vector<cosem::AttributeDescriptorWithSelection> attributes(
        count, {attribute, std::nullopt});
    const std::vector<xdlms::VariableAccessSpecification> names(count,
                                                                xdlms::VariableName{short_name});
    const std::vector<xdlms::AccessSpecification> sets(count, xdlms::AccessSet{attribute});
    ClientAssociation& client = talk.client;
    switch (operation) {
        case 0: return client.open(talk.now).has_value();
        case 1: return client.get(attribute, {}, talk.now).has_value();
        case 2: return client.set(attribute, {}, value, talk.now).has_value();
        case 3: return client.release(talk.now).has_value();
        case 4: return client.get_list(attributes, talk.now).has_value();
        case 5: return client.set_list(attributes, values, talk.now).has_value();
        case 6: return client.action(method, value, talk.now).has_value();
        case 7: return client.access(sets, values, {}, talk.now).has_value();
        case 8: return client.read(names, talk.now).has_value();
        case 9: return client.write(names, values, talk.now).has_value();
        default: {
            xdlms::DataNotification push;
            // A push that is the last one again is taken for its repetition.
            push.long_invoke_id_and_priority =
                xdlms::LongInvokeIdAndPriority(static_cast<std::uint32_t>(talk.pushed.size()));
            talk.pushed.push_back(talk.value);
            push.body = *axdr::parse_data(talk.value);
            return talk.server.notify(push).has_value();
        }
    }
}

constexpr Byte operations = 11;
constexpr bool writes(Byte operation) {
    return operation == 2 || (operation >= 5 && operation <= 7) || operation == 9;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    Conversation talk(terms_of(feed));
    while (!feed.empty()) {
        talk.damaged = false;
        talk.ends = talk.failures = talk.notifications = 0;
        const Byte operation = feed.octet() % operations;
        const Byte fault = feed.octet();
        talk.fault = static_cast<Fault>(fault % 5);
        talk.skipped = fault / 5u;
        const ByteBuffer octets = to_buffer(feed.octets(writes(operation) ? feed.octet() : 0));
        ByteBuffer written{0x09, 0x81, static_cast<Byte>(octets.size())};
        written.insert(written.end(), octets.begin(), octets.end());
        const bool done = command(talk, operation, written, 1 + fault % 3u);
        const bool asks = done && operation < operations - 1;
        talk.run();
        fuzz::require(talk.damaged || !talk.client.poll_timeout(),
                      "on a good line every command ends by itself");
        talk.wait();
        fuzz::require(talk.damaged || talk.ends == (asks ? 1u : 0u), "a command has one end");
        fuzz::require(talk.damaged || !done || !writes(operation) || talk.failures != 0 ||
                          talk.value == written,
                      "what is written reaches the meter");
        fuzz::require(talk.damaged || asks || talk.notifications == (done ? 1u : 0u),
                      "a notification arrives once");
        talk.fault = none;
        talk.spoiled = (talk.spoiled && !(operation == 0 && done)) || talk.damaged;
    }
    return 0;
}
