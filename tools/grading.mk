# What an instructor does: grade submissions, publish an edition. The
# programs are in tools/grade/, one job each; results go to GRADES (not to
# build/, which may be deleted at any time).
#
#   SUBMISSIONS=dir  ID.tar or ID@2026-11-30T23.59.tar, from make submit
#   CH="01 02"       the chapters to grade (all)
#   DUE=2026-11-30T23:59  EXTENSIONS=file  LATE="grace=24h per_day=10% max=50%"
#   FROM=archive     the edition that students got: a submission of another is
#                    to be reviewed (without FROM, there is a note)
#   SIGNERS=file     who may sign: lines of an id and a public ssh key
#   HISTORY=yes      also the submissions that do not count, for make stats
#   ONLY="1.2 1.5"   these exercises alone (of an examination)
#   CREDIT=share     part of the points for part of the tests
#   LIMIT=5          seconds of processor time a test may take
#   UNSAFE=yes       without a sandbox, where none can be had
#
# But for HISTORY and UNSAFE these are remembered with the grades: make
# regrade alone does as the last make grade did. DUE= forgets the date.
.PHONY: check grade grading-kit regrade gradebook
GRADES ?= grades
KIT := build/grade/kit
RULES := SUBMISSIONS CH DUE EXTENSIONS LATE FROM SIGNERS ONLY CREDIT LIMIT
ifneq ($(filter grade regrade gradebook,$(MAKECMDGOALS)),)
include $(wildcard $(GRADES)/rules.mk)
endif
REMEMBERED = $(strip $(foreach v,$(RULES),$(if $(filter file,$(origin $v)),$(if $($v),$v='$($v)'))))
GRADED := $(call two,$(CH))
check: prefixes ## (instructors) every chapter builds and passes with those before it

# What a chapter's exercises depend on: it, those before it, and the tools
.PHONY: check-editions
EDITIONS := $(patsubst %,build/.stamp/editions-%,$(or $(GRADED),$(NUMBERS)))
check-editions: $(EDITIONS) ## (instructors) do the exercises measure what they claim? (minutes; CH=1 -j2)
	@cat $^ | awk '/^[0-9]+ passed/ { p += $$1; next } { print } END { print p " passed, 0 failed" }'
