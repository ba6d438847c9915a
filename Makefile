# One command tests everything: make test. See `make help`.

MODULES  := $(shell sed -n 's|^[[:space:]]*\(\./[^ ]*\)$$|\1|p; s|^[[:space:]]*\.$$|.|p' go.work)
HEADLESS := $(filter-out ./conformance,$(MODULES))
# The linter is pinned here and needed by no go.mod.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# A list of chromium, firefox and webkit, or all; none leaves the tests in real
# browsers out.
BROWSERS ?= chromium,firefox
# all, or none to leave the tests in real servers out.
SERVERS ?= all

.DEFAULT_GOAL := help

# named turns a list with commas, or all, into words.
comma := ,
named = $(if $(filter all,$(1)),chromium firefox webkit,$(subst $(comma), ,$(1)))
# find-browsers finds browsers, or installs them, and sets the variables that name
# them.
find-browsers = found=$$(sh conformance/browsers.sh $(1)); eval "$$found"

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  BROWSERS=chromium,firefox   for test and browsers: a list of chromium, firefox and webkit; all; or none'
	@echo '  BROWSER=firefox             for conformance and conformance-random: such a list; all if it is not set'
	@echo '  SERVERS=all                 for test and servers: or none'
	@echo '  CHROMIUM= FIREFOX= WEBKIT=  the path of a browser; else it is looked for, and installed on Debian'
	@echo '  AXE=                        the path of axe-core, which else comes from npm'

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

# -p 1: browsers want the machine for themselves, and the vectors have ports of
# their own.
.PHONY: browsers
browsers: ## The vectors that end soon, the lab and the drivers in real browsers (installed on Debian if missing; BROWSERS=none leaves them out)
	@case '$(BROWSERS)' in \
	none) ;; \
	*) set -e; $(call find-browsers,chromium $(call named,$(BROWSERS))); \
	   echo "test ./conformance with $$CHROMIUM and BROWSERS=$(BROWSERS)"; cd conformance; \
	   BROWSERS=$(BROWSERS) go test -race -count=1 -p 1 -timeout 20m $$(go list ./... | grep -v /servers) ;; esac

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
	@set -e; $(call find-browsers,$(call named,$(or $(BROWSER),all))); cd conformance; \
	go run ./cmd/conformance check $(if $(BROWSER),--browsers $(subst $(eval) ,$(comma),$(call named,$(BROWSER))),--write README.md)

N ?= 1000
SEED ?= 1
.PHONY: conformance-random
conformance-random: ## Random scenarios in the engine and in a browser, until they differ: N=1000 BROWSER=firefox SEED=1
	@set -e; $(call find-browsers,$(call named,$(or $(BROWSER),all))); cd conformance; \
	go run ./cmd/conformance random --n $(N) --seed $(SEED) $(if $(BROWSER),--browsers $(subst $(eval) ,$(comma),$(call named,$(BROWSER))))
