#include "simulator/load_model.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

namespace dlms::simulator::testing {
namespace {

constexpr cosem::LocalSeconds midnight = 1'772'323'200;  // 2026-03-01T00:00:00

/// A moment of a model, as a test walks through time.
struct Walk {
    LoadModel model;
    double at = 0;

    double value(Quantity quantity, std::uint8_t phase, std::uint8_t tariff) const {
        return model.value(quantity, phase, tariff, at);
    }
};

LoadParameters parameters() {
    LoadParameters load;
    load.solar_power = 1500;
    load.energy_at_start[0] = {1000, 2000, 3000, 4000};
    return load;
}

Walk make(std::uint64_t seed, const LoadParameters& load = parameters()) {
    return {LoadModel(std::make_shared<const LoadCurves>(load), seed, midnight)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load_model)

BOOST_AUTO_TEST_CASE(energy_is_the_integral_of_power) {
    Walk model = make(5);
    double import = model.value(Quantity::energy_active_import, 0, 0);
    double exported = model.value(Quantity::energy_active_export, 0, 0);
    BOOST_TEST(import == 10'000);
    double integral_import = 0;
    double integral_export = 0;
    for (int second = 0; second < 86400; second += 10) {
        // Power is linear over these ten seconds: the value in the middle is the mean.
        model.at = second + 5;
        integral_import += model.value(Quantity::active_power_import, 0, 0) * 10 / 3600;
        integral_export += model.value(Quantity::active_power_export, 0, 0) * 10 / 3600;
        model.at = second + 10;
        const double later = model.value(Quantity::energy_active_import, 0, 0);
        BOOST_TEST(later >= import);
        import = later;
    }
    exported = model.value(Quantity::energy_active_export, 0, 0);
    BOOST_TEST(std::abs(import - 10'000 - integral_import) < 0.001);
    BOOST_TEST(std::abs(exported - integral_export) < 0.001);
    BOOST_TEST(integral_import > 5'000);
    BOOST_TEST(integral_export > 10);
}

BOOST_AUTO_TEST_CASE(values_do_not_depend_on_the_order_of_asking) {
    const Walk often = make(5);
    const Walk once = make(5);
    for (int second = -100'000'000; second <= 40'000; second += 7'000'000) {
        (void)often.model.value(Quantity::energy_active_import, 0, 0, second);
        (void)often.model.value(Quantity::energy_active_import, 0, 0, -second);
    }
    for (int i = 0; i <= static_cast<int>(Quantity::energy_active_total); ++i) {
        const auto quantity = static_cast<Quantity>(i);
        BOOST_TEST(often.model.value(quantity, 0, 0, 40'000.5) ==
                   once.model.value(quantity, 0, 0, 40'000.5));
    }
}

BOOST_AUTO_TEST_CASE(a_year_of_history_is_there_and_never_counts_backwards) {
    LoadParameters load = parameters();
    load.energy_at_start[0] = {5e6, 5e6, 5e6, 5e6};
    load.outages_per_year = 20;
    const Walk model = make(3, load);
    double before = model.model.value(Quantity::energy_active_import, 0, 0, -365 * 86400.0);
    BOOST_TEST(before > 0);
    for (int hour = -365 * 24 + 1; hour <= 48; ++hour) {
        const double later = model.model.value(Quantity::energy_active_import, 0, 0, hour * 3600.0);
        BOOST_TEST(later >= before);
        before = later;
    }
    const double year =
        20e6 - model.model.value(Quantity::energy_active_import, 0, 0, -365 * 86400.0);
    BOOST_TEST(year > 2e6);  // Wh
    BOOST_TEST(year < 12e6);
}

BOOST_AUTO_TEST_CASE(without_supply_nothing_is_measured_and_nothing_counted) {
    LoadParameters load = parameters();
    load.outages_per_year = 100;
    const Walk model = make(4, load);
    const std::vector<Outage> outages = model.model.outages(0, 100 * 86400.0);
    BOOST_TEST(outages.size() > 5u);
    for (const Outage& outage : outages) {
        const double middle = (outage.begin + outage.end) / 2;
        BOOST_TEST(model.model.value(Quantity::voltage, 1, 0, middle) == 0);
        BOOST_TEST(model.model.value(Quantity::active_power_import, 0, 0, middle) == 0);
        BOOST_TEST(std::abs(model.model.value(Quantity::energy_active_import, 0, 0, outage.begin) -
                            model.model.value(Quantity::energy_active_import, 0, 0, outage.end)) <
                   1e-3);
        BOOST_TEST(model.model.value(Quantity::voltage, 1, 0, outage.end) > 200);
    }
}

BOOST_AUTO_TEST_CASE(profiles_differ) {
    LoadParameters shop = parameters();
    shop.profile = LoadProfile::shop;
    shop.solar_power = 0;
    const Walk model = make(5, shop);
    // Sunday is quiet, Monday is not.
    const double noon = 12 * 3600;
    BOOST_TEST(model.model.value(Quantity::active_power_import, 0, 0, noon) * 2 <
               model.model.value(Quantity::active_power_import, 0, 0, 86400 + noon));
    LoadParameters solar = parameters();
    solar.solar_power = 6000;
    const Walk prosumer = make(5, solar);
    BOOST_TEST(prosumer.model.value(Quantity::active_power_export, 0, 0, noon) > 0);
    BOOST_TEST(prosumer.model.value(Quantity::active_power_export, 0, 0, 0) == 0);
}

BOOST_AUTO_TEST_CASE(quantities_agree_with_one_another) {
    Walk model = make(9);
    for (int hour = 0; hour < 48; ++hour) {
        model.at = hour * 3600.0 + 12;
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
    Walk model = make(9);
    const auto tariff = [&](std::uint8_t number) {
        return model.value(Quantity::energy_active_import, 0, number);
    };
    model.at = 6 * 3600;
    BOOST_TEST(tariff(1) > 1000);
    BOOST_TEST(tariff(2) == 2000);
    const double night = tariff(1);
    model.at = 24 * 3600;
    BOOST_TEST(std::abs(tariff(1) - night) < 1e-5);
    BOOST_TEST(tariff(4) > 4000);
}

BOOST_AUTO_TEST_CASE(names) {
    BOOST_CHECK(quantity_from_name("voltage") == Quantity::voltage);
    BOOST_CHECK(quantity_from_name("energy_active_total") == Quantity::energy_active_total);
    BOOST_CHECK(!quantity_from_name("Voltage"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
