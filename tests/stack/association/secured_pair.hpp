#pragma once
// A client and a meter that share keys and secrets, in memory and in virtual time, with a line
// between them that records and may change what goes over it. The meter's object holds one value.

#include <functional>
#include <set>

#include "stack/association/client_association.hpp"
#include "stack/association/server_association.hpp"
#include "tests/stack/security/protection_pair.hpp"

namespace dlms::testing {

using namespace association;
using security::KeySlot;

inline constexpr cosem::AttributeDescriptor secured_value{1, {0, 0, 96, 1, 0, 255}, 2};
inline constexpr cosem::MethodDescriptor secured_method{9, {0, 0, 10, 0, 0, 255}, 1};
inline constexpr std::uint16_t secured_name = 0x0100;

/// What both sides are configured with.
struct SecuredTerms {
    static constexpr std::uint32_t general_protection = 0x400000;
    static constexpr std::uint32_t general_blocks = 0x200000;

    SecuritySuite suite = SecuritySuite::aes_gcm_128;
    acse::Mechanism mechanism = acse::Mechanism::hls_gmac;
    bool ciphered = true;
    bool dedicated = false;
    bool short_names = false;
    MessageProtection requests{.protection = authenticated_encryption};
    Protection responses = authenticated_encryption;
    std::uint32_t conformance = 0;  ///< 0: everything but general blocks
    std::uint16_t client_size = 0xFFFF;
    std::uint16_t server_size = 0xFFFF;

    std::uint32_t offered() const {
        const std::uint32_t all = short_names ? 0x5C1B20u : 0x40FEDFu;
        return conformance != 0 ? conformance : all;
    }
};

class SecuredPair {
public:
    using Adjust = std::function<void(ClientConfiguration&, ServerConfiguration&)>;

    explicit SecuredPair(const SecuredTerms& terms, const Adjust& adjust = {})
        : terms_(terms), keys_(terms.suite), random_(3) {
        ClientConfiguration of_client;
        ServerConfiguration of_meter;
        of_client.referencing = of_meter.referencing =
            terms.short_names ? Referencing::short_name : Referencing::logical_name;
        of_client.mechanism = of_meter.mechanism = terms.mechanism;
        of_client.password = SecretBytes(as_bytes("a secret of them"));
        of_meter.password = of_client.password.clone();
        of_client.proposed_conformance = xdlms::Conformance(terms.offered());
        of_meter.supported_conformance = xdlms::Conformance(terms.offered());
        of_client.max_receive_pdu_size = terms.client_size;
        of_meter.max_receive_pdu_size = terms.server_size;
        of_client.security = terms_of_both();
        of_client.security.protection = std::make_unique<ApduProtection>(std::move(keys_.client));
        of_client.security.dedicated_key = terms.dedicated;
        of_meter.security = terms_of_both();
        of_meter.security.protection = std::make_unique<ApduProtection>(std::move(keys_.meter));
        if (adjust) {
            adjust(of_client, of_meter);
        }
        client.emplace(std::move(of_client));
        meter.emplace(std::move(of_meter));
    }

    /// What the line does to an APDU on its way; leaves nothing of it to lose it.
    std::function<void(ByteBuffer&)> upward = [](ByteBuffer&) {};
    std::function<void(ByteBuffer&)> downward = [](ByteBuffer&) {};

    std::optional<ClientAssociation> client;
    std::optional<ServerAssociation> meter;
    Instant now{};
    ByteBuffer value = octets("0904DEADBEEF");
    unsigned executed = 0;              ///< what was read, written or invoked
    std::vector<ByteBuffer> sent;       ///< by the client, as it went out
    std::vector<ByteBuffer> answered;   ///< by the meter
    std::vector<ServerEvent> at_meter;  ///< what tells, not what asks
    std::optional<ClientEvent> event;   ///< the last one of the client
    std::string result;                 ///< of the last request: its value, or how it ended

    /// Carries APDUs until nobody has anything to say.
    void run() {
        for (unsigned apdus = 0; apdus < 10'000; ++apdus) {
            if (const auto up = client->poll_transmit()) {
                sent.push_back(to_buffer(*up));
                carry(sent.back(), upward, *meter);
            } else if (const auto down = meter->poll_transmit()) {
                answered.push_back(to_buffer(*down));
                carry(answered.back(), downward, *client);
            } else {
                return;
            }
        }
        BOOST_FAIL("the conversation does not end");
    }
    /// An APDU that comes from elsewhere; what the meter answers to it, in hexadecimal digits.
    std::string inject(ByteView apdu) {
        meter->receive(apdu, now);
        drain();
        const auto answer = meter->poll_transmit();
        return answer ? to_hex(*answer) : std::string();
    }

