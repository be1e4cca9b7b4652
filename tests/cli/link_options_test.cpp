// Every option that says how a meter is reached: what it sets, and what is refused.

#include "cli/link_options.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

#include "client/open_link.hpp"
#include "stack/base/hex.hpp"

using namespace dlms;
using namespace dlms::client;

namespace {

/// The parameters that a command line comes to, or the sentence, or "usage" where the command line
/// itself is refused.
struct Parsed {
    MeterParameters parameters;
    std::string wrong;
};

Parsed parse(const std::string& place, std::vector<std::string> arguments,
             const std::string& brand = "generic") {
    CLI::App app;
    cli::LinkOptions options;
    options.add_to(app);
    const MeterProfile& profile = profile_of_brand(brand);
    Parsed parsed{MeterParameters(profile), ""};
    std::reverse(arguments.begin(), arguments.end());
    try {
        app.parse(arguments);
    } catch (const CLI::ParseError&) {
        parsed.wrong = "usage";
        return parsed;
    }
    const auto applied = options.apply(place, profile, parsed.parameters);
    parsed.wrong = applied ? "" : applied.error();
    return parsed;
}

LinkParameters link_of(const std::string& place, std::vector<std::string> arguments,
                       const std::string& brand = "generic") {
    const Parsed parsed = parse(place, std::move(arguments), brand);
    BOOST_TEST(parsed.wrong == "");
    return parsed.parameters.link;
}

std::string wrong(const std::string& place, std::vector<std::string> arguments) {
    return parse(place, std::move(arguments)).wrong;
}

bool has(const std::string& sentence, std::string_view words) {
    return sentence.find(words) != std::string::npos;
}

constexpr auto host = "192.168.1.20";
constexpr auto port = "/dev/ttyUSB0";

}  // namespace

BOOST_AUTO_TEST_SUITE(link_options)

BOOST_AUTO_TEST_CASE(a_host_alone_is_the_wrapper_over_tcp) {
    const Parsed parsed = parse("meter.example:5512", {});
    BOOST_TEST(parsed.wrong == "");
    BOOST_TEST((parsed.parameters.link == LinkParameters{}));
    BOOST_TEST(parsed.parameters.endpoint.host == "meter.example");
    BOOST_TEST(parsed.parameters.endpoint.port == 5512);
}

BOOST_AUTO_TEST_CASE(udp_and_tls_choose_the_carrier) {
    BOOST_TEST((link_of(host, {"--udp"}).carrier == Carrier::udp));
    BOOST_TEST((link_of(host, {"--udp"}).kind == LinkKind::wrapper));
    const LinkParameters tls =
        link_of(host, {"--tls", "--tls-name", "meter.test", "--tls-ca", "ca.pem", "--tls-cert",
                       "me.pem", "--tls-key", "key.pem"});
    BOOST_TEST((tls.carrier == Carrier::tls));
    BOOST_TEST((tls.tls == transport::TlsOptions{"meter.test", "ca.pem", "me.pem", "key.pem"}));
    const LinkParameters both = link_of(host, {"--tls", "--hdlc"});
    BOOST_TEST((both.carrier == Carrier::tls));
    BOOST_TEST((both.kind == LinkKind::hdlc));
}

BOOST_AUTO_TEST_CASE(carriers_that_exclude_each_other_are_refused) {
    BOOST_TEST(wrong(host, {"--udp", "--hdlc"}) == "usage");
    BOOST_TEST(wrong(host, {"--udp", "--tls"}) == "usage");
    for (const char* option : {"--tls-name", "--tls-ca", "--tls-cert", "--tls-key"}) {
        BOOST_TEST(wrong(host, {option, "x"}) == "usage", option);
    }
    BOOST_TEST(has(wrong(port, {"--udp"}), "need a host"));
    BOOST_TEST(has(wrong(port, {"--tls"}), "need a host"));
}

BOOST_AUTO_TEST_CASE(hdlc_has_its_parameters) {
    const LinkParameters hdlc =
        link_of(host, {"--hdlc", "--physical", "17", "--address-size", "4", "--max-info", "512",
                       "--window", "7", "--disconnect-first"});
    BOOST_TEST((hdlc.kind == LinkKind::hdlc));
    BOOST_TEST((hdlc.carrier == Carrier::tcp));
    BOOST_TEST(hdlc.hdlc.physical_address.value() == 17);
    BOOST_TEST(hdlc.hdlc.address_octets.value() == 4);
    BOOST_TEST(hdlc.hdlc.max_information == 512);
    BOOST_TEST(hdlc.hdlc.window == 7);
    BOOST_TEST(hdlc.hdlc.disconnect_first);
    BOOST_TEST(!hdlc.hdlc.expect_echo);
}

