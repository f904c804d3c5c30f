# The speed of the library beside others, in one run: build/bench.tsv
BENCH ?=
have-blas = $(findstring /,$(shell $(CC) -print-file-name=libopenblas.so))
have-xsmm = $(shell $(CC) -include libxsmm.h -E -x c /dev/null > /dev/null 2>&1 && echo yes)
# Debian's OpenBLAS takes its oldest kernel on a processor that it does not
# know, and PyTorch with it: name the best that the processor can run.
cpu-flags  = $(shell grep -m 1 -E '^flags' /proc/cpuinfo)
BENCH_CORETYPE ?= $(if $(filter avx512f,$(cpu-flags)),SkylakeX,\
  $(if $(filter avx2,$(cpu-flags)),Haswell))
peers      = $(if $(BENCH_CORETYPE),OPENBLAS_CORETYPE=$(strip $(BENCH_CORETYPE)))

.PHONY: bench
bench: build/bin/bench build/bin/steps build/bin/elementwise build/bin/loading build/bin/bytes ## speed beside OpenBLAS, loops and PyTorch (BENCH=gemm: only these)
	@mkdir -p build
	$(peers) OMP_NUM_THREADS=1 build/bin/bench $(BENCH) > build/bench.tsv.part
	build/bin/elementwise $(BENCH) > build/steps.tsv.part
	build/bin/steps $(BENCH) >> build/steps.tsv.part
	$(peers) $(PYTHON) tests/bench/steps.py $(BENCH) >> build/steps.tsv.part
	build/bin/loading $(BENCH) >> build/steps.tsv.part
	$(PYTHON) tests/bench/loading.py $(BENCH) >> build/steps.tsv.part
	build/bin/bytes $(BENCH) >> build/steps.tsv.part
	$(peers) $(PYTHON) tests/bench/bytes.py $(BENCH) >> build/steps.tsv.part
	@cat build/steps.tsv.part >> build/bench.tsv.part
	@awk -F'\t' '$$3 == "tinytorch" { ours[$$1 $$2] = $$5; line[++n] = $$1 $$2; \
	    text[$$1 $$2] = sprintf("%-40s %8.4g %-8s", $$1 " " $$2, $$5, $$6) } \
	  $$3 != "tinytorch" { text[$$1 $$2] = text[$$1 $$2] sprintf("  %5.4g of %s/%d", \
	    $$5 / ours[$$1 $$2], $$3, $$4) } \
	  END { for (i = 1; i <= n; i++) print text[line[i]] }' build/steps.tsv.part >&2
	@rm build/steps.tsv.part
	@mv build/bench.tsv.part build/bench.tsv
	@echo "rows: build/bench.tsv"

build/bin/bench: tests/bench/bench.c build/obj/bench-peak.o build/lib/libtinytorch.a tests/bench.mk
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(CFLAGS) -MMD -MP -MF build/obj/bench.d -I$(C)/include \
	  $(if $(have-blas),-DTT_BLAS) $(if $(have-xsmm),-DTT_XSMM) $(filter %.c %.o %.a,$^) \
	  $(if $(have-blas),-lopenblas) $(if $(have-xsmm),-lxsmm -lxsmmnoblas -lpthread) \
	  -ldl $(LDLIBS) -o $@
build/obj/bench-peak.o: tests/bench/peak.c tests/bench/peak.h
	@mkdir -p $(@D)
	$(CC) -O3 $(if $(filter x86_64 aarch64,$(shell uname -m)),-march=native) -c $< -o $@

build/bin/steps build/bin/elementwise build/bin/loading build/bin/bytes build/bin/cifar75: build/bin/%: tests/bench/%.c tests/bench/row.h build/lib/libtinytorch.a tests/bench.mk
	@mkdir -p $(@D) build/obj
	$(CC) $(CSTD) $(CFLAGS) -MMD -MP -MF build/obj/$*.d -I$(C)/include $< \
	  build/lib/libtinytorch.a $(LDLIBS) -o $@

# What an expert sets: memory is kept, and OpenBLAS takes no threads from OpenMP.
EXPERT = MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=2000000000 \
  MALLOC_TOP_PAD_=67108864 OPENBLAS_NUM_THREADS=1
.PHONY: bench-cifar
bench-cifar: build/bin/cifar75 ## CIFAR-10 to 75 % on two threads, and PyTorch with the same network (minutes)
	@build/bin/cifar75
	@$(peers) $(EXPERT) $(PYTHON) tests/bench/cifar75.py "$$(build/bin/cifar75 where)"
build/bin/cifar75: tests/olympics/projects/frugal/own.c

# Is a change slower? Both libraries are built here, by the same compiler
# with the same flags, from the C of the two trees.
.PHONY: bench-against bench-tree
OLD ?=
bench-against: build/against/old/.built build/against/new/.built ## speed beside another checkout: OLD=path (BENCH=relu: only these)
	$(PYTHON) tests/bench/against.py -o build/against.tsv build/against/old \
	  build/against/new $(BENCH)
tree-old = $(OLD)/tangle
tree-new = $(C)
build/against/new/.tree: build/.stamp/tangle
build/against/%/.tree: bench-tree
	@[ -n '$(OLD)' ] && ls $(OLD)/tangle/src/*.c > /dev/null || { \
	  echo 'make: bench-against needs another checkout: OLD=path, with its tangle/' >&2; exit 2; }
	@mkdir -p $(@D)
	@echo '$(CC) $(CFLAGS) $(abspath $(tree-$*))' | cmp -s - $@ || \
	  echo '$(CC) $(CFLAGS) $(abspath $(tree-$*))' > $@
define against
build/against/$(1)/.built: build/against/$(1)/.tree tests/bench.mk \
  $$(wildcard $$(tree-$(1))/src/*.c $$(tree-$(1))/include/tt/*.h) \
  tests/bench/elementwise.c tests/bench/steps.c tests/bench/row.h
	rm -f $$(@D)/*.[oa]
	for f in $$(tree-$(1))/src/*.c; do $$(CC) $$(CSTD) $$(CFLAGS) -w -fPIC \
	  -I$$(tree-$(1))/include -c $$$$f -o $$(@D)/$$$$(basename $$$$f .c).o; done
	ar rcs $$(@D)/libtinytorch.a $$(@D)/*.o
	for p in elementwise steps; do $$(CC) $$(CSTD) $$(CFLAGS) -w \
	  -I$$(tree-$(1))/include tests/bench/$$$$p.c $$(@D)/libtinytorch.a \
	  $$(LDLIBS) -o $$(@D)/$$$$p; done
	@touch $$@
endef
$(eval $(call against,old))
$(eval $(call against,new))
