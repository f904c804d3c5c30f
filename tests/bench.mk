# The speed of the library beside others, in one run: build/bench.tsv
BENCH ?=
have-blas = $(findstring /,$(shell $(CC) -print-file-name=libopenblas.so))

.PHONY: bench
bench: build/bin/bench ## speed beside OpenBLAS and plain loops (BENCH=gemm: only these)
	@mkdir -p build
	build/bin/bench $(BENCH) > build/bench.tsv.part
	@mv build/bench.tsv.part build/bench.tsv
	@echo "rows: build/bench.tsv"

build/bin/bench: tests/bench/bench.c build/lib/libtinytorch.a tests/bench.mk
	@mkdir -p $(@D) build/obj
	$(if $(have-blas),,@echo "bench: no OpenBLAS here, so no comparison with it: apt-get install libopenblas-dev")
	$(CC) $(CSTD) $(CFLAGS) -MMD -MP -MF build/obj/bench.d -I$(C)/include $< \
	  build/lib/libtinytorch.a $(if $(have-blas),-DTT_BLAS -lopenblas) $(LDLIBS) -o $@
