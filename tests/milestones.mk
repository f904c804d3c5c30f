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
milestone-%: ## make milestone-1957: the programs of that year; milestone-1986-mlp: one of them
	@echo "make: there is no milestone $*; there are: $(YEARS)" >&2; exit 2
define milestone
.PHONY: milestone-$(1)-$(2)
milestones-$(1) += milestone-$(1)-$(2)
milestone-$(1)-$(2): setup digits build/bin/$(2)
	+@status=0; TT_BACKEND=$$$${TT_BACKEND:-naive} build/bin/$(2) || status=$$$$?; \
	MAKE='$$(THIS_MAKE)' tools/course/milestone $(3) $(1) $$$$status
endef
$(foreach m,$(MILESTONES),$(eval $(call milestone,$(word 1,$(subst :, ,$(m))),$(word 2,$(subst :, ,$(m))),$(word 3,$(subst :, ,$(m))))))
# one after the other: what they print, and the times that one takes
$(YEARS:%=milestone-%): milestone-%:
	+@for m in $(milestones-$*); do $(MAKE) --no-print-directory $(PARALLEL) $$m || exit; done