BOOST_AUTO_TEST_CASE(a_brand_fills_in_what_is_not_said) {
    const HdlcProfile& profile = profile_of_brand("hexing").hdlc;
    const LinkParameters brand = link_of(host, {"--hdlc"}, "hexing");
    BOOST_TEST(brand.hdlc.max_information == profile.max_information);
    BOOST_TEST(!brand.hdlc.physical_address.has_value());
    BOOST_TEST(link_of(host, {"--hdlc", "--max-info", "64"}, "hexing").hdlc.max_information == 64);
}

BOOST_AUTO_TEST_CASE(an_address_has_the_octets_that_its_parts_need) {
    const auto octets = [](std::uint16_t server, std::vector<std::string> options,
                           const std::string& brand) {
        options.insert(options.begin(), "--hdlc");
        Parsed parsed = parse(host, options, brand);
        parsed.parameters.server_sap = ServerSap(server);
        return int{hdlc_address(parsed.parameters).value().octets};
    };
    for (const char* brand : {"generic", "hexing"}) {
        BOOST_TEST(octets(1, {}, brand) == 1);
        BOOST_TEST(octets(127, {}, brand) == 1);
        BOOST_TEST(octets(200, {}, brand) == 4);
        BOOST_TEST(octets(1, {"--physical", "17"}, brand) == 2);
        BOOST_TEST(octets(1, {"--physical", "200"}, brand) == 4);
    }
    BOOST_TEST(octets(1, {}, "hexcell") == 2);
    BOOST_TEST(octets(200, {}, "hexcell") == 4);
    BOOST_TEST(octets(1, {"--address-size", "1"}, "hexcell") == 1);
}

BOOST_AUTO_TEST_CASE(hdlc_values_out_of_range_are_refused) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> bad{
        {"--address-size", {"0", "3", "5", "x"}},
        {"--max-info", {"31", "2031", "-1", "x"}},
        {"--window", {"0", "8", "x"}},
        {"--physical", {"-1", "65536", "x"}},
    };
    for (const auto& [option, values] : bad) {
        for (const std::string& value : values) {
            BOOST_TEST(wrong(host, {"--hdlc", option, value}) == "usage", option << " " << value);
        }
    }
    BOOST_TEST(has(wrong(host, {"--hdlc", "--physical", "128", "--address-size", "2"}),
                   "do not fit HDLC"));
    BOOST_TEST(has(wrong(host, {"--hdlc", "--physical", "16384"}), "do not fit HDLC"));
    BOOST_TEST(
        has(wrong(host, {"--hdlc", "--physical", "5", "--address-size", "1"}), "do not fit HDLC"));
}

BOOST_AUTO_TEST_CASE(options_of_hdlc_need_it) {
    for (const char* option : {"--physical", "--address-size", "--window"}) {
        BOOST_TEST(has(wrong(host, {option, "1"}), "add --hdlc"), option);
    }
    BOOST_TEST(has(wrong(host, {"--max-info", "64"}), "add --hdlc"));
    BOOST_TEST(wrong(port, {"--physical", "1"}) == "");
}

BOOST_AUTO_TEST_CASE(a_client_address_above_127_has_no_place_in_hdlc) {
    CLI::App app;
    cli::LinkOptions options;
    options.add_to(app);
    app.parse(std::vector<std::string>{"--hdlc"});
    MeterParameters parameters;
    parameters.client_sap = ClientSap(128);
    const auto applied = options.apply(host, profile_of_brand("generic"), parameters);
    BOOST_REQUIRE(!applied.has_value());
    BOOST_TEST(has(applied.error(), "--client 0 to 127"));
}

BOOST_AUTO_TEST_CASE(a_serial_port_speaks_hdlc) {
    const LinkParameters serial =
        link_of(port, {"--baud", "19200", "--format", "7E2", "--echo"}, "generic");
    BOOST_TEST((serial.carrier == Carrier::serial));
    BOOST_TEST((serial.kind == LinkKind::hdlc));
    BOOST_TEST(serial.serial_port == port);
    BOOST_TEST((serial.line_settings == LineSettings{19200, 7, Parity::even, 2}));
    BOOST_TEST(serial.hdlc.expect_echo);
    BOOST_TEST(!serial.mode_e.has_value());
    BOOST_TEST((link_of("./tty", {}).carrier == Carrier::serial));
}

