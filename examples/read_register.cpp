// Reads the imported active energy of a Hexcell meter and prints it with its unit.
//
//     example_read_register HOST PORT

#include <cstdlib>
#include <iostream>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

#include "client/native_meter_client.hpp"
#include "client/register_reader.hpp"
#include "render/value_json.hpp"

using namespace dlms;
using namespace dlms::cosem::literals;

namespace {

asio::awaitable<void> read_energy(client::MeterClient& meter, int& status) {
    client::ReadRequest request;
    request.attribute = {.class_id = 3, .instance = "1-0:1.8.0.255"_obis, .attribute_id = 2};
    const auto attribute = request.attribute;
    const Instant deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);

    // Connects by itself, and reads the scaler_unit beside the value.
    client::RegisterReader reader(meter);
    const auto reading = co_await reader.read(std::move(request), deadline);
    if (reading) {
        const auto shown =
            render::show_value(attribute, reading->value.view(), reading->scaler_unit, {});
        std::cout << attribute.instance.text() << " = " << render::text(shown) << '\n';
        status = EXIT_SUCCESS;
    } else {
        std::cerr << describe(reading.error()) << '\n';
    }
    co_await meter.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::cerr << "usage: example_read_register HOST PORT\n";
        return EXIT_FAILURE;
    }
    client::MeterParameters parameters(client::profile_of_brand("hexcell"));
    parameters.endpoint = {arguments[1], static_cast<std::uint16_t>(std::atoi(arguments[2]))};

    asio::io_context io;
    client::NativeMeterClient meter(std::move(parameters));
    int status = EXIT_FAILURE;
    asio::co_spawn(io, read_energy(meter, status), asio::detached);
    io.run();
    return status;
}