    bool open() {
        event.reset();
        const Status opened = client->open(now);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), outcome(opened));
        run();
        return client->state() == ClientAssociation::State::associated && meter->is_associated();
    }
    bool release() {
        event.reset();
        BOOST_REQUIRE(client->release(now));
        run();
        return event && std::holds_alternative<Released>(*event) && !meter->is_associated();
    }
    /// Each request says what came of it: a value in hexadecimal digits, or how it ended.
    std::string get() {
        if (terms_.short_names) {
            const xdlms::VariableAccessSpecification name = xdlms::VariableName{secured_name};
            return ask(client->read(std::span(&name, 1), now));
        }
        return ask(client->get(secured_value, {}, now));
    }
    std::string set(std::string_view hex) {
        const ByteBuffer written = octets(hex);
        const axdr::DataView data = *axdr::parse_data(written);
        if (terms_.short_names) {
            const xdlms::VariableAccessSpecification name = xdlms::VariableName{secured_name};
            return ask(client->write(std::span(&name, 1), std::span(&data, 1), now));
        }
        return ask(client->set(secured_value, {}, data, now));
    }
    std::string action(std::string_view hex) {
        const ByteBuffer given = octets(hex);
        return ask(client->action(secured_method, *axdr::parse_data(given), now));
    }
    std::string access() {
        const xdlms::AccessSpecification get = xdlms::AccessGet{secured_value};
        const axdr::DataView none;
        return ask(client->access(std::span(&get, 1), std::span(&none, 1), {}, now));
    }
    std::string ask(const Result<RequestId>& made) {
        result = made ? "nothing" : std::string(name(made.error().code));
        if (made) {
            run();
        }
        return result;
    }
    /// Lets time pass until nothing is waited for.
    void wait() {
        for (unsigned deadlines = 0; client->poll_timeout(); ++deadlines) {
            BOOST_REQUIRE(deadlines < 100);
            now = *client->poll_timeout();
            client->handle_timeout(now);
            drain();
            run();
        }
    }
    void drain() {
        while (auto asked = meter->poll_event()) {
            std::visit([this](const auto& item) { serve(item); }, *asked);
            if (!awaits_answer(*asked)) {
                at_meter.push_back(std::move(*asked));
            }
        }
        while (auto said = client->poll_event()) {
            std::visit([this](const auto& one) { take(one); }, *said);
            event = std::move(*said);
        }
    }
    template <class Event>
    bool meter_told() const {
        return std::ranges::any_of(
            at_meter, [](const ServerEvent& one) { return std::holds_alternative<Event>(one); });
    }

private:
    SecurityTerms terms_of_both() {
        SecurityTerms both;
        both.random = &random_;
        both.ciphered = terms_.ciphered;
        both.requests = terms_.requests;
        both.responses = terms_.responses;
        return both;
    }
    template <class Receiver>
    void carry(ByteBuffer apdu, const std::function<void(ByteBuffer&)>& line, Receiver& receiver) {
        line(apdu);
        if (!apdu.empty()) {
            const ExactBuffer exact(apdu);
            receiver.receive(exact.view(), now);
            drain();
        }
    }
    template <class Item>
    void serve(const Item& item) {
        if constexpr (std::is_same_v<Item, GetIndication> || std::is_same_v<Item, ReadIndication>) {
            ++executed;
            BOOST_REQUIRE(meter->answer_get(*axdr::parse_data(value)));
        } else if constexpr (std::is_same_v<Item, SetIndication> ||
                             std::is_same_v<Item, WriteIndication>) {
            ++executed;
            value = to_buffer(item.value.encoded());
            BOOST_REQUIRE(meter->answer_set(cosem::DataAccessResult::success));
        } else if constexpr (std::is_same_v<Item, ActionIndication>) {
            ++executed;
            value = to_buffer(item.parameters.value_or(axdr::DataView()).encoded());
            xdlms::ActionOutcome outcome;
            outcome.return_parameters = xdlms::GetDataResult(*axdr::parse_data(value));
            BOOST_REQUIRE(meter->answer_action(outcome));
        }
    }
    static std::string text(const RequestFailure& reason) {
        if (const auto* error = std::get_if<Error>(&reason)) {
            return std::string(name(error->code));
        }
        if (const auto* exception = std::get_if<xdlms::ExceptionResponse>(&reason)) {
            return "exception " + std::string(name(exception->service_error));
        }
        return "refused";
    }
    static std::string text(const xdlms::GetDataResult& got) {
        const auto* data = std::get_if<axdr::DataView>(&got);
        return data ? to_hex(data->encoded()) : "refused";
    }
    template <class Event>
    void take(const Event& one) {
        if constexpr (std::is_same_v<Event, GetCompleted>) {
            result = text(one.result);
        } else if constexpr (std::is_same_v<Event, ReadCompleted>) {
            const xdlms::ReadResult item = *one.results.begin();
            const auto* data = std::get_if<axdr::DataView>(&item);
            result = data ? to_hex(data->encoded()) : "refused";
        } else if constexpr (std::is_same_v<Event, SetCompleted>) {
            result = one.result == cosem::DataAccessResult::success ? "done" : "refused";
        } else if constexpr (std::is_same_v<Event, WriteCompleted>) {
            const bool done = std::holds_alternative<xdlms::WriteSucceeded>(*one.results.begin());
            result = done ? "done" : "refused";
        } else if constexpr (std::is_same_v<Event, ActionCompleted>) {
            result = one.outcome.return_parameters ? text(*one.outcome.return_parameters) : "done";
        } else if constexpr (std::is_same_v<Event, AccessCompleted>) {
            result = to_hex((*one.response.data.begin()).encoded());
        } else if constexpr (std::is_same_v<Event, RequestFailed>) {
            result = text(one.reason);
        } else if constexpr (std::is_same_v<Event, Aborted>) {
            result = "aborted " + std::string(name(one.error.code));
        } else if constexpr (std::is_same_v<Event, AssociationRefused>) {
            result = "association refused";
        } else if constexpr (std::is_same_v<Event, NotificationReceived>) {
            const auto* push = std::get_if<xdlms::DataNotification>(&one.notification);
            result = push ? "push " + to_hex(push->body.encoded()) : "notification";
        }
    }

    SecuredTerms terms_;
    ProtectionPair keys_;
    SeededRandom random_;
};

}  // namespace dlms::testing
