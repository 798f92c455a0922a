# The few commands a newcomer needs. Each does its own set-up; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help up test soak parity bench lint manifests sync cluster cluster-down compose-test

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

up: ## Serve the platform with demonstration data on http://127.0.0.1:8080 (PORT, ITSM_DATA_DIR, DATABASE_URL)
	@local/setup/rust.sh
	@local/setup/system.sh cc
	@test -n "$$DATABASE_URL" || local/setup/system.sh postgres
	cargo build --release --package itsm
	@test -z "$$DATABASE_URL" || target/release/itsm migrate
	@exec target/release/itsm serve --demo

test: lint ## All tests, on a private Postgres
	@local/setup/system.sh postgres nginx redis prometheus alertmanager curl openssl
	@local/setup/venv.sh schemathesis
	@local/setup/venv.sh sam
	@local/setup/venv.sh checks
	cargo xtask test

lint: ## Format, clippy, and what `sync --check` knows of the tree
	@local/setup/rust.sh
	@local/setup/system.sh cc
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	cargo xtask sync --check

cluster: ## The whole platform as plain processes: Postgres, Redis, each function, nginx with TLS, Prometheus, Alertmanager (CLUSTER_PORT, CLUSTER_DIR)
	@local/setup/rust.sh
	@local/setup/system.sh cc postgres redis nginx prometheus alertmanager exporters curl openssl
	cargo build --release --workspace --bins
	@local/cluster.sh up

cluster-down: ## End all of it, and take its data away
	@local/cluster.sh down

compose-test: ## local/compose.yaml on a container engine, each service killed in turn; SKIPPED where there is no engine
	@local/compose-test.sh

parity: ## The same suite in every home, a function made by the docs too; writes docs/PARITY.md
	@local/setup/rust.sh
	@local/setup/system.sh cc postgres nginx redis prometheus alertmanager exporters curl openssl
	cargo xtask parity
	cargo xtask throwaway

bench: ## Throughput beside a bare handler and pgbench, every list at a million incidents, a cold start on Lambda; writes docs/performance.md
	@local/setup/rust.sh
	@local/setup/system.sh cc postgres wrk redis
	@local/setup/celery.sh
	cargo xtask bench

soak: ## Kill workers, Redis and Postgres for five minutes; a storm of incidents; a calendar edited under 100,000 tickets; the cluster under load and under fire; its alerts, each fired by what it warns of; then ask the API, without end
	@local/setup/rust.sh
	@local/setup/system.sh cc postgres redis nginx prometheus alertmanager exporters curl openssl faketime
	@local/setup/venv.sh schemathesis
	cargo build --release --workspace --bins
	target/release/soak queue
	target/release/soak storm
	target/release/soak recompute
	target/release/soak cluster
	target/release/soak alerts
	ITSM_SOAK=1 cargo xtask test --workspace --test it -- schema:: --nocapture

sync: ## Write every home's manifest from the functions' folders
	cargo xtask sync

manifests: ## Validate k8s/ without a cluster, against the schemas of Kubernetes and Knative
	@local/k8s/validate.sh
