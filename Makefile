# TinyTorch in C: the only interface. `make help` lists what it does.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# As many jobs as there are cores, unless -j says how many. Goals in a row
# (make clean all) are made in a row; what they start uses the cores.
ifeq ($(MAKELEVEL)$(word 2,$(MAKECMDGOALS)),0)
MAKEFLAGS += $(shell [[ " $${MAKEFLAGS-}" == *" -j"* ]] || echo "-j$$(nproc)")
endif
PARALLEL = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

# ---- what there is: the table of chapters, and those written so far
CHAPTERS  := $(basename $(notdir $(sort $(filter chapters/%.nw,$(wildcard chapters/[0-9][0-9]-*.nw)))))
NUMBERS   := $(foreach c,$(CHAPTERS),$(firstword $(subst -, ,$(c))))
NW        := $(CHAPTERS:%=chapters/%.nw)
SOLUTIONS := $(wildcard chapters/solutions/*.nw)
# in a course there are none: the framework is then what a student wrote
SOLVED     = $(shell grep -lsm1 '^<<solution: ' $(SOLUTIONS))
TABLE     := chapters/chapters.tsv
TANGLE    := tools/tangle $(wildcard tools/*.awk tools/locate tools/manifest)
# what decides which C is made; a new rule of lint makes no other
C_MAKERS  := $(filter-out tools/lint.awk,$(TANGLE))
# Files are the chunks that are named like one.
ROOTS     := $(shell grep -ahoE '^<<(include|src|programs|tests)/[^>]+>>=' \
               $(NW) | sed 's/<<//; s/>>=//' | LC_ALL=C sort -u)
roots      = $(filter-out programs/plugin_%.c,$(filter $(1)/%.c,$(ROOTS)))
# no programs: backends that a program loads
PLUGINS   := $(patsubst programs/%.c,build/bin/%.so,$(filter programs/plugin_%.c,$(ROOTS)))

# ---- how C is compiled
CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
PYTHON  := /usr/bin/python3
ifeq ($(origin ARCH),undefined)
ARCH    := $(if $(shell grep -m1 -ow avx2 /proc/cpuinfo),-march=x86-64-v3)
endif
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
           -Wmissing-prototypes -Wvla -Wformat=2 -Wdouble-promotion \
           -Wfloat-conversion -Wcast-qual -Wundef
# Loops on lines of their own: else relu of 4096 takes 0.26 or 0.41 us, by
# where the linker happens to put it.
OPT     := -O3 $(ARCH) -fno-math-errno -fno-trapping-math -falign-loops=32
CFLAGS  ?= $(OPT) -g
# Kernels are compiled for these levels, too; which of them runs is decided
# when a program starts (chapter 18).
ifneq ($(filter x86_64%,$(shell $(CC) -dumpmachine)),)
export LEVEL_kernels_v3 := -march=x86-64-v3
export LEVEL_kernels_v4 := -march=x86-64-v4 -mprefer-vector-width=512
export LEVEL_kernels_vnni := -march=x86-64-v4 -mavx512vnni -mprefer-vector-width=512
endif
CSTD    := -std=gnu17 -fopenmp-simd $(WARN)
LDLIBS  := -lz -lm

.PHONY: all built help framework book tangle clean install lint data digits
all:      ## install what is missing, build framework and book
	@$(MAKE) --no-print-directory setup
	@$(MAKE) --no-print-directory $(PARALLEL) -O built
built: framework book
	@echo "framework  build/lib/libtinytorch.a build/lib/libtinytorch.so build/bin/"
	@echo "book       build/html/index.html $(PDFS) build/tinytorch.epub"

help:     ## this list
	@awk -F ':.*## ' '/^[a-zA-Z][-a-zA-Z_%0-9]*:.*## /{ \
	  printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST) $(if $(wildcard tools/grade),,| grep -v '(authors)')
	@echo; tools/course/next 2>/dev/null || :

# ---- the framework: chapters -> C -> library and programs
C := build/c/ref
framework: build/data/digits.csv build/lib/libtinytorch.a build/lib/libtinytorch.so \
  $(patsubst programs/%.c,build/bin/%,$(filter-out programs/mpi-% programs/tt-serve.c,$(call roots,programs))) $(PLUGINS)

build/.stamp/tangle: $(NW) $(SOLUTIONS) $(TABLE) $(TANGLE)
	@mkdir -p $(@D)
	tools/tangle --mode $(if $(SOLVED),reference,auto) --line $(C)
	@touch $@
$(addprefix $(C)/,$(ROOTS)) $(C)/include/tt/locate.h: build/.stamp/tangle ; +

OBJECTS := $(patsubst src/%.c,build/obj/%.o,$(call roots,src))
build/obj/%.o: $(C)/src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(CFLAGS) $(LEVEL_$*) -fPIC -MMD -MP -I$(C)/include -c $< -o $@
build/lib/libtinytorch.a: $(OBJECTS)
	@mkdir -p $(@D)
	rm -f $@ && ar rcs $@ $^
# Of a guest in another's program only what begins with tt_ is seen, and
# its calls of its own functions cannot be taken over by the host's.
VERSION = $(shell cat VERSION)
SONAME  = libtinytorch.so.$(firstword $(subst ., ,$(VERSION)))
SHARED  = -shared -Wl,--no-undefined -Wl,-Bsymbolic-functions \
  -Wl,-soname,$(SONAME) -Wl,--version-script=<(echo '{ global: tt_*; local: *; };')
build/lib/libtinytorch.so: $(OBJECTS) VERSION
	@mkdir -p $(@D)
	rm -f $@*
	$(CC) $(CFLAGS) $(SHARED) $(filter %.o,$^) $(LDLIBS) -o $@.$(VERSION)
	ln -s $(@F).$(VERSION) build/lib/$(SONAME)
	ln -s $(SONAME) $@
.PHONY: digits
digits: build/data/digits.csv
SET ?=
data: digits ## sets of examples from their official addresses (SET=mnist: only these)
	@tools/get-data $(SET)
build/data/digits.csv: data/digits.csv.gz
	@mkdir -p $(@D)
	gzip -dc $< > $@
# Programs run what the reader has written, and the solutions where nothing
# is written. As long as nothing is, that is the framework itself.
WRITTEN := $(shell gawk -f tools/ccode.awk -e '/^<<exercise: .*>>=/ { own = 1; text = ""; next } \
  own && /^@( |$$)/ { if (!c_todo(text)) { print "yes"; exit } own = 0 } \
  own { text = text $$0 "\n" }' $(NW))
ifeq ($(if $(SOLVED),$(WRITTEN),course)$(STUDENT),)
OWN_C := $(C)
OWN   := build/lib/libtinytorch.a
else
OWN_C := build/c/yours$(if $(STUDENT),-alone)
OWN   := build/test/yours$(if $(STUDENT),-alone)/libtt.a
build/.stamp/yours$(if $(STUDENT),-alone): $(NW) $(SOLUTIONS) $(TABLE) $(TANGLE)
	@mkdir -p $(@D)
	tools/tangle --mode $(if $(STUDENT),student $(if $(CH),--student-chapter $(call two,$(CH))),auto) --line $(OWN_C)
	@touch $@
$(addprefix $(OWN_C)/,$(ROOTS)): build/.stamp/yours$(if $(STUDENT),-alone) ; +
# The kernels of chapter 18 would do the work of the reader's, right or wrong:
# they wait until all its exercises are the reader's.
NAIVE = $(shell awk -F '\t' '$$1 ~ /^18\./ && $$9 != "yours" { print "naive"; exit }' $(OWN_C)/exercises.tsv)
$(OWN): build/.stamp/yours$(if $(STUDENT),-alone) tests/chapter.mk
	@awk -F '\t' '{ n++; own += $$9 == "yours" } END { \
	  printf "programs run your code: %d of %d exercises are yours%s\n", own, n, \
	    "$(NAIVE)" ? ", on the kernels of chapters 1 to 17 (TT_BACKEND=threads: of 18)" : "" }' $(OWN_C)/exercises.tsv
	@$(MAKE) --no-print-directory -f tests/chapter.mk CHAPTER=$(lastword $(NUMBERS)) TREE=$(OWN_C) \
	  LABEL=$(notdir $(@D)) CC='$(CC)' CSTD='$(CSTD)' LDLIBS='$(LDLIBS)' \
	  OPT='$(OPT) -Wno-infinite-recursion $(if $(NAIVE),-DTT_OWN_KERNELS)' library
	@touch $@
endif
build/bin/%: $(OWN_C)/programs/%.c $(OWN) Makefile build/.stamp/whose
	@mkdir -p $(@D) build/obj/programs
	$(CC) $(CSTD) $(CFLAGS) -MMD -MP -MF build/obj/programs/$*.d -I$(dir $(OWN))include \
	  -I$(OWN_C)/include $< $(OWN) $(LDLIBS) -o $@
build/bin/plugin_%.so: $(OWN_C)/programs/plugin_%.c $(OWN) Makefile build/.stamp/whose
	@mkdir -p $(@D) build/obj/programs
	$(CC) $(CSTD) $(CFLAGS) -fPIC -shared -MMD -MP -MF build/obj/programs/plugin_$*.d \
	  -I$(dir $(OWN))include -I$(OWN_C)/include $< -o $@
# Programs on many ranks, for those who have MPI; the library does not need it.
.PHONY: mpi
mpi: $(patsubst programs/%.c,build/bin/%,$(filter programs/mpi-%,$(call roots,programs))) build/data/digits.csv ## programs on many ranks, with Open MPI: tools/mpirun 2 build/bin/mpi-digits
build/bin/mpi-%: $(OWN_C)/programs/mpi-%.c $(OWN) Makefile build/.stamp/whose
	@mkdir -p $(@D) build/obj/programs
	@command -v mpicc > /dev/null || { echo 'make: no mpicc here: apt-get install libopenmpi-dev openmpi-bin' >&2; exit 2; }
	OMPI_CC='$(CC)' mpicc $(CSTD) $(CFLAGS) -MMD -MP -MF build/obj/programs/mpi-$*.d -I$(dir $(OWN))include \
	  -I$(OWN_C)/include $< $(OWN) $(LDLIBS) -o $@
# The server of chapter 20, for those who have libmicrohttpd.
.PHONY: tt-serve
tt-serve: build/bin/tt-serve build/bin/openloop build/data/digits.csv ## the server of chapter 20, with libmicrohttpd: build/bin/tt-serve
build/bin/tt-serve: $(OWN_C)/programs/tt-serve.c $(OWN) Makefile build/.stamp/whose
	@mkdir -p $(@D) build/obj/programs
	@[ -e /usr/include/microhttpd.h ] || { echo 'make: no microhttpd.h here: apt-get install libmicrohttpd-dev' >&2; exit 2; }
	$(CC) $(CSTD) $(CFLAGS) -MMD -MP -MF build/obj/programs/tt-serve.d -I$(dir $(OWN))include \
	  -I$(OWN_C)/include $< $(OWN) -lmicrohttpd $(LDLIBS) -o $@
$(shell mkdir -p build/.stamp; echo $(OWN) | cmp -s - build/.stamp/whose || echo $(OWN) > build/.stamp/whose)
-include $(wildcard build/obj/*.d build/obj/programs/*.d)

tangle:   ## refresh the committed C in tangle/ from the chapters
	tools/tangle --mode reference --clean tangle

lint:     ## strict lint of the chapters (CH=01: warnings of one); is tangle/ fresh?
	TT_WARN='$(or $(call two,$(CH)),all)' tools/tangle $(if $(wildcard tangle),--check tangle,--mode auto --line build/c/lint)
	$(if $(SOLVED),@tools/budgets $(NW))

.PHONY: new-chapter
new-chapter: ## (authors) make new-chapter CH=20: a row of chapters.tsv becomes a chapter that builds
	@tools/new-chapter '$(CH)'

# ---- the rest of the interface, room by room
include $(wildcard tools/setup.mk tools/course.mk tools/grading.mk tools/olympics.mk book/book.mk demos/demos.mk book/pdf.mk \
  tests/tests.mk tests/judges.mk tests/milestones.mk tests/pages.mk tests/bench.mk \
  figures/figures.mk)

book: html pdf epub ## the pages: HTML, PDF, EPUB
	@cp -u $(PDFS) build/tinytorch.epub build/html
	@$(render) index build/html/index.html # its links to them

PREFIX ?= /usr/local
AT = $(DESTDIR)$(PREFIX)
.PHONY: uninstall installable
installable:
	@case '$(PREFIX)' in /*) ;; *) echo 'make: PREFIX=$(PREFIX) is no' \
	  'absolute path; PREFIX=$(CURDIR)/$(PREFIX) is one' >&2; exit 2 ;; esac
install: installable build/lib/libtinytorch.a build/lib/libtinytorch.so ## headers, libraries and pkg-config file to PREFIX
	@$(MAKE) --no-print-directory -s uninstall
	install -d "$(AT)/include/tt" "$(AT)/lib/pkgconfig"
	install -m 644 $$(ls $(C)/include/tt/*.h | grep -vE '/(storage|locale)\.h$$') \
	  "$(AT)/include/tt" # without those that are for the library alone
	install -m 644 build/lib/libtinytorch.a "$(AT)/lib"
	install -m 755 build/lib/libtinytorch.so.$(VERSION) "$(AT)/lib"
	ln -s libtinytorch.so.$(VERSION) "$(AT)/lib/$(SONAME)"
	ln -s $(SONAME) "$(AT)/lib/libtinytorch.so"
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' \
	  'includedir=$${prefix}/include' '' 'Name: tinytorch' \
	  'Description: tensors, gradients and training in plain C' \
	  'Version: $(VERSION)' 'Cflags: -I$${includedir}' \
	  'Libs: -L$${libdir} -ltinytorch -lm' 'Libs.private: -lz' \
	  > "$(AT)/lib/pkgconfig/tinytorch.pc"
	@echo 'a program finds the shared library by -Wl,-rpath,$(PREFIX)/lib,' \
	  'by LD_LIBRARY_PATH, or, where the system looks, after ldconfig'
# Headers of an earlier edition too: tools/tangle signs what it makes.
uninstall: installable ## what install put there, of this edition or an earlier one
	rm -f "$(AT)"/lib/libtinytorch.{a,so,so.*} "$(AT)/lib/pkgconfig/tinytorch.pc"
	for h in "$(AT)"/include/tt/*.h; do \
	  ! grep -qs '^// Made from .* by tools/tangle' "$$h" || rm "$$h"; done
	rmdir "$(AT)/include/tt" 2> /dev/null || :

clean:    ## remove build/
	rm -rf build
