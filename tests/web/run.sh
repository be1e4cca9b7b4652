#!/usr/bin/env bash
# run.sh contract|backend|page: one of the tests of this folder. Status 77: its tools are not here.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
examples="$here/../../examples/typescript"
modules="$here/node_modules"

skip() {
    echo "SKIPPED: $*"
    exit 77
}

command -v node >/dev/null || skip "node is not here"
[ -d "$modules/ajv" ] || skip "the npm packages are not here: npm ci in tests/web"

# The typed client as it was generated must be the one of today's document; DLMS_UPDATE_SCHEMA=1 makes it so.
check_schema() {
    local document="$DLMS_WEB_BUILD/openapi.json" fresh="$DLMS_WEB_BUILD/schema.d.ts"
    node "$here/print_document.mjs" >"$document"
    node "$modules/openapi-typescript/bin/cli.js" "$document" --default-non-nullable false --output "$fresh" >/dev/null
    if [ "${DLMS_UPDATE_SCHEMA:-}" = 1 ]; then cp "$fresh" "$examples/schema.d.ts"; fi
    diff -u "$examples/schema.d.ts" "$fresh" ||
        { echo "examples/typescript/schema.d.ts is not of today's document: DLMS_UPDATE_SCHEMA=1 $0 backend" >&2 && exit 1; }
}

case ${1:-} in
    contract)
        exec node --test "$here/contract.test.mjs"
        ;;
    backend)
        mkdir -p "$DLMS_WEB_BUILD/compiled/tests/web"
        check_schema
        ln -sfn "$modules" "$DLMS_WEB_BUILD/node_modules"
        node "$modules/typescript/bin/tsc" --project "$here" --outDir "$DLMS_WEB_BUILD/compiled"
        cp "$here/programs.mjs" "$here/package.json" "$DLMS_WEB_BUILD/compiled/tests/web/"
        cp "$examples/package.json" "$DLMS_WEB_BUILD/compiled/examples/typescript/"
        exec node --test "$DLMS_WEB_BUILD/compiled/tests/web/backend_day.test.js"
        ;;
    page)
        DLMS_CHROMIUM="$(command -v chromium || command -v chromium-browser || command -v google-chrome)" ||
            skip "chromium is not here"
        export DLMS_CHROMIUM
        exec node --test "$here/docs_page.test.mjs"
        ;;
    *)
        echo "usage: run.sh contract|backend|page" >&2
        exit 2
        ;;
esac
