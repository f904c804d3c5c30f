# The printed book and the EPUB, from the same ASTs as the pages.
PDFDIR   := $(BOOK)/pdf
FONTFILES = $(NPM)/@fontsource-variable/source-serif-4/files
FACES    := $(addprefix build/fonts/,$(addsuffix .ttf,Text-Regular \
  Text-Italic Text-Bold Text-BoldItalic Note-Regular Note-Italic Note-Bold \
  Head-Regular Head-Italic Display-Regular))
PDFFROM  := $(addprefix $(PDFDIR)/,book.tex tinytorch.sty pages.lua run) \
  $(FACES) $(BOOK)/fonts/STIXTwoMath-Regular.otf VERSION

PDFVERSION = Version $(shell cat VERSION)

# The book is printed in volumes, one a tier of the table of chapters; what
# is before the first tier is in its volume. BOUND: CHAPTER:VOLUME of each
# chapter that is written, as 01-tensors:1-foundation.
BOUND   := $(shell awk -F '\t' -v made=' $(CHAPTERS) ' 'NR == 1 { next } \
  $$4 != "" && $$4 != tier { tier = $$4; volume = ++n "-" tolower(tier); gsub(/[^a-z0-9]+/, "-", volume) } \
  { chapter = sprintf("%02d-%s", $$1, $$2); if (index(made, " " chapter " ")) early = early " " chapter } \
  volume { k = split(early, list, " "); for (i = 1; i <= k; i++) print list[i] ":" volume; early = "" }' $(TABLE))
VOLUMES := $(shell printf '%s\n' $(BOUND) | sed 's/.*://' | uniq)
PDFS    := $(VOLUMES:%=build/tinytorch-%.pdf)
bound    = $(patsubst %:$(1),%,$(filter %:$(1),$(BOUND)))
# pages of the book as TeX; those of a chapter
tex      = $(1:%=build/pdf/tex/%.tex)
chapter_tex = $(call tex,$(1) $(1)-solutions $(filter $(1)-workshop,$(SHEETS)))

.PHONY: pdf epub
.PRECIOUS: build/plain/%.svg
pdf: $(PDFS) ## the book as PDFs, a volume each tier
pdf-%: ## make pdf-01: one chapter as a PDF
	@$(if $(filter $*-%,$(CHAPTERS)),,echo "make: there is no chapter $*" >&2; exit 2;)
	@$(MAKE) --no-print-directory build/pdf/$(filter $*-%,$(CHAPTERS)).pdf

.PHONY: picture
picture: $(firstword $(PDFS)) ## (maintainers) two pages of the book for README.md
	book/pdf/picture $< book/picture.png

# ---- the faces that are embedded
build/fonts/%.ttf: $(PDFDIR)/fonts.py | $(NPM)
	@mkdir -p $(@D)
	$(PYTHON) $< $(FONTFILES) $@

# ---- AST -> LaTeX
export BOOKDB := $(WEAVE)/book.lua
build/pdf/tex/%.tex: $(WEAVE)/$(EDITION)/%.json $(PDFDIR)/latex.lua \
  $(BOOK)/lexer.lua $(WEAVE)/book.lua $(WEAVE)/edition
	@mkdir -p $(@D)
	pandoc -f json -t latex --wrap=none --no-highlight -L $(PDFDIR)/latex.lua -o $@ $<

$(CHAPTERS:%=build/pdf/tex/%-solutions.tex): build/pdf/tex/%-solutions.tex: $(WEAVE)/$(EDITION)/%.json \
  $(PDFDIR)/latex.lua $(BOOK)/lexer.lua $(WEAVE)/book.lua $(WEAVE)/edition
	@mkdir -p $(@D)
	PART=solutions pandoc -f json -t latex --wrap=none --no-highlight -L $(PDFDIR)/latex.lua -o $@ $<

# ---- figures, as the light theme shows them, in the book's own faces
RSVG := FONTCONFIG_FILE=$(CURDIR)/$(PDFDIR)/fonts.conf rsvg-convert
PLAIN := tools/svg-light $(PDFDIR)/fonts.conf $(FACES)
build/plain/%.svg: figures/drawings/%.svg $(PLAIN)
	@mkdir -p $(@D)
	tools/svg-light < $< > $@
