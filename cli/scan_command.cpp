#include "cli/scan_command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>
#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "cli/advice.hpp"
#include "client/native_meter_client.hpp"
#include "client/open_link.hpp"
#include "render/value_json.hpp"
#include "transport/flood_budget.hpp"

namespace dlms::cli {
namespace {

using namespace cosem::literals;

constexpr auto examples = R"(Examples:
  dlms scan 192.168.1.20                       wrapper: which clients does logical device 1 know?
  dlms scan 192.168.1.20:4059 --hdlc --servers 1,16-18
  dlms scan /dev/ttyUSB0 --physicals 16-32 --clients 16 --wait 0.5

No password and no key is tried. Where a client needs one, the mechanisms of high level security are
asked for up to the meter's challenge, and no further; where the meter knows none of them, a password
(LLS) is what is left.)";

/// A pair of addresses to try.
struct Candidate {
    std::uint16_t client;
    std::uint16_t server;
    std::optional<std::uint16_t> physical;
};

/// What answered there.
struct Finding {
    Candidate candidate;
    std::string answer;               // "associated", or why not
    std::string mechanism;            // as the standard calls it; empty where it is not known
    std::optional<std::string> name;  // logical device name
};

/// A bar on standard error while somebody looks at it.
class Progress {
public:
    explicit Progress(std::size_t total) : total_(total), shown_(isatty(STDERR_FILENO) == 1) {}
    ~Progress() { clear(); }

