#include "simulator/options.hpp"

#include <map>

namespace dlms::simulator {
namespace {

constexpr std::uint32_t longest_delay = 600'000;
constexpr std::uint32_t largest_fleet = 100'000;
const std::map<std::string, Parity> parities = {
    {"none", Parity::none}, {"even", Parity::even}, {"odd", Parity::odd}};
const std::map<std::string, DialInForm> forms = {{"hexcell", DialInForm::hexcell},
                                                 {"hexing", DialInForm::hexing},
                                                 {"hexing-b", DialInForm::hexing_b}};

void declare_meters(CLI::App& app, Options& options) {
    const std::string group = "The meters";
    app.add_option("--scenario", options.scenarios,
                   "The meter: hexcell, hexing, full, standard, small, or a file "
                   "(docs/scenario.md). Several make "
                   "several meters: on HDLC lines each has a lower address of its own")
        ->capture_default_str()
        ->group(group);
    app.add_option("--multi-drop", options.copies,
                   "So many meters of each scenario on a line or port, with serial numbers, lower "
                   "HDLC addresses and (wrapper) server SAPs counted up")
        ->check(CLI::Range(1u, 1000u))
        ->capture_default_str()
        ->group(group);
    app.add_option("--fleet", options.fleet,
                   "So many times all this, each on ports of its own: --port, --hdlc-port and "
                   "--udp-port are the first, and are counted up")
        ->check(CLI::Range(1u, largest_fleet))
        ->capture_default_str()
        ->group(group);
    app.add_option("--seed", options.seed, "Seed of the living values and of the faults")
        ->capture_default_str()
        ->group(group);
    app.add_option("--answer-delay", options.answer_delay,
                   "Milliseconds that the meter takes to answer (default: the scenario's)")
        ->check(CLI::Range(0u, longest_delay))
        ->group(group);
    app.add_flag("--gateway", options.gateway,
                 "Serve requests with a gateway header (E6): the physical device address is the "
                 "number of the meter from 1 on, or its logical device name")
        ->group(group);
}

void declare_misbehaviour(CLI::App& app, Options& options) {
    const std::string group = "What the meters do wrongly (docs/scenario.md)";
    app.add_option_function<std::vector<std::string>>(
           "--misbehave",
           [&options](const std::vector<std::string>& all) {
               for (const std::string& text : all) {
                   const auto misdeed = parse_misdeed(text);
                   if (!misdeed) {
                       throw CLI::ValidationError("--misbehave", misdeed.error());
                   }
                   options.misbehaviour.push_back(*misdeed);
               }
           },
           "KIND, KIND:PERCENT or KIND:PERCENT:AMOUNT, for example truncate:5 or delay:100:250; "
           "several may be given")
        ->group(group);
    app.add_option("--misbehaving", options.misbehaving,
                   "Percent of the meters that do so; --seed decides which")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str()
        ->group(group);
}

void declare_places(CLI::App& app, Options& options) {
    const std::string group = "Where they are reached; port 0: any free one";
    const CLI::Range ports(0, 65'535);
    app.add_option("--bind", options.bind,
                   "Address to listen on; with --fleet several, for when the ports of one are used "
                   "up")
        ->capture_default_str()
        ->group(group);
    app.add_option("--port", options.port,
                   "TCP port with the wrapper (default: 4059, where no other place is named)")
        ->check(ports)
        ->group(group);
    app.add_option("--hdlc-port", options.hdlc_port, "TCP port with HDLC")
        ->check(ports)
        ->group(group);
    app.add_option("--udp-port", options.udp_port, "UDP port with the wrapper")
        ->check(ports)
        ->group(group);
    app.add_option("--pty", options.pty,
                   "Path that becomes a serial port (a link to a pseudo-terminal) with HDLC")
        ->group(group);
    app.add_option("--serial", options.serial, "Serial port with HDLC, for example /dev/ttyUSB0")
        ->group(group);
    app.add_option("--max-connections", options.max_connections,
                   "TCP connections, or UDP peers, served at a time on each port (default: the "
                   "scenario's TCP-UDP setup; UDP: 1000)")
        ->check(CLI::Range(1u, 100'000u))
        ->group(group);
    app.add_option("--control", options.control,
                   "[ADDRESS:]PORT where the meters are looked at and changed over HTTP "
                   "(docs/simulator.md); on other addresses than 127.0.0.1 with the token in "
                   "DLMS_SIMULATOR_CONTROL_TOKEN")
        ->group(group);
}

void declare_dialling(CLI::App& app, Options& options) {
    const std::string group = "Meters that dial in";
    app.add_option(
           "--dial", options.dial,
           "HOST:PORT of the head end that every meter calls, and serves on that connection")
        ->group(group);
    app.add_option("--dial-as", options.dial_as,
                   "How they make themselves known: hexcell, hexing, hexing-b (default: hexcell)")
        ->transform(CLI::CheckedTransformer(forms, CLI::ignore_case).description(""))
        ->group(group);
    app.add_option("--heartbeat", options.heartbeat, "Seconds between heartbeats")
        ->check(CLI::Range(1u, 86'400u))
        ->capture_default_str()
        ->group(group);
}

/// The list of --push-to; "none" allows nothing.
void take_push_to(const std::string& list, Options& options) {
    auto allowed = transport::AllowedAddresses::parse(list == "none" ? "" : list);
    if (!allowed) {
        throw CLI::ValidationError("--push-to", allowed.error());
    }
    options.push_to = *std::move(allowed);
}

void declare_pushes(CLI::App& app, Options& options) {
    app.add_option_function<std::string>(
           "--push-to", [&options](const std::string& list) { take_push_to(list, options); },
           "Networks and addresses that push setups may send to (default: private ranges and "
           "loopback), for example \"10.0.0.0/8, 192.0.2.7\", or none")
        ->group("Meters that push");
}

void declare_lines(CLI::App& app, Options& options) {
    const std::string group = "What the lines are like";
    app.add_option("--baud", options.baud_rate,
                   "Speed of --serial (default: the scenario's HDLC setup)")
        ->check(CLI::Range(300u, 4'000'000u))
        ->group(group);
    app.add_option("--data-bits", options.data_bits, "Of --serial")
        ->check(CLI::Range(7u, 8u))
        ->capture_default_str()
        ->group(group);
    app.add_option("--parity", options.parity,
                   "Of --serial: none, even or odd (default: none); on --hdlc-port none has the "
                   "opening of mode E without parity bits (default: even)")
        ->transform(CLI::CheckedTransformer(parities, CLI::ignore_case).description(""))
        ->group(group);
    app.add_option("--stop-bits", options.stop_bits, "Of --serial")
        ->check(CLI::Range(1u, 2u))
        ->capture_default_str()
        ->group(group);
    app.add_flag("--mode-e", options.mode_e,
                 "--pty, --serial and --hdlc-port begin with the opening of IEC 62056-21 mode E")
        ->group(group);
    app.add_option("--pace", options.pace,
                   "Simulated line of so many bit/s: octets take their time in both directions on "
                   "--hdlc-port and --pty")
        ->check(CLI::Range(50u, 10'000'000u))
        ->group(group);
    app.add_option("--drop", options.faults.drop,
                   "Percent of HDLC frames and UDP datagrams that are lost, in either direction")
        ->check(CLI::Range(0.0, 100.0))
        ->group(group);
    app.add_option(
           "--corrupt", options.faults.corrupt,
           "Percent of HDLC frames in which a bit is changed, and of UDP datagrams whose end "
           "is cut off")
        ->check(CLI::Range(0.0, 100.0))
        ->group(group);
}

}  // namespace

void declare(CLI::App& app, Options& options) {
    declare_meters(app, options);
    declare_misbehaviour(app, options);
    declare_places(app, options);
    declare_dialling(app, options);
    declare_pushes(app, options);
    declare_lines(app, options);
    app.add_option("--log-level", options.log_level,
                   "What is logged to standard error: trace, debug, info, warning, error, off")
        ->check(
            CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}).description(""))
        ->capture_default_str();
    app.set_version_flag("--version", DLMS_VERSION);
}

}  // namespace dlms::simulator
