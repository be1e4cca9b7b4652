#pragma once
// The association machines over the wrapper, as subjects of a Conversation.

#include "stack/association/client_association.hpp"
#include "stack/association/server_association.hpp"
#include "stack/wrapper/link.hpp"
#include "tests/support/conversation.hpp"

namespace dlms::testing {

inline std::string text(const xdlms::GetDataResult& result) {
    if (const auto* data = std::get_if<axdr::DataView>(&result)) {
        return "data " + to_hex(data->encoded());
    }
    return std::string(cosem::name(std::get<cosem::DataAccessResult>(result)));
}

inline std::string text(const xdlms::ExceptionResponse& exception) {
    return "exception " + std::string(xdlms::name(exception.state_error)) + " " +
           std::string(xdlms::name(exception.service_error));
}

inline std::string text(const xdlms::ConfirmedServiceError& error) {
    return "service-error " + std::string(xdlms::name(error.group)) + " " +
           std::string(xdlms::service_error_name(error.group, error.value));
}

inline std::string conformance_text(xdlms::Conformance conformance) {
    const std::uint32_t raw = conformance.raw();
    const Byte bytes[]{static_cast<Byte>(raw >> 16), static_cast<Byte>(raw >> 8),
                       static_cast<Byte>(raw)};
    return to_hex(bytes);
}

inline std::string text(const xdlms::ActionOutcome& outcome) {
    return std::string(cosem::name(outcome.result)) +
           (outcome.return_parameters ? " " + text(*outcome.return_parameters) : std::string());
}

inline std::string text(const xdlms::AccessResult& result) {
    if (const auto* action = std::get_if<xdlms::AccessActionResult>(&result)) {
        return std::string(cosem::name(action->result));
    }
    const auto* get = std::get_if<xdlms::AccessGetResult>(&result);
    return std::string(
        cosem::name(get ? get->result : std::get<xdlms::AccessSetResult>(result).result));
}

inline std::string descriptor(const cosem::AttributeDescriptor& attribute) {
    return std::to_string(attribute.class_id) + "/" + attribute.instance.text() + "/" +
           std::to_string(attribute.attribute_id);
}

struct ClientEventText {
    std::string operator()(const association::Associated& event) const {
        return "associated " + conformance_text(event.conformance) + " " +
               std::to_string(event.server_max_receive_pdu_size);
    }
    std::string operator()(const association::AssociationRefused& event) const {
        std::string words = "refused";
        if (event.result) {
            words += " " + std::string(acse::name(*event.result));
        }
        if (event.diagnostic) {
            words += " " + std::string(acse::name(*event.diagnostic));
        }
        if (event.service_error) {
            words += " " + text(*event.service_error);
        }
        if (event.exception) {
            words += " " + text(*event.exception);
        }
        return words;
    }
    std::string operator()(const association::GetCompleted& event) const {
        return "get " + std::to_string(event.id.value()) + " " + text(event.result);
    }
    std::string operator()(const association::SetCompleted& event) const {
        return "set " + std::to_string(event.id.value()) + " " +
               std::string(cosem::name(event.result));
    }
    std::string operator()(const association::GetListCompleted& event) const {
        std::string words = "get-list " + std::to_string(event.id.value());
        for (const xdlms::GetDataResult& result : event.results) {
            words += " " + text(result);
        }
        return words;
    }
    std::string operator()(const association::SetListCompleted& event) const {
        std::string words = "set-list " + std::to_string(event.id.value());
        for (const cosem::DataAccessResult result : event.results) {
            words += " " + std::string(cosem::name(result));
        }
        return words;
    }
    std::string operator()(const association::ActionCompleted& event) const {
        return "action " + std::to_string(event.id.value()) + " " + text(event.outcome);
    }
    std::string operator()(const association::ActionListCompleted& event) const {
        std::string words = "action-list " + std::to_string(event.id.value());
        for (const xdlms::ActionOutcome& outcome : event.outcomes) {
            words += " " + text(outcome);
        }
        return words;
    }
    std::string operator()(const association::AccessCompleted& event) const {
        std::string words = "access " + std::to_string(event.id.value());
        if (event.response.request_specifications) {
            for (const auto& specification : *event.response.request_specifications) {
                words += " [" + std::string(xdlms::name(specification)) + "]";
            }
        }
        auto data = event.response.data.begin();
        for (const xdlms::AccessResult& result : event.response.results) {
            words += " " + std::string(xdlms::name(result)) + " " + text(result) + " " +
                     to_hex(data->encoded());
            ++data;
        }
        return words;
    }
    std::string operator()(const association::ReadCompleted& event) const {
        std::string words = "read";
        for (const xdlms::ReadResult& result : event.results) {
            if (const auto* data = std::get_if<axdr::DataView>(&result)) {
                words += " data " + to_hex(data->encoded());
            } else if (const auto* refusal = std::get_if<cosem::DataAccessResult>(&result)) {
                words += " " + std::string(cosem::name(*refusal));
            } else {
                words += " " + std::string(xdlms::name(result));
            }
        }
        return words;
    }
    std::string operator()(const association::WriteCompleted& event) const {
        std::string words = "write";
        for (const xdlms::WriteResult& result : event.results) {
            const auto* refusal = std::get_if<cosem::DataAccessResult>(&result);
            words += " " + std::string(refusal ? cosem::name(*refusal) : xdlms::name(result));
        }
        return words;
    }
    std::string operator()(const association::NotificationReceived& event) const {
        if (const auto* data = std::get_if<xdlms::DataNotification>(&event.notification)) {
            return "data-notification " +
                   std::to_string(data->long_invoke_id_and_priority.invoke_id()) + " " +
                   to_hex(data->date_time) + " " + to_hex(data->body.encoded());
        }
        if (const auto* one = std::get_if<xdlms::EventNotification>(&event.notification)) {
            return "event-notification " + descriptor(one->attribute) + " " +
                   to_hex(one->value.encoded());
        }
        const auto& report = std::get<xdlms::InformationReport>(event.notification);
        std::string words = "information-report " + std::string(report.current_time.value_or("-"));
        auto value = report.values.begin();
        for (const auto& name : report.specifications) {
            const auto* variable = std::get_if<xdlms::VariableName>(&name);
            words += " " + (variable ? std::to_string(variable->short_name) : std::string("?")) +
                     " " + to_hex(value->encoded());
            ++value;
        }
        return words;
    }
    std::string operator()(const association::RequestFailed& event) const {
        std::string words = "failed " + std::to_string(event.id.value()) + " ";
        if (const auto* error = std::get_if<Error>(&event.reason)) {
            return words + std::string(name(error->code));
        }
        if (const auto* exception = std::get_if<xdlms::ExceptionResponse>(&event.reason)) {
            return words + text(*exception);
        }
        if (const auto* refusal = std::get_if<cosem::DataAccessResult>(&event.reason)) {
            return words + std::string(cosem::name(*refusal));
        }
        return words + text(std::get<xdlms::ConfirmedServiceError>(event.reason));
    }
    std::string operator()(const association::Released&) const { return "released"; }
    std::string operator()(const association::Aborted& event) const {
        return "aborted " + std::string(name(event.error.code));
    }
};

struct ServerEventText {
    std::string operator()(const association::AssociationEstablished& event) const {
        return std::string("established ") + conformance_text(event.conformance) + " " +
               std::to_string(event.client_max_receive_pdu_size) +
               (event.confirmed ? "" : " unconfirmed");
    }
    std::string operator()(const association::AuthenticationFailed&) const {
        return "authentication failed";
    }
    std::string operator()(const association::GetIndication& event) const {
        std::string words = "get " + descriptor(event.attribute);
        if (event.access_selection) {
            words += " selector " + std::to_string(event.access_selection->selector) + " " +
                     to_hex(event.access_selection->parameters.encoded());
        }
        return words;
    }
    std::string operator()(const association::SetIndication& event) const {
        return "set " + descriptor(event.attribute) + " " + to_hex(event.value.encoded());
    }
    std::string operator()(const association::ActionIndication& event) const {
        return "action " + std::to_string(event.method.class_id) + "/" +
               event.method.instance.text() + "/" + std::to_string(event.method.method_id) + " " +
               (event.parameters ? to_hex(event.parameters->encoded()) : "-");
    }
    std::string operator()(const association::ReadIndication& event) const {
        return "read " + std::to_string(event.short_name) + text(event.parameterized_access);
    }
    std::string operator()(const association::WriteIndication& event) const {
        return "write " + std::to_string(event.short_name) + text(event.parameterized_access) +
               " " + to_hex(event.value.encoded());
    }
    std::string operator()(const association::NotificationConfirmed& event) const {
        return "confirmed " + std::to_string(event.long_invoke_id);
    }
    std::string operator()(const association::AssociationReleased&) const { return "released"; }

