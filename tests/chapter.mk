# One tree of C, one compiler, one set of flags: build the library, the
# harness and the tests, run the tests, report. Called by the Makefile
# (make chapter-NN) and by tests.mk, once for every configuration:
#
#   make -f tests/chapter.mk CHAPTER=01            a student's chapter
#   make -f tests/chapter.mk LABEL=unit TREE=build/c/ref  all chapters
#
# OWN=1 runs only the tests that the chapter prints, and is silent when all
# pass: they come first, so that an answer does not wait for the others.
# KEEP=1 keeps the records of a run that failed. ONLY=NN runs the tests of
# that chapter alone, EXERCISE=1.3 those of that exercise, ONLY_TESTS="a b"
# those of these programs; PLAIN=1 runs $(PLAIN_TESTS), without Criterion;
# WRAP is put before each test program, and UNDER nearer to it than its timeout.
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
ifdef EXERCISE
PICKED := awk -F '\t' 'index(" " $$5 " ", " $(EXERCISE) ")' $(TREE)/plan.tsv
# What is to be fast (a suite named speed) is built as the library is, and timed.
ifneq ($(and $(LIBRARY_OPT),$(filter speed,$(shell $(PICKED) | cut -f 2))),)
override OPT   := $(LIBRARY_OPT) -DTT_MEASURE
override LABEL := $(LABEL)-speed
endif
endif
OUT   := build/test/$(LABEL)
RUN   := $(OUT)$(if $(EXERCISE),/$(EXERCISE),$(if $(OWN),/own))
KEPT  := $(OUT)$(if $(EXERCISE),/$(EXERCISE))/records
HERE  := tests/harness
TEST_FLAGS := $(CSTD) -Wno-double-promotion -I$(OUT)/include -I$(TREE)/include -I$(HERE) \
              -Itests/lib \
              $(if $(PLAIN),-DTT_PLAIN)
# A test is run once: to optimize it takes longer than that saves, but where it computes
# much itself. What is timed (a suite named speed) is built as the library is.
TEST_OPT = $(if $(filter %-speed,$(LABEL))$(filter test_conformance,$(*F)),$(OPT),$(patsubst -O%,-O0,$(OPT)))
LIBS  := $(if $(PLAIN),,-lcriterion) $(LDLIBS) $(TEST_LIBS)

# Which tests: those printed in the chapters, and tests/test_*.c, which
# say in their first line what they need: "// Needs chapter 01: ..."
LAST  := $(lastword $(sort $(shell cut -f 4 $(TREE)/plan.tsv)))
need   = $(shell sed -n '1s|^// Needs chapter \([0-9][0-9]\):.*|\1|p;q' $(1))
upto  := $(shell seq -w 00 $(or $(ONLY),$(LAST),00))
mine  := $(strip $(foreach t,$(sort $(wildcard tests/test_*.c)),\
           $(if $(filter $(if $(ONLY),$(ONLY),$(upto)),$(call need,$(t))),$(t))))
PLAIN_TESTS := tests/test_threads.c tests/test_tape_threads.c tests/test_loaders.c \
  tests/test_pool_threads.c tests/test_ranks.c tests/test_serving_threads.c
ifdef PLAIN
SOURCES := $(filter $(PLAIN_TESTS),$(mine))
else
SOURCES := $(if $(OWN),,$(mine)) $(addprefix $(TREE)/,$(shell awk -F '\t' \
  '"$(ONLY)" == "" || $$4 == "$(ONLY)" { print $$1 }' $(TREE)/plan.tsv | sort -u))
endif
ifdef EXERCISE
SOURCES := $(sort $(shell $(PICKED) | sed 's|^|$(TREE)/|; s|\t.*||'))
empty   :=
names   := $(shell $(PICKED) | cut -f 3)
FILTER  := --filter '*/@($(subst $(empty) $(empty),|,$(names)))'
endif
ifdef ONLY_TESTS
SOURCES := $(filter $(ONLY_TESTS:%=tests/%.c),$(mine))
endif
NAMES    := $(basename $(notdir $(SOURCES)))
PROGRAMS := $(NAMES:%=$(OUT)/tests/%)
RECORDS  := $(NAMES:%=$(KEPT)/%.tsv)
vpath %.c tests $(TREE)/tests

# The others are built meanwhile, where a core is free.
OTHERS := $(if $(OWN),$(patsubst %.c,$(OUT)/%,$(mine)))
all: answer $(OTHERS)
ifeq ($(OWN)$(SOURCES),1)         # it prints none
answer: ;
else
answer: $(RUN)/report.txt
	@$(if $(OWN),$(if $(mine),grep -q skipped $<,:) || echo "tests of the chapter: $$(tail -n 1 $<)"; \
	  ! grep -q skipped $< ||) cat $<
endif
library: $(OUT)/libtt.a
rerun:
	@rm -f $(RECORDS)
lost:                             # the notes in .tt/results.tsv
.PHONY: all answer library rerun lost

# ---- V=1 shows the commands as they run; make -n always does
say := $(if $(V),@:,@echo)
Q   := $(if $(V),,@)

