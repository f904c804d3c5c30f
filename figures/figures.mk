# Figures: what the programs of the book measure, drawn with gnuplot.
#
# figures/measurements/NN.tsv  which programs of chapter NN measure
# figures/data/NN/             what they measured on the reference machine
# build/measured/NN/           what they measured here, after `make figures`
# figures/outputs/NN.tsv       commands whose output chapter NN prints, or a
#                              page of book/front
#
# A command of measurements prints its table on stdout, and after its rows,
# as lines `# key<TAB>value`, the values that the prose quotes from the same
# run. A table called - is none: with --numbers the program prints only
# values, `key<TAB>value`, into numbers-PROGRAM.tsv. Each value is in one
# file; book.mk collects them. MEASURED (book.mk) is what is shown.

# $(call rows,kind,chapter): the rows behind their chapter; * for all
# (ONLY=name: of this program)
rows = awk -F '\t' -v only='$(and $(filter measurements,$(1)),$(ONLY))' 'FNR > 1 { \
  n = FILENAME; gsub(/.*\/|\.tsv$$/, "", n); split($$2, p, /[ ]/); sub(/.*\//, "", p[1]); \
  if (only == "" || only == p[1]) print n "\t" $$0 }' \
  /dev/null $(wildcard figures/$(1)/$(2).tsv)
# the programs that measure
measuring = $(sort $(shell $(call rows,measurements,$(1)) | awk -F '[\t ]' '{ print $$3 }'))
PLOTS    := $(basename $(notdir $(wildcard figures/plots/*.gp)))
FIGURES  := $(foreach p,$(PLOTS),$(if $(and $(wildcard $(MEASURED)/*/$(p).tsv),$(wildcard $(MEASURED)/machine.tsv)),build/figures/$(p).svg))

.PHONY: plots figures figures-reference outputs check-outputs check-figures FORCE
plots: $(FIGURES)
build/figures/%.svg: figures/plots/%.gp build/plotted/%.tsv figures/style.gp tools/plot
	@mkdir -p $(@D)
	tools/plot $< build/plotted > $@
