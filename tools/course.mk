# What a student does: write exercises in chapters/, run them, see how far
# one has come. The commands are in tools/course/, one file each; nothing
# but reset, undo and update writes in chapters/, and what they replace is
# kept in .tt/saved, which make clean leaves alone.
#
#   EX=1.3      an exercise             L=2         the level of a hint
#   CH=01       a chapter               SURE=1      yes, show the solution
#   SKIP="3 5"  the book's chapters 3 and 5 in place of yours
#   FROM=../x   a newer edition, a tar archive or a folder
#   ASAN=1      with the sanitizers of the compiler: slower, finds more
#   WHO=name    whose submission it is
#   KEY=~/.ssh/id_ed25519   signs it
#   ENTRY=folder   and enters it in the competition of chapter 20
#   STUDENT=1   the chapter as it stands: nothing of the book in it
# make exports what is typed: programs find it there, whatever is in it
.PHONY: hint progress next edit watch solution reset update submit undo
two = $(foreach n,$(1),$(if $(filter $(n),$(NUMBERS)),$(n),0$(n)))
SKIPPED := $(call two,$(SKIP))

# $(call written,chapter): its C, yours where you have written an exercise,
# the reference where not; of an exercise EX that is tested alone, yours
written = tools/tangle --mode $(if $(STUDENT),student,auto) --upto $(1) \
  --student-chapter $(1) --skip "$(SKIPPED)" \
  $(if $(EX),--stub "$$(tools/course/find "$$EX" name)") --line build/c/student/$(1)
run = tools/course/alone $(MAKE) --no-print-directory $(PARALLEL) -f tests/chapter.mk CC='$(CC)' \
  CSTD='$(CSTD)' LDLIBS='$(LDLIBS)'
# not named $(MAKE) where it is used, so that make -n only tells
THIS_MAKE := $(MAKE)
# a stub that never returns makes a recursion look endless
FAST = $(if $(filter command%,$(origin OPT)),$(OPT),-O1 $(ARCH) -DTT_DEBUG \
  -Wno-infinite-recursion $(if $(ASAN),$(SANITIZE)))
# whatever the tests say: code that they ran and nobody will grade, or that
# grading will refuse
then_outside = || status=$$?; tools/course/outside $(1) || :; tools/course/refused $(1) \
  build/c/student/$(1) build/test/$(patsubst LABEL=%,%,$(call AS,$(1))) '$(CC)' '$(CSTD)' || :; \
  exit $${status:-0}
# builds with other flags stand beside each other
AS    = LABEL=chapter-$(1)$(if $(ASAN),-asan)

chapter-%: N = $(call two,$*)
chapter-%: setup ## make chapter-01: build chapters 1 to 01, run its tests
	@tools/course/find '$*' chapter > /dev/null
	@for n in $(SKIPPED); do case " $(NUMBERS) " in *" $$n "*) ;; *) \
	  echo "make: SKIP: there is no chapter $$n; there are: $(NUMBERS)" >&2; \
	  exit 2;; esac; \
	  [ $$n != $N ] || { echo "make: SKIP: chapter $N is the one that you test" >&2; \
	  exit 2; }; done
	@$(call written,$N)
	@tools/course/compile-commands $N $(CC) $(CSTD) $(FAST) > build/compile_commands.json
	+@{ $(run) CHAPTER=$N $(call AS,$N) OPT='$(FAST)' OWN=1 && { \
	  grep -qs skipped build/test/$(patsubst LABEL=%,%,$(call AS,$N))/own/report.txt || \
	  $(run) CHAPTER=$N $(call AS,$N) OPT='$(FAST)'; }; } $(call then_outside,$N)

NN = $(call two,$(firstword $(subst ., ,$(EX))))
ifneq ($(origin EX),undefined)
test: setup ## make test EX=1.3: the tests of exercise 1.3 alone
	@tools/course/find "$$EX" tests > /dev/null
	@$(call written,$(NN))
	+@$(run) CHAPTER=$(NN) $(call AS,$(NN)) OPT='$(FAST)' $(if $(ASAN),,LIBRARY_OPT='$(OPT)') \
	  EXERCISE=$$(tools/course/find "$$EX" id) $(call then_outside,$(NN))
endif
ifneq ($(EX)$(CH),)
MEM = $(or $(call two,$(CH)),$(NN))
memcheck: setup ## make memcheck CH=01 (or EX=1.3): the tests under valgrind
	@tools/course/find "$${$(if $(EX),EX,CH)}" $(if $(EX),tests,chapter) > /dev/null
	@command -v valgrind > /dev/null || { \
	  echo "make: valgrind is missing: sudo apt-get install valgrind" >&2; exit 2; }
	@$(call written,$(MEM))
	+@$(run) LABEL=memcheck-$(MEM) TREE=build/c/student/$(MEM) ONLY=$(MEM) \
	  $(if $(EX),EXERCISE=$$(tools/course/find "$$EX" id)) LIMIT=3600 \
	  OPT='-O1 $(ARCH) -DTT_TIMEOUT=600' WRAP='$(VALGRIND)' rerun all
endif

# who begins with one of these has an edition as it came, too
.PHONY: base
base:
	@tools/course/base
hint progress next edit watch solution: base
hint:     ## make hint EX=1.3 L=2: the second hint of exercise 1.3
	@tools/course/hint "$${EX-}" "$${L-}"
progress: ## what is done, failing, to do (CH=01: of one chapter)
	@tools/course/progress "$${CH-}"
next:     ## the first exercise that is not done
	@tools/course/next "$${CH-}"
edit:     ## make edit EX=1.3: your editor opens the chapter there
	@tools/course/edit "$${EX-}"
solution: ## make solution EX=1.3: the book's, with its explanation
	@tools/course/solution "$${EX-}"
watch:    ## run a chapter's tests whenever it is saved (EX=1.3, CH=01)
	@MAKE='$(THIS_MAKE)' tools/course/watch "$${EX-}" "$${CH-}"
reset:    ## make reset EX=1.3: its stub again; your text is kept
	@tools/course/reset "$${EX-}"
update:   ## make update FROM=archive or folder: a newer edition, your work kept
	@tools/course/update "$${FROM-}"
KEY :=                  # not of the environment: that may be any key
submit:   ## one archive of what you have written (CH=01, WHO=name, KEY=file, ENTRY=folder)
	@MAKE='$(THIS_MAKE)' tools/course/submit "$${CH-}"
undo:     ## take back the last reset or update
	@tools/course/undo

# ---- what make does not know
.DEFAULT:
	@tools/course/unknown '$@' '$(MAKECMDGOALS)' $(MAKEFILE_LIST)
