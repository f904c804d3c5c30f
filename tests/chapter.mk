# One tree of C, one compiler, one set of flags: build the library, the
# harness and the tests, run the tests, report. Called by the Makefile
# (make chapter-NN) and by tests.mk, once for every configuration:
#
#   make -f tests/chapter.mk CHAPTER=01            a student's chapter
#   make -f tests/chapter.mk LABEL=unit TREE=build/c/ref  all chapters
#
# KEEP=1 keeps the records of a run that failed. ONLY=NN runs the tests of that chapter alone, ONLY_TESTS="a b" those of
# these programs; PLAIN=1 runs $(PLAIN_TESTS), without Criterion; WRAP is
# put before each test program.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SECONDARY:

ifdef CHAPTER
TREE  ?= build/c/student/$(CHAPTER)
LABEL ?= chapter-$(CHAPTER)
ONLY  ?= $(CHAPTER)
endif
OUT   := build/test/$(LABEL)
HERE  := tests/harness
TEST_FLAGS := $(CSTD) -Wno-double-promotion -I$(TREE)/include -I$(HERE) \
              -Itests/lib \
              $(if $(PLAIN),-DTT_PLAIN)
LIBS  := $(if $(PLAIN),,-lcriterion) $(LDLIBS) $(TEST_LIBS)

# Which tests: those printed in the chapters, and tests/test_*.c, which
# say in their first line what they need: "// Needs chapter 01: ..."
LAST  := $(lastword $(sort $(shell cut -f 4 $(TREE)/plan.tsv)))
need   = $(shell sed -n '1s|^// Needs chapter \([0-9][0-9]\):.*|\1|p;q' $(1))
upto  := $(shell seq -w 00 $(or $(ONLY),$(LAST),00))
mine  := $(strip $(foreach t,$(sort $(wildcard tests/test_*.c)),\
           $(if $(filter $(if $(ONLY),$(ONLY),$(upto)),$(call need,$(t))),$(t))))
PLAIN_TESTS := tests/test_threads.c
ifdef PLAIN
SOURCES := $(filter $(PLAIN_TESTS),$(mine))
else
SOURCES := $(mine) $(addprefix $(TREE)/,$(shell awk -F '\t' \
  '"$(ONLY)" == "" || $$4 == "$(ONLY)" { print $$1 }' $(TREE)/plan.tsv | sort -u))
endif
ifdef ONLY_TESTS
SOURCES := $(filter $(ONLY_TESTS:%=tests/%.c),$(mine))
endif
NAMES    := $(basename $(notdir $(SOURCES)))
PROGRAMS := $(NAMES:%=$(OUT)/tests/%)
RECORDS  := $(NAMES:%=$(OUT)/records/%.tsv)
vpath %.c tests $(TREE)/tests

all: $(OUT)/report.txt
	@cat $<
library: $(OUT)/libtt.a
rerun:
	@rm -f $(RECORDS)
.PHONY: all library rerun

# ---- the flags are an input too
FLAGS := $(CC) $(CSTD) $(OPT) $(LIBS)
$(shell mkdir -p $(OUT)/src $(OUT)/lib $(OUT)/tests $(OUT)/records; \
  echo '$(FLAGS)' | cmp -s - $(OUT)/flags || echo '$(FLAGS)' > $(OUT)/flags)

OBJECTS := $(patsubst $(TREE)/%.c,$(OUT)/%.o,$(wildcard $(TREE)/src/*.c))
HARNESS := $(addprefix $(OUT)/,tt_test.o tt_record.o \
             $(if $(PLAIN),tt_plain.o,tt_report.o))
LIB     := $(patsubst tests/lib/%.c,$(OUT)/lib/%.o,$(if $(mine),$(wildcard tests/lib/*.c)))
$(OUT)/src/%.o: $(TREE)/src/%.c $(OUT)/flags
	$(CC) $(CSTD) $(OPT) -g -fPIC -MMD -MP -I$(TREE)/include -c $< -o $@
$(OUT)/libtt.a: $(OBJECTS)
	rm -f $@ && ar rcs $@ $^
$(OUT)/libtt.so: $(OBJECTS)
	$(CC) $(OPT) -shared -Wl,--no-undefined $^ $(LDLIBS) -o $@
$(OUT)/%.o: $(HERE)/%.c $(OUT)/flags
	$(CC) $(TEST_FLAGS) $(OPT) -g -MMD -MP -c $< -o $@
$(OUT)/lib/%.o: tests/lib/%.c $(OUT)/flags
	$(CC) $(TEST_FLAGS) $(OPT) -g -MMD -MP -c $< -o $@
$(OUT)/libhelp.a: $(HARNESS) $(LIB)
	rm -f $@ && ar rcs $@ $^
$(OUT)/tests/%.o: %.c $(OUT)/flags
	$(CC) $(TEST_FLAGS) $(OPT) -g -MMD -MP -c $< -o $@
# these replace the one allocation of the library
WRAPPING := $(if $(mine),$(shell grep -lE '__wrap_aligned_alloc|"views.h"' $(mine)))
$(WRAPPING:tests/%.c=$(OUT)/tests/%): WRAPPED := -Wl,--wrap=aligned_alloc
$(PROGRAMS): %: %.o $(OUT)/libhelp.a $(OUT)/libtt.a
	$(CC) $(OPT) $(WRAPPED) $^ $(LIBS) -o $@
-include $(wildcard $(OUT)/*.d $(OUT)/src/*.d $(OUT)/lib/*.d $(OUT)/tests/*.d)

# ---- run and report
LIMIT ?= 300
$(OUT)/records/%.tsv: $(OUT)/tests/%
	@rm -f $@.part && : > $@.part
	@TT_RECORDS=$@.part $(WRAP) timeout -k 5 $(LIMIT) $< || :
	@mv $@.part $@
$(OUT)/plan.tsv: $(TREE)/plan.tsv $(SOURCES) tests/chapter.mk
	@{ $(if $(PLAIN)$(ONLY_TESTS),:,awk -F '\t' '"$(ONLY)" == "" || $$4 == "$(ONLY)"' $<); \
	  for t in $(filter tests/%,$(SOURCES)); do sed -n \
	  "s|^TT(\([a-z0-9_]*\), *\([a-z0-9_]*\)).*|$$t\t\1\t\2\t\t|p" $$t; \
	  done; } > $@.part
	@mv $@.part $@
$(OUT)/report.txt: $(OUT)/plan.tsv $(RECORDS) $(TREE)/exercises.tsv tools/report
	@mkdir -p build/reports
	@rm -f $(OUT)/results.tsv; status=0; \
	tools/report title=$(LABEL) chapter=$(CHAPTER) \
	  $(if $(CHAPTER),results=$(OUT)/results.tsv) \
	  junit=build/reports/$(LABEL).xml kind=plan $< \
	  kind=exercises $(TREE)/exercises.tsv kind=records $(RECORDS) \
	  > $@.part || status=$$?; \
	$(if $(CHAPTER),test ! -f $(OUT)/results.tsv || tools/course/record $(OUT)/results.tsv;) \
	[ $$status = 0 ] || { cat $@.part; $(if $(KEEP),,rm -f $(RECORDS);) exit 1; }
	@mv $@.part $@
