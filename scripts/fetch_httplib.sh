#!/usr/bin/env bash
# Brings cpp-httplib 0.18.7 with Debian 13's security patches (or newer) to third_party/httplib/.
#
# Debian 12's own libcpp-httplib-dev (0.11.4) must not face a network: body, header-count and header-line floods
# are unbounded there. Debian 13's source package has them fixed, and its header is all we need. It comes through
# a private apt configuration whose mirror is the one that this machine's own apt sources name.
#
# A machine with libcpp-httplib-dev >= 0.18.7 needs nothing and gets nothing. A second run does nothing.
# Needs: apt, dpkg-dev, patch, xz-utils, the Debian archive keyring. No root.
set -euo pipefail

least_version="0.18.7-1+deb13u1"
suite="trixie"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
target="$root/third_party/httplib"
stamp="$target/VERSION"
keyring="/usr/share/keyrings/debian-archive-keyring.gpg"

fail() {
    echo "fetch_httplib: $*" >&2
    exit 1
}

new_enough() {
    dpkg --compare-versions "$1" ge "$2"
}

# Says nothing when what the stamp promises is there.
already_fetched() {
    [ -f "$stamp" ] && [ -f "$target/httplib.h" ] || return 1
    local version digest
    read -r version digest <"$stamp" || return 1
    new_enough "$version" "$least_version" || return 1
    echo "$digest  $target/httplib.h" | sha256sum --check --status
}

installed_version() {
    dpkg-query --show --showformat '${Version}' libcpp-httplib-dev 2>/dev/null || true
}

command -v dpkg >/dev/null || fail "this is no Debian machine: install cpp-httplib >= 0.18.7 by its own means"
if already_fetched; then
    exit 0
fi
system_version="$(installed_version)"
if [ -n "$system_version" ] && new_enough "$system_version" "$least_version"; then
    echo "fetch_httplib: libcpp-httplib-dev $system_version is installed, nothing to fetch"
    exit 0
fi
missing=""
for tool in apt-get:apt dpkg-source:dpkg-dev patch:patch xz:xz-utils; do
    command -v "${tool%%:*}" >/dev/null || missing="$missing ${tool##*:}"
done
[ -f "$keyring" ] || missing="$missing debian-archive-keyring"
[ -z "$missing" ] || fail "these packages are needed:$missing"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# The archive roots that the machine's own sources use for its release, whatever file and format they stand in:
# apt itself tells them, without asking the network.
release="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
[ -n "$release" ] || fail "/etc/os-release names no VERSION_CODENAME"
sources="$(apt-get update --print-uris 2>/dev/null | sed -n "s/^'\([^']*\)\/dists\/\([^' ]*\)\/InRelease'.*/\1 \2/p")"
main_root="$(awk -v suite="$release" '$2 == suite { print $1; exit }' <<<"$sources")"
security_root="$(awk -v suite="$release-security" '$2 == suite { print $1; exit }' <<<"$sources")"
[ -n "$main_root" ] || fail "apt's sources on this machine name no mirror for $release"

mkdir -p "$work"/{lists/partial,cache/archives/partial,source}
{
    echo "deb-src [signed-by=$keyring] $main_root $suite main"
    if [ -n "$security_root" ]; then
        echo "deb-src [signed-by=$keyring] $security_root $suite-security main"
    fi
} >"$work/sources.list"
# The machine's apt configuration (proxies and the like) stays in force; only sources and state are private.
private=(-o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=-"
         -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache"
         -o "Dir::Etc::preferences=-" -o "Dir::Etc::preferencesparts=-"
         -o "APT::Sandbox::User=" -o "Acquire::Retries=3" -o "Acquire::Languages=none")

echo "fetch_httplib: reading $suite's list of source packages"
apt-get "${private[@]}" -qq update || fail "the mirror of this machine's apt sources does not offer $suite's sources"
(cd "$work/source" && apt-get "${private[@]}" -qq --download-only --only-source source cpp-httplib) ||
    fail "the source package of cpp-httplib could not be fetched"
description="$(find "$work/source" -name 'cpp-httplib_*.dsc' | head -n 1)"
[ -n "$description" ] || fail "no source package arrived"

# apt has checked the signed index and the hashes; dpkg-source applies Debian's patches.
dpkg-source --no-check -x "$description" "$work/tree" >/dev/null || fail "the source package does not unpack"
version="$(sed -n 's/^Version: //p' "$description" | head -n 1)"
new_enough "$version" "$least_version" || fail "the mirror has only $version, at least $least_version is needed"
series="$work/tree/debian/patches/series"
applied="$work/tree/.pc/applied-patches"
[ -s "$series" ] && [ -f "$applied" ] || fail "Debian's patches are missing from the source package"
wanted_patches="$(sed -e 's/#.*//' -e 's/[[:space:]].*//' -e '/^$/d' "$series")"
[ "$wanted_patches" = "$(cat "$applied")" ] || fail "not all of Debian's patches were applied"
grep -q '^#define CPPHTTPLIB_VERSION ' "$work/tree/httplib.h" || fail "the header states no version"

mkdir -p "$target"
rm -f "$stamp"
cp "$work/tree/httplib.h" "$work/tree/LICENSE" "$target/"
printf '%s %s\n' "$version" "$(sha256sum "$target/httplib.h" | cut -d ' ' -f 1)" >"$stamp"
echo "fetch_httplib: cpp-httplib $version with $(wc -l <"$applied") Debian patches is in third_party/httplib"
