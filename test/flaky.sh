#!/usr/bin/env bash
# Runs the tests of every package many times, with and without the race detector, on 1, 2 and 8 processors, while other
# processes keep all cores busy. A test that fails now and then fails here. Packages whose tests take long run less often.
#
#   make test-flaky [PACKAGES=...]     FLAKY_RUNS=100 FLAKY_SLOW_RUNS=10 FLAKY_SLOW_SECONDS=10
set -uo pipefail
cd "$(dirname "$0")/.."

runs=${FLAKY_RUNS:-100} slow_runs=${FLAKY_SLOW_RUNS:-10} slow_seconds=${FLAKY_SLOW_SECONDS:-10}
RACE=${RACE:-}
binaries=$(mktemp -d) log=flaky.log
: >"$log"

# Processes that only use a core each.
busy=()
for _ in $(seq "$(nproc)"); do
	(while :; do :; done) &
	busy+=($!)
done
trap 'kill "${busy[@]}" 2>/dev/null; rm -rf "$binaries"' EXIT

failed=0
for package in $(go list "${@:-./...}"); do
	directory=$(go list -f '{{.Dir}}' "$package")
	for race in "" ${RACE:+-race}; do
		binary="$binaries/test"
		rm -f "$binary"
		go test ${race:+$RACE} -c -o "$binary" "$package" >>"$log" 2>&1
		[ -x "$binary" ] || continue # no tests
		n=$runs failures=0 done=0
		for ((i = 0; i < n; i++)); do
			processors=$((i % 3 == 0 ? 1 : i % 3 == 1 ? 2 : 8)) began=$SECONDS
			(cd "$directory" && GOMAXPROCS=$processors "$binary" -test.timeout 20m) >"$binaries/out" 2>&1 || {
				failures=$((failures + 1))
				{
					echo "=== $package $race GOMAXPROCS=$processors"
					cat "$binaries/out"
				} >>"$log"
			}
			done=$((done + 1))
			[ $((SECONDS - began)) -lt "$slow_seconds" ] || n=$slow_runs
		done
		echo "$package${race:+ $race}: $failures of $done runs failed"
		failed=$((failed + failures))
	done
done
[ "$failed" = 0 ] || { echo "FAILED: $failed runs; their output is in $log"; exit 1; }
