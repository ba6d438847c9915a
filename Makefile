# One command tests everything: make test. See `make help`.

MODULES  := $(shell sed -n 's|^[[:space:]]*\(\./[^ ]*\)$$|\1|p; s|^[[:space:]]*\.$$|.|p' go.work)
HEADLESS := $(filter-out ./conformance,$(MODULES))
# The linter is pinned here and needed by no go.mod.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# all, or none to leave the tests in real browsers out.
BROWSERS ?= all
# all, or none to leave the tests in real servers out.
SERVERS ?= all

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: play
play: ## Run the lab: a site on localhost:8000, an API on localhost:9000
	go run ./cmd/cors play

.PHONY: test
test: lint cross race servers browsers ## Everything: lint, compile for other systems, tests with -race, real servers and browsers
	@case '$(BROWSERS) $(SERVERS)' in *none*) echo 'ok, but BROWSERS=$(BROWSERS) and SERVERS=$(SERVERS): tests were left out';; *) echo 'ok: everything passed';; esac

.PHONY: lint
lint: ## gofmt, go vet and staticcheck in every module
	@files=$$(gofmt -l .); \
	if [ -n "$$files" ]; then echo "not formatted, run gofmt -w on:" >&2; echo "$$files" >&2; exit 1; fi
	@set -e; for m in $(MODULES); do echo "lint $$m"; (cd $$m && go vet ./... && go run $(STATICCHECK) ./...); done

.PHONY: cross
cross: ## Compile every module for darwin and windows
	@set -e; for os in darwin windows; do for m in $(MODULES); do echo "compile $$m for $$os"; \
	(cd $$m && CGO_ENABLED=0 GOOS=$$os go build ./... ); done; done

.PHONY: race
race: ## go test -race in every module that needs no browser
	@set -e; for m in $(HEADLESS); do echo "test $$m"; (cd $$m && go test -race ./...); done

.PHONY: servers
servers: ## The fixes in real servers: nginx, Apache and more (installed on Debian if missing; SERVERS=none leaves them out)
	@case '$(SERVERS)' in \
	none) ;; \
	all) echo "test ./conformance/servers"; cd conformance && go test -race -count=1 ./servers ;; \
	*) echo "make: SERVERS=$(SERVERS) is neither all nor none" >&2; exit 2 ;; esac

.PHONY: browsers
browsers: ## The tests in real browsers (installed on Debian if missing; BROWSERS=none leaves them out)
	@case '$(BROWSERS)' in \
	none) ;; \
	all) set -e; CHROMIUM=$$(sh conformance/chromium.sh); export CHROMIUM; echo "test ./conformance with $$CHROMIUM"; \
	     cd conformance && go test -race -count=1 $$(go list ./... | grep -v /servers) ;; \
	*) echo "make: BROWSERS=$(BROWSERS) is neither all nor none" >&2; exit 2 ;; esac

.PHONY: bench
bench: ## The middleware beside those of others, in three minutes; writes bench/README.md
	cd bench && go run . -write README.md

.PHONY: bench-gateway
bench-gateway: ## cors gateway beside a bare ReverseProxy, Caddy and nginx (needs wrk, caddy, nginx; 5 minutes)
	cd cmd/cors && go run ./internal/gateway/measure compare

.PHONY: load-gateway
load-gateway: ## cors gateway through reloads, dead upstreams, slow clients, 1 GB bodies, 10,000 connections (1 minute)
	cd cmd/cors && go run ./internal/gateway/measure load

.PHONY: conformance
conformance: ## Every vector in the engine and in Chromium, Firefox and WebKit; writes the table in conformance/README.md (BROWSER=chromium: that one only)
	cd conformance && go run ./cmd/conformance check $(if $(BROWSER),--browsers $(BROWSER),--write README.md)

N ?= 1000
SEED ?= 1
.PHONY: conformance-random
conformance-random: ## Random scenarios in the engine and in a browser, until they differ: N=1000 BROWSER=firefox SEED=1
	cd conformance && go run ./cmd/conformance random --n $(N) --seed $(SEED) $(if $(BROWSER),--browsers $(BROWSER))
