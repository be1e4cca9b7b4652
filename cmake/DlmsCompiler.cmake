# Compiler settings shared by every target of the project.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(DLMS_CCACHE ccache)
if(DLMS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # It does not look into precompiled headers unless it is told that nothing in them hangs on the time of day.
  # Paths below this folder count as relative ones: what one checkout has compiled serves every other.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
                                  CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${DLMS_CCACHE})
endif()

# The programs of a build with sanitizers are large, and there are a hundred of them.
find_program(DLMS_MOLD mold)
if(DLMS_MOLD AND NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  add_link_options(-fuse-ld=mold)
endif()

if(UNIX)
  # Libraries and programs alike, so that they can share precompiled headers.
  add_compile_options(-fPIE)
  add_link_options(-pie)
endif()

add_library(dlms_settings INTERFACE)
target_include_directories(dlms_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(dlms_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough)
if(DLMS_WERROR)
  target_compile_options(dlms_settings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 offers std::expected to clang; Asio 1.22 does not detect clang's coroutines.
  target_compile_definitions(dlms_settings INTERFACE ASIO_HAS_CO_AWAIT ASIO_HAS_STD_COROUTINE)
  # clang 19 blames whoever sorts stably for what libstdc++ 12 does inside.
  target_compile_options(dlms_settings INTERFACE -Wno-deprecated-declarations)
else()
  if(DLMS_CCACHE)
    add_compile_options(-fpch-preprocess)
  endif()
  # g++ 12 reports false positives of these two inside its own library and in coroutine frames.
  target_compile_options(dlms_settings INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized)
endif()
if(DLMS_SANITIZE)
  add_compile_options(-fsanitize=${DLMS_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DLMS_SANITIZE})
  if(DLMS_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # ASan sees a null pointer used; x86 has no alignment to miss; no class here is cast down. The
    # three would take a third of the compile time.
    add_compile_options(-fno-sanitize=null,alignment,vptr)
  endif()
  if(DLMS_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio has a fence that g++ cannot model and says so.
    add_compile_options(-Wno-tsan)
  endif()
endif()
if(DLMS_FUZZ)
  # Coverage in every library, so that the fuzzer sees where an input leads.
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