    void show(std::size_t done) const {
        constexpr std::size_t width = 40;
        if (shown_) {
            const std::size_t filled = width * done / std::max<std::size_t>(total_, 1);
            std::cerr << "\r[" << std::string(filled, '#') << std::string(width - filled, '.')
                      << "] " << done << '/' << total_ << std::flush;
        }
    }
    void clear() const {
        if (shown_) {
            std::cerr << "\r\x1b[K" << std::flush;
        }
    }

private:
    std::size_t total_;
    bool shown_;
};

/// Whether somebody answered, though not as we would like.
bool is_an_answer(const client::Failure& failure) {
    using client::FailureCode;
    if (failure.error == transport::flooded) {
        return false;  // noise without end, in which nothing was found
    }
    if (failure.error && failure.error->code == ErrorCode::link_misaddressed) {
        return false;  // another meter than the one that was asked
    }
    switch (failure.code) {
        case FailureCode::link_rejected:
        case FailureCode::association_rejected:
        case FailureCode::authentication_failed:
        case FailureCode::malformed_answer:
        case FailureCode::protocol_violation:
        case FailureCode::service_refused: return true;
        default: return false;
    }
}

/// Whether no other candidate can fare better: there is no line, or nothing was sent.
bool ends_the_scan(const client::Failure& failure) {
    using client::FailureCode;
    switch (failure.code) {
        case FailureCode::connect_refused:
        case FailureCode::connect_timeout:
        case FailureCode::host_unreachable:
        case FailureCode::serial_unavailable:
        case FailureCode::invalid_request: return true;
        default: return false;
    }
}

std::string name_text(const axdr::Data& value) {
    render::ValueOptions options;
    const cosem::AttributeDescriptor attribute{1, "0-0:42.0.0.255"_obis, 2};
    return text(render::show_value(attribute, value.view(), std::nullopt, options));
}

using Mechanism = acse::Mechanism;

/// Whether the meter accepted the mechanism and sent its challenge.
bool was_challenged(const client::Failure& failure) {
    return failure.refusal && failure.refusal->result == acse::AssociationResult::accepted;
}

/// Which mechanism the meter asks for, found without any secret.
asio::awaitable<std::string> find_mechanism(const client::MeterParameters& parameters,
                                            client::ClientEnvironment environment) {
    constexpr std::array candidates{Mechanism::hls_gmac,  Mechanism::hls_sha256,
                                    Mechanism::hls_ecdsa, Mechanism::hls_sha1,
                                    Mechanism::hls_md5,   Mechanism::hls_manufacturer};
    SystemRandom random;
    std::array<Byte, security::SystemTitle::size> title{};
    if (!random.fill(title)) {
        co_return std::string();
    }
    for (const Mechanism mechanism : candidates) {
        client::MeterParameters asking = parameters.clone();
        asking.mechanism = mechanism;
        asking.security.stops_at_challenge = true;
        asking.security.own_title = security::SystemTitle(title);
        client::NativeMeterClient meter(std::move(asking), environment);
        const auto ended = co_await meter.connect(std::chrono::steady_clock::now() +
                                                  4 * parameters.response_timeout);
        if (!ended && was_challenged(ended.error())) {
            co_return std::string(name(mechanism));
        }
        if (!ended && !is_an_answer(ended.error())) {
            co_return std::string();  // nothing can be said of a meter that falls silent
        }
    }
    co_return std::string(name(Mechanism::lls));
}

/// Nothing: silence. A failure ends the scan.
asio::awaitable<client::Outcome<std::optional<Finding>>> try_candidate(
    const Candidate& candidate, client::MeterParameters parameters,
    client::ClientEnvironment environment) {
    const auto wait = parameters.response_timeout;
    client::NativeMeterClient meter(parameters.clone(), environment);
    const auto deadline = [&] { return std::chrono::steady_clock::now() + 4 * wait; };
    const auto connected = co_await meter.connect(deadline());
    if (!connected) {
        if (ends_the_scan(connected.error())) {
            co_return std::unexpected(connected.error());
        }
        if (!is_an_answer(connected.error())) {
            co_return std::nullopt;
        }
        if (connected.error().code != client::FailureCode::authentication_failed &&
            connected.error().code != client::FailureCode::deciphering_failed) {
            co_return Finding{candidate, describe(connected.error()), {}, std::nullopt};
        }
        std::string mechanism = co_await find_mechanism(parameters, environment);
        co_return Finding{candidate, "needs authentication", std::move(mechanism), std::nullopt};
    }
    Finding finding{candidate, "associated", std::string(name(Mechanism::lowest)), std::nullopt};
    client::ReadRequest request;
    request.attribute = {1, "0-0:42.0.0.255"_obis, 2};
    const auto name = co_await meter.read(std::move(request), deadline());
    if (name) {
        finding.name = name_text(*name);
    }
    co_await meter.release(deadline());
    co_return finding;
}

/// The meter's parameters, turned to the candidate.
client::MeterParameters at(const Candidate& candidate, const client::MeterParameters& of) {
    client::MeterParameters there = of.clone();
    there.client_sap = ClientSap(candidate.client);
    there.server_sap = ServerSap(candidate.server);
    if (candidate.physical) {
        there.link.hdlc.physical_address = candidate.physical;
    }
    return there;
}

using Findings = client::Outcome<std::vector<Finding>>;

asio::awaitable<Findings> scan(std::vector<Candidate> candidates,
                               client::MeterParameters parameters, transport::TraceSink trace) {
    std::vector<Finding> findings;
    const Progress progress(candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        progress.show(i);
        client::ClientEnvironment environment;
        environment.trace = trace;
        auto found = co_await try_candidate(candidates[i], at(candidates[i], parameters),
                                            std::move(environment));
        if (!found) {
            co_return std::unexpected(found.error());
        }
        if (*found) {
            findings.push_back(std::move(**found));
        }
    }
    co_return findings;
}

void print_json(const std::vector<Finding>& findings) {
    nlohmann::ordered_json document{{"found", nlohmann::ordered_json::array()}};
    for (const Finding& finding : findings) {
        nlohmann::ordered_json entry{{"client", finding.candidate.client},
                                     {"server", finding.candidate.server}};
        entry["physical"] = finding.candidate.physical
                                ? nlohmann::ordered_json(*finding.candidate.physical)
                                : nlohmann::ordered_json();
        entry["answer"] = finding.answer;
        entry["mechanism"] = finding.mechanism.empty() ? nlohmann::ordered_json()
                                                       : nlohmann::ordered_json(finding.mechanism);
        entry["logicalDeviceName"] =
            finding.name ? nlohmann::ordered_json(*finding.name) : nlohmann::ordered_json();
        document["found"].push_back(std::move(entry));
    }
    std::cout << document.dump(2) << '\n';
}

void print_table(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
        std::cout << "server " << finding.candidate.server;
        if (finding.candidate.physical) {
            std::cout << " physical " << *finding.candidate.physical;
        }
        std::cout << "  client " << finding.candidate.client << "  " << finding.answer;
        if (!finding.mechanism.empty()) {
            std::cout << "  " << finding.mechanism;
        }
        if (finding.name) {
            std::cout << "  " << *finding.name;
        }
        std::cout << '\n';
    }
    if (findings.empty()) {
        std::cout << "Nobody answered.\n";
    }
}

ExitStatus usage(const std::string& sentence) {
    std::cerr << "dlms scan: " << sentence << '\n';
    return ExitStatus::usage;
}

}  // namespace

