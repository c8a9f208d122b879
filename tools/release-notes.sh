#!/usr/bin/env bash
# release-notes.sh VERSION: prints what CHANGELOG.md says of the version, such as v0.2.0. Fails if it says nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
notes=$(awk -v head="## ${1#v} " 'index($0 " ", head) == 1 { found = 1; next } /^## / { found = 0 } found' CHANGELOG.md)
test -n "$notes" || { echo "CHANGELOG.md has no section \"## ${1#v}\"" >&2; exit 1; }
echo "$notes"
