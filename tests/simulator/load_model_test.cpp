#include "simulator/load_model.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

namespace dlms::simulator::testing {
namespace {

constexpr cosem::LocalSeconds midnight = 1'772'323'200;  // 2026-03-01T00:00:00

LoadParameters parameters() {
    LoadParameters load;
    load.solar_power = 1500;
    load.energy_at_start[0] = {1000, 2000, 3000, 4000};
    return load;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load_model)

BOOST_AUTO_TEST_CASE(energy_is_the_integral_of_power) {
    LoadModel model(parameters(), 5, midnight);
    double import = model.value(Quantity::energy_active_import, 0, 0);
    double exported = model.value(Quantity::energy_active_export, 0, 0);
    BOOST_TEST(import == 10'000);
    double integral_import = 0;
    double integral_export = 0;
    for (int second = 0; second < 86400; second += 10) {
        // Power is linear over these ten seconds: the value in the middle is the mean.
        model.advance(second + 5);
        integral_import += model.value(Quantity::active_power_import, 0, 0) * 10 / 3600;
        integral_export += model.value(Quantity::active_power_export, 0, 0) * 10 / 3600;
        model.advance(second + 10);
        const double later = model.value(Quantity::energy_active_import, 0, 0);
        BOOST_TEST(later >= import);
        import = later;
    }
    exported = model.value(Quantity::energy_active_export, 0, 0);
    BOOST_TEST(std::abs(import - 10'000 - integral_import) < 0.001);
    BOOST_TEST(std::abs(exported - integral_export) < 0.001);
    BOOST_TEST(integral_import > 5'000);
    BOOST_TEST(integral_export > 100);
}

BOOST_AUTO_TEST_CASE(values_do_not_depend_on_how_often_they_are_asked_for) {
    LoadModel often(parameters(), 5, midnight);
    LoadModel once(parameters(), 5, midnight);
    for (int second = 1; second <= 40'000; second += 7) {
        often.advance(second);
    }
    often.advance(40'000.5);
    once.advance(40'000.5);
    for (int i = 0; i <= static_cast<int>(Quantity::energy_active_total); ++i) {
        const auto quantity = static_cast<Quantity>(i);
        BOOST_TEST(often.value(quantity, 0, 0) == once.value(quantity, 0, 0));
    }
}

BOOST_AUTO_TEST_CASE(time_does_not_go_back) {
    LoadModel model(parameters(), 5, midnight);
    model.advance(1000);
    const double energy = model.value(Quantity::energy_active_import, 0, 0);
    model.advance(10);
    BOOST_TEST(model.value(Quantity::energy_active_import, 0, 0) == energy);
}

BOOST_AUTO_TEST_CASE(quantities_agree_with_one_another) {
    LoadModel model(parameters(), 9, midnight);
    for (int hour = 0; hour < 48; ++hour) {
        model.advance(hour * 3600.0 + 12);
        const auto value = [&](Quantity quantity, std::uint8_t phase = 0) {
            return model.value(quantity, phase, 0);
        };
        const double active =
            value(Quantity::active_power_import) + value(Quantity::active_power_export);
        const double apparent = value(Quantity::apparent_power);
        double phases = 0;
        for (std::uint8_t phase = 1; phase <= 3; ++phase) {
            phases += value(Quantity::voltage, phase) * value(Quantity::current, phase);
            BOOST_TEST(std::abs(value(Quantity::voltage, phase) - 230) < 5);
        }
        BOOST_TEST(std::abs(phases - apparent) < 1e-6);
        BOOST_TEST(std::abs(value(Quantity::power_factor) * apparent - active) < 1e-6);
        BOOST_TEST(std::abs(value(Quantity::frequency) - 50) < 0.1);
        BOOST_TEST(value(Quantity::current_neutral) >= 0);
        BOOST_TEST(std::abs(value(Quantity::energy_active_total) -
                            value(Quantity::energy_active_import) -
                            value(Quantity::energy_active_export)) < 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(a_tariff_counts_in_its_hours_alone) {
    LoadModel model(parameters(), 9, midnight);
    const auto tariff = [&](std::uint8_t number) {
        return model.value(Quantity::energy_active_import, 0, number);
    };
    model.advance(6 * 3600);
    BOOST_TEST(tariff(1) > 1000);
    BOOST_TEST(tariff(2) == 2000);
    const double night = tariff(1);
    model.advance(24 * 3600);
    BOOST_TEST(tariff(1) == night);
    BOOST_TEST(tariff(4) > 4000);
}

BOOST_AUTO_TEST_CASE(names) {
    BOOST_CHECK(quantity_from_name("voltage") == Quantity::voltage);
    BOOST_CHECK(quantity_from_name("energy_active_total") == Quantity::energy_active_total);
    BOOST_CHECK(!quantity_from_name("Voltage"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
