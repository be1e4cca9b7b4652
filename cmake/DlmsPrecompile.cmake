# dlms_precompile(TARGET...  WITH KIND): large headers that never change are parsed once a kind:
#   json   the standard library and nlohmann/json      asio   these and Asio      test   json and Boost.Test
#   cli    asio's and CLI11
# Off in release, so that a file which forgets an include does not pass.
option(DLMS_PRECOMPILE "Precompile the headers of libraries" OFF)

set(DLMS_PRECOMPILED_std <algorithm> <array> <chrono> <expected> <functional> <map> <memory> <optional> <span>
                         <sstream> <string> <string_view> <unordered_map> <variant> <vector>)
set(DLMS_PRECOMPILED_json ${DLMS_PRECOMPILED_std} <nlohmann/json.hpp>)
set(DLMS_PRECOMPILED_asio ${DLMS_PRECOMPILED_json} <asio.hpp>)
set(DLMS_PRECOMPILED_cli ${DLMS_PRECOMPILED_asio} <CLI/CLI.hpp>)
set(DLMS_PRECOMPILED_test ${DLMS_PRECOMPILED_json} <boost/test/unit_test.hpp>)

function(dlms_precompile)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "WITH" "")
  if(NOT DLMS_PRECOMPILE)
    return()
  endif()
  set(owner dlms_precompiled_${arg_WITH})
  if(NOT TARGET ${owner})
    file(WRITE ${PROJECT_BINARY_DIR}/precompiled/${arg_WITH}.cpp "")
    add_library(${owner} STATIC ${PROJECT_BINARY_DIR}/precompiled/${arg_WITH}.cpp)
    target_link_libraries(${owner} PRIVATE dlms_settings nlohmann_json::nlohmann_json)
    if(arg_WITH STREQUAL "asio")
      target_link_libraries(${owner} PRIVATE dlms_asio)
    elseif(arg_WITH STREQUAL "cli")
      target_link_libraries(${owner} PRIVATE dlms_asio CLI11::CLI11 spdlog::spdlog)
    elseif(arg_WITH STREQUAL "test")
      target_compile_definitions(${owner} PRIVATE BOOST_TEST_DYN_LINK)
      target_link_libraries(${owner} PRIVATE Boost::unit_test_framework)
    endif()
    target_precompile_headers(${owner} PRIVATE ${DLMS_PRECOMPILED_${arg_WITH}})
  endif()
  foreach(target ${arg_UNPARSED_ARGUMENTS})
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endforeach()
endfunction()
