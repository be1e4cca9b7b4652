# What the project takes from outside; docs/decisions/0002-dependencies.md tells why each.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)

find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
add_library(dlms_asio INTERFACE)
target_include_directories(dlms_asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
target_compile_definitions(dlms_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
target_link_libraries(dlms_asio INTERFACE Threads::Threads)

find_package(nlohmann_json 3.11 REQUIRED)

if(DLMS_PROGRAMS)
  find_package(CLI11 2.1 REQUIRED)
  find_package(spdlog 1.10 REQUIRED)
  include(DlmsHttplib)
  # libpcap has no CMake package of its own.
  find_path(PCAP_INCLUDE_DIR pcap/pcap.h REQUIRED)
  find_library(PCAP_LIBRARY NAMES pcap wpcap REQUIRED)
  add_library(dlms_pcap INTERFACE)
  target_include_directories(dlms_pcap SYSTEM INTERFACE ${PCAP_INCLUDE_DIR})
  target_link_libraries(dlms_pcap INTERFACE ${PCAP_LIBRARY})
endif()
if(DLMS_TESTS)
  find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework)
endif()
if(DLMS_BENCH)
  find_package(benchmark REQUIRED)
endif()