$(patsubst figures/plots/%.gp,build/figures/%.svg,$(shell grep -ls '/machine.tsv' figures/plots/*.gp)): build/plotted/machine.tsv
# What is drawn is a copy, new only where the data are other than those
# drawn last: a measurement redraws its own plots and no others.
$(FIGURES:build/figures/%.svg=build/plotted/%.tsv) build/plotted/machine.tsv: build/.stamp/plotted ; +
build/.stamp/plotted: FORCE
	+$(shell mkdir -p $(@D) build/plotted; for f in $(MEASURED)/*.tsv $(MEASURED)/*/*.tsv; do \
	  cmp -s $$f build/plotted/$${f##*/} || { cp $$f build/plotted/; touch $@; }; done)
FORCE:

# What is printed of a chapter is what its reader sees: before chapter 18 there
# is one backend. On the pages in front, too, as it rounds alike everywhere.
backend = case $(1) in 1[89]|2?) unset TT_BACKEND;; *) export TT_BACKEND=naive;; esac

# ---- measure: $(call measure,directory,chapter)
define measure
@mkdir -p $(1)
@tools/machine $(CC) $(CFLAGS) > $(1)/machine.part
@$(call rows,measurements,$(2)) | while IFS=$$'\t' read -r chapter table command; do \
  [ "$$table" != - ] || { table=numbers-$${command##*/}; command+=' --numbers'; }; \
  echo "measuring: $$table.tsv = $$command"; \
  mkdir -p $(1)/$$chapter; table=$$chapter/$$table; \
  ($(call backend,$$chapter); $$command > $(1)/$$table.part); mv $(1)/$$table.part $(1)/$$table.tsv; \
done
@$(if $(and $(ONLY),$(wildcard $(1)/machine.tsv)),rm $(1)/machine.part,mv $(1)/machine.part $(1)/machine.tsv)
endef

figures: digits $(call measuring,*) ## measure on this machine, draw again
	$(call measure,build/measured,*)
	@$(MAKE) --no-print-directory plots
	@echo "The book now shows this machine: make book. Back to the reference: rm -r build/measured"

# What the other chapters measured stays the reference machine's.
figures-%: ## make figures-01: the same for the programs of chapter 01
	@test -n "$(call measuring,$*)" || { \
	  echo "make: figures/measurements/$*.tsv has nothing that measures" >&2; exit 2; }
	@$(MAKE) --no-print-directory digits $(call measuring,$*)
	@mkdir -p build/measured && cp -rn figures/data/. build/measured/
	$(call measure,build/measured,$*)
	@$(MAKE) --no-print-directory plots

# With ONLY the other tables stay, so it must be the machine that made them.
figures-reference: digits $(call measuring,*) ## (maintainers) the reference machine measures (ONLY=program: its tables alone)
ifneq ($(ONLY),)
	@test -n "$(call measuring,*)" || { \
	  echo 'make: ONLY=$(ONLY): no row of figures/measurements runs build/bin/$(ONLY)' >&2; exit 2; }
	@diff <(tools/machine $(CC) $(CFLAGS) | grep '^cpu') <(grep '^cpu' figures/data/machine.tsv) > /dev/null || { \
	  echo 'make: this is not the machine of figures/data/machine.tsv; there all is measured anew: make figures-reference' >&2; exit 2; }
endif
	$(call measure,figures/data,*)
	$(if $(ONLY),,@$(MAKE) --no-print-directory outputs RUN=1)

# ---- printed output: name, command, deterministic (yes/no), exit status
# $(call run-outputs,directory,awk condition on $$3); a command that calls make
# gets nothing of this one's variables
define run-outputs
mkdir -p $(1); awk -F'\t' 'FNR > 1 && $(2) { n = FILENAME; gsub(/.*\/|\.tsv$$/, "", n); print n "\t" $$0 }' \
  figures/outputs/*.tsv | while IFS=$$'\t' read -r chapter name command deterministic status; do \
  got=0; $(call backend,$$chapter); { env -u MAKEFLAGS bash -c "$$command" > $(1)/$$name.txt 2>&1; } 2>/dev/null || got=$$?; \
  [ "$$got" = "$${status:-0}" ] || { \
    echo "figures/outputs: $$name: \`$$command' ended with status $$got, not $${status:-0}" >&2; exit 1; }; \
done
endef
OUTPUT_BINS := $(sort $(shell grep -oh 'build/bin/[a-z0-9-]*' figures/outputs/*.tsv))
RUN ?= $$3 == "yes"

outputs: digits $(OUTPUT_BINS) ## run again what the book prints (RUN=1: also what varies)
	@$(call run-outputs,figures/output,$(RUN))

check-outputs: digits $(OUTPUT_BINS) ## does the book print what its programs print?
	@rm -rf build/output; $(call run-outputs,build/output,$$3 == "yes")
	@bad=0; for f in build/output/*.txt; do \
	  test -e "$$f" || break; \
	  diff -u "figures/output/$${f##*/}" "$$f" || { bad=1; \
	    echo "$${f##*/}: the book prints the lines with -, the program now prints those with +." >&2; \
	    echo "  if the program is right: make outputs" >&2; }; \
	done; exit $$bad
	@for f in figures/output/*.txt; do test -e "$$f" || break; \
	  n=$${f##*/}; cut -f1 figures/outputs/*.tsv | grep -qx "$${n%.txt}" || { \
	  echo "$$f: in no table of figures/outputs: nothing makes it" >&2; exit 1; }; done

# ---- every figure follows the theme, has a title, keeps its ids apart;
# the map of chapter 0 draws a chapter as there exactly if it is;
# every number that a program prints is quoted, and printed once
check-figures: $(FIGURES) $(NUMBERS_TSV) ## are the drawings and plots fit for every page?
	@bad=0; for f in $(wildcard figures/drawings/*.svg) $(FIGURES); do n=$$(basename $$f .svg); \
	  no() { echo "$$f: $$1" >&2; bad=1; }; \
	  grep -q '<title>.' $$f || no "has no <title>"; \
	  ! sed 's/var(--[^)]*)//g' $$f | grep -qE '#[0-9a-fA-F]{3,6}"|rgb\(|"(black|white)"' || \
	    no "a color is neither currentColor nor var(--..., fallback)"; \
	  ! grep -oE ' id="[^"]*"' $$f | grep -qv " id=\"$$n" || no "an id does not begin with $$n"; \
	  ! command -v xmllint > /dev/null || xmllint --noout $$f || no "is not well-formed"; \
	done; \
	f=figures/drawings/map.svg; test ! -e $$f || while IFS=$$'\t' read -r n slug rest; do \
	  c=$$(grep "id=\"map-$$n\"" $$f || test $$n = 00) || no "has no chapter $$n"; \
	  case $$(test -e chapters/$$n-$$slug.nw && echo there)$$(grep -o dash <<< "$$c") in there | dash) ;; \
	    theredash) no "chapter $$n is there, and its rim is dashed: take out its stroke-dasharray";; \
	    *) test $$n = 00 || no "chapter $$n is to come, and its rim is not dashed";; esac; \
	done < <(tail -n +2 chapters/chapters.tsv); \
	while read -r key; do f=$$(grep -lE "^(# )?$$key	" $(MEASURED)/*.tsv $(MEASURED)/*/*.tsv | tr '\n' ' '); \
	  grep -qF "\`$$key\`{.num}" $(NW) $(SOLUTIONS) || \
	    no "no chapter quotes $$key: the program need not print it (then take out the line)"; \
	  case $$f in *' '*' ') no "$$key is stored twice";; esac; \
	done < <(grep -vFf <(sed 's/^/machine./; s/\t.*/\t/' $(MEASURED)/machine.tsv) $(NUMBERS_TSV) | cut -f1); exit $$bad
