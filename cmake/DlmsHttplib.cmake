# The target dlms_httplib: cpp-httplib 0.18.7 with Debian 13's security patches, or newer. Older ones are refused:
# they take unbounded bodies, header lines and header counts from the network.
#
# Taken from third_party/httplib (scripts/fetch_httplib.sh puts it there on Debian 12), else from the system
# (libcpp-httplib-dev on Debian 13, vcpkg elsewhere), whose header may want its library linked.
set(DLMS_HTTPLIB_LEAST 0.18.7)

find_path(DLMS_HTTPLIB_INCLUDE_DIR httplib.h
  PATHS ${PROJECT_SOURCE_DIR}/third_party/httplib NO_DEFAULT_PATH)
if(NOT DLMS_HTTPLIB_INCLUDE_DIR)
  find_path(DLMS_HTTPLIB_INCLUDE_DIR httplib.h)
endif()
if(NOT DLMS_HTTPLIB_INCLUDE_DIR)
  message(FATAL_ERROR "cpp-httplib >= ${DLMS_HTTPLIB_LEAST} is not here: run scripts/fetch_httplib.sh (Debian 12), "
                      "or install libcpp-httplib-dev (Debian 13) or cpp-httplib (vcpkg)")
endif()

file(STRINGS ${DLMS_HTTPLIB_INCLUDE_DIR}/httplib.h dlms_httplib_version_line
  REGEX "^#define CPPHTTPLIB_VERSION \"[0-9.]+\"")
string(REGEX REPLACE ".*\"([0-9.]+)\".*" "\\1" dlms_httplib_version "${dlms_httplib_version_line}")
if(NOT dlms_httplib_version VERSION_GREATER_EQUAL DLMS_HTTPLIB_LEAST)
  set(dlms_httplib_refused ${DLMS_HTTPLIB_INCLUDE_DIR})
  unset(DLMS_HTTPLIB_INCLUDE_DIR CACHE)
  message(FATAL_ERROR "cpp-httplib ${dlms_httplib_version} in ${dlms_httplib_refused} must not face a network, at "
                      "least ${DLMS_HTTPLIB_LEAST} is needed: run scripts/fetch_httplib.sh")
endif()

add_library(dlms_httplib INTERFACE)
target_include_directories(dlms_httplib SYSTEM INTERFACE ${DLMS_HTTPLIB_INCLUDE_DIR})
target_link_libraries(dlms_httplib INTERFACE Threads::Threads)
# Webhooks may be https; one macro for all, since it decides the layout of classes.
target_compile_definitions(dlms_httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT)
target_link_libraries(dlms_httplib INTERFACE OpenSSL::SSL OpenSSL::Crypto)

# Debian's own package keeps the code in a shared library; its pkg-config file tells the options it was built with,
# which decide the layout of the classes.
file(STRINGS ${DLMS_HTTPLIB_INCLUDE_DIR}/httplib.h dlms_httplib_code REGEX "Server::process_request\\(")
if(dlms_httplib_code)
  target_compile_definitions(dlms_httplib INTERFACE CPPHTTPLIB_USE_POLL)
else()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(DLMS_HTTPLIB_SYSTEM REQUIRED IMPORTED_TARGET cpp-httplib>=${DLMS_HTTPLIB_LEAST})
  target_link_libraries(dlms_httplib INTERFACE PkgConfig::DLMS_HTTPLIB_SYSTEM)
endif()
