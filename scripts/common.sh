# shellcheck shell=bash
# Shared by run, test and the other scripts; sourced, never started.

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# port_taken HOST PORT: does somebody accept connections there?
port_taken() {
    (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null
}

# pause SECONDS: no child sleeps, which would be a second one for the terminal's signals to end, with a message.
pause() {
    read -rt "$1" <> <(:) || true
}

# is_running PID: not for a child that has ended and only waits for its `wait`, as `kill -0` would say.
is_running() {
    local stat=
    read -r stat 2>/dev/null <"/proc/$1/stat" || true
    [[ -n $stat && ${stat##*) } != Z* ]]
}

is_port() {
    [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] && (($1 <= 65535))
}

# free_port FIRST LAST: prints the first port of the range that nobody serves on the loopback address.
free_port() {
    local port
    for ((port = $1; port <= $2; port++)); do
        if ! port_taken 127.0.0.1 "$port"; then
            printf '%s\n' "$port"
            return 0
        fi
    done
    return 1
}

# build_jobs: as many compilers at once as there are cores, but 1 GiB of free memory for each.
build_jobs() {
    local cores memory_gib
    cores=$(nproc 2>/dev/null || echo 1)
    memory_gib=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null || true)
    if [[ -n $memory_gib ]] && ((memory_gib < cores)); then
        cores=$((memory_gib > 0 ? memory_gib : 1))
    fi
    printf '%s\n' "$cores"
}

# prepare_machine run|test: the packages, and the HTTP library that Debian 12 has no good version of.
prepare_machine() {
    scripts/install_packages.sh "$1"
    # Without dpkg the packages came by another way, and the HTTP library with them.
    if command -v dpkg >/dev/null; then scripts/fetch_httplib.sh; fi
    # Without npm the service has no page at /docs, and the tests in tests/web are skipped.
    if command -v npm >/dev/null; then
        scripts/fetch_swagger_ui.sh || say "The page at /docs is left out." >&2
        if [[ $1 == test ]]; then web_packages || say "The tests in tests/web are skipped." >&2; fi
    fi
}

# web_packages: what tests/web needs, as package-lock.json names it.
web_packages() (
    cd tests/web
    local stamp=node_modules/.lock
    if ! cmp --silent package-lock.json "$stamp"; then
        PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund && cp package-lock.json "$stamp"
    fi
)

# configure PRESET [OPTION...]: quiet unless it fails.
configure() {
    local log=build/configure-$1.log
    mkdir -p build
    if ! cmake --preset "$@" >"$log" 2>&1; then
        cat "$log" >&2
        fail "cmake could not configure the $1 preset"
    fi
}
