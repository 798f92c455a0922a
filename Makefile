# The few commands a newcomer needs. Each does its own set-up; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help up test soak parity bench lint manifests sync

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

up: ## Serve the platform with demonstration data on http://127.0.0.1:8080 (PORT, ITSM_DATA_DIR, DATABASE_URL)
	@local/setup/rust.sh
	@local/setup/system.sh cc
	@test -n "$$DATABASE_URL" || local/setup/system.sh postgres
	cargo build --release --package itsm
	@test -z "$$DATABASE_URL" || target/release/itsm migrate
	@exec target/release/itsm serve --demo

test: lint ## All tests, on a private Postgres
	@local/setup/system.sh postgres nginx redis
	@local/setup/venv.sh schemathesis
	cargo xtask test

lint: ## Format, clippy, and what `sync --check` knows of the tree
	@local/setup/rust.sh
	@local/setup/system.sh cc
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	cargo xtask sync --check

parity: ## The same suite in every home, a function made by the docs too; writes docs/PARITY.md
	@local/setup/rust.sh
	@local/setup/system.sh cc postgres nginx
	cargo xtask parity
	cargo xtask throwaway

bench: ## Throughput beside a bare handler and pgbench, every list at a million incidents; writes docs/performance.md
	@local/setup/rust.sh
	@local/setup/system.sh cc postgres wrk redis
	@local/setup/celery.sh
	cargo xtask bench

soak: ## Kill workers, Redis and Postgres for five minutes: each job has its effect once; then ask the API what its document promises, without end
	@local/setup/rust.sh
	@local/setup/system.sh cc postgres redis
	@local/setup/venv.sh schemathesis
	cargo build --release --package soak
	target/release/soak
	ITSM_SOAK=1 cargo xtask test --workspace --test it -- schema:: --nocapture

sync: ## Write every home's manifest from the functions' folders
	cargo xtask sync

manifests: ## Validate k8s/ without a cluster, against the schemas of Kubernetes and Knative
	@local/k8s/validate.sh
