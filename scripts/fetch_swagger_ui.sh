#!/usr/bin/env bash
# Brings Swagger UI (npm package swagger-ui-dist, Apache-2.0) to third_party/swagger-ui/, packed as the service
# serves it at /docs. A second run does nothing. Needs: npm. No root.
#
# Without it everything builds all the same, and /docs says that this build has no page.
set -euo pipefail

version="5.35.0"
integrity="sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ=="
files=(swagger-ui-bundle.js swagger-ui.css)
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
target="$root/third_party/swagger-ui"
stamp="$target/VERSION"

fail() {
    echo "fetch_swagger_ui: $*" >&2
    exit 1
}

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$version" ]; then
    exit 0
fi
command -v npm >/dev/null || fail "npm is needed"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "swagger-ui-dist@$version" >/dev/null ||
    fail "the npm registry does not give swagger-ui-dist $version"
package="$work/swagger-ui-dist-$version.tgz"
# npm checks the registry's own digest; this one is the project's.
# shellcheck disable=SC2059  # the digest's octets are the format
digest="sha512-$(printf "$(sha512sum "$package" | cut -c1-128 | sed 's/../\\x&/g')" | base64 --wrap=0)"
[ "$digest" = "$integrity" ] || fail "swagger-ui-dist $version is not the one that this script was written for"
tar --extract --gzip --file "$package" --directory "$work"

mkdir -p "$target"
rm -f "$stamp"
for file in "${files[@]}"; do
    # The map is not served, so nothing may ask for it.
    sed '/^\/[/*]# sourceMappingURL=/d' "$work/package/$file" | gzip -9 --no-name >"$target/$file.gz"
done
cp "$work/package/LICENSE" "$work/package/NOTICE" "$target/"
printf '%s\n' "$version" >"$stamp"
echo "fetch_swagger_ui: swagger-ui-dist $version is in third_party/swagger-ui"
