# The speed of the library beside others, in one run: build/bench.tsv
BENCH ?=
have-blas = $(findstring /,$(shell $(CC) -print-file-name=libopenblas.so))

.PHONY: bench
bench: build/bin/bench build/bin/steps ## speed beside OpenBLAS, loops and PyTorch (BENCH=gemm: only these)
	@mkdir -p build
	build/bin/bench $(BENCH) > build/bench.tsv.part
	build/bin/steps $(BENCH) > build/steps.tsv.part
	$(PYTHON) tests/bench/steps.py $(BENCH) >> build/steps.tsv.part
	@cat build/steps.tsv.part >> build/bench.tsv.part
	@awk -F'\t' '$$3 == "tinytorch" { ours[$$1 $$2] = $$5; line[++n] = $$1 $$2; \
	    text[$$1 $$2] = sprintf("%-28s %8.4g %-8s", $$1 " " $$2, $$5, $$6) } \
	  $$3 != "tinytorch" { text[$$1 $$2] = text[$$1 $$2] sprintf("  %5.4g of %s/%d", \
	    $$5 / ours[$$1 $$2], $$3, $$4) } \
	  END { for (i = 1; i <= n; i++) print text[line[i]] }' build/steps.tsv.part >&2
	@rm build/steps.tsv.part
	@mv build/bench.tsv.part build/bench.tsv
	@echo "rows: build/bench.tsv"

build/bin/bench: tests/bench/bench.c build/lib/libtinytorch.a tests/bench.mk
	@mkdir -p $(@D) build/obj
	$(if $(have-blas),,@echo "bench: no OpenBLAS here, so no comparison with it: apt-get install libopenblas-dev")
	$(CC) $(CSTD) $(CFLAGS) -MMD -MP -MF build/obj/bench.d -I$(C)/include $< \
	  build/lib/libtinytorch.a $(if $(have-blas),-DTT_BLAS -lopenblas) $(LDLIBS) -o $@

build/bin/steps: tests/bench/steps.c build/lib/libtinytorch.a tests/bench.mk
	@mkdir -p $(@D) build/obj
	$(CC) $(CSTD) $(CFLAGS) -MMD -MP -MF build/obj/steps.d -I$(C)/include $< \
	  build/lib/libtinytorch.a $(LDLIBS) -o $@