# An edition without solutions has the book's own objects in reference/.
REFERENCE := $(if $(CHAPTER),$(if $(wildcard reference/*.tsv),$(shell \
  tools/reference $(TREE) $(CHAPTER) '$(SKIP)' $(OUT)/include)))

# ---- the flags are an input too, whose objects are taken, which tests
FLAGS := $(CC) $(CSTD) $(OPT) $(LIBS) $(REFERENCE)
noted  = echo '$(1)' | cmp -s - $(2) || echo '$(1)' > $(2)
$(shell mkdir -p $(OUT)/src $(OUT)/lib $(OUT)/tests $(RUN) $(KEPT); \
  $(call noted,$(FLAGS),$(OUT)/flags); $(call noted,$(SOURCES),$(RUN)/sources))

OBJECTS := $(patsubst $(TREE)/%.c,$(OUT)/%.o,$(filter-out \
  $(foreach r,$(REFERENCE),$(TREE)/src/$(firstword $(subst :, ,$(r))).c), \
  $(wildcard $(TREE)/src/*.c))) $(foreach r,$(REFERENCE),$(lastword $(subst :, ,$(r))))
HARNESS := $(addprefix $(OUT)/,tt_test.o tt_record.o \
             $(if $(PLAIN),tt_plain.o,tt_report.o))
LIB     := $(patsubst tests/lib/%.c,$(OUT)/lib/%.o,$(if $(mine),$(wildcard tests/lib/*.c)))
$(OUT)/src/%.o: $(TREE)/src/%.c $(OUT)/flags
	$(say) '  cc $(notdir $<)'
	$(Q)$(CC) $(CSTD) $(OPT) $(LEVEL_$*) -g -fPIC -MMD -MP -I$(OUT)/include -I$(TREE)/include -c $< -o $@
$(OUT)/src/inline_%.o: reference/src/inline_%.c $(OUT)/flags
	$(Q)$(CC) $(CSTD) $(OPT) -w -g -fPIC -MMD -MP -I$(OUT)/include -I$(TREE)/include -c $< -o $@
$(OUT)/libtt.a: $(OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^
$(OUT)/libtt.so: $(OBJECTS)
	$(Q)$(CC) $(OPT) -shared -Wl,--no-undefined $^ $(LDLIBS) -o $@
$(OUT)/%.o: $(HERE)/%.c $(OUT)/flags
	$(say) '  cc $(notdir $<)'
	$(Q)$(CC) $(TEST_FLAGS) $(OPT) -g -MMD -MP -c $< -o $@
$(OUT)/lib/%.o: tests/lib/%.c $(OUT)/flags
	$(say) '  cc $(notdir $<)'
	$(Q)$(CC) $(TEST_FLAGS) $(TEST_OPT) -g -MMD -MP -c $< -o $@
$(OUT)/libhelp.a: $(HARNESS) $(LIB)
	$(Q)rm -f $@ && ar rcs $@ $^
$(OUT)/tests/%.o: %.c $(OUT)/flags
	$(say) '  cc $(notdir $<)'
	$(Q)$(CC) $(TEST_FLAGS) $(TEST_OPT) -g -MMD -MP -c $< -o $@
# for these tests/lib/faults.c replaces the one allocation of the library
WRAPPING := $(if $(mine),$(shell grep -lE '"(faults|views).h"' $(mine)))
$(WRAPPING:tests/%.c=$(OUT)/tests/%): WRAPPED := -Wl,--wrap=aligned_alloc,-u,__wrap_aligned_alloc
$(PROGRAMS) $(OTHERS): %: %.o $(OUT)/libhelp.a $(OUT)/libtt.a
	$(Q)$(CC) $(OPT) $(WRAPPED) $^ $(LIBS) -o $@
-include $(wildcard $(OUT)/*.d $(OUT)/src/*.d $(OUT)/lib/*.d $(OUT)/tests/*.d)

# ---- run and report
LIMIT ?= 300
$(KEPT)/%.tsv: $(OUT)/tests/%
	@rm -f $@.part && : > $@.part
	@TT_RECORDS=$@.part $(WRAP) timeout -k 5 $(LIMIT) $(UNDER) $< $(FILTER) || :
	@mv $@.part $@
$(RUN)/plan.tsv: $(TREE)/plan.tsv $(RUN)/sources $(SOURCES) tests/chapter.mk
ifdef EXERCISE
	@$(PICKED) > $@
else
	@{ $(if $(PLAIN)$(ONLY_TESTS),:,awk -F '\t' '"$(ONLY)" == "" || $$4 == "$(ONLY)"' $<); \
	  for t in $(filter tests/%,$(SOURCES)); do sed -n \
	  "s|^TT(\([a-z0-9_]*\), *\([a-z0-9_]*\)).*|$$t\t\1\t\2\t\t|p" $$t; \
	  done; } > $@.part
	@mv $@.part $@
endif
$(RUN)/report.txt: $(RUN)/plan.tsv $(RECORDS) $(TREE)/exercises.tsv tools/report \
  $(if $(CHAPTER),$(if $(wildcard .tt/results.tsv),,lost))
	@mkdir -p build/reports
	@rm -f $(RUN)/results.tsv; status=0; \
	tools/report title=$(LABEL) chapter=$(CHAPTER) only=$(EXERCISE) \
	  $(if $(OWN),waiting='$(notdir $(basename $(mine)))') \
	  $(if $(CHAPTER),results=$(RUN)/results.tsv) \
	  junit=build/reports/$(LABEL).xml kind=plan $< \
	  kind=exercises $(TREE)/exercises.tsv \
	  kind=reference $(if $(REFERENCE),$(wildcard $(OUT)/include/exercises)) kind=records $(RECORDS) \
	  > $@.part || status=$$?; \
	$(if $(CHAPTER),test ! -f $(RUN)/results.tsv || tools/course/record $(RUN)/results.tsv;) \
	[ $$status = 0 ] || { cat $@.part; $(if $(KEEP),,rm -f $(RECORDS);) exit 1; }
	@mv $@.part $@
