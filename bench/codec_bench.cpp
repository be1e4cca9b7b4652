// What decoding costs: a profile buffer of 1,000 rows by 8 columns, and a GET with its answer.
// `bench_codec --benchmark_counters_tabular=true`; "ns_a_row" is the figure to watch.

#include <benchmark/benchmark.h>

#include "stack/axdr/cursor.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/cosem/obis_code.hpp"
#include "stack/wrapper/wpdu.hpp"
#include "stack/xdlms/get.hpp"

namespace {

using namespace dlms;
using namespace dlms::cosem::literals;

constexpr std::size_t rows = 1000;
constexpr std::size_t columns = 8;

/// Rows of a 12-octet date-time and seven double-long-unsigned.
ByteBuffer profile_buffer() {
    axdr::DataBuilder builder;
    builder.array(rows);
    for (std::uint32_t row = 0; row < rows; ++row) {
        builder.structure(columns);
        const Byte time[]{0x07,
                          0xEA,
                          0x0B,
                          0x17,
                          0x01,
                          static_cast<Byte>(row / 4 % 24),
                          static_cast<Byte>(row % 4 * 15),
                          0x00,
                          0x00,
                          0x80,
                          0x00,
                          0x00};
        builder.octet_string(time);
        for (std::uint32_t column = 1; column < columns; ++column) {
            builder.double_long_unsigned(row * 1000 + column);
        }
    }
    return to_buffer(builder.finish()->encoded());
}

/// Every value of a checked buffer, looked at once.
std::uint64_t sum_of(const axdr::DataView& buffer) {
    std::uint64_t sum = 0;
    axdr::Cursor cursor(buffer);
    while (!cursor.at_end()) {
        const axdr::Cursor::Item item = cursor.next();
        if (item.tag == axdr::Tag::double_long_unsigned) {
            Reader value(item.content, Layer::axdr);
            sum += value.u32();
        } else if (item.tag == axdr::Tag::octet_string) {
            sum += item.content[3];
        }
    }
    return sum;
}

void a_row(benchmark::State& state) {
    state.counters["ns_a_row"] = benchmark::Counter(
        static_cast<double>(state.iterations()) * static_cast<double>(rows) * 1e-9,
        benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void check_profile_buffer(benchmark::State& state) {
    const ByteBuffer octets = profile_buffer();
    for (auto _ : state) {
        benchmark::DoNotOptimize(axdr::parse_data(octets));
    }
    a_row(state);
}
BENCHMARK(check_profile_buffer);

void check_and_read_profile_buffer(benchmark::State& state) {
    const ByteBuffer octets = profile_buffer();
    for (auto _ : state) {
        const auto buffer = axdr::parse_data(octets);
        benchmark::DoNotOptimize(sum_of(*buffer));
    }
    a_row(state);
}
BENCHMARK(check_and_read_profile_buffer);

void encode_get_and_decode_answer(benchmark::State& state) {
    const xdlms::GetRequestNormal request{
        xdlms::InvokeIdAndPriority(0xC1), {3, "1-0:1.8.0.255"_obis, 2}, std::nullopt};
    const Byte answer[]{0x00, 0x01, 0x00, 0x01, 0x00, 0x10, 0x00, 0x09, 0xC4,
                        0x01, 0xC1, 0x00, 0x06, 0x00, 0x00, 0x30, 0x39};
    ByteBuffer apdu;
    ByteBuffer wpdu;
    for (auto _ : state) {
        apdu.clear();
        wpdu.clear();
        Writer apdu_writer(apdu);
        xdlms::encode(apdu_writer, request);
        Writer wpdu_writer(wpdu);
        wrapper::encode(wpdu_writer, wrapper::Wpdu{16, 1, apdu});
        benchmark::DoNotOptimize(wpdu.data());
        const auto received = wrapper::decode_wpdu(answer);
        const auto response = xdlms::decode_get_response(received->apdu);
        const auto& normal = std::get<xdlms::GetResponseNormal>(*response);
        benchmark::DoNotOptimize(std::get<axdr::DataView>(normal.result).unsigned_integer());
    }
}
BENCHMARK(encode_get_and_decode_answer);

}  // namespace

BENCHMARK_MAIN();
