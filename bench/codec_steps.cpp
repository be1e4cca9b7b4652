// Runs one piece of work of codec_work.hpp a number of times, for callgrind to count:
//
//     codec_steps check|read|json|get TIMES
//
// scripts/count_instructions.sh counts twice and prints the difference for one time.

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/codec_work.hpp"

int main(int argc, char** argv) {
    using namespace dlms;
    const std::string_view work = argc == 3 ? argv[1] : "";
    const long times = argc == 3 ? std::atol(argv[2]) : 0;
    const ByteBuffer octets = bench::profile_buffer();
    std::string json;
    ByteBuffer apdu;
    ByteBuffer wpdu;
    std::uint64_t sum = 0;
    for (long i = 0; i < times; ++i) {
        if (work == "check") {
            sum += axdr::parse_data(octets).has_value() ? 1u : 0u;
        } else if (work == "read") {
            sum += bench::check_and_read(octets);
        } else if (work == "json") {
            sum += bench::write_json(octets, json);
        } else if (work == "get") {
            sum += bench::get_and_answer(apdu, wpdu);
        }
    }
    if (sum == 0) {
        std::fprintf(stderr, "usage: %s check|read|json|get TIMES\n", argv[0]);
        return 2;
    }
    std::printf("%llu\n", static_cast<unsigned long long>(sum));
    return 0;
}
