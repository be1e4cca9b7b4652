#include "server/attribute_write.hpp"

#include <algorithm>
#include <utility>

#include "server/json_write.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::service {

namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

// What the meter shows after a write whose outcome is unknown, as a clause for the sentence.
asio::awaitable<std::string> read_back(client::MeterClient& meter,
                                       cosem::AttributeDescriptor attribute,
                                       const axdr::Data& written, Instant deadline) {
    if (now() >= deadline) {
        co_return "; there was no time to read it back";
    }
    client::ReadRequest request;
    request.attribute = attribute;
    const auto shown = co_await meter.read(std::move(request), deadline);
    if (!shown) {
        co_return "; reading it back failed";
    }
    if (*shown == written) {
        co_return "; read back, the attribute shows the value that was to be written";
    }
    co_return "; read back, the attribute shows another value";
}

// What is wrong with a value, without the value where it is a secret.
std::string shown_fault(const WriteRequest& request, const std::string& sentence) {
    return holds_secret(request.attribute) ? without_value(sentence) : sentence;
}

// To every meter of the line. None is asked what it has, and none answers.
asio::awaitable<CallOutcome<void>> write_to_all(MeterActor& actor, const WriteRequest& request,
                                                const render::WriteOptions& options,
                                                Instant deadline) {
    const auto refused = [](std::string sentence) {
        return std::unexpected(
            call_failure(error_row("type-unmatched"), std::move(sentence), Blame::misuse));
    };
    if (needs_meter_for_broadcast(request)) {
        co_return refused(
            "no meter is asked for its type or its scaler before a broadcast: "
            "data_type must say the type, and a register takes {\"raw\": ...}");
    }
    auto value = write_value(request, std::nullopt, std::nullopt, options);
    if (!value) {
        co_return refused(shown_fault(request, value.error()));
    }
    auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(std::move(prepared.error()));
    }
    const auto sent = co_await (*prepared)->broadcast_write(request.attribute, *value, deadline);
    if (!sent) {
        co_return std::unexpected(call_failure(sent.error()));
    }
    actor.registers().clear();
    co_return CallOutcome<void>();
}

// The value of before, for the audit log. A meter that does not show it is no obstacle.
asio::awaitable<CallOutcome<void>> note_present(client::MeterClient& meter,
                                                cosem::AttributeDescriptor attribute,
                                                const std::optional<axdr::Data>& known,
                                                AuditNotes& notes, Instant deadline) {
    if (known || holds_secret(attribute)) {
        notes.before = audit_value(attribute, known ? known->encoded() : ByteView());
        co_return CallOutcome<void>();
    }
    client::ReadRequest read;
    read.attribute = attribute;
    auto shown = co_await meter.read(std::move(read), deadline);
    if (shown) {
        notes.before = audit_value(attribute, shown->encoded());
    } else if (!client::concerns_the_item(shown.error())) {
        co_return std::unexpected(call_failure(shown.error()));
    }
    co_return CallOutcome<void>();
}

// The Data of a value, with what its form depends on read first; the audit log has it from here.
asio::awaitable<CallOutcome<axdr::Data>> value_of_write(MeterActor& actor,
                                                        client::MeterClient& meter,
                                                        const WriteRequest& request,
                                                        const WriteOrder& order, AuditNotes& notes,
                                                        Instant deadline) {
    const WriteNeeds needs = write_needs(request);
    std::optional<axdr::Data> present;
    if (needs.present) {
        client::ReadRequest read;
        read.attribute = request.attribute;
        auto shown = co_await meter.read(std::move(read), deadline);
        if (shown) {
            present = std::move(*shown);
        } else if (needs.required || shown.error().code != client::FailureCode::access_refused) {
            co_return std::unexpected(call_failure(shown.error()));
        }
    }
    auto scaler_unit = co_await actor.registers().scaler_unit(request.attribute, deadline);
    if (!scaler_unit) {
        co_return std::unexpected(call_failure(scaler_unit.error()));
    }
    auto value = write_value(request, present, *scaler_unit, order.options,
                             actor.registers().version(request.attribute));
    if (!value) {
        co_return std::unexpected(call_failure(error_row("type-unmatched"),
                                               shown_fault(request, value.error()), Blame::misuse));
    }
    if (order.is_audited) {
        auto noted = co_await note_present(meter, request.attribute, present, notes, deadline);
        if (!noted) {
            co_return std::unexpected(std::move(noted.error()));
        }
    }
    notes.after = audit_value(request.attribute, value->encoded());
    co_return std::move(*value);
}

void forget_scaler(MeterActor& actor, const cosem::AttributeDescriptor& attribute) {
    const auto* what = cosem::find_attribute(attribute.class_id, attribute.attribute_id);
    if (what != nullptr && what->name == "scaler_unit") {
        actor.registers().clear();
    }
}

