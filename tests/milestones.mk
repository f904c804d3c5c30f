# The historical programs. Which program belongs to which year is in the
# last column of chapters/chapters.tsv: YEAR:PROGRAM, a space between two.
# A program ends with status 0 only if history repeats itself.
MILESTONES := $(shell awk -F'\t' 'NR > 1 { print $$7 }' $(TABLE))
YEARS      := $(sort $(foreach m,$(MILESTONES),$(firstword $(subst :, ,$(m)))))

.PHONY: milestones $(YEARS:%=milestone-%)
milestones: $(YEARS:%=milestone-%) ## the historical programs
milestone-%: ## make milestone-1957: the program of that year
	@echo "make: there is no milestone $*; there are: $(YEARS)" >&2; exit 2
define milestone
milestone-$(1):: data build/bin/$(2)
	build/bin/$(2)
endef
$(foreach m,$(MILESTONES),$(eval $(call milestone,$(word 1,$(subst :, ,$(m))),$(word 2,$(subst :, ,$(m))))))
