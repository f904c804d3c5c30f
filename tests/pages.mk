# The pages in a browser: links, completeness, accessibility, layout.
.PHONY: test-pages shots
PAGE_GATES := $(wildcard tests/pages/*)

build/.stamp/pages-selftest: $(PAGE_GATES) | build/npm/node_modules
	@mkdir -p $(@D)
	node tests/pages/selftest.mjs
	@touch $@

# gate.mjs remembers by content which pages have passed (build/.stamp/pages.json)
test-pages: html demos-native build/.stamp/pages-selftest ## the pages in a browser: links, completeness, accessibility, layout
	@bad=0; node tests/pages/use.mjs || bad=1; \
	node tests/pages/gate.mjs links source axe layout || bad=1; \
	node tests/pages/demos.mjs || bad=1; exit $$bad

shots: html ## pictures of every page, light and dark, three widths, in build/shots
	node tests/pages/gate.mjs --all shots