BOOST_AUTO_TEST_CASE(a_serial_port_has_its_own_bad_values) {
    for (const char* format : {"9N1", "8X1", "8N3", "8N", "8N11", "8n1", "N81"}) {
        BOOST_TEST(has(wrong(port, {"--format", format}), "expected data bits 7 or 8"), format);
    }
    for (const char* rate : {"49", "4000001", "fast", "-1"}) {
        BOOST_TEST(wrong(port, {"--baud", rate}) == "usage", rate);
    }
    BOOST_TEST(has(wrong(host, {"--baud", "9600"}), "belong to a serial port"));
    BOOST_TEST(has(wrong(host, {"--hdlc", "--format", "8N1"}), "belong to a serial port"));
}

BOOST_AUTO_TEST_CASE(mode_e_opens_a_serial_port) {
    const LinkParameters opened = link_of(
        port,
        {"--mode-e", "--baud", "19200", "--device-address", "12345678", "--manufacturer", "HXE"},
        "hexcell");
    BOOST_REQUIRE(opened.mode_e.has_value());
    BOOST_TEST(opened.mode_e->max_baud_rate == 19200u);
    BOOST_TEST(opened.mode_e->device_address == "12345678");
    BOOST_TEST(opened.mode_e->manufacturer == "HXE");
    BOOST_TEST(wrong(port, {"--mode-e", "--manufacturer", "HX1"}) == "usage");
    BOOST_TEST(opened.mode_e->starting_baud_rate ==
               profile_of_brand("hexcell").hdlc.starting_baud_rate);
    BOOST_TEST(!opened.mode_e->fixed_speed);
    BOOST_TEST(!opened.mode_e->software_parity);
}

BOOST_AUTO_TEST_CASE(mode_e_opens_a_line_behind_a_host_at_its_own_speed) {
    const LinkParameters opened = link_of(host, {"--hdlc", "--mode-e"}, "hexcell");
    BOOST_REQUIRE(opened.mode_e.has_value());
    BOOST_TEST(opened.mode_e->fixed_speed);
    BOOST_TEST(opened.mode_e->software_parity);
    BOOST_TEST(opened.mode_e->starting_baud_rate ==
               profile_of_brand("hexcell").hdlc.starting_baud_rate);
    const LinkParameters plain =
        link_of(host, {"--hdlc", "--mode-e", "--baud", "9600", "--format", "8N1"});
    BOOST_TEST(plain.mode_e->starting_baud_rate == 9600u);
    BOOST_TEST(!plain.mode_e->software_parity);
    BOOST_TEST(has(wrong(host, {"--mode-e"}), "add --hdlc"));
    BOOST_TEST(has(wrong(host, {"--hdlc", "--mode-e", "--format", "7O1"}), "7E1"));
}

BOOST_AUTO_TEST_CASE(the_signals_of_a_serial_port) {
    const LinkParameters set = link_of(port, {"--rts", "on", "--dtr", "off"});
    BOOST_TEST((set.rts == true));
    BOOST_TEST((set.dtr == false));
    BOOST_TEST(!link_of(port, {}).rts.has_value());
    BOOST_TEST(has(wrong(host, {"--hdlc", "--rts", "on"}), "belong to a serial port"));
}

BOOST_AUTO_TEST_CASE(a_gateway_has_a_network_and_a_device) {
    const LinkParameters behind = link_of(host, {"--gateway", "255:0A0b"});
    BOOST_REQUIRE(behind.gateway.has_value());
    BOOST_TEST(behind.gateway->network_id == 255);
    BOOST_TEST(to_hex(behind.gateway->device) == "0A0B");
    for (const std::string& text :
         {std::string("1"), std::string("1:"), std::string(":0A"), std::string("256:0A"),
          std::string("-1:0A"), std::string("1:0"), std::string("1:xy"), std::string("1x:0A"),
          "1:" + std::string(256, '0')}) {
        BOOST_TEST(has(wrong(host, {"--gateway", text}), "expected the network id"), text);
    }
    BOOST_TEST(wrong(host, {"--gateway", "1:" + std::string(254, '0')}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
