# Grades what tools/grade/inbox has listed, one rule a student, in
# parallel: make -f tools/grade/batch.mk KIT=... GRADES=... -j2. A result
# is moved into place when it is complete, so a run that was killed goes
# on where it stopped.
SHELL := /bin/bash
.SUFFIXES:
.DELETE_ON_ERROR:
IDS := $(shell cut -f 1 $(GRADES)/batch.tsv)
all: rows $(IDS:%=$(GRADES)/results/%/claim.tsv)
rows: $(IDS:%=$(GRADES)/results/%/rows.tsv)
	@:
file = "$$(awk -F '\t' -v id='$*' '$$1 == id { print $$2 }' $(GRADES)/batch.tsv)"
$(GRADES)/results/%/rows.tsv: $(GRADES)/results/%/want
	@tools/grade/grade-submission $(KIT) $(file) $(@D) $(CHAPTERS) || \
	  { echo 'grade: $*: the grader itself failed; run again' >&2; rm -f $@; exit 1; }
	@awk -F '\t' '{ p += $$3; m += $$4; if ($$8 != "") f = ", " $$8 } END { \
	  printf "%-24s %5g of %g points%s\n", "$*", p, m, f }' $@
# what it claims: told only if a human has to look
$(GRADES)/results/%/claim.tsv: $(GRADES)/results/%/want $(GRADES)/edition
	@tools/grade/claim $(KIT) $(GRADES) '$*' $(file)
	@awk -F '\t' '$$1 != "" { printf "%-24s review: %s\n", "$*", $$2 }' $@
.PHONY: all rows
