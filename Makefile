.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

# The binary is static and the same wherever it is built: the Dockerfile runs this very line. VERSION and COMMIT are for builds
# outside a repository; inside one Go knows them by itself.
BUILD := CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=$${VERSION:-} -X main.commit=$${COMMIT:-}" -o bin/antwon ./cmd/antwon

# The race detector needs a C compiler. It watches all Go code except SQLite's, which was translated from C, the allocator
# of SQLite, and the drawing of pictures: watching these takes half of the tests' processor time. Only packages without
# generic code can be left out. Of generic code that several packages compile, the linker keeps one copy: if that is not
# watched, it hides synchronisation, and the detector makes false reports about other packages. With -race, the compiler
# also adds checks of unsafe pointers (checkptr). They are switched off, because the program itself has no such pointers.
unwatched_packages := modernc.org/sqlite/lib modernc.org/memory image/png hash/adler32 hash/crc32
RACE := $(shell command -v $$(go env CC) >/dev/null && echo -race -gcflags=all=-d=checkptr=0 $(unwatched_packages:%='-gcflags=%=-race=false'))

# Where there is a Node, the web pages are built, and some tests drive the server with npm's clients.
NODE := $(shell command -v node >/dev/null && command -v npm >/dev/null && echo yes)
NODE_MODULES := $(NODE:yes=node-modules)
WEB := $(NODE:yes=web)
CLIENT := $(NODE:yes=client)

# The tests and benchmarks of the web pages in a browser need npm's packages, and Chromium.
browser = cd web && ANTWON_RUN='$(1)' node_modules/.bin/vitest run --config vitest.browser.config.ts

help: ## show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

build: $(WEB) ## build bin/antwon, with the web pages where there is Node
	@$(if $(NODE),:,echo "antwon: building without the web pages, which need Node 20.19 or newer and npm")
	@test -e bin/antwon || echo "antwon: building the program; the first time takes a few minutes"
	@$(BUILD)

web: web/dist/index.html ## build the web pages, into web/dist

# If this fails, make shows the error and goes on; the program then tells browsers that it has no pages.
web/dist/index.html: $(shell find web packages -type f -not -path '*/node_modules/*' -not -path '*/dist/*') schema.graphqls web/node_modules/.package-lock.json
	@echo "antwon: building the web pages"
	-@cd web && npm run --silent build

client: packages/client/dist/index.js ## build the npm package @antwon/client, into packages/client/dist

# If this fails, make shows the error and goes on; the tests that need it are then left out.
# It waits for the pages, whose build generates the same TypeScript.
packages/client/dist/index.js: $(shell find packages/client/src -name '*.ts') packages/client/tsconfig.json schema.graphqls web/node_modules/.package-lock.json | $(WEB)
	-@cd web && npm run --silent build:client

web/node_modules/.package-lock.json: web/package-lock.json
	@echo "antwon: installing what the web pages are built with"
	-@cd web && npm ci --no-audit --no-fund --loglevel=error >/dev/null && touch node_modules/.package-lock.json

run: build ## a party to try: http://127.0.0.1:8080
	@./bin/antwon demo

party: build ## the same for everybody in this network: phones can join
	@ANTWON_ADDR=$${ANTWON_ADDR:-0.0.0.0:8080} ./bin/antwon demo

demo: ## the same with songs of 20 seconds
	@ANTWON_DEMO_SONG_SECONDS=20 $(MAKE) --no-print-directory run

dev: web/node_modules/.package-lock.json ## a party to try, rebuilt and reloaded on every change, until Ctrl-C
	@./dev.sh

generate: ## write the generated code again
	go generate ./ent
	go tool gqlgen generate
	go tool -C test/genqlient genqlient

migration: ## NAME=what_changes: write the migrations for a changed ent schema (needs MySQL)
	go run ./ent/migrate/diff $(NAME)

