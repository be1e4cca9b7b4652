// What HDLC costs: a frame with 1 KiB of information, encoded and decoded with both its check
// sequences, beside a memcpy of the same octets in the same run; the check sequence alone, each way
// to compute it. The goal is 1.5 GB/s for each of encode and decode.

#include <cstring>

#include <benchmark/benchmark.h>

#include "stack/base/random.hpp"
#include "stack/hdlc/crc.hpp"
#include "stack/hdlc/frame_parser.hpp"

namespace {

using namespace dlms;

constexpr std::size_t information_size = 1024;

ByteBuffer information() {
    SeededRandom random(1);
    ByteBuffer octets(information_size);
    random.fill(octets);
    return octets;
}

ByteBuffer one_frame(const ByteBuffer& octets) {
    ByteBuffer buffer;
    Writer writer(buffer);
    encode(writer,
           hdlc::Frame{false, {1, 16, 0}, {2, 1, 17}, {hdlc::FrameType::i, true, 3, 5}, octets});
    return buffer;
}

void count_octets(benchmark::State& state) {
    state.SetBytesProcessed(static_cast<std::int64_t>(information_size) * state.iterations());
}

void memcpy_of_the_information(benchmark::State& state) {
    const ByteBuffer octets = information();
    ByteBuffer copy(octets.size());
    for (auto _ : state) {
        std::memcpy(copy.data(), octets.data(), octets.size());
        benchmark::ClobberMemory();
    }
    count_octets(state);
}
BENCHMARK(memcpy_of_the_information);

void encode_frame(benchmark::State& state) {
    const ByteBuffer octets = information();
    const hdlc::Frame frame{
        false, {1, 16, 0}, {2, 1, 17}, {hdlc::FrameType::i, true, 3, 5}, octets};
    ByteBuffer buffer;
    for (auto _ : state) {
        buffer.clear();
        Writer writer(buffer);
        encode(writer, frame);
        benchmark::DoNotOptimize(buffer.data());
        benchmark::ClobberMemory();
    }
    count_octets(state);
}
BENCHMARK(encode_frame);

void decode_frame(benchmark::State& state) {
    const ByteBuffer buffer = one_frame(information());
    for (auto _ : state) {
        benchmark::DoNotOptimize(hdlc::decode_frame(buffer).has_value());
    }
    count_octets(state);
}
BENCHMARK(decode_frame);

void parse_frame_from_stream(benchmark::State& state) {
    const ByteBuffer buffer = one_frame(information());
    hdlc::FrameParser parser({hdlc::ErrorMode::discard, std::nullopt});
    for (auto _ : state) {
        parser.receive(buffer, Instant{});
        benchmark::DoNotOptimize(parser.poll_frame().has_value());
    }
    count_octets(state);
}
BENCHMARK(parse_frame_from_stream);

void check_by_tables(benchmark::State& state) {
    const ByteBuffer octets = information();
    for (auto _ : state) {
        benchmark::DoNotOptimize(hdlc::crc_by_tables(0xFFFF, octets));
    }
    count_octets(state);
}
BENCHMARK(check_by_tables);

void check_by_folding(benchmark::State& state) {
    const ByteBuffer octets = information();
    if (!hdlc::can_fold()) {
        state.SkipWithError("this processor has no carry-less multiplication");
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(hdlc::crc_by_folding(0xFFFF, octets));
    }
    count_octets(state);
}
BENCHMARK(check_by_folding);

}  // namespace

BENCHMARK_MAIN();
