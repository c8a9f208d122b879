#!/usr/bin/env bash
# Runs the tests of every package many times, with and without the race detector, on 1, 2 and 8 processors. More packages
# run at once than there are cores, and other processes use what time is left, so all cores are busy. A test that fails
# now and then fails here. Packages whose tests take long run less often.
#
#   make test-flaky [PACKAGES=...]     FLAKY_RUNS=100 FLAKY_SLOW_RUNS=10 FLAKY_SLOW_SECONDS=10
set -uo pipefail
cd "$(dirname "$0")/.."

runs=${FLAKY_RUNS:-100} slow_runs=${FLAKY_SLOW_RUNS:-10} slow_seconds=${FLAKY_SLOW_SECONDS:-10}
binaries=$(mktemp -d) log=$PWD/flaky.log
export RACE=${RACE:-} runs slow_runs slow_seconds binaries log
: >"$log"

# hunt runs the tests of a package many times. It fails if one of the runs did.
hunt() {
	local package=$1 binary directory race failed=0
	binary=$(mktemp -u "$binaries/XXXXXX")
	directory=$(go list -f '{{.Dir}}' "$package")
	for race in "" ${RACE:+-race}; do
		rm -f "$binary"
		go test ${race:+$RACE} -c -o "$binary" "$package" >>"$log" 2>&1 || failed=1
		[ -x "$binary" ] || continue # no tests
		local n=$runs failures=0 i processors began outcome
		for ((i = 0; i < n; i++)); do
			processors=$((i % 3 == 0 ? 1 : i % 3 == 1 ? 2 : 8)) began=$SECONDS outcome=passed
			(cd "$directory" && GOMAXPROCS=$processors "$binary" -test.timeout 20m) >"$binary.out" 2>&1 || {
				failures=$((failures + 1)) outcome=failed
				cat "$binary.out" >>"$log"
			}
			echo "=== $package $race GOMAXPROCS=$processors: $outcome after $((SECONDS - began)) s" >>"$log"
			[ $((SECONDS - began)) -lt "$slow_seconds" ] || n=$((n < slow_runs ? n : slow_runs))
		done
		echo "$package${race:+ $race}: $failures of $i runs failed"
		[ "$failures" = 0 ] || failed=1
	done
	return "$failed"
}
export -f hunt

busy=()
for _ in $(seq "$(nproc)"); do
	nice -n 19 bash -c 'while :; do :; done' &
	busy+=($!)
done
trap 'kill "${busy[@]}" 2>/dev/null; rm -rf "$binaries"' EXIT

go list "${@:-./...}" | xargs -P $(($(nproc) + 1)) -I{} bash -c 'hunt {}' ||
	{ echo "FAILED: the output of these runs is in $log"; exit 1; }
