# The competition of chapter 20: entries are judged, a page shows how they
# stand. The programs are in tools/olympics/, one job each; they use the
# sandbox, the kit and the archives of grading (tools/grade).
#
#   ENTRIES=dir      archives, of make submit with ENTRY=folder
#   OLYMPICS=dir     hidden pictures, ledger, results, page (not in build/,
#                    which may be deleted at any time)
#   PICTURES=1000    hidden ones, drawn when there are none
#   PAIRS=40         blocks, by turns with the reference
#   SEEDS=5          alphabets of a marathon
#   TARGET=0.9       share that a marathon has to reach
#   SIGNERS=file     teams and their public ssh keys; then all must sign
#   KEY=file         signs the end of the ledger
#   FINAL=yes        the page shows the private part
#   UNSTEADY=yes     for trying out: on a machine that does other things
#   PROJECT=frugal   or engine: see tools/olympics/project
#   STEPS=4000       of the training of make engine-entry; ENGINE=folder for it
.PHONY: judge leaderboard audit entrant entry-there project engine-entry olympics-kit sample-entries
OLYMPICS ?= olympics
export OLYMPICS
olympics-kit: build/lib/libtinytorch.a build/bin/judge build/bin/entrant
	@mkdir -p build/olympics
	@CC='$(CC)' CSTD='-std=gnu17 -fopenmp-simd' OPT='$(OPT)' \
	  flock build/olympics/.lock tools/olympics/kit build/olympics/kit
build/olympics/reference.tt: build/bin/entrant
	@mkdir -p $(@D)
	$< train $@.part
	@mv $@.part $@
sample-entries: build/olympics/samples.stamp
build/olympics/samples.stamp: build/olympics/reference.tt $(wildcard tests/olympics/entries/*/*) \
  tools/olympics/samples build/lib/libtinytorch.a
	@CC='$(CC)' CFLAGS='$(CSTD) $(CFLAGS)' LDLIBS='$(LDLIBS)' \
	  tools/olympics/samples build/olympics/samples
	@touch $@
judge: olympics-kit build/olympics/reference.tt $(if $(ENTRIES),,sample-entries) ## score entries of the competition: ENTRIES=dir (else five samples); then make leaderboard
	@tools/olympics/judge build/olympics/kit '$(or $(ENTRIES),build/olympics/samples)'
leaderboard: ## the page of the competition: OLYMPICS/board/index.html (FINAL=yes: with the private part)
	@tools/olympics/board
audit: olympics-kit ## (instructors) measure the leaders and one more entry again
	@tools/olympics/audit build/olympics/kit
entry-there:                          # before the minutes that a kit takes
	@tools/olympics/try - '$(ENTRY)'
entrant: entry-there olympics-kit build/olympics/reference.tt ## make entrant ENTRY=folder: your entry in the sandbox, with pictures of your own (UNSTEADY=yes: on a busy machine)
	@tools/olympics/try build/olympics/kit '$(ENTRY)'
project: olympics-kit ## make project PROJECT=frugal ENTRY=folder: grade a project of chapter 20 (or engine)
	@tools/olympics/project build/olympics/kit '$(PROJECT)' '$(ENTRY)'
# the GPT of the project engine: trained on chapters 02 to 20, none of which its grader asks for
ENGINE ?= build/olympics/engine
engine-entry: $(ENGINE)/model.tt ## train the GPT of tests/olympics/projects/engine; then make project PROJECT=engine ENTRY=build/olympics/engine
$(ENGINE)/model.tt: $(wildcard tests/olympics/projects/engine/*) | build/lib/libtinytorch.a
	@mkdir -p $(@D) $(@D)-floats
	@for d in $(@D) $(@D)-floats; do cp tests/olympics/projects/engine/{own.c,entry.tsv} $$d; done
	$(CC) $(CSTD) $(CFLAGS) -Ibuild/c/ref/include tests/olympics/projects/engine/train.c \
	  build/lib/libtinytorch.a $(LDLIBS) -o $(@D)-train
	set -o pipefail; $(@D)-train $@.part $(@D)-floats/model.tt $(or $(STEPS),4000) \
	  $(filter-out chapters/00-% chapters/01-%,$(NW)) | tee $(@D)-train.log
	@mv $@.part $@
