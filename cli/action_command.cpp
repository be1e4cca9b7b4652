#include "cli/action_command.hpp"

#include <cstdlib>
#include <iostream>
#include <optional>

#include "cli/advice.hpp"
#include "cli/item.hpp"
#include "cli/run_to_end.hpp"
#include "cli/typed_value.hpp"
#include "client/native_meter_client.hpp"
#include "render/method_json.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::cli {
namespace {

using render::Json;

constexpr auto examples =
    R"(The method is a number, or its name as the class has it. A value is JSON, or else text; most
methods take the integer 0, which is sent where none is given. A method is never invoked twice.

Examples:
  dlms action 192.168.1.20 70/0-0:96.3.10.255/remote_disconnect --brand hexcell
  dlms action 192.168.1.20 9/0-0:10.0.0.255/1 3 --brand hexing
  dlms action 192.168.1.20 8/0-0:1.0.0.255/shift_time '{"type": "long", "value": 30}')";

using Answer = client::Outcome<std::optional<axdr::Data>>;

struct Order {
    cosem::MethodDescriptor method;
    std::optional<axdr::Data> parameter;
    bool is_broadcast = false;
};

asio::awaitable<Answer> invoke(client::NativeMeterClient& meter, Order order,
                               client::MeterParameters parameters) {
    const auto now = [] { return std::chrono::steady_clock::now(); };
    // In two steps: a method is not invoked by a deadline that connecting used up.
    const auto connected = co_await meter.connect(now() + parameters.response_timeout);
    Answer answer;
    if (!connected) {
        answer = std::unexpected(connected.error());
    } else if (order.is_broadcast) {
        const auto sent = co_await meter.broadcast_invoke(
            order.method, std::move(order.parameter), now() + MeterOptions::patience(parameters));
        if (!sent) {
            answer = std::unexpected(sent.error());
        }
    } else {
        answer = co_await meter.invoke(order.method, std::move(order.parameter),
                                       now() + MeterOptions::patience(parameters));
    }
    co_await meter.release(now() + std::chrono::seconds(5));
    co_return answer;
}

ExitStatus complain(const std::string& sentence, ExitStatus status) {
    std::cerr << "dlms action: " << sentence << '\n';
    return status;
}

/// "0-0:96.3.10.255 remote_disconnect", or with the method's number where it has no name here.
std::string title_of(const cosem::MethodDescriptor& method) {
    const cosem::ClassMethod* row = cosem::find_method(method.class_id, method.method_id);
    return method.instance.text() + ' ' +
           (row != nullptr ? std::string(row->name) : "method " + std::to_string(method.method_id));
}

render::ShownValue shown(const Order& order, const axdr::Data& returned,
                         const render::ValueOptions& options) {
    constexpr std::uint16_t data_class = 1;
    return render::show_value({data_class, order.method.instance, 2}, returned.view(), {}, options);
}

void print_json(const Order& order, const Answer& answer, const render::ValueOptions& options) {
    Json json;
    json["success"] = answer.has_value();
    json["obisCode"] = order.method.instance.text();
    json["classId"] = order.method.class_id;
    json["methodId"] = int{order.method.method_id};
    if (!answer) {
        json["error"] = describe(answer.error());
        json["errorCode"] = code_text(answer.error());
    } else if (*answer) {
        json["value"] = shown(order, **answer, options).value;
    }
    std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace

ActionCommand::ActionCommand(CLI::App& program)
    : command_(program.add_subcommand("action", "Invoke one method")) {
    meter_.add_to(*command_);
    command_->add_option("method", method_, "What to invoke: CLASS/OBIS/METHOD or OBIS/METHOD")
        ->option_text(" ")
        ->required();
    command_->add_option("value", value_, "The method's parameter: JSON, or else text")
        ->option_text(" ");
    command_
        ->add_option("--type", type_,
                     "Type of the parameter, for example long-unsigned or 18; else the class's")
        ->option_text("TYPE");
    command_->add_flag("--broadcast", broadcast_,
                       "To every meter of the line at once. None answers: a reading shows what\n"
                       "came of it. The meters have an association with this client already\n"
                       "(--pre-established); the line is opened with the one that is addressed");
    command_->add_flag("--json", json_, "Print JSON in place of a sentence");
    command_->footer(examples);
}

ExitStatus ActionCommand::run() {
    const auto method = parse_method(method_);
    if (!method) {
        return complain(method.error(), ExitStatus::usage);
    }
    const auto type = parse_type(type_);
    if (!type) {
        return complain(type.error(), ExitStatus::usage);
    }
    const render::ValueOptions options = meter_.value_options();
    render::WriteOptions writing;
    writing.energy_unit = options.energy_unit;
    const Json value = value_from_text(value_, *type);
    auto parameter =
        render::method_parameter(*method, value_.empty() ? nullptr : &value, *type, writing);
    if (!parameter) {
        return complain(parameter.error().message + ". Nothing was sent.", ExitStatus::usage);
    }
    auto access =
        meter_.access(std::getenv, broadcast_ ? Audience::every_meter : Audience::one_meter);
    if (!access) {
        return complain(access.error(), ExitStatus::usage);
    }
    const Order order{*method, std::move(*parameter), broadcast_};
    asio::io_context io;
    client::NativeMeterClient meter(access->parameters.clone(), std::move(access->environment));
    const auto answer = run_to_end(io, invoke(meter, order, std::move(access->parameters)));
    if (!answer) {
        return complain("an internal error", ExitStatus::internal);
    }
    if (json_) {
        print_json(order, *answer, options);
    }
    if (!*answer) {
        return complain(explain(answer->error()), exit_status(answer->error()));
    }
    if (!json_ && broadcast_) {
        std::cout << title_of(*method) << " was sent to all; nobody answers to that\n";
    } else if (!json_) {
        std::cout << title_of(*method) << ": done";
        if (**answer) {
            std::cout << ", returned " << text(shown(order, ***answer, options));
        }
        std::cout << '\n';
    }
    return ExitStatus::done;
}

}  // namespace dlms::cli
