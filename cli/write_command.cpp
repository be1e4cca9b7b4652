#include "cli/write_command.hpp"

#include <cstdlib>
#include <iostream>

#include "cli/advice.hpp"
#include "cli/run_to_end.hpp"
#include "cli/typed_value.hpp"
#include "client/native_meter_client.hpp"
#include "client/register_reader.hpp"
#include "render/attribute_table.hpp"
#include "render/json_data.hpp"

namespace dlms::cli {
namespace {

using render::Json;

constexpr auto examples =
    R"(The value is taken as `dlms read` shows it: a register in its unit, a clock as ISO 8601.
{"raw": 1200} is the meter's own integer, {"hex": "0A0B"} the octets themselves.
An object of attributes writes these: {"threshold_normal": 5100, "threshold_emergency": 2000}.
A time with Z or an offset is converted to the meter's own offset; to UTC where it states none.

Examples:
  dlms write 192.168.1.20 0-0:1.0.0.255 2026-11-23T09:30:00 --brand hexcell
  dlms write 192.168.1.20 1/0-0:96.60.0.255 1 --type unsigned --client 1
  dlms write 192.168.1.20 71/0-0:17.0.0.255 '{"threshold_normal": 5100}')";

struct Item {
    cosem::AttributeDescriptor attribute;
    Json value;
};

struct WriteOrder {
    std::vector<Item> items;  ///< attributes of one object
    std::optional<axdr::Tag> type;
    render::ValueOptions options;
};

/// How a write ended; a fault is a value that cannot be written, and nothing was sent.
struct WriteEnd {
    std::optional<client::Failure> failure;  ///< of all
    std::optional<render::WriteFault> fault;
    std::vector<std::string> shown;  ///< the values as they are shown, one an item
    std::vector<client::Outcome<void>> outcomes;
};

WriteEnd failed(client::Failure failure) {
    WriteEnd end;
    end.failure = std::move(failure);
    return end;
}

/// The target of a write, with the type that was asked for, or else the class's.
render::WriteTarget target_of(const cosem::AttributeDescriptor& attribute,
                              std::optional<axdr::Tag> type) {
    render::WriteTarget target;
    target.attribute = attribute;
    target.type = type ? type : render::attribute_type(attribute.class_id, attribute.attribute_id);
    return target;
}

/// The octets of an item; nothing after a fault.
std::optional<axdr::Data> make_value(const Item& item, const render::WriteTarget& target,
                                     const render::ValueOptions& shown, WriteEnd& end) {
    render::WriteOptions options;
    options.energy_unit = shown.energy_unit;
    auto data = render::data_from_json(item.value, target, options);
    if (!data) {
        end.fault = data.error();
        return std::nullopt;
    }
    const render::ShownValue value =
        render::show_value(item.attribute, data->view(), target.scaler_unit, shown);
    end.shown.push_back(text(value) + "  (" + std::string(value.type) + ')');
    return std::move(*data);
}

/// To every meter of the line at once. None is asked what it has, and none answers.
asio::awaitable<WriteEnd> write_to_all(client::NativeMeterClient& meter, WriteOrder order,
                                       client::MeterParameters parameters) {
    WriteEnd end;
    std::vector<axdr::Data> values;
    for (const Item& item : order.items) {
        auto value = make_value(item, target_of(item.attribute, order.type), order.options, end);
        if (!value) {
            co_return end;
        }
        values.push_back(std::move(*value));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Instant send_by =
            std::chrono::steady_clock::now() + MeterOptions::patience(parameters);
        auto sent =
            co_await meter.broadcast_write(order.items[i].attribute, std::move(values[i]), send_by);
        end.outcomes.push_back(std::move(sent));
    }
    co_await meter.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
    co_return end;
}

/// Makes all values before the first is written.
asio::awaitable<WriteEnd> write_with(client::MeterClient& meter, WriteOrder order,
                                     client::MeterParameters parameters) {
    WriteEnd end;
    client::RegisterReader reader(meter);
    std::vector<client::WriteRequest> requests;
    for (const Item& item : order.items) {
        // What is there now tells the type, a register's scaler, and a clock's convention.
        client::ReadRequest request;
        request.attribute = item.attribute;
        const Instant read_by =
            std::chrono::steady_clock::now() + MeterOptions::patience(parameters);
        const auto present = co_await reader.read(std::move(request), read_by);
        if (!present && exit_status(present.error()) != ExitStatus::refused) {
            co_return failed(present.error());
        }
        render::WriteTarget target = target_of(item.attribute, order.type);
        if (present) {
            target.present = present->value.view();
            target.scaler_unit = present->scaler_unit;
            target.version = present->version;
        }
        auto value = make_value(item, target, order.options, end);
        if (!value) {
            co_return end;
        }
        requests.push_back({item.attribute, std::move(*value)});
    }
    const Instant write_by = std::chrono::steady_clock::now() + MeterOptions::patience(parameters);
    auto outcomes = co_await meter.write_list(std::move(requests), write_by);
    if (!outcomes) {
        co_return failed(std::move(outcomes.error()));
    }
    end.outcomes = std::move(*outcomes);
    co_return end;
}

asio::awaitable<WriteEnd> write_to_one(client::MeterClient& meter, WriteOrder order,
                                       client::MeterParameters parameters) {
    const Instant connect_by = std::chrono::steady_clock::now() + parameters.response_timeout;
    const auto connected = co_await meter.connect(connect_by);
    if (!connected) {
        co_return failed(connected.error());
    }
    WriteEnd end = co_await write_with(meter, std::move(order), std::move(parameters));
    co_await meter.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
    co_return end;
}

ExitStatus complain(const std::string& sentence, ExitStatus status) {
    std::cerr << "dlms write: " << sentence << '\n';
    return status;
}

/// Why an item was not written; null when it was.
const client::Failure* failure_of(const WriteEnd& end, std::size_t item) {
    if (end.failure) {
        return &*end.failure;
    }
    return item < end.outcomes.size() && !end.outcomes[item] ? &end.outcomes[item].error()
                                                             : nullptr;
}

Json item_json(const Item& item, const WriteEnd& end, std::size_t place) {
    const client::Failure* failure = failure_of(end, place);
    Json json;
    json["success"] = failure == nullptr && !end.fault;
    json["obisCode"] = item.attribute.instance.text();
    json["value"] = item.value;
    if (failure != nullptr) {
        json["error"] = describe(*failure);
        json["errorCode"] = code_text(*failure);
    } else if (end.fault) {
        json["error"] = end.fault->message;
        json["errorCode"] = "invalid-request";
    }
    return json;
}

/// One object, or a list where several attributes were named.
void print_json_end(const WriteOrder& order, const WriteEnd& end) {
    Json list = Json::array();
    for (std::size_t i = 0; i < order.items.size(); ++i) {
        list.push_back(item_json(order.items[i], end, i));
        if (order.items.size() > 1) {
            list.back()["attributeId"] = order.items[i].attribute.attribute_id;
        }
    }
    const Json& json = list.size() == 1 ? list[0] : list;
    std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

/// A sentence for each item. Returns the status of the first that was not written.
ExitStatus print_end(const WriteOrder& order, const WriteEnd& end, bool json, bool broadcast) {
    ExitStatus status = ExitStatus::done;
    for (std::size_t i = 0; i < order.items.size(); ++i) {
        const cosem::AttributeDescriptor& attribute = order.items[i].attribute;
        const std::string which =
            attribute.instance.text() + " attribute " + std::to_string(attribute.attribute_id);
        if (const client::Failure* failure = failure_of(end, i)) {
            const bool names_it = order.items.size() > 1 && !end.failure;
            const ExitStatus failed =
                complain((names_it ? which + ": " : "") + explain(*failure), exit_status(*failure));
            status = status == ExitStatus::done ? failed : status;
            if (end.failure) {
                return status;
            }
        } else if (!json && broadcast) {
            std::cout << which << " := " << end.shown[i]
                      << " was sent to all; nobody answers to that\n";
        } else if (!json) {
            std::cout << which << " is now " << end.shown[i] << '\n';
        }
    }
    return status;
}

/// What is written: the attribute that the item names, or those that the value names.
std::vector<Item> items_of(const cosem::AttributeDescriptor& attribute, Json value,
                           bool is_attribute_named) {
    if (!is_attribute_named && !render::says_its_type(value) && value.is_object() &&
        !value.empty()) {
        const auto named = render::attributes_from_json(value, attribute.class_id);
        if (named) {
            std::vector<Item> items;
            for (const render::NamedAttribute& one : *named) {
                items.push_back({attribute, *one.value});
                items.back().attribute.attribute_id = one.attribute_id;
            }
            return items;
        }
    }
    return {{attribute, std::move(value)}};
}

}  // namespace

WriteCommand::WriteCommand(CLI::App& program)
    : command_(program.add_subcommand("write", "Write attributes of an object")) {
    meter_.add_to(*command_);
    command_
        ->add_option("obis", item_,
                     "What to write: OBIS, CLASS/OBIS, OBIS/ATTRIBUTE or CLASS/OBIS/ATTRIBUTE")
        ->option_text(" ")
        ->required();
    command_->add_option("value", value_, "The value: JSON, or else text")
        ->option_text(" ")
        ->required();
    command_
        ->add_option("--type", type_,
                     "Type of the value, for example long-unsigned or 18; else the class's, else "
                     "what the meter shows")
        ->option_text("TYPE");
    command_->add_option("--class", defaults_.class_id, "Class, if the item does not name one")
        ->check(CLI::Range(1, 65535))
        ->option_text("NUMBER");
    attribute_option_ =
        command_
            ->add_option("--attribute", defaults_.attribute_id,
                         "Attribute, if neither the item nor the value names one; 2 (the\n"
                         "value) if absent")
            ->option_text("NUMBER");
    command_->add_flag("--broadcast", broadcast_,
                       "To every meter of the line at once. None answers: a reading shows what\n"
                       "came of it. The meters have an association with this client already\n"
                       "(--pre-established); the line is opened with the one that is addressed");
    command_->add_flag("--json", json_, "Print JSON in place of a sentence");
    command_->footer(examples);
}

ExitStatus WriteCommand::run() {
    const auto attribute = parse_item(item_, defaults_);
    if (!attribute) {
        return complain(attribute.error(), ExitStatus::usage);
    }
    WriteOrder order;
    order.options = meter_.value_options();
    const auto type = parse_type(type_);
    if (!type) {
        return complain(type.error(), ExitStatus::usage);
    }
    const auto expected =
        *type ? *type : render::attribute_type(attribute->class_id, attribute->attribute_id);
    order.items = items_of(*attribute, value_from_text(value_, expected),
                           names_attribute(item_) || attribute_option_->count() > 0);
    order.type = *type;
    if (order.type && order.items.size() > 1) {
        return complain("--type says the type of one attribute, and the value names several",
                        ExitStatus::usage);
    }
    auto access =
        meter_.access(std::getenv, broadcast_ ? Audience::every_meter : Audience::one_meter);
    if (!access) {
        return complain(access.error(), ExitStatus::usage);
    }
    asio::io_context io;
    client::NativeMeterClient meter(access->parameters.clone(), std::move(access->environment));
    auto work = broadcast_ ? write_to_all(meter, order, std::move(access->parameters))
                           : write_to_one(meter, order, std::move(access->parameters));
    const auto end = run_to_end(io, std::move(work));
    if (!end) {
        return complain("an internal error", ExitStatus::internal);
    }
    if (json_) {
        print_json_end(order, *end);
    }
    if (end->fault) {
        return complain(end->fault->message + ". Nothing was sent.", ExitStatus::usage);
    }
    return print_end(order, *end, json_, broadcast_);
}

}  // namespace dlms::cli
