#!/usr/bin/env bash
# Installs the Debian packages that are missing, and only those; without apt it lists what is needed.
set -euo pipefail

usage() {
    cat <<'END'
usage: scripts/install_packages.sh run|test

  run    what building and running the programs needs
  test   the same, and what ./test needs in addition

DLMS_SKIP_INSTALL=1  install nothing: the packages came by another way

exit status: 0 everything is there, 1 apt failed, 2 wrong usage, 3 no apt here, 4 neither root nor sudo
END
}

# set | Debian package | what it provides | vcpkg port (- where vcpkg has no part in it)
packages() {
    cat <<'END'
run|g++|C++23 compiler (12 or newer)|-
run|cmake|build system (3.25 or newer)|-
run|ninja-build|build tool|-
run|ccache|compiler cache, for quick rebuilds|-
run|libasio-dev|standalone Asio 1.22 or newer: sockets and timers|asio
run|libssl-dev|OpenSSL 3: cryptography and random numbers|openssl
run|nlohmann-json3-dev|JSON|nlohmann-json
run|libcli11-dev|command lines|cli11
run|libspdlog-dev|logging|spdlog
run|libhowardhinnant-date-dev|time zones|date
run|libsqlite3-dev|the store of invocation counters|sqlite3
run|prometheus-cpp-dev|metrics|prometheus-cpp
run|libpcap-dev|packet captures for dlms decode|libpcap
run|libbenchmark-dev|Google Benchmark: the release preset builds bench/|benchmark
run|dpkg-dev|unpacks the HTTP library's source package (cpp-httplib 0.18.7 or newer)|cpp-httplib
run|debian-archive-keyring|the keys that the source package is checked with|-
run|ca-certificates|certificates for downloads|-
test|mold|linker, for quick builds of the tests|-
test|libboost-test-dev|Boost.Test|boost-test
test|clang-19|the fuzz targets' compiler|-
test|libclang-rt-19-dev|libFuzzer and the sanitizers of clang|-
test|clang-format-19|the format check|-
test|python3|the layer check and the tests of the scripts|-
test|openssl|its command line: an authority that the tests do not make themselves|-
test|git|lists the tracked files for the format check|-
test|openssl|makes the certificates of tests|-
test|chromium|the browser of tests/web|-
END
    # Node as another archive packs it brings npm along, and stands in the way of Debian's.
    if ! command -v npm >/dev/null; then echo "test|npm|the packages of tests/web|-"; fi
}

selected() {
    if [[ $set_name == test ]]; then packages; else packages | grep '^run|'; fi
}

list_what_is_needed() {
    say "apt-get is not on this machine. These packages are needed (Debian name, what it provides, vcpkg port):"
    say
    selected | while IFS='|' read -r _ name provides port; do
        printf '  %-22s %-70s %s\n' "$name" "$provides" "$port"
    done
    say
    say "vcpkg.json names the vcpkg ports. Once all of them are there, start again with DLMS_SKIP_INSTALL=1."
}

missing_packages() {
    local installed name
    installed=$(dpkg-query --show --showformat='${Package}|${db:Status-Status}\n' \
        "${names[@]}" 2>/dev/null || true)
    for name in "${names[@]}"; do
        grep -qxF "$name|installed" <<<"$installed" || printf '%s\n' "$name"
    done
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/common.sh
source scripts/common.sh

set_name=${1:-}
case $set_name in
    run | test) ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
esac
[[ ${DLMS_SKIP_INSTALL:-} != 1 ]] || exit 0

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    list_what_is_needed >&2
    exit 3
fi

mapfile -t names < <(selected | cut -d'|' -f2)
mapfile -t missing < <(missing_packages)
((${#missing[@]} > 0)) || exit 0

say "Missing packages: ${missing[*]}"
as_root=(env)
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        say "Installing them needs root, and there is no sudo: run this once as root, or run there:" >&2
        say "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 4
    fi
    say "Installing them needs root: asking sudo."
    as_root=(sudo)
    [[ -t 0 ]] || as_root+=(-n)
    as_root+=(env)
fi
options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
"${as_root[@]}" apt-get "${options[@]}" update </dev/null ||
    say "apt-get update failed; trying with the lists that are there." >&2
"${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" install \
    --yes --no-install-recommends "${missing[@]}" </dev/null ||
    fail "apt-get could not install: ${missing[*]}"

mapfile -t missing < <(missing_packages)
((${#missing[@]} == 0)) || fail "still missing after the installation: ${missing[*]}"
