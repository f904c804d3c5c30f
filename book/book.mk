# The book: from chapters/*.nw to one AST a chapter, and from there to HTML.
# book/README.md describes the stages. Also usable alone, from any directory
# with chapters/: make -f .../book/book.mk CHAPTERS=... NW=... html
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
BOOK     := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
EDITION  ?= reader
# DRAFT=1: an author sees the page although references are still missing
DRAFT    ?=
NOWEB    ?= /usr/lib/noweb
PYTHON   ?= /usr/bin/python3
NPM      ?= build/npm/node_modules
TABLE    ?= chapters/chapters.tsv
WEAVE    := build/weave
# the address for "Report an error": % stands for the source file; empty: none
REPORT   ?=

# pages before the first chapter, prose without chunks; behind the last one,
# the epilogue and the appendix
FRONT        := $(basename $(notdir $(wildcard book/front/*.nw)))
BEHIND       := $(basename $(notdir $(wildcard book/back/*.nw)))
AFTER        := $(filter epilogue,$(BEHIND))
APPENDIX     := $(filter-out epilogue,$(BEHIND))
# chapters with a workshop, and all pages of chapters: NN-slug, NN-slug-workshop
WORKSHOPS    := $(if $(NW),$(patsubst chapters/%.nw,%,$(shell awk -f $(BOOK)/workshops.awk $(NW))))
SHEETS       := $(foreach c,$(CHAPTERS),$(c) $(if $(filter $(c),$(WORKSHOPS)),$(c)-workshop))
ASTS         := $(SHEETS:%=$(WEAVE)/$(EDITION)/%.json)
# the pages of all kernels and functions come from the headers, when there is
# a tree of C
LISTING      := $(if $(C),functions)
KERNELS      := $(if $(and $(C),$(BEHIND)),backend)
FRONTASTS    := $(patsubst %,$(WEAVE)/$(EDITION)/%.json,$(FRONT) $(BEHIND) $(KERNELS))
BIBLIOGRAPHY := $(WEAVE)/$(EDITION)/bibliography.json
BOOKDB       := $(WEAVE)/book.json

.PHONY: html serve
html: $(patsubst %,build/html/%.html,$(SHEETS) $(FRONT) $(BEHIND) $(KERNELS) $(LISTING)) ## the pages

# ---- npm: what the pages are built with. NPM_CACHE=dir: several clones
# (.ci/run) fetch it once.
build/npm/node_modules: $(BOOK)/npm/package.json $(BOOK)/npm/package-lock.json $(BOOK)/npm/.npmrc
	@mkdir -p build/npm && cp $^ build/npm
	cd build/npm && npm ci --loglevel=error --no-fund --no-audit \
	  --cache "$(or $(NPM_CACHE),$$PWD/cache)" || { rm -rf node_modules; \
	  echo "make: npm could not fetch the packages of book/npm/package.json; is the registry reached?" >&2; exit 1; }
	rm -rf build/npm/cache
	@touch $@

# ---- 1: tokens of the whole book, one file a chapter, kept when the same
$(WEAVE)/stream: $(NW) $(SOLUTIONS)
	@mkdir -p $(WEAVE) && printf '\n' > $(WEAVE)/index.nw
	$(NOWEB)/markup $(NW) $(SOLUTIONS) $(WEAVE)/index.nw | \
	  $(NOWEB)/finduses | $(NOWEB)/noidx > $@

TOKS    := $(SHEETS:%=$(WEAVE)/tok/%.tok)
SOLTOKS := $(SOLUTIONS:chapters/%.nw=$(WEAVE)/tok/%.tok)
keep     = cmp -s $(1).new $(1) && rm $(1).new || mv $(1).new $(1)
$(WEAVE)/.tok: $(WEAVE)/stream $(BOOK)/split.awk
	@rm -rf $(WEAVE)/tok.new && mkdir -p $(WEAVE)/tok.new/solutions $(WEAVE)/tok/solutions $(@D)
	awk -v dir=$(WEAVE)/tok.new -f $(BOOK)/split.awk $<
	@cd $(WEAVE)/tok.new; for t in *.tok solutions/*.tok; do \
	  test ! -e $$t || cmp -s $$t ../tok/$$t || mv $$t ../tok/$$t; done
	@rm -rf $(WEAVE)/tok.new && touch $@

# ---- 2: what is numbered in the book, kept when the same
$(WEAVE)/.book: $(WEAVE)/.tok $(wildcard $(TABLE)) $(BOOK)/database.mjs
	node $(BOOK)/database.mjs $(WEAVE) $(TABLE) $(TOKS) $(SOLTOKS)
	@$(call keep,$(WEAVE)/book.json); $(call keep,$(WEAVE)/book.lua); touch $@

# ---- 3: the AST of a chapter, and the figures and outputs that it shows:
# PAGE:FILE, read when a page is wanted. One that is missing and that nothing
# makes is left to resolve.lua, which says where.
SHOWN   = $(eval SHOWN := $(shell awk -f $(BOOK)/shown.awk $(NW) $(FRONT:%=book/front/%.nw) $(BEHIND:%=book/back/%.nw)))$(SHOWN)
makes   = $(wildcard $(1)) $(filter $(FIGURES),$(1))
shown   = $(sort $(call makes,$(patsubst $(1):%,%,$(filter $(1):%,$(SHOWN)))))
.SECONDEXPANSION:
# The data shown: this machine's where it has measured itself (figures.mk).
MEASURED := $(if $(wildcard build/measured/machine.tsv),build/measured,figures/data)
NUMBERS_TSV := $(WEAVE)/numbers.tsv
TABLES := $(wildcard $(MEASURED)/*.tsv $(MEASURED)/*/*.tsv)
$(NUMBERS_TSV): $(WEAVE)/measured $(TABLES)
	@awk -v OFS='\t' -F '\t' 'FILENAME ~ /\/machine\.tsv$$/ { print "machine." $$0; next } \
	  FILENAME ~ /numbers-[^\/]*$$/ || sub(/^# /, "")' $(TABLES) > $@
# what is counted of the book, for the page that looks back on it: other
# pages need not wait until all of it is there
COUNTED := $(if $(and $(C),$(AFTER)),$(WEAVE)/counted.tsv)
$(COUNTED): $(WEAVE)/.counted ; +
$(WEAVE)/.counted: build/.stamp/tangle $(BOOK)/counts.mjs $(BOOKDB) $(WEAVE)/functions.nw $(WEAVE)/backend.nw $(NUMBERS_TSV)
	{ cat $(NUMBERS_TSV); node $(BOOK)/counts.mjs $(C) $(WEAVE); } > $(COUNTED).new
	@$(call keep,$(COUNTED)); touch $@
numbers_of = $(or $(if $(filter $(1),$(AFTER)),$(COUNTED)),$(NUMBERS_TSV))
READER := $(addprefix $(BOOK)/,reader.lua lexer.lua resolve.lua cites.lua)
CITE   := --citeproc --bibliography=$(BOOK)/references.bib \
  -M link-citations -M suppress-bibliography
solution = $(if $(filter reader,$(EDITION)),$(filter %/$(1).tok,$(SOLTOKS)))
define ast
$(WEAVE)/$(EDITION)/$(1).json: $(WEAVE)/tok/$(1).tok $(call solution,$(1)) \
  $(WEAVE)/book.lua $(READER) $(BOOK)/references.bib $(call numbers_of,$(1)) $$$$(call shown,$(1))
	@mkdir -p $$(@D)
	pandoc -f $(BOOK)/reader.lua -L $(BOOK)/resolve.lua $(CITE) \
	  -L $(BOOK)/cites.lua -M db=$(WEAVE)/book.lua \
	  -M bib=$(BOOK)/references.bib -M numbers=$(call numbers_of,$(1)) -M edition=$(EDITION) $(if $(DRAFT),-M draft) \
	  -t json -o $$@.new $(WEAVE)/tok/$(1).tok $(call solution,$(1))
	@mv $$@.new $$@
endef
$(foreach c,$(SHEETS) $(FRONT) $(BEHIND) $(KERNELS) $(LISTING),$(eval $(call ast,$(c))))
$(FRONT:%=$(WEAVE)/tok/%.tok): $(WEAVE)/tok/%.tok: book/front/%.nw
	@mkdir -p $(@D)
	$(NOWEB)/markup $< > $@
$(BEHIND:%=$(WEAVE)/tok/%.tok): $(WEAVE)/tok/%.tok: book/back/%.nw
	@mkdir -p $(@D)
	$(NOWEB)/markup $< > $@
$(patsubst %,$(WEAVE)/tok/%.tok,$(KERNELS) $(LISTING)): $(WEAVE)/tok/%.tok: $(WEAVE)/%.nw
	@mkdir -p $(@D)
	$(NOWEB)/markup $< > $@
$(LISTING:%=$(WEAVE)/.%): $(WEAVE)/.%: build/.stamp/tangle $(BOOK)/%.awk
	@mkdir -p $(WEAVE)
	gawk -v names=$(WEAVE)/names.tsv.new -f $(BOOK)/$*.awk $$(ls $(C)/include/tt/tt.h) $(C)/include/tt/*.h > $(WEAVE)/$*.nw.new
	@$(call keep,$(WEAVE)/$*.nw); $(call keep,$(WEAVE)/names.tsv); touch $@
$(if $(LISTING),$(WEAVE)/functions.nw $(WEAVE)/names.tsv): $(WEAVE)/.functions ; +

$(if $(KERNELS),$(WEAVE)/backend.nw): $(WEAVE)/.backend ; +
$(if $(KERNELS),$(WEAVE)/.backend): build/.stamp/tangle $(WEAVE)/.tok $(BOOKDB) $(BOOK)/backend.mjs
	node $(BOOK)/backend.mjs $(C) $(WEAVE) > $(WEAVE)/backend.nw.new
	@$(call keep,$(WEAVE)/backend.nw); touch $@

$(BIBLIOGRAPHY): $(BOOK)/references.bib $(BOOK)/book.mk
	@mkdir -p $(@D)
	printf '%s\n' --- 'nocite: "@*"' --- '# References {.unnumbered}' '' '::: {#refs}' ':::' | pandoc -f markdown \
	  --citeproc --bibliography=$< -t json -o $@

# Files that are kept when they come out the same are older than what they
# are made from. Their recipe is empty, so make looks at the file itself, with
# a + also under make -n; what is written whenever it is asked for, likewise.
$(TOKS) $(SOLTOKS) $(WEAVE)/book.json $(WEAVE)/book.lua: $(WEAVE)/.book ; +
FORCE:
write = $(shell mkdir -p $(@D); printf '%s\n' $(1) > $@.$$$$; \
  if cmp -s $@.$$$$ $@; then rm $@.$$$$; else mv $@.$$$$ $@; fi)
titled = $$(sed -n 's/^\# *\([^{]*[^{ ]\).*/\1/p;q' $(1))
$(WEAVE)/edition: FORCE ; +$(call write,'$(EDITION)')
$(WEAVE)/measured: FORCE ; +$(call write,'$(MEASURED)')
$(WEAVE)/version: FORCE
	+$(call write,"version	$$(cat VERSION 2>/dev/null || echo draft)" \
	  "date	$$(git log -1 --format=%cs 2>/dev/null || date +%F)" \
	  "commit	$$(git log -1 --format=%h 2>/dev/null)" "report	$(REPORT)" \
	  "front	$(foreach f,$(FRONT),$(f):$(call titled,book/front/$(f).nw)|)" \
	  "after	$(foreach f,$(AFTER),$(f):$(call titled,book/back/$(f).nw)|)" \
	  "back	$(foreach f,$(APPENDIX),$(f):$(call titled,book/back/$(f).nw)|)$(KERNELS:backend=backend:Kernels|)$(LISTING:functions=functions:Functions|)" \
	  "demos	$(DEMOS)" "bound	$(BOUND)")

# ---- 4: HTML
H      := build/html
ASSETS := $(H)/assets
SUBSET := $(PYTHON) -m fontTools.subset --flavor=woff2 --no-hinting
MONO   := /usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono
MONOTEXT := --layout-features= \
  --unicodes=U+0020-007E,U+00A0-00FF,U+0370-03FF,U+2010-2026,U+2080-209C,U+2190-2195,U+2200-2265,U+2500-257F,U+2588,U+2591-2593,U+27E8-27E9

# one glyph set for all pages, made once
$(ASSETS)/mono.woff2: ; @mkdir -p $(@D) && $(SUBSET) $(MONO)-Regular.ttf $(MONOTEXT) --output-file=$@
$(ASSETS)/mono-bold.woff2: ; @mkdir -p $(@D) && $(SUBSET) $(MONO)-Bold.ttf $(MONOTEXT) --output-file=$@
$(ASSETS)/mono-italic.woff2: ; @mkdir -p $(@D) && $(SUBSET) $(MONO)-Italic.ttf $(MONOTEXT) --output-file=$@
$(ASSETS)/math.woff2: $(BOOK)/fonts/STIXTwoMath-Regular.otf
	@mkdir -p $(@D) && $(SUBSET) $< --layout-features=ssty,ss04,dtls,flac --output-file=$@ \
	  --unicodes=U+0020-007E,U+00A0,U+00AC,U+00B0-00B1,U+00B7,U+00D7,U+00F7,U+02C6-02C7,U+02D8-02DD,U+0300-030C,U+0338,U+0391-03C9,U+03D1,U+03D5,U+03F5,U+2010-2016,U+2018-201D,U+2020-2026,U+2032-2035,U+2044,U+20D7,U+2102,U+210B-2113,U+2115,U+2119-211D,U+2124,U+2133,U+2190-2195,U+21A6,U+21D0-21D4,U+2200-220D,U+220F-2213,U+2217-221E,U+2223-222B,U+2234-2237,U+223C,U+2243-2248,U+2254,U+2260-2265,U+226A-226B,U+2282-2287,U+2295-2299,U+22A4-22A5,U+22C0-22C5,U+22EE-22F1,U+2308-230B,U+23DE-23DF,U+27E8-27E9,U+27F5-27F9,U+2A7D-2A7E,U+1D400-1D467,U+1D49C-1D4CF,U+1D538-1D56B,U+1D6A8-1D71B,U+1D7CE-1D7D7

SERIF := $(foreach f,latin-wght-normal latin-wght-italic latin-ext-wght-normal,$(ASSETS)/source-serif-4-$(f).woff2)
$(SERIF): $(ASSETS)/%.woff2: | $(NPM)
	@mkdir -p $(@D) && cp $(NPM)/@fontsource-variable/source-serif-4/files/$*.woff2 $@
$(ASSETS)/style.css $(ASSETS)/book.js $(ASSETS)/preview.js $(ASSETS)/preview.css $(ASSETS)/icon.svg $(ASSETS)/page.png: $(ASSETS)/%: $(BOOK)/html/%
	@mkdir -p $(@D) && cp $< $@
$(ASSETS)/OFL-STIX.txt $(ASSETS)/OFL-JetBrainsMono.txt: $(ASSETS)/%: $(BOOK)/fonts/%
	@mkdir -p $(@D) && cp $< $@
$(ASSETS)/OFL-SourceSerif.txt: | $(NPM)
	@mkdir -p $(@D) && cp $(NPM)/@fontsource-variable/source-serif-4/LICENSE $@
STATIC := $(SERIF) $(addprefix $(ASSETS)/,mono.woff2 mono-bold.woff2 mono-italic.woff2 math.woff2 \
  style.css book.js preview.js preview.css icon.svg page.png OFL-STIX.txt OFL-JetBrainsMono.txt OFL-SourceSerif.txt)

RENDER := $(addprefix $(BOOK)/html/,render.mjs pandoc.mjs page.mjs)
render  = node $(BOOK)/html/render.mjs $(WEAVE) $(EDITION) $(NPM) $(WEAVE)/version
BASE   := $(BOOKDB) $(WEAVE)/version $(RENDER)
$(patsubst %,$(H)/%.html,$(KERNELS) $(LISTING)): $(H)/%.html: $(WEAVE)/$(EDITION)/%.json $(BASE) $(WEAVE)/edition | $(NPM)
	$(render) $* $@
BACK   := index subjects identifiers chunks figures exercises bibliography colophon
$(SHEETS:%=$(H)/%.html): $(H)/%.html: $(WEAVE)/$(EDITION)/%.json $(BASE) $(WEAVE)/edition | $(NPM)
	$(render) $* $@
# what one page of a chapter refers to on the other is unfolded in place
$(foreach c,$(WORKSHOPS),$(eval $(H)/$(c).html: $(WEAVE)/$(EDITION)/$(c)-workshop.json) \
  $(eval $(H)/$(c)-workshop.html: $(WEAVE)/$(EDITION)/$(c).json))
$(patsubst %,$(H)/%.html,$(FRONT) $(BEHIND)): $(H)/%.html: $(WEAVE)/$(EDITION)/%.json $(BASE) $(WEAVE)/edition | $(NPM)
	$(render) $* $@
$(H)/index.html: $(BOOK)/html/cover.svg $(ASTS) $(wildcard figures/output/gradient.txt \
  $(addprefix figures/drawings/,$(shell cut -s -f 9 $(TABLE))))
$(H)/colophon.html: $(BOOK)/html/colophon.html
$(H)/identifiers.html: $(if $(LISTING),$(WEAVE)/names.tsv)
$(H)/bibliography.html: $(BIBLIOGRAPHY)
$(patsubst %,$(H)/%.html,subjects identifiers figures exercises): $(ASTS) | $(NPM)
$(BACK:%=$(H)/%.html): $(H)/%.html: $(BASE) $(WEAVE)/edition
	$(render) $* $@
$(ASSETS)/search.js: $(ASTS) $(FRONTASTS) $(BASE) $(WEAVE)/edition | $(NPM)
	$(render) search $@

# what opens over a link to another page: a script a page, all made at once
$(ASSETS)/previews/.made: $(ASTS) $(FRONTASTS) $(LISTING:%=$(WEAVE)/$(EDITION)/%.json) $(BIBLIOGRAPHY) $(BASE) $(WEAVE)/edition | $(NPM)
	@rm -rf $(@D)
	$(render) previews $(@D)
	@touch $@

html: $(BACK:%=$(H)/%.html) $(ASSETS)/search.js $(ASSETS)/previews/.made $(STATIC)

# ---- while writing: the pages rebuilt and reloaded
serve: html ## HTML rebuilt and reloaded while an author edits
	@node $(BOOK)/html/serve.mjs $(H) & trap "kill $$!" EXIT; \
	while :; do \
	  ls $(NW) $(SOLUTIONS) $(READER) $(RENDER) $(wildcard $(BOOK)/html/* figures/drawings/* figures/output/*) $(TABLES) | \
	    entr -d -n $(MAKE) -f $(firstword $(MAKEFILE_LIST)) --no-print-directory html || test $$? = 2; \
	done
