# The book: from chapters/*.nw to one AST a chapter, and from there to HTML.
# book/README.md describes the stages. Also usable alone, from any directory
# with chapters/: make -f .../book/book.mk CHAPTERS=... NW=... html
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
BOOK     := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
EDITION  ?= reader
NOWEB    ?= /usr/lib/noweb
PYTHON   ?= /usr/bin/python3
NPM      ?= build/npm/node_modules
TABLE    ?= chapters/chapters.tsv
WEAVE    := build/weave

ASTS         := $(CHAPTERS:%=$(WEAVE)/$(EDITION)/%.json)
BIBLIOGRAPHY := $(WEAVE)/$(EDITION)/bibliography.json
BOOKDB       := $(WEAVE)/book.json

.PHONY: html serve
html: $(CHAPTERS:%=build/html/%.html) ## the pages

# ---- npm: what the pages are built with
build/npm/node_modules: $(BOOK)/npm/package.json $(BOOK)/npm/package-lock.json $(BOOK)/npm/.npmrc
	@mkdir -p build/npm && cp $^ build/npm
	cd build/npm && npm ci --silent
	@touch $@

# ---- 1: tokens of the whole book, one file a chapter, kept when the same
$(WEAVE)/stream: $(NW) $(SOLUTIONS)
	@mkdir -p $(WEAVE) && printf '\n' > $(WEAVE)/index.nw
	$(NOWEB)/markup $(NW) $(SOLUTIONS) $(WEAVE)/index.nw | \
	  $(NOWEB)/finduses | $(NOWEB)/noidx > $@

TOKS    := $(CHAPTERS:%=$(WEAVE)/tok/%.tok)
SOLTOKS := $(SOLUTIONS:chapters/%.nw=$(WEAVE)/tok/%.tok)
keep     = cmp -s $(1).new $(1) && rm $(1).new || mv $(1).new $(1)
build/.stamp/tok: $(WEAVE)/stream $(BOOK)/split.awk
	@rm -rf $(WEAVE)/tok.new && mkdir -p $(WEAVE)/tok.new/solutions $(WEAVE)/tok/solutions $(@D)
	awk -v dir=$(WEAVE)/tok.new -f $(BOOK)/split.awk $<
	@cd $(WEAVE)/tok.new; for t in *.tok solutions/*.tok; do \
	  test ! -e $$t || cmp -s $$t ../tok/$$t || mv $$t ../tok/$$t; done
	@rm -rf $(WEAVE)/tok.new && touch $@
$(TOKS) $(SOLTOKS): build/.stamp/tok ;

# ---- 2: what is numbered in the book, kept when the same
build/.stamp/book: $(TOKS) $(SOLTOKS) $(wildcard $(TABLE)) $(BOOK)/database.mjs
	node $(BOOK)/database.mjs $(WEAVE) $(TABLE) $(TOKS) $(SOLTOKS)
	@$(call keep,$(WEAVE)/book.json); $(call keep,$(WEAVE)/book.lua); touch $@
$(WEAVE)/book.json $(WEAVE)/book.lua: build/.stamp/book ;

# ---- 3: the AST of a chapter; figures and outputs it needs: deps.mk
NUMBERS_TSV := $(firstword $(wildcard build/measured/numbers.tsv figures/data/numbers.tsv))
READER := $(addprefix $(BOOK)/,reader.lua lexer.lua resolve.lua cites.lua)
CITE   := --citeproc --bibliography=$(BOOK)/references.bib \
  -M link-citations -M suppress-bibliography -M nocite='@*'
solution = $(if $(filter reader,$(EDITION)),$(filter %/$(1).tok,$(SOLTOKS)))
define ast
$(WEAVE)/$(EDITION)/$(1).json: $(WEAVE)/tok/$(1).tok $(call solution,$(1)) \
  $(WEAVE)/book.lua $(READER) $(BOOK)/references.bib $(NUMBERS_TSV)
	@mkdir -p $$(@D)
	pandoc -f $(BOOK)/reader.lua -L $(BOOK)/resolve.lua $(CITE) \
	  -L $(BOOK)/cites.lua -M db=$(WEAVE)/book.lua \
	  -M bib=$(BOOK)/references.bib -M numbers=$(NUMBERS_TSV) -M edition=$(EDITION) \
	  -t json -o $$@.new $(WEAVE)/tok/$(1).tok $(call solution,$(1))
	@mv $$@.new $$@
endef
$(foreach c,$(CHAPTERS),$(eval $(call ast,$(c))))

$(BIBLIOGRAPHY): $(BOOK)/references.bib
	@mkdir -p $(@D)
	echo '# References {.unnumbered}' | pandoc -f markdown -M nocite='@*' \
	  --citeproc --bibliography=$< -t json -o $@

$(WEAVE)/deps.mk: $(NW) $(wildcard figures/drawings figures/plots) $(BOOK)/deps.awk
	@mkdir -p $(WEAVE)
	@awk -v json=$(WEAVE)/$(EDITION) -f $(BOOK)/deps.awk $(NW) > $@
ifneq ($(NW),)
-include $(WEAVE)/deps.mk
endif
