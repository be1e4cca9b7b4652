// main() of a fuzz target without libFuzzer: runs it once for each seed of the folders given. A
// seed is a line of hexadecimal octets, behind a name and a colon if it has one; # begins a
// comment. Each seed stands in a heap block of exactly its size.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/property.hpp"
#include "stack/base/hex.hpp"

namespace {

std::vector<std::string> seed_lines(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::vector<std::string> lines;
    for (const auto& path : files) {
        std::ifstream file(path);
        for (std::string line; std::getline(file, line);) {
            line = line.substr(0, line.find('#'));
            line.erase(0, line.find(':') + 1);
            if (line.find_first_not_of(" \t\r") != std::string::npos) {
                lines.push_back(line);
            }
        }
    }
    return lines;
}

}  // namespace

int main(int argument_count, char** arguments) {
    std::size_t seeds = 0;
    for (int i = 1; i < argument_count; ++i) {
        for (const std::string& line : seed_lines(arguments[i])) {
            const auto octets = dlms::from_hex(line);
            if (!octets) {
                std::fprintf(stderr, "no hexadecimal octets: %s\n", line.c_str());
                return 1;
            }
            const auto exact = std::make_unique<std::uint8_t[]>(octets->size());
            std::ranges::copy(*octets, exact.get());
            LLVMFuzzerTestOneInput(exact.get(), octets->size());
            ++seeds;
        }
    }
    std::printf("%zu seeds\n", seeds);
    return seeds > 0 ? 0 : 1;
}
