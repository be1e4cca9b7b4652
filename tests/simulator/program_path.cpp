#include "tests/simulator/program.hpp"

namespace dlms::simulator::testing {

std::string program_path() {
    return DLMS_SIMULATOR_PROGRAM;
}

}  // namespace dlms::simulator::testing
