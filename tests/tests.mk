# The tests. chapter.mk builds and runs one configuration (a tree of C, a
# compiler, flags); here are the configurations, and what is not C.
# `make test` runs all parts, also after one has failed, and adds up; of the
# sanitizers it runs gcc's (`make sanitize`: clang's, too).
# The longest begin first, so that no core waits for one at the end.
TEST_PARTS := test-scripts test-pages test-milestones sanitize-gcc \
  check-outputs prefixes test-unit test-clang test-print test-rewards test-harness \
  check-tangle test-double test-tsan test-levels test-plugins test-headers test-readme test-install test-wrong test-mpi test-serve \
  check-figures
.PHONY: test test-parts $(TEST_PARTS) memcheck coverage fuzz sanitize-clang

ifeq ($(origin EX),undefined)    # of an exercise: tools/course.mk
test: setup-test ## install what the tests need, then every test
	@[ -n "$(SOLVED)" ] || { printf '%s\n' \
	  'make: this edition has no solutions; every test at once needs them' \
	  '  the tests of a chapter: make chapter-01; of an exercise: make test EX=1.3' >&2; exit 2; }
	@$(MAKE) --no-print-directory $(PARALLEL) -O test-parts
endif

# A part that does not count its tests counts as one. Each runs in a make of
# its own: what it needs is made before, so that no two make the same.
DRY = $(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
$(TEST_PARTS:%=part-%): framework
part-test-pages part-test-print: book
part-check-figures: html
part-%:
	$(if $(DRY),$(MAKE) --no-print-directory $*,$(run-part))
define run-part
@mkdir -p build/reports; status=0; TIMEFORMAT='%R %U %S'; { time $(MAKE) --no-print-directory -k $* \
  > build/reports/$*.log 2>&1; } 2> build/reports/$*.time || status=$$?; \
line=$$({ grep -E '^[0-9]+ passed, [0-9]+ failed' build/reports/$*.log || :; } | \
  awk '{ p += $$1; f += $$3; s += $$5 } END { if (NR) print p, f, s + 0 }'); \
set -- $${line:-$$((status == 0)) 0 0}; \
[ $$status = 0 ] || [ $$2 != 0 ] || set -- $$1 1 $$3; \
echo "$$*" > build/reports/$*.sum; \
[ $$2 = 0 ] || sed 's/^/    /' build/reports/$*.log; \
awk -v part=$* -v passed=$$1 -v failed=$$2 '{ \
  printf "%-14s %5d passed, %d failed %5.0f s\n", part, passed, failed, $$1 }' build/reports/$*.time
endef
test-parts: framework book $(TEST_PARTS:%=part-%)
	@awk '{ p += $$1; f += $$2; s += $$3 } END { \
	  printf "%d passed, %d failed%s\n", p, f, s ? ", " s " skipped" : ""; \
	  exit f > 0 }' $(TEST_PARTS:%=build/reports/%.sum)

# ---- configurations
SUITE = @+$(MAKE) --no-print-directory -f tests/chapter.mk CSTD='$(CSTD) -Werror' \
  LDLIBS='$(LDLIBS)'
REFERENCE = $(SUITE) TREE=$(C)
SANITIZE := -O1 $(ARCH) -DTT_ROLLED -fno-omit-frame-pointer \
  -fsanitize=address,undefined,float-cast-overflow -Wno-pass-failed
# too much memory is NULL, as without sanitizers
export ASAN_OPTIONS := allocator_may_return_null=1:handle_segv=2
# The first error ends the program. (As a flag, -fno-sanitize-recover, it gives each loop
# an exit at each operation: clang takes 90 s for the unrolled tiles of kernels.c, not 10.)
export UBSAN_OPTIONS := print_stacktrace=1:halt_on_error=1

test-unit: build/.stamp/tangle ## the tests of all chapters, gcc
	$(REFERENCE) LABEL=unit CC='$(CC)' OPT='$(OPT)'
test-clang: build/.stamp/tangle ## the same with clang
	$(REFERENCE) LABEL=clang CC=clang OPT='$(OPT)'
sanitize: sanitize-gcc sanitize-clang ## the same under AddressSanitizer and UBSan of both compilers
sanitize-gcc sanitize-clang: sanitize-%: build/.stamp/tangle
	$(REFERENCE) LABEL=sanitize-$* CC=$* OPT='$(SANITIZE)'
test-tsan: build/.stamp/tangle ## the tests of threads under ThreadSanitizer
	$(REFERENCE) LABEL=tsan CC=gcc OPT='-O1 -DTT_ROLLED -fsanitize=thread' PLAIN=1
test-double: build/.stamp/tangle ## library and properties with TT_REAL=double
	$(REFERENCE) LABEL=double CC='$(CC)' OPT='-O1 $(ARCH) -DTT_REAL=double' \
	  ONLY_TESTS='test_properties test_definitions test_parity test_faults test_threads test_activation_values test_optimizer_steps test_gradients test_schedules test_safetensors test_training_runs \
	    test_tape test_layer_values test_modules test_loss_values test_datasets test_readers test_embedding_values test_profiler test_kvcache \
	    test_conformance'
# Processors that are not here, under qemu-user: x86-64-v2, which has no AVX,
# with the objects of all levels in the library; and aarch64. readers.c alone
# needs zlib, and no test here reads a packed file.
FOREIGN := ONLY_TESTS='test_conformance test_pool_threads' PLAIN=1 LIMIT=900
NO_ZLIB := -lm -Wl,--unresolved-symbols=ignore-all,-z,lazy
test-levels: build/.stamp/tangle ## the kernels in vectors on processors that are not here
	@command -v qemu-x86_64 > /dev/null || printf '%s\n' \
	  'SKIPPED: no qemu-x86_64: nothing ran on a processor without AVX' '0 passed, 0 failed, 1 skipped'
	$(if $(shell command -v qemu-x86_64),$(REFERENCE) LABEL=v2 CC='$(CC)' OPT='-O1 -march=x86-64-v2' \
	  $(FOREIGN) UNDER='env TT_EMULATED=1 qemu-x86_64 -cpu Nehalem')
	@command -v qemu-aarch64 aarch64-linux-gnu-gcc > /dev/null || printf '%s\n' \
	  'SKIPPED: no qemu-aarch64 or no aarch64-linux-gnu-gcc' '0 passed, 0 failed, 1 skipped'
	$(if $(shell command -v qemu-aarch64),$(if $(shell command -v aarch64-linux-gnu-gcc),$(REFERENCE) LABEL=aarch64 \
	  CC='aarch64-linux-gnu-gcc -idirafter /usr/include' OPT='-O1' $(FOREIGN) LEVEL_kernels_v3= LEVEL_kernels_v4= \
	  LEVEL_kernels_vnni= LDLIBS='$(NO_ZLIB)' \
	  UNDER='env TT_EMULATED=1 qemu-aarch64 -L /usr/aarch64-linux-gnu'))
# A target of chapter 19 with no instruction of AVX around its kernels. The
# model learns in this process, so ROOM is more than the target has; the
# proof has the target's own limit.
MODEL ?= mlp
MACHINE ?= phone
ROOM ?= 536870912
.PHONY: target
target: build/.stamp/tangle build/data/digits.csv ## chapter 19's pipeline, all of it built for x86-64-v2 (MODEL=mlp MACHINE=phone), under prlimit
	$(REFERENCE) LABEL=target CC='$(CC)' OPT='$(filter-out $(ARCH),$(OPT)) -march=x86-64-v2' library
	@$(CC) $(CSTD) -O2 -march=x86-64-v2 -I$(C)/include $(C)/programs/sixmodels.c \
	  build/test/target/libtt.a $(LDLIBS) -o build/test/target/sixmodels
	@prlimit --data='$(ROOM)' build/test/target/sixmodels '$(MODEL)' '$(MACHINE)'
# A backend from a file, with every case that ours are tested with.
.PHONY: conformance
conformance: build/.stamp/tangle $(filter build/bin/%,$(BACKEND)) ## make conformance BACKEND=./mine.so: is a backend of yours right?
	@test -f '$(BACKEND)' || { echo 'make: BACKEND=$(BACKEND): no such file;' \
	  'make conformance BACKEND=build/bin/plugin_row.so' >&2; exit 2; }
	$(REFERENCE) LABEL=unit CC='$(CC)' OPT='$(OPT)' build/test/unit/tests/test_conformance
	@tests/conformance build/test/unit/tests/test_conformance '$(BACKEND)'
VALGRIND := valgrind -q --trace-children=yes --error-exitcode=99 \
  --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
ifeq ($(EX)$(CH),)               # of a chapter or an exercise: tools/course.mk
memcheck: build/.stamp/tangle ## all tests under valgrind (long)
	$(REFERENCE) LABEL=memcheck CC='$(CC)' LIMIT=3600 \
	  OPT='-O1 $(ARCH) -DTT_TIMEOUT=600' WRAP='$(VALGRIND)'
endif

# Lines of the chapters that no test reaches. (The process of a failure
# that is wanted ends by abort(), which leaves no counts.)
coverage: build/.stamp/tangle ## which lines of the chapters no test reaches
	@rm -f build/test/coverage/src/*.gcda
	$(REFERENCE) LABEL=coverage CC=gcc OPT='-O0 --coverage' rerun all
	@gcov -t build/test/coverage/src/*.o 2>/dev/null | awk -F : ' \
	  $$3 == "Source" { source = $$4; next } source !~ /\.nw$$/ { next } \
	  $$1 ~ /#####/ { missed[source]++; print source ":" $$2 + 0 ":" substr($$0, 17) } \
	  $$1 ~ /[0-9#]/ { lines[source]++ } \
	  END { for (s in lines) printf "%-36s %5.1f %% of %d lines\n", s, \
	    100 - 100 * missed[s] / lines[s], lines[s] }'

# ---- every chapter knows only what came before
# Chapters 1..N link without loose ends, each header compiles alone, and the
# tests of chapter N pass, for every N. One tree grows from N to N + 1, so
# what a chapter does not change is compiled once; it may change nothing but
# files with open lists, and these only gain lines.
PREFIX_C := build/c/prefix
prefixes: $(NUMBERS:%=prefix-%) ## chapters 1..N alone, for every N
prefix-%: build/.stamp/prefix-%.txt ; @cat $<
define prefix
build/.stamp/prefix-$(1).txt: $(TABLE) $(C_MAKERS) tests/prefix tests/chapter.mk tools/report \
  $(wildcard tests/test_*.c tests/harness/* tests/lib/*) \
  $(filter $(upto:%=chapters/%-%) $(upto:%=chapters/solutions/%-%),$(NW) $(SOLUTIONS)) \
  $(if $(2),| build/.stamp/prefix-$(2).txt)
	@mkdir -p build/.stamp
	@tests/prefix $(1) $(PREFIX_C) $(2)
	@for h in $$$$(find $(PREFIX_C)/include -name '*.h' ! -name locate.h -newer $(PREFIX_C)/.before); do \
	  $(CC) $(CSTD) -Werror -fsyntax-only -I$(PREFIX_C)/include -x c \
	    <(echo "#include \"tt/$$$${h##*/}\""; echo 'typedef int t;'); done
	+@$(MAKE) --no-print-directory -f tests/chapter.mk CSTD='$(CSTD) -Werror' LDLIBS='$(LDLIBS)' \
	  LABEL=prefix-$(1) TREE=$(PREFIX_C) OUT=build/test/prefix RUN=build/test/prefix/$(1) \
	  KEPT=build/test/prefix/$(1)/records ONLY=$(1) CC='$(CC)' OPT='-O1 $(ARCH)' \
	  all build/test/prefix/libtt.so > $$@.part || { cat $$@.part; exit 1; }
	@mv $$@.part $$@
