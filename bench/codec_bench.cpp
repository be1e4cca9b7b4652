// What decoding costs: a profile buffer of 1,000 rows by 8 columns, its JSON beside a memcpy of the
// same JSON, and a GET with its answer.
// `bench_codec --benchmark_counters_tabular=true`; "ns_a_row" is the figure to watch, "allocations"
// are those of one iteration. bench/README.md has the goals and the figures.

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include <benchmark/benchmark.h>

#include "bench/codec_work.hpp"

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

void* operator new(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* place = std::malloc(size != 0 ? size : 1)) {
        return place;
    }
    throw std::bad_alloc();
}
void operator delete(void* place) noexcept {
    std::free(place);
}
void operator delete(void* place, std::size_t) noexcept {
    std::free(place);
}

namespace {

using namespace dlms;

/// Runs `work` until the library has seen enough, after a first time for what is only made once.
template <class Work>
void measure(benchmark::State& state, Work work) {
    benchmark::DoNotOptimize(work());
    std::size_t made = 0;
    for (auto _ : state) {
        const std::size_t before = allocations.load(std::memory_order_relaxed);
        benchmark::DoNotOptimize(work());
        made += allocations.load(std::memory_order_relaxed) - before;
    }
    state.counters["allocations"] =
        static_cast<double>(made) / static_cast<double>(state.iterations());
}

void a_row(benchmark::State& state) {
    state.counters["ns_a_row"] = benchmark::Counter(
        static_cast<double>(state.iterations()) * static_cast<double>(bench::rows) * 1e-9,
        benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void check_profile_buffer(benchmark::State& state) {
    const ByteBuffer octets = bench::profile_buffer();
    measure(state, [&] { return axdr::parse_data(octets).has_value(); });
    a_row(state);
}
BENCHMARK(check_profile_buffer);

void check_and_read_profile_buffer(benchmark::State& state) {
    const ByteBuffer octets = bench::profile_buffer();
    measure(state, [&] { return bench::check_and_read(octets); });
    a_row(state);
}
BENCHMARK(check_and_read_profile_buffer);

void json_of_profile_buffer(benchmark::State& state) {
    const ByteBuffer octets = bench::profile_buffer();
    std::string json;
    measure(state, [&] { return bench::write_json(octets, json); });
    a_row(state);
    state.SetBytesProcessed(static_cast<std::int64_t>(octets.size()) * state.iterations());
    state.counters["json_octets"] = static_cast<double>(json.size());
}
BENCHMARK(json_of_profile_buffer);

void memcpy_of_that_json(benchmark::State& state) {
    std::string json;
    bench::write_json(bench::profile_buffer(), json);
    std::string copy(json.size(), ' ');
    measure(state, [&] {
        std::memcpy(copy.data(), json.data(), json.size());
        benchmark::ClobberMemory();
        return copy.data();
    });
    a_row(state);
}
BENCHMARK(memcpy_of_that_json);

void encode_get_and_decode_answer(benchmark::State& state) {
    ByteBuffer apdu;
    ByteBuffer wpdu;
    measure(state, [&] { return bench::get_and_answer(apdu, wpdu); });
}
BENCHMARK(encode_get_and_decode_answer);

}  // namespace

BENCHMARK_MAIN();
