#!/usr/bin/env bash
# Fuzzes every target of a fuzz build for a bounded time, two at a time; a crash prints its input as hex and fails.
set -euo pipefail

usage() {
    cat <<'END'
usage: scripts/fuzz.sh [FOLDER_OF_TARGETS [FOLDER_OF_SEEDS]]     (default build/fuzz/fuzz, fuzz/seeds)

FUZZ_SECONDS=150  the wall time of all targets together
FUZZ_SEED=1       libFuzzer's seed: the same code takes the same way again, as far as the time reaches; 0 for another
                  way each time
END
}

case ${1:-} in -h | --help) usage && exit 0 ;; esac
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/common.sh
source scripts/common.sh

targets_folder=${1:-build/fuzz/fuzz}
seeds_folder=${2:-fuzz/seeds}
readonly at_once=2
total_seconds=${FUZZ_SECONDS:-150}
[[ $total_seconds =~ ^[1-9][0-9]*$ ]] || fail "FUZZ_SECONDS must be a number of seconds"
seed=${FUZZ_SEED:-1}
[[ $seed =~ ^[0-9]{1,9}$ ]] || fail "FUZZ_SEED must be a number"

targets=()
for file in "$targets_folder"/fuzz_*; do
    if [[ -f $file && -x $file ]]; then targets+=("$file"); fi
done
((${#targets[@]} > 0)) || fail "no fuzz target in $targets_folder"

# Starting, reading the seeds and the last input take up to so many seconds of a target's share.
readonly overhead_seconds=3
rounds=$(((${#targets[@]} + at_once - 1) / at_once))
((total_seconds / rounds > overhead_seconds)) ||
    fail "$total_seconds s are too short for ${#targets[@]} targets"
deadline=$((SECONDS + total_seconds))

work=$(mktemp -d)
pids=()
cleanup() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# prepare TARGET: its folder for corpus and findings, and the seeds in it.
prepare() {
    local name=${1##*/} candidate seeds=()
    mkdir -p "$work/$name/corpus" "$work/$name/found"
    for candidate in "$seeds_folder/$name" "$seeds_folder/$name".* \
        "$seeds_folder/${name#fuzz_}" "$seeds_folder/${name#fuzz_}".*; do
        if [[ -e $candidate ]]; then seeds+=("$candidate"); fi
    done
    ((${#seeds[@]} > 0)) || fail "$name has no seeds in $seeds_folder"
    python3 scripts/seeds_to_corpus.py "$work/$name/corpus" "${seeds[@]}"
}

start() {
    local name=${1##*/} left=$((deadline - SECONDS))
    # timeout ends a target that does not end itself; libFuzzer's own limit comes first.
    timeout --signal=TERM --kill-after=5 "$((left > 1 ? left : 1))" "$1" \
        -seed="$seed" -max_total_time="$seconds_each" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
        -print_final_stats=1 -artifact_prefix="$work/$name/found/" "$work/$name/corpus" \
        >"$work/$name/log" 2>&1 </dev/null &
    pids+=("$!")
}

# report TARGET STATUS: one line for a target that found nothing, everything for one that did.
report() {
    local name=${1##*/} status=$2 runs found
    runs=$(sed -n 's/^stat::number_of_executed_units:[[:space:]]*//p' "$work/$name/log")
    if ((status == 0)) && [[ -n $runs ]]; then
        printf '%-32s %12s runs in %s s\n' "$name" "$runs" "$seconds_each"
        return 0
    fi
    tail -n 60 "$work/$name/log" >&2
    for found in "$work/$name/found"/*; do
        if [[ -f $found ]]; then
            printf '%s: %s, input as hex:\n' "$name" "${found##*/}" >&2
            od -An -v -tx1 "$found" | tr -d ' \n' >&2
            printf '\n' >&2
        fi
    done
    printf '%s failed with status %s\n' "$name" "$status" >&2
    return 1
}

for target in "${targets[@]}"; do prepare "$target"; done
say "Fuzzing ${#targets[@]} targets, $at_once at a time, in at most $total_seconds s"
failed=0
for ((first = 0; first < ${#targets[@]}; first += at_once)); do
    # What is left is shared anew each round, so that a slow start costs fuzzing and not the limit.
    seconds_each=$(((deadline - SECONDS) / rounds - overhead_seconds))
    ((seconds_each >= 1)) || fail "no time left for ${targets[first]##*/}"
    rounds=$((rounds - 1))
    pids=()
    batch=("${targets[@]:first:at_once}")
    for target in "${batch[@]}"; do start "$target"; done
    for index in "${!batch[@]}"; do
        status=0
        wait "${pids[index]}" || status=$?
        report "${batch[index]}" "$status" || failed=$((failed + 1))
    done
    pids=()
    ((failed == 0)) || fail "fuzzing found something: keep the input as a seed in $seeds_folder"
done
