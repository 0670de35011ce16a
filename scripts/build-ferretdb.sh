#!/usr/bin/env bash
# Builds the server that tests take for MongoDB where there is none: FerretDB, into .cache/bin. It needs Go, and takes
# about a minute. It builds nothing where it was built before.
set -euo pipefail

readonly VERSION=v1.24.2
target="$(cd "$(dirname "$0")/.." && pwd)/.cache/bin/ferretdb"
readonly target

[ ! -x "$target" ] || exit 0
command -v go >/dev/null || { echo "there is no Go to build FerretDB with" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# A program that is built without this file of the repository ends at once. The module does not have it.
go mod init build >/dev/null 2>&1
module=$(go mod download -json "github.com/FerretDB/FerretDB@$VERSION" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
cp -r "$module" source
chmod -R u+w source
cd source
printf '%s\n' "$VERSION" >build/version/version.txt
go build -o ../ferretdb ./cmd/ferretdb
mkdir -p "$(dirname "$target")"
# It is moved in one step: whoever finds the file finds all of it.
cp ../ferretdb "$target.$$"
mv "$target.$$" "$target"