build/plain/%.svg: build/figures/%.svg $(PLAIN)
	@mkdir -p $(@D)
	tools/svg-light < $< > $@
build/pdf/fig/%.pdf: build/plain/%.svg
	@mkdir -p $(@D)
	$(RSVG) -f pdf -o $@ $<
# ---- TeX
# $(call drawn,chapter,pattern): the figures that a chapter shows, as files
drawn = $(patsubst %.svg,$(2),$(notdir $(filter %.svg,$(call shown,$(1)) $(call shown,$(1)-workshop))))
typeset = BOUND='$(BOUND)' FRONT='$(FRONT)' AFTER='$(AFTER)' LAST='$(KERNELS)' EACH='$(APPENDIX)' $(PDFDIR)/run
# pages that are no chapters: in the first volume, in the last, in each
loose = $(if $(filter $(1),$(firstword $(VOLUMES))),$(FRONT)) $(if $(filter $(1),$(lastword $(VOLUMES))),$(AFTER) $(KERNELS)) \
  $(APPENDIX) $(LISTING) bibliography
define chapter_pdf
build/pdf/$(1).pdf: $(call chapter_tex,$(1)) $$$$(call drawn,$(1),build/pdf/fig/%.pdf) $(PDFFROM)
	$(typeset) $(1)
build/tinytorch.epub: $$$$(call drawn,$(1),build/epub/%.svg)
endef
$(foreach c,$(CHAPTERS),$(eval $(call chapter_pdf,$(c))))
define volume_pdf
build/tinytorch-$(1).pdf: $(foreach c,$(call bound,$(1)),$(call chapter_tex,$(c)) $$$$(call drawn,$(c),build/pdf/fig/%.pdf)) \
  $(call tex,$(call loose,$(1))) $(PDFFROM)
	$(typeset) tinytorch-$(1)
endef
$(foreach v,$(VOLUMES),$(eval $(call volume_pdf,$(v))))

# ---- EPUB: one AST for all, packed by pandoc
epub: build/tinytorch.epub ## the whole book as an EPUB
EPUBDIR := $(BOOK)/epub
# a figure as a picture: text as curves, for readers without our faces
build/epub/%.svg: build/plain/%.svg
	@mkdir -p $(@D)
	$(RSVG) -f svg -o $@ $<
build/epub/cover.png: $(EPUBDIR)/cover.svg $(PLAIN)
	@mkdir -p $(@D)
	$(RSVG) -w 1200 -o $@ $<
build/fonts/JetBrainsMono-Book.ttf: /usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf
	@mkdir -p $(@D)
	$(PYTHON) -m fontTools.subset $< --output-file=$@ --layout-features= \
	  --unicodes=20-7E,A0-FF,370-3FF,2010-2044,2190-21FF,2200-22FF,2500-25FF,27E8,27E9,2713,2717
build/epub/book.json: $(EPUBDIR)/epub.mjs $(BOOK)/html/pandoc.mjs $(ASTS) $(FRONTASTS) $(LISTING:%=$(WEAVE)/$(EDITION)/%.json) \
  $(BIBLIOGRAPHY) $(BOOKDB) $(WEAVE)/edition VERSION | $(NPM)
	@mkdir -p $(@D)
	node $< $(WEAVE) $(EDITION) $(NPM) build/epub "$(PDFVERSION)" '$(FRONT)' '$(AFTER)' '$(APPENDIX) $(KERNELS)' > $@.new
	@mv $@.new $@
build/tinytorch.epub: build/epub/book.json build/epub/cover.png \
  $(EPUBDIR)/book.css $(EPUBDIR)/pack.py build/fonts/JetBrainsMono-Book.ttf
	export SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 0)}; \
	pandoc -f json -t epub3 -o build/epub/book.epub $< --css=$(EPUBDIR)/book.css --toc-depth=2 \
	  --epub-cover-image=build/epub/cover.png \
	  --epub-embed-font=build/fonts/JetBrainsMono-Book.ttf; \
	$(PYTHON) $(EPUBDIR)/pack.py build/epub/book.epub $@