$(EDITIONS): build/.stamp/editions-%: $(TABLE) $(TANGLE) tests/chapter.mk $(wildcard tests/harness/*) tools/report \
  tools/check-editions $(addprefix tools/grade/,kit inline.awk grade-submission compile extract-exercises score box runner.c) | setup-test grading-kit
	@mkdir -p $(@D)
	@echo "chapter $*: each of its exercises is left out once"
	@CC='$(CC)' CSTD='$(CSTD)' OPT='-O1 $(ARCH)' LDLIBS='$(LDLIBS)' MAKE='$(THIS_MAKE)' \
	  tools/check-editions $* $(KIT) > $@.part || { cat $@.part; exit 1; }
	@mv $@.part $@
so_far :=
$(foreach n,$(NUMBERS),$(eval so_far += chapters/$n-% chapters/solutions/$n-%)$(eval \
  build/.stamp/editions-$n: $(filter $(so_far),$(NW) $(SOLUTIONS))))

grading-kit:
	@mkdir -p build/grade
	@JOBS=$$(nproc) CC='$(CC)' CSTD='-std=gnu17 -fopenmp-simd' OPT='-O1 $(ARCH) -DTT_DEBUG' \
	  tools/grade/kit $(KIT)
GRADING = DUE='$(DUE)' EXTENSIONS='$(EXTENSIONS)' CHAPTERS='$(GRADED)' CREDIT='$(CREDIT)' \
  LIMIT='$(LIMIT)' ONLY='$(ONLY)' UNSAFE='$(UNSAFE)' FROM='$(FROM)' SIGNERS='$(SIGNERS)' \
  HISTORY='$(HISTORY)'
grade:    ## (instructors) make grade SUBMISSIONS=dir -j2: unpack, build, test, all in a sandbox
	@$(if $(REMEMBERED),echo "as the last time: $(REMEMBERED)" | fold -s -w 74 | sed 's/ *$$//; 2~1s/^/  /')
	@UNSAFE='$(UNSAFE)' tools/grade/safe
	@$(MAKE) --no-print-directory grading-kit
	@$(GRADING) tools/grade/inbox '$(SUBMISSIONS)' '$(GRADES)' $(KIT)
	+@$(GRADING) $(MAKE) --no-print-directory -k -f tools/grade/batch.mk KIT=$(KIT) GRADES='$(GRADES)' \
	  CHAPTERS='$(GRADED)'
	+@[ -z '$(HISTORY)' ] || $(GRADING) $(MAKE) --no-print-directory -k -f tools/grade/batch.mk KIT=$(KIT) \
	  GRADES='$(GRADES)/history' CHAPTERS='$(GRADED)' rows
	@$(MAKE) --no-print-directory gradebook
gradebook: ## (instructors) all results as tables: GRADES/gradebook.csv
	@LATE='$(LATE)' tools/grade/gradebook '$(GRADES)' $(KIT)
	@{ $(foreach v,$(RULES),printf '%s ?= %s\n' $v '$($v)';) } | sed 's/[$$]/$$$$/g; s/#/\\#/g' > $(GRADES)/rules.new
	@mv $(GRADES)/rules.new $(GRADES)/rules.mk
	@awk -F '\t' '{ n++; p += $$4; m = $$5 > m ? $$5 : m; f += $$6 ~ /[0-9]|archive/; z += $$6 == "nothing" } END { \
	  printf "%d students, %.1f of %g points on average\n%d to review, %d without anything to grade: $(GRADES)/gradebook.csv\n", \
	  n, n ? p / n : 0, m, f, z }' $(GRADES)/totals.tsv
regrade:  ## (instructors) grade all again, with a table of what changed
	@cp '$(GRADES)/totals.tsv' '$(GRADES)/totals.before' 2>/dev/null || { \
	  echo 'grade: nothing is graded in $(GRADES): make grade SUBMISSIONS=dir' >&2; exit 2; }
	@rm -f '$(GRADES)'/results/*/want '$(GRADES)'/history/results/*/want
	+@$(MAKE) --no-print-directory grade
	@tools/grade/changes '$(GRADES)/totals.before' '$(GRADES)/totals.tsv'
.PHONY: export feedback stats similarity manual exam student-edition test-course
export:   ## (instructors) results for Gradescope, JUnit, Autolab, GitHub
	@tools/grade/export '$(GRADES)' $(KIT)
feedback: ## (instructors) a page for every student: GRADES/feedback/
	@tools/grade/feedback '$(GRADES)' $(KIT)
stats:    ## (instructors) each exercise and test: who passed, how it fails, how long it took
	@tools/grade/stats '$(GRADES)' $(KIT)
similarity: ## (instructors) pairs of students whose code is alike (ALIKE=70 percent)
	@tools/grade/similarity '$(GRADES)' '$(ALIKE)'
manual:   ## (instructors) sheets of what a human has to read
	@tools/grade/manual '$(GRADES)' $(KIT)
student-edition: ## (instructors) make student-edition VERSION=2026.1 KIND=course: the archive for students
	@tools/grade/edition '$(VERSION)' '$(or $(KIND),course)'
	@echo 'first, what the exercises measure: make check-editions (minutes, where something has changed)'
	@$(MAKE) --no-print-directory CH= check-editions
	@tools/grade/edition '$(VERSION)' '$(or $(KIND),course)' $(KIT) '$(or $(OUT),build/tinytorch-$(VERSION).tar.gz)'
exam:     ## (instructors) make exam SEED=x VARIANT=1 PICK=5 CH="1 2": a variant of an examination
	@$(MAKE) --no-print-directory grading-kit
	@tools/grade/exam $(KIT) '$(SEED)' '$(or $(VARIANT),1)' '$(or $(PICK),5)' '$(GRADED)'
test-course: grading-kit ## (instructors) a semester with all chapters; 200 submissions, killed half-way (long)
	@tests/course/test-grade.sh batch
	@tests/course/semester.sh whole
