# Figures: what the programs of the book measure, drawn with gnuplot.
#
# figures/measurements.tsv  which programs measure, chapter by chapter
# figures/data/             what they measured on the reference machine
# build/measured/           what they measured here, after `make figures`
# figures/outputs.tsv       commands whose output the book prints
#
# A command of measurements.tsv prints its table on stdout, and after its
# rows, as lines `# key<TAB>value`, the values that the prose quotes from
# the same run. A table called - is none: with --numbers the program prints
# only values, `key<TAB>value`.

# The data the book shows: this machine's where it has measured itself.
MEASURED := $(if $(wildcard build/measured/numbers.tsv),build/measured,figures/data)
# $(call measuring,chapter): the programs; chapter may be .* for all
measuring = $(sort $(shell awk -F'[\t ]' 'NR > 1 && $$1 ~ /^$(1)$$/ { print $$3 }' figures/measurements.tsv))
PLOTS    := $(basename $(notdir $(wildcard figures/plots/*.gp)))
FIGURES  := $(foreach p,$(PLOTS),$(if $(and $(wildcard $(MEASURED)/$(p).tsv),$(wildcard $(MEASURED)/machine.tsv)),build/figures/$(p).svg))

.PHONY: plots figures figures-reference outputs check-outputs check-figures FORCE
plots: $(FIGURES)
build/figures/%.svg: figures/plots/%.gp $(MEASURED)/%.tsv \
  $(MEASURED)/machine.tsv figures/style.gp tools/plot build/.stamp/measured
	@mkdir -p $(@D)
	tools/plot $< $(MEASURED) > $@
# changes when the book turns from the one set of data to the other
build/.stamp/measured: FORCE
	@mkdir -p $(@D); echo $(MEASURED) | cmp -s - $@ || echo $(MEASURED) > $@
FORCE:

# ---- measure: $(call measure,directory,chapter)
define measure
@mkdir -p $(1)
@tools/machine $(CC) $(CFLAGS) > $(1)/machine.tsv
@sed -n 's/\t/: /p' $(1)/machine.tsv | grep -v _kib > $(1)/machine.txt
@awk -F'\t' 'NR > 1 && $$1 ~ /^$(2)$$/' figures/measurements.tsv | \
while IFS=$$'\t' read -r chapter table command; do \
  [ "$$table" != - ] || continue; \
  echo "measuring: $$table.tsv = $$command"; \
  $$command > $(1)/$$table.part; mv $(1)/$$table.part $(1)/$$table.tsv; \
done
@awk -F'\t' 'NR > 1 && $$1 ~ /^$(2)$$/' figures/measurements.tsv | \
while IFS=$$'\t' read -r chapter table command; do \
  if [ "$$table" = - ]; then name=$${command##*/}; echo "measuring: numbers-$$name.tsv"; \
    $$command --numbers > $(1)/numbers-$$name.part; \
    mv $(1)/numbers-$$name.part $(1)/numbers-$$name.tsv; \
  else sed -n 's/^# //p' $(1)/$$table.tsv > $(1)/numbers-$$table.tsv; fi; \
done
@{ sed 's/^/machine./' $(1)/machine.tsv; cat $(1)/numbers-*.tsv; } > $(1)/numbers.tsv
@rm -f $(1)/*.part
endef

figures: data $(call measuring,.*) ## measure on this machine, draw again
	$(call measure,build/measured,.*)
	@$(MAKE) --no-print-directory plots
	@echo "The book now shows this machine: make book. Back to the reference: rm -r build/measured"

# What the other chapters measured stays the reference machine's.
figures-%: ## make figures-01: the same for the programs of chapter 01
	@test -n "$(call measuring,$*)" || { \
	  echo "make: figures/measurements.tsv has nothing for chapter $*" >&2; exit 2; }
	@$(MAKE) --no-print-directory data $(call measuring,$*)
	@mkdir -p build/measured && cp -n figures/data/*.tsv build/measured/
	$(call measure,build/measured,$*)
	@$(MAKE) --no-print-directory plots

figures-reference: data $(call measuring,.*) ## (maintainers) the reference machine measures
	$(call measure,figures/data,.*)
	@$(MAKE) --no-print-directory outputs RUN=1

# ---- printed output: name, command, deterministic (yes/no), exit status
# $(call run-outputs,directory,awk condition); a command that calls make
# gets nothing of this one's variables
define run-outputs
mkdir -p $(1); awk -F'\t' 'NR > 1 && $(2)' figures/outputs.tsv | \
while IFS=$$'\t' read -r name command deterministic status; do \
  got=0; { env -u MAKEFLAGS bash -c "$$command" > $(1)/$$name.txt 2>&1; } 2>/dev/null || got=$$?; \
  [ "$$got" = "$${status:-0}" ] || { \
    echo "figures/outputs.tsv: $$name: \`$$command' ended with status $$got, not $${status:-0}" >&2; exit 1; }; \
done
endef
OUTPUT_BINS := $(sort $(shell grep -o 'build/bin/[a-z0-9-]*' figures/outputs.tsv))
RUN ?= $$3 == "yes"

outputs: data $(OUTPUT_BINS) ## run again what the book prints (RUN=1: also what varies)
	@$(call run-outputs,figures/output,$(RUN))

check-outputs: data $(OUTPUT_BINS) ## does the book print what its programs print?
	@rm -rf build/output; $(call run-outputs,build/output,$$3 == "yes")
	@bad=0; for f in build/output/*.txt; do \
	  test -e "$$f" || break; \
	  diff -u "figures/output/$${f##*/}" "$$f" || { bad=1; \
	    echo "$${f##*/}: the book prints the lines with -, the program now prints those with +." >&2; \
	    echo "  if the program is right: make outputs" >&2; }; \
	done; exit $$bad
	@for f in figures/output/*.txt; do test -e "$$f" || break; \
	  n=$${f##*/}; cut -f1 figures/outputs.tsv | grep -qx "$${n%.txt}" || { \
	  echo "$$f: not in figures/outputs.tsv: nothing makes it" >&2; exit 1; }; done

# ---- every figure follows the theme, has a title, keeps its ids apart
check-figures: $(FIGURES) ## are the drawings and plots fit for every page?
	@bad=0; for f in $(wildcard figures/drawings/*.svg) $(FIGURES); do n=$$(basename $$f .svg); \
	  no() { echo "$$f: $$1" >&2; bad=1; }; \
	  grep -q '<title>.' $$f || no "has no <title>"; \
	  ! sed 's/var(--[^)]*)//g' $$f | grep -qE '#[0-9a-fA-F]{3,6}"|rgb\(|"(black|white)"' || \
	    no "a color is neither currentColor nor var(--..., fallback)"; \
	  ! grep -oE ' id="[^"]*"' $$f | grep -qv " id=\"$$n" || no "an id does not begin with $$n"; \
	  ! command -v xmllint > /dev/null || xmllint --noout $$f || no "is not well-formed"; \
	done; exit $$bad
