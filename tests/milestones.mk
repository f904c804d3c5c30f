# The historical programs. Which program belongs to which year is in the
# last column of chapters/chapters.tsv: YEAR:PROGRAM, a space between two.
# A program ends with status 0 only if history repeats itself; it runs what
# the reader has written (build/bin, Makefile), and the milestone is reached
# when nothing of the book's solutions is left in it. It runs on the kernels
# of chapter 1 and after it, which are the reader's: those of chapter 18 would
# do their work. TT_BACKEND=threads asks for these.
MILESTONES := $(shell awk -F'\t' 'NR > 1 { n = split($$7, m, " "); for (i = 1; i <= n; i++) print m[i] ":" $$1 }' $(TABLE))
YEARS      := $(sort $(foreach m,$(MILESTONES),$(firstword $(subst :, ,$(m)))))

.PHONY: milestones $(YEARS:%=milestone-%)
milestones: ## the historical programs
	+@for y in $(YEARS); do $(MAKE) --no-print-directory $(PARALLEL) milestone-$$y || exit; done
milestone-%: ## make milestone-1957: the program of that year
	@echo "make: there is no milestone $*; there are: $(YEARS)" >&2; exit 2
define milestone
milestone-$(1):: setup digits build/bin/$(2)
	+@status=0; TT_BACKEND=$$$${TT_BACKEND:-naive} build/bin/$(2) || status=$$$$?; \
	MAKE='$$(THIS_MAKE)' tools/course/milestone $(3) $(1) $$$$status
endef
$(foreach m,$(MILESTONES),$(eval $(call milestone,$(word 1,$(subst :, ,$(m))),$(word 2,$(subst :, ,$(m))),$(word 3,$(subst :, ,$(m))))))
