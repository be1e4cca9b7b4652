#include "server/config.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "server/env_file.hpp"

using namespace dlms::service;

namespace {

// A file in a directory of its own, gone at the end.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& content) {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "dlms-config-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        std::ofstream(path()) << content;
    }
    ~TemporaryFile() { std::filesystem::remove_all(directory_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] std::string path() const { return directory_ + "/file"; }

private:
    std::string directory_;
};

bool mentions(const std::vector<std::string>& lines, std::string_view text) {
    return std::ranges::any_of(
        lines, [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(has_the_documented_defaults) {
    const auto outcome = load_config({}, {});
    BOOST_REQUIRE(outcome.config);
    BOOST_TEST(outcome.warnings.empty());
    const ServiceConfig& config = *outcome.config;
    BOOST_TEST(config.host == "0.0.0.0");
    BOOST_TEST(config.port == 8001);
    BOOST_TEST((config.log_level == LogLevel::info));
    BOOST_TEST(!config.default_timeout.has_value());
    BOOST_TEST(!config.default_client_address.has_value());
    BOOST_TEST(!config.default_server_address.has_value());
    BOOST_TEST(!config.api_key.has_value());
    BOOST_TEST(config.cors_origins.empty());
    BOOST_TEST(config.meter_time_zone == "UTC");
}

BOOST_AUTO_TEST_CASE(flags_win_over_environment_over_file) {
    const TemporaryFile file("DLMS_SERVICE_PORT=1001\nDEFAULT_TIMEOUT=1001\nHTTP_THREADS=11\n");
    const auto outcome = load_config({"--port", "1003", "--env-file", file.path()},
                                     {{"DLMS_SERVICE_PORT", "1002"}, {"DEFAULT_TIMEOUT", "1002"}});
    BOOST_REQUIRE(outcome.config);
    BOOST_TEST(outcome.config->port == 1003);
    BOOST_TEST(outcome.config->default_timeout->count() == 1002);
    BOOST_TEST(outcome.config->http_threads == 11U);
}

BOOST_AUTO_TEST_CASE(takes_every_value) {
    const auto outcome =
        load_config({}, {{"DLMS_SERVICE_HOST", "::1"},
                         {"LOG_LEVEL", "warning"},
                         {"DEFAULT_CLIENT_ADDRESS", "17"},
                         {"DEFAULT_SERVER_ADDRESS", "2"},
                         {"CORS_ORIGINS", "https://a.example, http://b.example:8080"},
                         {"METER_ALLOW", "192.0.2.0/24"},
                         {"ENERGY_UNIT", "BASE"},
                         {"METER_TIME_ZONE", "Europe/Berlin"},
                         {"HTTP_QUEUE", "7"},
                         {"MAX_CONNECTIONS", "8"},
                         {"IDLE_TIMEOUT", "9"},
                         {"ENABLE_API_KEY", ""}});
    BOOST_REQUIRE(outcome.config);
    const ServiceConfig& config = *outcome.config;
    BOOST_TEST(config.host == "::1");
    BOOST_TEST((config.log_level == LogLevel::warning));
    BOOST_TEST(config.default_client_address.value() == 17);
    BOOST_TEST(config.default_server_address.value() == 2);
    BOOST_TEST(config.cors_origins.size() == 2U);
    BOOST_TEST(config.meter_allow.allows(asio::ip::make_address("192.0.2.9")));
    BOOST_TEST(!config.meter_allow.allows(asio::ip::make_address("10.0.0.1")));
    BOOST_TEST((config.energy_unit == EnergyUnit::base));
    BOOST_TEST(config.meter_time_zone == "Europe/Berlin");
    BOOST_TEST(config.http_queue == 7U);
    BOOST_TEST(config.max_connections == 8U);
    BOOST_TEST(config.idle_timeout.count() == 9);
}

BOOST_AUTO_TEST_CASE(lists_every_invalid_value_and_does_not_start) {
    const Environment environment{{"DLMS_SERVICE_PORT", "65536"},
                                  {"DLMS_SERVICE_HOST", "localhost:80"},
                                  {"LOG_LEVEL", "loud"},
                                  {"DEFAULT_TIMEOUT", "-1"},
                                  {"DEFAULT_CLIENT_ADDRESS", "x"},
                                  {"DEFAULT_SERVER_ADDRESS", "1.5"},
                                  {"ENABLE_API_KEY", "maybe"},
                                  {"CORS_ORIGINS", "example.org"},
                                  {"METER_ALLOW", "10.0.0.0/33"},
                                  {"ENERGY_UNIT", "MWh"},
                                  {"METER_TIME_ZONE", "/etc/passwd"},
                                  {"HTTP_THREADS", "0"},
                                  {"HTTP_QUEUE", "0"},
                                  {"MAX_CONNECTIONS", "many"},
                                  {"IDLE_TIMEOUT", "0"}};
    const auto outcome = load_config({}, environment);
    BOOST_TEST(!outcome.config.has_value());
    BOOST_TEST(outcome.errors.size() == environment.size());
    for (const auto& [name, value] : environment) {
        BOOST_TEST(mentions(outcome.errors, name), name << " is named");
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_flag_is_an_error) {
    BOOST_TEST(load_config({"--nonsense"}, {}).errors.size() == 1U);
    BOOST_TEST(load_config({"--env-file", "/nonexistent/.env"}, {}).errors.size() == 1U);
}

BOOST_AUTO_TEST_CASE(help_and_version_are_texts) {
    BOOST_TEST(load_config({"--help"}, {}).text->find("--meter-allow") != std::string::npos);
    BOOST_TEST(load_config({"--version"}, {}).text->starts_with("dlms-service "));
    BOOST_TEST(!load_config({"--version"}, {}).config.has_value());
}

BOOST_AUTO_TEST_CASE(warns_of_what_has_no_effect) {
    const auto outcome = load_config(
        {}, {{"DLMS_SERVICE_PROT", "1"}, {"HEXCELL_DLL_PATH", "C:/x.dll"}, {"PATH", "/bin"}});
    BOOST_REQUIRE(outcome.config);
    BOOST_TEST(outcome.warnings.size() == 2U);
    BOOST_TEST(mentions(outcome.warnings, "DLMS_SERVICE_PROT"));
    BOOST_TEST(mentions(outcome.warnings, "HEXCELL_DLL_PATH has no effect in this version"));
}

BOOST_AUTO_TEST_CASE(the_key_comes_from_one_place_and_is_never_shown) {
    const TemporaryFile file("canary-in-file\n");
    const auto by_value = load_config({}, {{"ENABLE_API_KEY", "true"}, {"API_KEY", "canary"}});
    BOOST_REQUIRE(by_value.config);
    BOOST_TEST(by_value.config->api_key->matches("canary"));
    BOOST_TEST(!by_value.config->api_key->matches("canary "));
    const auto by_file = load_config({}, {{"ENABLE_API_KEY", "1"}, {"API_KEY_FILE", file.path()}});
    BOOST_REQUIRE(by_file.config);
    BOOST_TEST(by_file.config->api_key->matches("canary-in-file"));

    const auto both = load_config(
        {}, {{"ENABLE_API_KEY", "true"}, {"API_KEY", "canary"}, {"API_KEY_FILE", file.path()}});
    BOOST_TEST(!both.config.has_value());
    BOOST_TEST(!mentions(both.errors, "canary"));
    BOOST_TEST(!load_config({}, {{"ENABLE_API_KEY", "true"}}).config.has_value());
    BOOST_TEST(!load_config({}, {{"ENABLE_API_KEY", "true"}, {"API_KEY_FILE", "/nonexistent"}})
                    .config.has_value());
    const auto unused = load_config({}, {{"API_KEY", "canary"}});
    BOOST_REQUIRE(unused.config);
    BOOST_TEST(!unused.config->api_key.has_value());
    BOOST_TEST(unused.warnings.size() == 1U);
}

BOOST_AUTO_TEST_CASE(reads_env_files_as_they_are_written) {
    const auto values = parse_env_file(
        "# comment\n\nA=1\r\nexport B = two words # comment\nC=\"quoted # text\"\nD='x'  # "
        "y\nE=\nF=a=b\n_G2=#none");
    BOOST_REQUIRE(values.has_value());
    BOOST_TEST(values->at("A") == "1");
    BOOST_TEST(values->at("B") == "two words");
    BOOST_TEST(values->at("C") == "quoted # text");
    BOOST_TEST(values->at("D") == "x");
    BOOST_TEST(values->at("E").empty());
    BOOST_TEST(values->at("F") == "a=b");
    BOOST_TEST(values->at("_G2").empty());

    const auto broken = parse_env_file("A=1\nnonsense\n1B=2\nC=\"open\nD='x' y\n");
    BOOST_REQUIRE(!broken.has_value());
    BOOST_TEST(broken.error().size() == 4U);
    BOOST_TEST(broken.error().front() == "line 2 is no NAME=value");
}

BOOST_AUTO_TEST_SUITE_END()