lint: bin/golangci-lint $(NODE:yes=lint-schema) $(NODE:yes=lint-web) ## gofmt, golangci-lint with the linters of .golangci.yml, the schema's linters, and the pages' types and style
	@test -z "$$(gofmt -l $$(git ls-files '*.go') | tee /dev/stderr)" || { echo "gofmt -w the files above"; exit 1; }
	./bin/golangci-lint run ./...
	cd test/genqlient && ../../bin/golangci-lint run ./...
	cd test/histories && ../../bin/golangci-lint run ./...
	cd cmd/antwon-bench/peers/centrifuge && ../../../../bin/golangci-lint run ./...
	cd tools/release && ../../bin/golangci-lint run ./...
	go tool -C tools/release actionlint $(addprefix ../../,$(wildcard .github/workflows/*.yml))

lint-schema: $(NODE_MODULES) ## graphql-eslint, and a check for changes of the schema that break clients of the last release
	@if test -x test/node/node_modules/.bin/eslint; then \
		test/node/node_modules/.bin/eslint --config test/node/eslint.config.mjs schema.graphqls && node test/node/breaking.mjs; \
	else echo "LEFT OUT: the schema's linters, which need npm's packages"; test "$${ANTWON_TEST_STRICT:-}" != 1; fi

lint-web: $(WEB) $(CLIENT) ## the TypeScript of the web pages and of the client: types and style
	@if test -x web/node_modules/.bin/tsc; then cd web && npm run --silent check; \
	else echo "LEFT OUT: the types and style of the web pages, which need npm's packages"; test "$${ANTWON_TEST_STRICT:-}" != 1; fi

bin/golangci-lint: tools/go.mod tools/go.sum
	go build -C tools -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

# Litestream is a tool of the tests, in a module of its own: building it takes minutes, once.
bin/litestream: test/litestream/go.mod test/litestream/go.sum
	go build -C test/litestream -ldflags="-s -w" -o ../../$@ github.com/benbjohnson/litestream/cmd/litestream

# If this fails, make shows the error and goes on; the tests that need it are then left out.
try-litestream:
	-@$(MAKE) --no-print-directory bin/litestream

# If this fails, make shows the error and goes on; the tests that need it are then left out.
node-modules: test/node/node_modules/.package-lock.json ## install the npm clients that some tests need
test/node/node_modules/.package-lock.json: test/node/package-lock.json
	-@cd test/node && npm ci --no-audit --no-fund --loglevel=error >/dev/null && touch node_modules/.package-lock.json

# These tests mostly wait for databases, browsers and songs, so they run at the same time.
test: $(NODE_MODULES) $(CLIENT) $(NODE:yes=test-web) ## everything, with the race detector; says what it left out and why
	@$(MAKE) --no-print-directory -j4 --output-sync test-histories behind-test-go behind-test-unwatched $(NODE:yes=behind-test-pages)

# The servers of the histories run in real time, so all other tests get a lower priority.
behind-%:
	@nice -n 10 $(MAKE) --no-print-directory $*

# Tests keep their files in memory where that is possible, and collect garbage less often as long as a process uses less
# than GOMEMLIMIT. The environment can override this.
test-go test-unwatched test-flaky test-histories test-pages: export TMPDIR := $(shell test/tmpdir.sh)
test-go test-unwatched test-flaky test-histories: export GOGC ?= 400
test-go test-unwatched test-flaky test-histories: export GOMEMLIMIT ?= 2GiB
# By default each test binary with the race detector sleeps for a second before it exits.
test-go test-unwatched test-flaky test-histories: export GORACE ?= atexit_sleep_ms=50

# go_tests runs commands of Go tests. Their output goes to a log, and only failures, figures and what was left out are
# shown.
go_tests = @{ $(2); } > $(1) 2>&1 || { grep -vE '^\s*(=== |--- (PASS|SKIP)|PASS)' $(1); grep -E '^\s*--- FAIL|^panic: ' $(1); echo "FAILED: the whole output is in $(1)"; exit 1; }; \
	grep -E '^ok| figures: ' $(1); \
	if grep -q ' left out: ' $(1); then echo "LEFT OUT:"; grep -hoE '\w+ left out: .*' $(1) | sort | uniq -c; fi

# The packages whose tests take longest go first, so that no core waits for them at the end. The race detector makes pure
# computation up to eight times as expensive, so it watches a part of these tests, and test-unwatched runs all of them
# without it.
unwatched_tests := TestRandomEvenings|TestFourHoursOfAHundredGuests|TestNothingPlaysTwice|TestMachineRecoversFromEveryState
test-go: $(NODE_MODULES) $(CLIENT) try-litestream ## the Go tests, with the race detector
	$(call go_tests,test.log,go test $(RACE) -p $$(($$(nproc) + 1)) -parallel 8 -timeout 45m -v ./cmd/antwon ./test/scenarios ./internal/jukebox ./...)
	@test -n "$(RACE)" || echo "LEFT OUT: the race detector, which needs a C compiler"

test-unwatched: ## the tests of which the race detector watches only a part: all of them, without it
	$(call go_tests,unwatched.log,go test -vet=off -run '$(unwatched_tests)' -timeout 30m -v ./test/scenarios ./internal/playback)

# -count=1, because Go does not know that these tests build and start the program, and would show an old result.
test-histories: ## two parties of a minute each, while servers, database and connections break
	$(call go_tests,histories.log,go test -C test/histories $(RACE) -count=1 -timeout 20m -v ./...)

test-fast: ## the tests that need no database server, no browser and no Node, without the race detector: two minutes at most
	@go test -short ./...

test-flaky: ## every package (or PACKAGES=./internal/live/...) many times on busy cores: finds tests that fail now and then (hours)
	@RACE='$(RACE)' test/flaky.sh $(PACKAGES)

test-web: $(WEB) ## the tests of the web pages' and the client's TypeScript that need no browser
	@if test -x web/node_modules/.bin/vitest; then cd web && npm run --silent test; \
	else echo "LEFT OUT: the web pages' own tests, which need npm's packages"; test "$${ANTWON_TEST_STRICT:-}" != 1; fi

test-pages: build ## the web pages in a real browser, against the real program
	@$(call browser,test/**/*.test.ts)

test-deploy: deploy/aws/node_modules/.package-lock.json build ## the deployment to AWS: synthesised for both sizes, and checked against its README
	@if test -x deploy/aws/node_modules/.bin/tsx; then cd deploy/aws && npm run --silent test; \
	else echo "LEFT OUT: the deployment's tests, which need npm's packages"; test "$${ANTWON_TEST_STRICT:-}" != 1; fi

deploy/aws/node_modules/.package-lock.json: deploy/aws/package-lock.json
	-@cd deploy/aws && npm ci --no-audit --no-fund --loglevel=error >/dev/null && touch node_modules/.package-lock.json

scenarios: ## whole parties in fake time, and a table of their results; ARGS=-write renews docs/playback.md
	@go test ./test/scenarios -count=1 -timeout 24h -v -run 'TestScenarios|TestRandomEvenings|TestTwoHoursOfAParty|TestIdleRooms' -args $(ARGS) > scenarios.log 2>&1 || { grep -E -- '--- FAIL|_test.go' scenarios.log; echo "FAILED: the whole output is in scenarios.log"; exit 1; }
	@grep -vE '^\s*(=== |--- |PASS|\{)' scenarios.log

histories: ## two parties of five minutes each, while servers, database and connections break; ARGS=-seed=N repeats the choices
	@go test -C test/histories -count=1 -timeout 60m -v . -args -duration=5m $(ARGS) > histories.log 2>&1 || { grep -vE '^\s*(=== |--- (PASS|SKIP)|PASS)' histories.log; echo "FAILED: the whole output is in histories.log"; exit 1; }
	@grep -E ' figures: | left out: ' histories.log

bench: ## likes per second, latency and reading, on SQLite and MySQL
	go run ./cmd/antwon-bench

bench-realtime: bench-peers ## thousands of subscribers on antwon and four other servers: renews docs/benchmarks.md (ten minutes)
	go run ./cmd/antwon-bench realtime -docs docs $(ARGS)

# If this fails, make shows the error and goes on; the benchmark then leaves out that server.
bench-peers: ## the servers that antwon is compared with, whose dependencies the program does not get
	-@go build -C cmd/antwon-bench/peers/centrifuge -o ../../../../bin/bench-centrifuge .
	-@if test '$(NODE)' = yes; then $(MAKE) --no-print-directory cmd/antwon-bench/peers/yoga/node_modules/.package-lock.json; fi
cmd/antwon-bench/peers/yoga/node_modules/.package-lock.json: cmd/antwon-bench/peers/yoga/package-lock.json
	-@cd cmd/antwon-bench/peers/yoga && npm ci --no-audit --no-fund --loglevel=error >/dev/null && touch node_modules/.package-lock.json

bench-check: ## fails if antwon has become much slower, compared with bare peers in the same run, or allocates more
	go test -count=1 -run Allocations ./cmd/antwon-bench/realtime/server
	go run ./cmd/antwon-bench check

bench-attack: ## the most expensive operations that a guest can send, and what they do to a bystander
	go run ./cmd/antwon-bench attack $(ARGS)

bench-web: build ## what the web pages cost, in a real browser
	@$(call browser,test/bench*.ts) --disable-console-intercept

layout: build ## every page in all sizes and both languages: fails where a text is cut, overlaps or breaks within a word
	@$(call browser,test/layout*.ts)

screenshots: layout ## pictures of the web pages, into docs/pages
	@$(call browser,test/screenshots.ts)

rds-roots: ## renew the root certificates of Amazon RDS in internal/database/rds.pem (needs npm's registry)
	@tools/rds-roots.sh > internal/database/rds.pem.new && mv internal/database/rds.pem.new internal/database/rds.pem

vuln: ## look for known vulnerabilities in what the program uses (needs the internet)
	go tool govulncheck ./...

sbom: build bin/cyclonedx-gomod ## list what the program and its pages consist of, into sbom (CycloneDX)
	@mkdir -p sbom
	./bin/cyclonedx-gomod bin -json -std -output sbom/antwon.cdx.json bin/antwon
	@if test '$(NODE)' = yes; then cd web && npm sbom --package-lock-only --sbom-format=cyclonedx > ../sbom/pages.cdx.json; \
	else echo "LEFT OUT: what the pages consist of, which needs npm"; fi

bin/cyclonedx-gomod bin/crane: bin/%: tools/go.mod tools/go.sum
	go build -C tools -o ../$@ $$(cd tools && go list -f '{{.ImportPath}}' tool | grep '/$*$$')

bin/goreleaser: tools/goreleaser/go.mod tools/goreleaser/go.sum
	go build -C tools/goreleaser -o ../../bin/goreleaser github.com/goreleaser/goreleaser/v2

bin/release-image: tools/release/go.mod tools/release/go.sum $(wildcard tools/release/image/*.go)
	go build -C tools/release -o ../../bin/release-image ./image

# The addresses in a release: of its source, and of its image.
SOURCE := $(if $(GITHUB_REPOSITORY),https://github.com/$(GITHUB_REPOSITORY))
IMAGE = ghcr.io/$(shell tr A-Z a-z <<< '$(GITHUB_REPOSITORY)')

# In a repository without a remote, goreleaser would not look for the commit.
release-snapshot: bin/goreleaser bin/cyclonedx-gomod bin/release-image ## build all that a release consists of, into dist, without publishing it
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url GIT_CONFIG_VALUE_0=. ./bin/goreleaser release --snapshot --clean
	./bin/release-image -source='$(SOURCE)' dist

# The image of a release is public at once; its page on GitHub is a draft that somebody has to publish.
release: bin/goreleaser bin/cyclonedx-gomod bin/release-image bin/crane ## build and publish the version that is tagged here: see CONTRIBUTING.md
	@version=$$(git describe --tags --exact-match); \
	tools/release-notes.sh $$version > bin/release-notes.md; \
	./bin/goreleaser release --clean --release-notes bin/release-notes.md; \
	./bin/release-image -source='$(SOURCE)' dist; \
	./bin/crane push dist/image $(IMAGE):$${version#v}; \
	case $$version in *-*) ;; *) ./bin/crane tag $(IMAGE):$${version#v} latest ;; esac

# Only the programs that this machine can run are built.
test-release: ## a release for Linux on amd64 and arm64: built, unpacked, and started out of its image
	@if test '$(NODE)' = yes; then \
		SERVERS_ONLY=1 $(MAKE) --no-print-directory release-snapshot > release.log 2>&1 || { cat release.log; exit 1; }; \
		go test -C tools/release -count=1 -v ./... > release.log 2>&1 || { grep -vE '^\s*(=== |--- (PASS|SKIP)|PASS)' release.log; exit 1; }; \
		if grep -q ' left out: ' release.log; then echo "LEFT OUT:"; grep -hoE '\w.* left out: .*' release.log; fi; \
	else echo "LEFT OUT: a release, which needs npm for its pages"; test "$${ANTWON_TEST_STRICT:-}" != 1; fi

compose-env: ## write passwords for compose.yaml into .env, unless it is there
	@test -e .env || (umask 077; for name in MYSQL NATS; do echo "$${name}_PASSWORD=$$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')"; done > .env)

pin-images: bin/crane ## add the images' digests to the Dockerfile and both compose.yaml, or renew them (needs the internet)
	@tools/pin-images.sh ./bin/crane Dockerfile compose.yaml deploy/one-machine/compose.yaml

check: lint stale $(NODE_MODULES) $(CLIENT) $(WEB) ## all that a change has to pass
	@$(MAKE) --no-print-directory -j4 --output-sync test-histories behind-test-go behind-test-unwatched behind-check-others

# The Go tests take longest. All this runs beside them, one after the other.
check-others: $(NODE:yes=test-web)
	@$(if $(NODE),$(MAKE) --no-print-directory test-pages)
	@$(MAKE) --no-print-directory test-release
	@$(if $(NODE),$(MAKE) --no-print-directory test-deploy)

stale: ## fail if generated code or migrations do not match their sources
	@before=$$(git status --porcelain --untracked-files=all -- ent graph test/genqlient; git diff -- ent graph test/genqlient | sha256sum); \
	$(MAKE) --no-print-directory generate; \
	after=$$(git status --porcelain --untracked-files=all -- ent graph test/genqlient; git diff -- ent graph test/genqlient | sha256sum); \
	test "$$before" = "$$after" || { git --no-pager diff --stat -- ent graph test/genqlient; echo "generated code is stale: make generate, and commit it"; exit 1; }
	go mod tidy -diff
	go mod tidy -C test/genqlient -diff
	go mod tidy -C test/histories -diff
	go mod tidy -C cmd/antwon-bench/peers/centrifuge -diff
	go mod tidy -C tools/release -diff
	go mod tidy -C test/litestream -diff
	go run ./ent/migrate/diff

.PHONY: help build web client run party demo dev generate migration lint lint-schema lint-web try-litestream node-modules test test-go test-unwatched check-others test-histories test-fast test-flaky test-web test-pages test-deploy scenarios histories bench bench-check bench-realtime bench-peers bench-attack bench-web layout screenshots rds-roots vuln sbom compose-env pin-images release release-snapshot test-release check stale
