# Short names for common commands. Maven does the work; `make` alone lists the names.

MAVEN    ?= mvn
JEXTRACT ?= jextract
KILLS    ?= 50
CALLS    ?= 10000000
OUT      ?= out/$@-$(shell date -u +%Y%m%dT%H%M%SZ)
BENCH    := benchmarks/bin/leash-bench

.DEFAULT_GOAL := help
.PHONY: help verify format native try machine-code bindings build bench bench-cpu bench-peers compare report survival fuzz bundle clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

verify: ## build and test everything
	$(MAVEN) -B verify

format: ## format the Java sources
	$(MAVEN) -q -N verify -Dformat.arguments=--replace

native: ## build the native library only
	$(MAKE) -C native

try: ## VARIANT=avx2 or cuda:resident [OP=policy_gradient] [DTYPE=bf16]: build and test that variant, compare a CPU variant
	@native/test/try.sh $(or $(VARIANT),$(error say VARIANT=avx2 or VARIANT=cuda:resident)) '$(OP)' '$(DTYPE)'

machine-code: ## record the machine code of the CUDA kernels (needs nvcc, and its nvdisasm and cuobjdump; CUDA_BIN=folder)
	$(MAVEN) -B -q test -pl native,src,benchmarks -Dnative.test.skip=true -Dtest=MachineCodeTest \
	  -Dsurefire.failIfNoSpecifiedTests=false -Dmachine.code.record=true $(if $(CUDA_BIN),-Dleash.cuda.bin=$(CUDA_BIN))

bindings: ## regenerate the Java bindings of native/include/leash.h (needs jextract 25)
	@command -v $(JEXTRACT) >/dev/null || { echo "bindings: no '$(JEXTRACT)' on PATH; install jextract 25 or pass JEXTRACT=/path/to/bin/jextract" >&2; exit 1; }
	rm -rf src/main/java/org/leash/binding/generated
	$(JEXTRACT) --include-dir native/include --include-dir native --output src/main/java --target-package org.leash.binding.generated \
	  --header-class-name Leash @src/main/jextract/includes.txt native/include/leash.h

build:
	$(MAVEN) -B -q package -DskipTests
	@$(MAKE) -s benchmarks/target/leash-bench.aot

# An optional cache from which the launcher starts the commands that only read files.
benchmarks/target/leash-bench.aot: benchmarks/target/benchmarks.jar
	@rm -f $@
	@LEASH_BENCH_JAVA_OPTS=-XX:AOTCacheOutput=$@ $(BENCH) report $(firstword $(wildcard results/*/quick)) \
	  --out benchmarks/target/report.html > benchmarks/target/aot.log 2>&1 || echo "build: no AOT cache, see benchmarks/target/aot.log" >&2

bench: build ## quick suite: every operation at its main shapes (4 to 7 minutes on two cores); OUT=folder
	$(BENCH) run --suite quick --out $(OUT)

bench-cpu: build ## full CPU suite: every operation, variant, dtype and vocabulary (hours)
	$(BENCH) run --suite cpu --out $(OUT)

bench-peers: ## our kernels beside ONNX Runtime, PyTorch and DJL (downloads 300 MB once)
	$(MAVEN) -B -q package -DskipTests -Ppeers
	$(BENCH) run --suite peers --out $(OUT)

compare: ## compare the variants of a run (RUN=folder BASE=variant) or two runs (RUN="base candidate")
	$(BENCH) compare $(or $(RUN),$(error say RUN=folder BASE=variant, or RUN="base candidate")) $(if $(BASE),--base $(BASE))

report: ## write RUN/report.html, one HTML page about the run in RUN=folder
	$(BENCH) report $(or $(RUN),$(error say RUN=folder of a run)) --out $(RUN)/report.html

survival: ## kill runs KILLS=50 times at random and resume them (six minutes)
	$(MAVEN) -B test -pl native,src,benchmarks -Dnative.test.skip=true -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dtest='SurvivalTest,KilledRunTest' -Dsurvival.kills=$(KILLS) -Dsurvival.real.kills=$(KILLS)

fuzz: ## make CALLS=10000000 calls from threads that change, close and overwrite what the others use (ten minutes)
	$(MAVEN) -B test -pl native,src -Dnative.test.skip=true -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dtest=ConcurrentFuzzTest -Dfuzz.calls=$(CALLS)

bundle: ## write target/bundle.tar.gz, everything a GPU machine needs including a Java runtime, and check it
	$(MAVEN) -B -q package -DskipTests -Pbundle
	sh benchmarks/bundle/check.sh target/bundle

clean: ## remove all build outputs
	$(MAVEN) -q clean
