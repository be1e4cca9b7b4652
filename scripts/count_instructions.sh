#!/usr/bin/env bash
# Instructions that decoding takes, counted by callgrind: the same on every machine of one compiler.
#
# usage: scripts/count_instructions.sh [PATH/codec_steps]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=${1:-build/release/bench/codec_steps}
[[ -x $program ]] || { echo "$program is not there: cmake --build --preset release" >&2; exit 2; }
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 2; }

counted() { # WORK TIMES: instructions of the whole process
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

report() { # WORK PARTS WHAT: instructions of one part
    local few many
    few=$(counted "$1" 10)
    many=$(counted "$1" 110)
    printf '%8d  %s\n' $(((many - few) / (100 * $2))) "$3"
}

report check 1000 "a row to check: 12-octet date-time, seven double-long-unsigned"
report read 1000 "a row to check and to read every value (goal: at most 325)"
report json 1000 "a row to check and to write as JSON"
report get 1 "a GET encoded with its WPDU header and an answer decoded to its value"
