# What a student does: write exercises in chapters/, run them, see how far
# one has come. The commands are in tools/course/, one file each; nothing
# but reset, undo and update writes in chapters/, and what they replace is
# kept in .tt/saved, which make clean leaves alone.
#
#   EX=1.3      an exercise             L=2         the level of a hint
#   CH=01       a chapter               SURE=1      yes, show the solution
#   SKIP="3 5"  the book's chapters 3 and 5 in place of yours
#   STUDENT=1   the chapter as it stands: nothing of the book in it
.PHONY: hint progress next edit solution reset undo
two = $(foreach n,$(1),$(if $(filter $(n),$(NUMBERS)),$(n),0$(n)))
S = build/c/student/$*
SKIPPED := $(call two,$(SKIP))

# yours where you have written an exercise, the reference where not
chapter-%: setup ## make chapter-01: build chapters 1 to 01, run its tests
	@case " $(NUMBERS) " in *" $* "*) ;; *) \
	  echo "make: there is no chapter $*; there are: $(NUMBERS)" >&2; \
	  exit 2;; esac
	@for n in $(SKIPPED); do case " $(NUMBERS) " in *" $$n "*) ;; *) \
	  echo "make: SKIP: there is no chapter $$n; there are: $(NUMBERS)" >&2; \
	  exit 2;; esac; \
	  [ $$n != $* ] || { echo "make: SKIP: chapter $* is the one that you test" >&2; \
	  exit 2; }; done
	@tools/tangle --mode $(if $(STUDENT),student,auto) --upto $* \
	  --student-chapter $* --skip "$(SKIPPED)" --line $(S)
	@$(MAKE) --no-print-directory -j2 -f tests/chapter.mk CHAPTER=$* \
	  CC='$(CC)' CSTD='$(CSTD)' \
	  OPT='$(if $(filter command%,$(origin OPT)),$(OPT),-O1 $(ARCH) -DTT_DEBUG)' \
	  LDLIBS='$(LDLIBS)'

hint:     ## make hint EX=1.3 L=2: the second hint of exercise 1.3
	@tools/course/hint '$(EX)' '$(L)'
progress: ## what is done, failing, to do (CH=01: of one chapter)
	@tools/course/progress '$(CH)'
next:     ## the first exercise that is not done
	@tools/course/next '$(CH)'
edit:     ## make edit EX=1.3: your editor opens the chapter there
	@tools/course/edit '$(EX)'
solution: ## make solution EX=1.3: the book's, with its explanation
	@SURE='$(SURE)' tools/course/solution '$(EX)'
reset:    ## make reset EX=1.3: its stub again; your text is kept
	@tools/course/reset '$(EX)'
undo:     ## take back the last reset or update
	@tools/course/undo
