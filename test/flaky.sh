#!/usr/bin/env bash
# Runs the tests of every package many times, with and without the race detector, on 1, 2 and 8 processors. More packages
# run at once than there are cores, and other processes with a lower priority compete with them, so all cores are busy even
# if it is a single package. As in make check, eight tests of a package run at once. A test that fails now and then fails
# here. Packages whose tests take long run less often.
#
#   make test-flaky [PACKAGES=...]     FLAKY_RUNS=100 FLAKY_SLOW_RUNS=10 FLAKY_SLOW_SECONDS=10
set -uo pipefail
cd "$(dirname "$0")/.."

runs=${FLAKY_RUNS:-100} slow_runs=${FLAKY_SLOW_RUNS:-10} slow_seconds=${FLAKY_SLOW_SECONDS:-10}
binaries=$(mktemp -d) log=$PWD/flaky.log
export RACE=${RACE:-} runs slow_runs slow_seconds binaries log
: >"$log"

# report writes what was run, and its output, to the log in one piece: other hunts write to it, too.
report() {
	flock "$log" bash -c 'echo "$1" && cat "$2"' _ "=== $1" "$2" >>"$log"
}

# hunt runs the tests of a package many times. It fails if one of the runs did.
hunt() {
	local package=$1 directory race failed=0
	local binary=$binaries/${package//\//_}
	directory=$(go list -f '{{.Dir}}' "$package")
	for race in "" ${RACE:+-race}; do
		rm -f "$binary"
		go test ${race:+$RACE} -c -o "$binary" "$package" >"$binary.out" 2>&1 || {
			report "$package $race: does not compile" "$binary.out"
			echo "$package${race:+ $race}: does not compile" && return 1
		}
		[ -x "$binary" ] || break # no tests
		local n=$runs failures=0 i processors began outcome
		for ((i = 0; i < n; i++)); do
			processors=$((i % 3 == 0 ? 1 : i % 3 == 1 ? 2 : 8)) began=$SECONDS outcome=passed
			(cd "$directory" && GOMAXPROCS=$processors "$binary" -test.timeout 20m -test.parallel 8) >"$binary.out" 2>&1 || outcome=failed
			[ "$outcome" = failed ] && failures=$((failures + 1)) || : >"$binary.out"
			report "$package $race GOMAXPROCS=$processors: $outcome after $((SECONDS - began)) s" "$binary.out"
			[ $((SECONDS - began)) -lt "$slow_seconds" ] || n=$((n < slow_runs ? n : slow_runs))
		done
		echo "$package${race:+ $race}: $failures of $i runs failed"
		[ "$failures" = 0 ] || failed=1
	done
	rm -f "$binary" "$binary.out"
	return "$failed"
}
export -f hunt report

# The packages whose tests take longest go first.
[ $# -gt 0 ] || set -- ./cmd/antwon ./test/scenarios ./internal/jukebox ./...
packages=$(go list "$@") || exit

busy=()
for _ in $(seq "$(nproc)"); do
	nice -n 5 bash -c 'while :; do :; done' &
	busy+=($!)
done
trap 'kill "${busy[@]}" 2>/dev/null; rm -rf "$binaries"' EXIT

xargs -P $(($(nproc) + 1)) -I{} bash -c 'hunt {}' <<<"$packages" ||
	{ echo "FAILED: the output of these runs is in $log"; exit 1; }