endef
upto :=
before :=
$(foreach n,$(NUMBERS),$(eval upto += $n)$(eval $(call prefix,$n,$(before)))$(eval before := $n))

# ---- the committed C: fresh, and readable as plain C
check-tangle: build/.stamp/check-tangle ## tangle/ is fresh, compiles plainly, short functions, each said what for
	@cat $<
MPI_INCLUDES = $(patsubst %,-isystem %,$(shell mpicc --showme:incdirs 2> /dev/null))
CLEAN_C = $(wildcard tangle/*/*.c tangle/programs/*/*.[ch] tangle/include/tt/*.h)
build/.stamp/check-tangle: $(NW) $(SOLUTIONS) $(TABLE) $(TANGLE) $(CLEAN_C) \
  tests/tests.mk book/functions.awk
	@mkdir -p $(@D)
	@tools/tangle --check tangle
	@gawk -f book/functions.awk tangle/include/tt/tt.h tangle/include/tt/*.h > /dev/null
	@for cc in gcc clang; do for f in tangle/src/*.c tangle/programs/*/*.c; do \
	  [[ $$f != */mpi-* ]] || [ -n '$(MPI_INCLUDES)' ] || continue; \
	  [[ $$f != */tt-serve.c ]] || [ -e /usr/include/microhttpd.h ] || continue; \
	  $$cc $(CSTD) -Werror -O1 -Werror=misleading-indentation -fsyntax-only \
	    -Itangle/include $(MPI_INCLUDES) $$f; done; done
	@ctags -o - --languages=C --kinds-C=f --fields=+ne tangle/src/*.c \
	  tangle/programs/*/*.c | awk -F '\t' '{ from = to = 0; \
	    for (i = 4; i <= NF; i++) { if ($$i ~ /^line:/) from = substr($$i, 6); \
	      if ($$i ~ /^end:/) to = substr($$i, 5) } \
	    print to - from + 1 "\t" $$1 "\t" $$2 }' | sort -n | awk -F '\t' ' \
	  { n[NR] = $$1; at[NR] = $$2 " in " $$3 } END { \
	    m = n[int((NR + 1) / 2)]; p = n[int(NR * 0.9 + 0.5)]; \
	    printf "%d functions: median %d lines, 90 %% within %d, longest %d (%s)\n", \
	      NR, m, p, n[NR], at[NR]; \
	    if (m > 12 || p > 30 || n[NR] > 60 || NR == 0) { \
	      print "  rule: median 12, 90 % within 30, none over 60"; exit 1 } \
	    print "5 passed, 0 failed" }' > $@.part
	@mv $@.part $@

# ---- backends from files
test-plugins: build/.stamp/plugins.txt ## what is wrong with a plug-in is said, and nothing is left changed
	@cat $<
build/.stamp/plugins.txt: build/lib/libtinytorch.a build/lib/libtinytorch.so \
  tests/guest/plugins.sh tests/lib/check.sh
	@mkdir -p $(@D)
	@tests/guest/plugins.sh '$(CC)' $(C) $(filter build/lib/%,$^) > $@.part \
	  || { cat $@.part; exit 1; }
	@mv $@.part $@

# ---- many processes; a machine without MPI says so, and the rest goes on
.PHONY: test-mpi
ifeq ($(shell command -v mpicc),)
test-mpi:
	@echo 'SKIPPED: no mpicc here, so nothing on many processes is tested: make setup-test' >&2
	@echo '0 passed, 0 failed, 1 skipped'
else
test-mpi: build/.stamp/mpi.txt ## training in several processes, by Open MPI
	@cat $<
build/.stamp/mpi.txt: build/bin/mpi-digits build/data/digits.csv tests/mpi/test-mpi.sh tools/mpirun
	@mkdir -p $(@D)
	@tests/mpi/test-mpi.sh $< > $@.part || { cat $@.part; exit 1; }
	@mv $@.part $@
endif

# ---- a server and its clients, with libmicrohttpd; the page in a browser
.PHONY: test-serve
ifeq ($(wildcard /usr/include/microhttpd.h),)
test-serve:
	@echo 'SKIPPED: no microhttpd.h here, so no server is tested: make setup-test' >&2
	@echo '0 passed, 0 failed, 1 skipped'
else
test-serve: build/.stamp/serve.txt ## tt-serve: hostile, slow and leaving clients, swaps, kill -9, the page
	@cat $<
build/.stamp/serve.txt: build/bin/tt-serve build/bin/openloop build/data/digits.csv $(wildcard tests/serve/* demos/serve/*) \
  | build/npm/node_modules
	@mkdir -p $(@D)
	@tests/serve/test-serve.sh '$(CC)' $(C) build/lib/libtinytorch.a > $@.part || { cat $@.part; exit 1; }
	@mv $@.part $@
endif

# ---- headers as a guest's compiler sees them
test-headers: build/.stamp/headers.txt ## each header alone in C and C++, flags that are refused
	@cat $<
build/.stamp/headers.txt: build/lib/libtinytorch.a build/lib/libtinytorch.so \
  tests/guest/headers.sh tests/guest/xor.cpp tests/lib/check.sh
	@mkdir -p $(@D)
	@tests/guest/headers.sh $(C) $(filter build/lib/%,$^) > $@.part \
	  || { cat $@.part; exit 1; }
	@mv $@.part $@

# ---- wrong answers, five and more for each exercise, fail in its own tests
# All of them are a target of their own; that there are five, and those of
# chapter 00 and of one exercise, are part of `make test`.
WRONG = CC='$(CC)' CSTD='-std=gnu17 -fopenmp-simd' OPT='-O1 $(ARCH) \
  -fno-math-errno -fno-trapping-math -DTT_DEBUG' tests/course/wrong-answers
.PHONY: wrong-answers test-wrong
wrong-answers: ## (authors) wrong answers are caught by tests of their exercise (CH=05, EX=5.3; all: long)
	@$(WRONG) $(or $(EX),$(CH))
test-wrong:
	@tests/course/wrong-answers --few
	@$(WRONG) 00
	@$(WRONG) 4.4

# ---- a milestone is reached by right work only: each exercise broken in turn
# Part of `make test` are two of the first milestone.
.PHONY: rewards test-rewards
rewards: ## (authors) a wrong answer to any exercise and its milestones are not reached (CH=05, EX=6.3; all: long)
	@tests/course/rewards.sh $(or $(EX),$(CH))
test-rewards: build/.stamp/rewards.txt
	@cat $<
build/.stamp/rewards.txt: $(NW) $(SOLUTIONS) $(TABLE) $(TANGLE) tests/milestones.mk tests/chapter.mk \
  tests/course/rewards.sh $(wildcard tools/course/* tests/harness/* tests/course/wrong/*)
	@mkdir -p $(@D)
	@tests/course/rewards.sh --sample > $@.part || { cat $@.part; exit 1; }
	@mv $@.part $@

# ---- the printed book and the EPUB
.PHONY: test-print
test-print: html pdf epub ## gates of the PDF and the EPUB
	tests/weave/test-pdf.sh

# ---- the gates of the milestones see more than a number
test-milestones: build/.stamp/milestones.txt ## sabotage is found by the gates
	@cat $<
build/.stamp/milestones.txt: build/lib/libtinytorch.a build/data/digits.csv \
  $(wildcard tests/milestones/*)
	@mkdir -p $(@D)
	@export TT_BACKEND=naive; bad=0; for t in tests/milestones/test-*.sh; do \
	  $$t '$(CC)' $(C) build/lib/libtinytorch.a || bad=1; done > $@.part; \
	  [ $$bad = 0 ] || { cat $@.part; exit 1; }
	@mv $@.part $@

# ---- readers of files that may be hostile, fed by a fuzzer for a while
FUZZ_SECONDS ?= 60
fuzz: build/fuzz/safetensors build/fuzz/readers build/fuzz/models ## a fuzzer tries to break the readers of files
	@mkdir -p build/fuzz/corpus build/fuzz/readers-corpus build/fuzz/models-corpus
	python3 tests/reference/safetensors.py write build/fuzz/corpus/python
	$< -dict=tests/fuzz/safetensors.dict -max_len=4096 -rss_limit_mb=1024 \
	  -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
	  -artifact_prefix=build/fuzz/ build/fuzz/corpus
	for n in 0 3 4 5; do { printf "\\00$$n"; case $$n in \
	  0) printf '\0\0\010\001\0\0\0\003abc';; \
	  3) printf "\\223NUMPY\\1\\0\\074\\0{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }   \\nabc";; \
	  4) printf 'abcabcabcabcabcabc' | gzip -9;; \
	  5) printf '1,"2"\n3,4\n';; esac; } > build/fuzz/readers-corpus/seed-$$n; done
	build/fuzz/readers -max_len=8192 -rss_limit_mb=1024 \
	  -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
	  -artifact_prefix=build/fuzz/ build/fuzz/readers-corpus
	build/fuzz/models -max_len=16384 -rss_limit_mb=1024 \
	  -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
	  -artifact_prefix=build/fuzz/ build/fuzz/models-corpus
build/fuzz/%: tests/fuzz/%.c build/.stamp/tangle
	@mkdir -p $(@D)
	clang $(CSTD) -D_GNU_SOURCE -g -O1 $(ARCH) -Wno-pass-failed \
	  -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	  -I$(C)/include $< $(wildcard $(C)/src/*.c) $(LDLIBS) -o $@

# ---- programs that are no C
test-harness: build/.stamp/harness.txt ## the harness finds what is wrong
	@cat $<
build/.stamp/harness.txt: build/.stamp/tangle tests/test_harness.sh \
  tools/report tests/lib/check.sh $(wildcard tests/harness/*)
	+@$(MAKE) --no-print-directory -f tests/chapter.mk CSTD='$(CSTD) -Werror' \
	  LDLIBS='$(LDLIBS)' TREE=$(C) LABEL=unit CC='$(CC)' OPT='$(OPT)' library >&2
	@tests/test_harness.sh '$(CC)' $(C) build/test/unit/libtt.a > $@.part \
	  || { cat $@.part; exit 1; }
	@mv $@.part $@

# Scripts say "N passed, N failed" in their last line; one runs again
# when it or a tool has changed.
LONGEST := $(wildcard $(patsubst %,tests/course/%.sh,test-edition semester test-grade test-update))
SCRIPTS := $(LONGEST) $(filter-out $(LONGEST),$(wildcard tests/course/test-*.sh tests/tools/test-*.sh \
  tests/weave/test-weave.sh tests/setup/setup.sh tests/olympics/test-judge.sh))
test-scripts: $(SCRIPTS:tests/%=build/.stamp/%.txt) ## tests of the tools
	@for t in $^; do echo "$$t: $$(tail -n 1 $$t)"; tail -n 1 $$t; done
build/.stamp/tools/test-new-chapter.sh.txt: $(NW) $(SOLUTIONS) $(TABLE) tests/chapter.mk Makefile
build/.stamp/tools/test-goals.sh.txt: Makefile $(wildcard */*.mk figures/plots/* figures/data/*) $(NW)
build/.stamp/tools/test-bench.sh.txt: tests/bench.mk tests/bench/against.py
build/.stamp/tools/test-data.sh.txt: tools/get-data tools/data.tsv
build/.stamp/tools/test-figures.sh.txt: figures/figures.mk figures/style.gp
build/.stamp/%.sh.txt: tests/%.sh $(TANGLE) $(wildcard tools/* tools/course/* tools/grade/* tests/lib/check.sh tests/course/lib.sh tests/course/people.sh tests/course/grade-more.sh tests/course/books.sh tests/course/attacks/* tests/course/honest/* book/*.lua book/*.awk)
	@mkdir -p $(@D)
	$< > $@.part 2>&1 || { cat $@.part; exit 1; }
	@mv $@.part $@

# these use the chapters themselves, not a small book
$(patsubst %,build/.stamp/course/%.sh.txt,test-grade test-edition test-exam semester): $(NW) $(SOLUTIONS) \
  tests/chapter.mk $(wildcard tests/harness/*)
build/.stamp/olympics/test-judge.sh.txt: build/olympics/reference.tt \
  $(wildcard tests/olympics/*.h tests/olympics/*/* tests/olympics/entries/*/* tests/olympics/projects/*/* tools/olympics/*) | olympics-kit
.PHONY: test-judge
test-judge: build/olympics/reference.tt | olympics-kit ## every attack on the judge of chapter 20 (long; make test has ten)
	@tests/olympics/test-judge.sh --all
build/.stamp/course/test-editions.sh.txt: $(filter %/00-setup.nw,$(NW) $(SOLUTIONS)) tests/chapter.mk \
  $(wildcard tests/harness/*)