    static std::string text(const std::optional<cosem::SelectiveAccess>& access) {
        return access ? " selector " + std::to_string(access->selector) + " " +
                            to_hex(access->parameters.encoded())
                      : std::string();
    }
};

/// One of the two machines behind a wrapper link.
template <class Machine, class EventText>
class AssociationSubject {
public:
    template <class Configuration>
    AssociationSubject(std::uint16_t own_wport, std::uint16_t peer_wport,
                       Configuration configuration)
        : machine(std::move(configuration)), own_(own_wport), peer_(peer_wport) {}

    Machine machine;

    void receive(ByteView bytes, Instant now) {
        link_.receive(bytes, now);
        while (const auto wpdu = link_.poll_event()) {
            machine.receive(wpdu->apdu, now);
            drain();
        }
    }
    void handle_timeout(Instant now) {
        machine.handle_timeout(now);
        drain();
    }
    void connection_lost() {
        if constexpr (requires { machine.link_lost(Error{}); }) {
            machine.link_lost(Error{ErrorCode::connection_lost, Layer::transport, 0});
        } else {
            machine.link_lost();
        }
        drain();
    }
    ByteBuffer take_transmit() {
        while (const auto apdu = machine.poll_transmit()) {
            BOOST_REQUIRE(link_.send(wrapper::Wpdu{own_, peer_, *apdu}));
        }
        const auto bytes = link_.poll_transmit();
        return bytes ? to_buffer(*bytes) : ByteBuffer();
    }
    std::vector<std::string> take_events() {
        drain();
        return std::exchange(events_, {});
    }
    std::optional<Instant> poll_timeout() { return machine.poll_timeout(); }
    bool is_at_rest() const { return machine.state() == Machine::State::idle; }
    ByteBuffer frame(ByteView apdu) const { return wpdu(peer_, own_, apdu); }
    ByteBuffer frame_own(ByteView apdu) const { return wpdu(own_, peer_, apdu); }

private:
    static ByteBuffer wpdu(std::uint16_t source, std::uint16_t destination, ByteView apdu) {
        ByteBuffer bytes;
        Writer writer(bytes);
        wrapper::encode(writer, wrapper::Wpdu{source, destination, apdu});
        return bytes;
    }
    void drain() {
        while (const auto event = machine.poll_event()) {
            events_.push_back(std::visit(EventText(), *event));
        }
    }

    wrapper::Link link_;
    std::uint16_t own_;
    std::uint16_t peer_;
    std::vector<std::string> events_;
};

using ClientSubject = AssociationSubject<association::ClientAssociation, ClientEventText>;
using ServerSubject = AssociationSubject<association::ServerAssociation, ServerEventText>;

}  // namespace dlms::testing