std::expected<std::vector<std::uint16_t>, std::string> parse_numbers(std::string_view text,
                                                                     std::uint16_t most) {
    const auto wrong = [&] {
        return std::unexpected("'" + std::string(text) +
                               "': expected numbers and ranges from 0 to " + std::to_string(most) +
                               ", for example 1,16-18");
    };
    std::vector<std::uint16_t> numbers;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        std::uint32_t first = 0;
        const char* end = part.data() + part.size();
        auto parsed = std::from_chars(part.data(), end, first);
        std::uint32_t last = first;
        if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == '-') {
            parsed = std::from_chars(parsed.ptr + 1, end, last);
        }
        if (parsed.ec != std::errc() || parsed.ptr != end || last > most || first > last) {
            return wrong();
        }
        for (std::uint32_t number = first; number <= last; ++number) {
            const auto value = static_cast<std::uint16_t>(number);
            if (std::ranges::find(numbers, value) == numbers.end()) {
                numbers.push_back(value);
            }
        }
    }
    if (numbers.empty()) {
        return wrong();
    }
    return numbers;
}

ScanCommand::ScanCommand(CLI::App& program)
    : command_(program.add_subcommand("scan", "Find what answers on a line or at an address")) {
    meter_.add_to(*command_);
    command_->add_option("--clients", clients_, "Client addresses to speak as")
        ->capture_default_str()
        ->option_text("LIST");
    command_->add_option("--servers", servers_, "Logical devices (HDLC: upper addresses) to call")
        ->capture_default_str()
        ->option_text("LIST");
    command_->add_option("--physicals", physicals_, "HDLC: lower (physical) addresses to call")
        ->option_text("LIST");
    command_->add_option("--wait", wait_, "Seconds for each answer; 1 if absent")
        ->check(CLI::Range(0.05, 600.0))
        ->option_text("SECONDS");
    command_->add_flag("--json", json_, "Print JSON in place of a table");
    command_->footer(examples);
}

ExitStatus ScanCommand::run() {
    auto access = meter_.access([](const char*) -> const char* { return nullptr; });
    if (!access) {
        return usage(access.error());
    }
    client::MeterParameters* const parameters = &access->parameters;
    const bool is_hdlc = parameters->link.kind == client::LinkKind::hdlc;
    if (!is_hdlc && !physicals_.empty()) {
        return usage("--physicals belongs to HDLC: add --hdlc, or name a serial port");
    }
    const auto clients = parse_numbers(clients_, is_hdlc ? 0x7F : 0xFFFF);
    const auto servers = parse_numbers(servers_, is_hdlc ? 0x3FFF : 0xFFFF);
    const auto physicals =
        physicals_.empty() ? std::vector<std::uint16_t>() : parse_numbers(physicals_, 0x3FFF);
    if (!clients || !servers || !physicals) {
        return usage(!clients   ? "--clients " + clients.error()
                     : !servers ? "--servers " + servers.error()
                                : "--physicals " + physicals.error());
    }
    std::vector<std::optional<std::uint16_t>> lowers(physicals->begin(), physicals->end());
    if (lowers.empty()) {
        lowers.emplace_back();
    }
    std::vector<Candidate> candidates;
    for (const auto& physical : lowers) {
        for (const std::uint16_t server : *servers) {
            for (const std::uint16_t address : *clients) {
                candidates.push_back({address, server, physical});
            }
        }
    }
    const auto fits = [&](const Candidate& candidate) {
        return !is_hdlc || client::hdlc_address(at(candidate, *parameters));
    };
    if (!std::ranges::all_of(candidates, fits)) {
        return usage("not all of these addresses fit --address-size");
    }
    parameters->mechanism = acse::Mechanism::lowest;
    parameters->password = SecretBytes();
    parameters->security = client::MeterSecurity();
    parameters->response_timeout =
        std::chrono::milliseconds(static_cast<std::int64_t>(wait_ * 1000));
    parameters->link.hdlc.response_timeout = parameters->response_timeout;
    parameters->link.hdlc.retries = 0;
    asio::io_context io;
    std::optional<Findings> findings;
    transport::TraceSink trace = meter_.trace(*parameters);
    asio::co_spawn(io, scan(std::move(candidates), std::move(*parameters), std::move(trace)),
                   [&findings](const std::exception_ptr& defect, Findings result) {
                       if (!defect) {
                           findings = std::move(result);
                       }
                   });
    io.run();
    if (!findings) {
        std::cerr << "dlms scan: an internal error\n";
        return ExitStatus::internal;
    }
    if (!*findings) {
        std::cerr << "dlms scan: " << explain(findings->error()) << '\n';
        return exit_status(findings->error());
    }
    json_ ? print_json(**findings) : print_table(**findings);
    return ExitStatus::done;
}

}  // namespace dlms::cli
