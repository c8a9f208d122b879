#!/usr/bin/env bash
# Runs the demo for development until Ctrl-C; `make dev` calls it. Vite serves the pages with live reload and passes all other
# requests on to the Go server, which is built and started again when its sources change.
#
# Browsers use port DEV_PORT (8080); the Go server listens on the next one. It gets all variables of the environment, such as
# ANTWON_SPOTIFY_CLIENT_ID.
set -u
cd "$(dirname "$0")"

export DEV_PORT=${DEV_PORT:-8080}
address=127.0.0.1:$((DEV_PORT + 1))
export DEV_SERVER=http://$address ANTWON_ADDR=$address
export ANTWON_PUBLIC_URL=${ANTWON_PUBLIC_URL:-http://127.0.0.1:$DEV_PORT}
export ANTWON_DRAIN_WINDOW=${ANTWON_DRAIN_WINDOW:-0s} # a restart waits for nobody

binary=bin/antwon-dev
# When these files were touched, the server and the pages' types were last made.
built=bin/antwon-dev.built generated=bin/antwon-dev.generated
server='' vite='' # process ids

say() { printf '\ndev: %s\n' "$*"; }

stop() { # PID
	[ -z "$1" ] || { kill "$1" && wait "$1"; } 2>/dev/null
}

finish() { # EXIT_CODE
	trap '' INT TERM HUP EXIT
	stop "$server"
	stop "$vite"
	rm -f "$binary"*
	exit "$1"
}
trap 'finish 0' INT TERM HUP
trap 'finish 1' EXIT

changed_since() { # FILE PATH…: whether something below a path is newer than the file, a folder that lost a file included
	local since=$1
	shift
	[ -n "$(find "$@" -newer "$since" -print -quit)" ]
}

# build starts the new server only if it compiles and differs from the one that runs.
build() {
	touch "$built"
	if ! go build -o "$binary.new" ./cmd/antwon; then
		say 'the server does not compile; the one before it keeps running'
	elif [ -z "$server" ] || ! cmp -s "$binary.new" "$binary"; then
		stop "$server"
		mv "$binary.new" "$binary"
		"$binary" demo &
		server=$!
	fi
}

# generate writes the types of the GraphQL operations that the pages send.
generate() {
	touch "$generated"
	(cd web && node_modules/.bin/graphql-codegen --config codegen.ts --silent) || say "the pages' operations do not fit the schema"
}

[ -x web/node_modules/.bin/vite ] || { say 'this needs Node 20.19 or newer, and the packages that npm ci installs in web/'; exit; }
mkdir -p bin
generate
build
(cd web && exec node node_modules/vite/bin/vite.js --clearScreen false) &
vite=$!
while sleep 0.5; do
	kill -0 "$vite" 2>/dev/null || { vite='' && exit; }
	if [ -n "$server" ] && ! kill -0 "$server" 2>/dev/null; then
		server=''
		say 'the server has ended; the next change starts it again'
	fi
	if changed_since "$generated" schema.graphqls packages/client/src/operations.ts $(find web/src -name '*.graphql'); then generate; fi
	if changed_since "$built" cmd/antwon ent graph internal go.mod; then build; fi
done