// Why one attribute was not written; with what the meter shows where that is open.
asio::awaitable<CallFailure> failure_of_write(client::MeterClient& meter,
                                              cosem::AttributeDescriptor attribute,
                                              const axdr::Data& value, client::Failure why,
                                              Instant deadline) {
    CallFailure failure = call_failure(why);
    if (why.code == client::FailureCode::outcome_unknown) {
        const std::string clause = co_await read_back(meter, attribute, value, deadline);
        failure.sentence += clause;
    }
    co_return failure;
}

asio::awaitable<CallOutcome<void>> write_one(MeterActor& actor, const WriteOrder& order,
                                             AuditNotes& notes, Instant deadline) {
    const WriteRequest& request = order.request;
    auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(std::move(prepared.error()));
    }
    client::MeterClient& meter = **prepared;
    auto value = co_await value_of_write(actor, meter, request, order, notes, deadline);
    if (!value) {
        co_return std::unexpected(std::move(value.error()));
    }
    auto written = co_await meter.write(request.attribute, *value, deadline);
    if (written) {
        forget_scaler(actor, request.attribute);
        co_return CallOutcome<void>();
    }
    auto failure = co_await failure_of_write(meter, request.attribute, *value,
                                             std::move(written.error()), deadline);
    co_return std::unexpected(std::move(failure));
}

void append_note(std::string& list, const std::string& name, const std::string& value) {
    list += (list.empty() ? "" : ", ") + name + ": " + value;
}

// Several attributes of one object: all values are made before the first is sent. The failure is
// the first one's and says of each what became of it.
asio::awaitable<CallOutcome<void>> write_several(MeterActor& actor, const WriteOrder& order,
                                                 AuditNotes& notes, Instant deadline) {
    auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(std::move(prepared.error()));
    }
    client::MeterClient& meter = **prepared;
    std::vector<client::WriteRequest> requests;
    std::vector<std::string> names;
    for (const NamedValue& named : order.request.named) {
        WriteRequest one = order.request;
        one.named.clear();
        one.attribute.attribute_id = named.attribute_id;
        one.value = named.value;
        const auto* what = cosem::find_attribute(one.attribute.class_id, named.attribute_id);
        names.push_back(what != nullptr ? std::string(what->name)
                                        : std::to_string(named.attribute_id));
        AuditNotes of_one;
        auto value = co_await value_of_write(actor, meter, one, order, of_one, deadline);
        if (!value) {
            value.error().sentence = names.back() + ": " + value.error().sentence;
            co_return std::unexpected(std::move(value.error()));
        }
        append_note(notes.before, names.back(), of_one.before);
        append_note(notes.after, names.back(), of_one.after);
        requests.push_back({one.attribute, std::move(*value)});
    }
    std::vector<client::WriteRequest> sent = requests;
    auto outcomes = co_await meter.write_list(std::move(sent), deadline);
    if (!outcomes) {
        co_return std::unexpected(call_failure(outcomes.error()));
    }
    std::optional<CallFailure> first;
    std::string sentences;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        if ((*outcomes)[i]) {
            forget_scaler(actor, requests[i].attribute);
            append_note(sentences, names[i], "written");
            continue;
        }
        auto failure = co_await failure_of_write(meter, requests[i].attribute, requests[i].value,
                                                 std::move((*outcomes)[i].error()), deadline);
        append_note(sentences, names[i], failure.sentence);
        if (!first) {
            first = std::move(failure);
        }
    }
    if (!first) {
        co_return CallOutcome<void>();
    }
    first->sentence = std::move(sentences);
    co_return std::unexpected(std::move(*first));
}

}  // namespace

AuditIntent write_intent(const WriteRequest& request, AuditCaller caller) {
    std::string target = audit_target(request.attribute);
    bool is_secret = holds_secret(request.attribute);
    for (std::size_t i = 1; i < request.named.size(); ++i) {
        cosem::AttributeDescriptor attribute = request.attribute;
        attribute.attribute_id = request.named[i].attribute_id;
        target += ", " + audit_target(attribute);
        is_secret |= holds_secret(attribute);
    }
    return {std::move(caller), request.meter_number, "write", std::move(target),
            is_secret ? "(secret)" : request.value};
}

asio::awaitable<CallOutcome<void>> write_attributes(MeterActor& actor,
                                                    std::shared_ptr<const WriteOrder> order,
                                                    AuditNotes& notes, Instant deadline) {
    auto written = order->request.broadcast
                       ? write_to_all(actor, order->request, order->options, deadline)
                   : order->request.named.empty() ? write_one(actor, *order, notes, deadline)
                                                  : write_several(actor, *order, notes, deadline);
    auto outcome = co_await std::move(written);
    co_return outcome;
}

}  // namespace dlms::service
