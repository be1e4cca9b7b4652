#include "cli/write_command.hpp"

#include <cstdlib>
#include <iostream>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include "cli/advice.hpp"
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
A time with Z or an offset is converted to the meter's own offset; to UTC where it states none.

Examples:
  dlms write 192.168.1.20 0-0:1.0.0.255 2026-11-23T09:30:00 --brand hexcell
  dlms write 192.168.1.20 1/0-0:96.60.0.255 1 --type unsigned --client 1)";

struct WriteOrder {
    cosem::AttributeDescriptor attribute;
    Json value;
    std::optional<axdr::Tag> type;
    render::ValueOptions options;
};

/// How a write ended; a fault is a value that cannot be written, and nothing was sent.
struct WriteEnd {
    std::optional<client::Failure> failure;
    std::optional<render::WriteFault> fault;
    std::string written;  ///< the value as it is shown
};

WriteEnd failed(client::Failure failure) {
    WriteEnd end;
    end.failure = std::move(failure);
    return end;
}

/// The target of a write, with the type that was asked for, or else the class's.
render::WriteTarget target_of(const WriteOrder& order) {
    render::WriteTarget target;
    target.attribute = order.attribute;
    target.type = order.type;
    if (!target.type) {
        target.type =
            render::attribute_type(order.attribute.class_id, order.attribute.attribute_id);
    }
    return target;
}

/// To every meter of the line at once. None is asked what it has, and none answers.
asio::awaitable<WriteEnd> write_to_all(client::NativeMeterClient& meter, WriteOrder order,
                                       client::MeterParameters parameters) {
    WriteEnd end;
    const render::WriteTarget target = target_of(order);
    render::WriteOptions options;
    options.energy_unit = order.options.energy_unit;
    const auto data = render::data_from_json(order.value, target, options);
    if (!data) {
        end.fault = data.error();
        co_return end;
    }
    const render::ShownValue shown =
        render::show_value(order.attribute, data->view(), {}, order.options);
    end.written = text(shown) + "  (" + std::string(shown.type) + ')';
    const Instant send_by = std::chrono::steady_clock::now() + MeterOptions::patience(parameters);
    const auto sent = co_await meter.broadcast_write(order.attribute, *data, send_by);
    if (!sent) {
        end.failure = sent.error();
    }
    co_await meter.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
    co_return end;
}

asio::awaitable<WriteEnd> write_one(client::MeterClient& meter, WriteOrder order,
                                    client::MeterParameters parameters) {
    const Instant connect_by = std::chrono::steady_clock::now() + parameters.response_timeout;
    const auto connected = co_await meter.connect(connect_by);
    if (!connected) {
        co_return failed(connected.error());
    }
    // What is there now tells the type, a register's scaler, and a clock's convention.
    client::RegisterReader reader(meter);
    client::ReadRequest request;
    request.attribute = order.attribute;
    const Instant read_by = std::chrono::steady_clock::now() + MeterOptions::patience(parameters);
    const auto present = co_await reader.read(std::move(request), read_by);
    if (!present && exit_status(present.error()) != ExitStatus::refused) {
        co_await meter.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
        co_return failed(present.error());
    }
    render::WriteTarget target = target_of(order);
    if (present) {
        target.present = present->value.view();
        target.scaler_unit = present->scaler_unit;
        target.version = present->version;
    }
    WriteEnd end;
    render::WriteOptions options;
    options.energy_unit = order.options.energy_unit;
    const auto data = render::data_from_json(order.value, target, options);
    if (!data) {
        end.fault = data.error();
    } else {
        const render::ShownValue shown =
            render::show_value(order.attribute, data->view(), target.scaler_unit, order.options);
        end.written = text(shown) + "  (" + std::string(shown.type) + ')';
        const Instant write_by =
            std::chrono::steady_clock::now() + MeterOptions::patience(parameters);
        const auto outcome = co_await meter.write(order.attribute, *data, write_by);
        if (!outcome) {
            end.failure = outcome.error();
        }
    }
    co_await meter.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
    co_return end;
}

ExitStatus complain(const std::string& sentence, ExitStatus status) {
    std::cerr << "dlms write: " << sentence << '\n';
    return status;
}

void print_json_end(const WriteOrder& order, const WriteEnd& end) {
    Json json;
    json["success"] = !end.failure && !end.fault;
    json["obisCode"] = order.attribute.instance.text();
    json["value"] = order.value;
    if (end.failure) {
        json["error"] = describe(*end.failure);
        json["errorCode"] = code_text(*end.failure);
    } else if (end.fault) {
        json["error"] = end.fault->message;
        json["errorCode"] = "invalid-request";
    }
    std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace

WriteCommand::WriteCommand(CLI::App& program)
    : command_(program.add_subcommand("write", "Write one attribute")) {
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
    command_
        ->add_option("--attribute", defaults_.attribute_id,
                     "Attribute, if the item does not name one; 2 (the value) if absent")
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
    order.attribute = *attribute;
    order.options = meter_.value_options();
    order.value = value_from_text(value_);
    const auto type = parse_type(type_);
    if (!type) {
        return complain(type.error(), ExitStatus::usage);
    }
    order.type = *type;
    auto access =
        meter_.access(std::getenv, broadcast_ ? Audience::every_meter : Audience::one_meter);
    if (!access) {
        return complain(access.error(), ExitStatus::usage);
    }
    asio::io_context io;
    client::NativeMeterClient meter(access->parameters.clone(), std::move(access->environment));
    std::optional<WriteEnd> end;
    auto work = broadcast_ ? write_to_all(meter, order, std::move(access->parameters))
                           : write_one(meter, order, std::move(access->parameters));
    asio::co_spawn(io, std::move(work), [&end](const std::exception_ptr& defect, WriteEnd result) {
        if (!defect) {
            end = std::move(result);
        }
    });
    io.run();
    if (!end) {
        return complain("an internal error", ExitStatus::internal);
    }
    if (json_) {
        print_json_end(order, *end);
    }
    if (end->fault) {
        return complain(end->fault->message + ". Nothing was sent.", ExitStatus::usage);
    }
    if (end->failure) {
        return complain(explain(*end->failure), exit_status(*end->failure));
    }
    if (!json_ && broadcast_) {
        std::cout << attribute->instance.text() << " attribute " << int{attribute->attribute_id}
                  << " := " << end->written << " was sent to all; nobody answers to that\n";
    } else if (!json_) {
        std::cout << attribute->instance.text() << " attribute " << int{attribute->attribute_id}
                  << " is now " << end->written << '\n';
    }
    return ExitStatus::done;
}

}  // namespace dlms::cli
