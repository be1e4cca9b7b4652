#!/usr/bin/env bash
# Fails if a source file is not formatted as .clang-format says; --fix formats instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/common.sh
source scripts/common.sh

case ${1:-} in
    '') mode=(--dry-run -Werror) ;;
    --fix) mode=(-i) ;;
    *) fail "usage: scripts/check_format.sh [--fix]" ;;
esac
command -v clang-format-19 >/dev/null || fail "clang-format-19 is missing: scripts/install_packages.sh test"

# New files count too, as far as .gitignore lets them; without git, every source outside build/ and third_party/.
list_sources() {
    git ls-files -z --cached --others --exclude-standard -- '*.cpp' '*.hpp' 2>/dev/null ||
        find . \( -name build -o -name third_party -o -name .git \) -prune -o \
            -type f \( -name '*.cpp' -o -name '*.hpp' \) -print0
}

count=0
sources=()
while IFS= read -r -d '' file; do
    # A file that was removed but not yet committed is still listed.
    [[ ! -f $file ]] || sources[count++]=$file
done < <(list_sources)
((count > 0)) || fail "no source files found"
printf '%s\0' "${sources[@]}" |
    xargs -0 --max-procs="$(build_jobs)" --max-args=20 clang-format-19 --style=file "${mode[@]}" ||
    fail "not formatted: run scripts/check_format.sh --fix"
say "$count files are formatted."
