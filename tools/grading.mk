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
#   TOTAL=900        seconds that one submission may take altogether
#
# But for HISTORY and UNSAFE these are remembered with the grades: make
# regrade alone does as the last make grade did. DUE= forgets the date.
# The programs find them in the environment, whatever is in them.
.PHONY: check grade grade-jobs grading-kit regrade gradebook
GRADES ?= grades
export GRADES
KIT := build/grade/kit
GRADED := $(call two,$(CH))
GRADER = JOBS='$(or $(JOBS),$(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS))),$(shell nproc))' \
  tools/grade/run
check: prefixes ## (instructors) every chapter builds and passes with those before it

# What a chapter's exercises depend on: it, those before it, and the tools
.PHONY: check-editions
EDITIONS := $(patsubst %,build/.stamp/editions-%,$(or $(GRADED),$(NUMBERS)))
check-editions: $(EDITIONS) ## (instructors) do the exercises measure what they claim? (minutes; CH=1 -j2)
	@cat $^ | awk '/^[0-9]+ passed/ { p += $$1; next } { print } END { print p " passed, 0 failed" }'
$(EDITIONS): build/.stamp/editions-%: $(TABLE) $(C_MAKERS) tests/chapter.mk \
  $(wildcard tests/harness/*) tools/check-editions $(addprefix tools/grade/,kit inline.awk \
  grade-submission compile extract-exercises score box runner.c) | setup-test grading-kit
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
	  flock build/grade/.lock tools/grade/kit $(KIT)
grade: grading-kit ## (instructors) make grade SUBMISSIONS=dir -j2: unpack, build, test, all in a sandbox
	@$(GRADER) grade $(KIT)
grade-jobs: grading-kit ## (instructors) only writes what is to be graded, for other machines: GRADES/jobs
	@$(GRADER) jobs $(KIT)
gradebook: grading-kit ## (instructors) all results as tables: GRADES/gradebook.csv, matrix.csv
	@$(GRADER) gradebook $(KIT)
regrade: grading-kit ## (instructors) grade all again, with a table of what changed
	@$(GRADER) regrade $(KIT)
.PHONY: export feedback stats similarity manual exam student-edition test-course
export:   ## (instructors) results for Gradescope, JUnit, Autolab, GitHub
	@tools/grade/export "$$GRADES" $(KIT)
feedback: ## (instructors) a page for every student: GRADES/feedback/
	@tools/grade/feedback "$$GRADES" $(KIT)
stats:    ## (instructors) each exercise and test: who passed, how it fails, how long it took
	@tools/grade/stats "$$GRADES" $(KIT)
similarity: ## (instructors) pairs of students whose code is alike (ALIKE=70 percent)
	@tools/grade/similarity "$$GRADES" '$(ALIKE)'
manual:   ## (instructors) sheets of what a human has to read
	@tools/grade/manual "$$GRADES" $(KIT)
student-edition: ## (instructors) make student-edition VERSION=2026.1 KIND=course: the archive for students
	@tools/grade/edition '$(VERSION)' '$(or $(KIND),course)'
	@echo 'first, what the exercises measure: make check-editions' \
	  '(minutes, where something has changed)'
	@$(MAKE) --no-print-directory CH= check-editions
	@tools/grade/edition '$(VERSION)' '$(or $(KIND),course)' $(KIT) \
	  '$(or $(OUT),build/tinytorch-$(VERSION).tar.gz)'
exam:     ## (instructors) make exam SEED=x VARIANT=1 PICK=5 CH="1 2": a variant of an examination
	@$(MAKE) --no-print-directory grading-kit
	@tools/grade/exam $(KIT) '$(SEED)' '$(or $(VARIANT),1)' '$(or $(PICK),5)' '$(GRADED)'
test-course: grading-kit ## (instructors) a semester and an edition with all chapters; 200 submissions, killed half-way (long)
	@tests/course/test-grade.sh batch
	@tests/course/semester.sh whole
	@tests/course/test-edition.sh whole
.PHONY: test-slurm
test-slurm: grading-kit ## (instructors) N=200 submissions as an array job of Slurm, on this machine
	@tests/course/slurm.sh $(or $(N),200)
