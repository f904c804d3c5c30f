# Demos: C of this directory, linked with the tangled C of the chapters up to
# its own, as WebAssembly in a script that a page loads when its reader asks.
# A demo is NAME.c (numbers in, numbers out: demo.h) and NAME.js (what is seen).
# Where there are no solutions, what a student has written may not compile,
# and the pages have no demos.
DEMOS    := $(if $(SOLVED),$(patsubst demos/%.js,%,$(wildcard demos/*.js)))
# the chapter whose C it may use; what it includes instead of linking it; what must be made first
CHAPTER_OF_broadcasting := 01
CHAPTER_OF_activations  := 02
CHAPTER_OF_valley       := 06
CHAPTER_OF_digits       := 07
INCLUDED_BY_digits      := rules
DATA_OF_digits          := build/demos/digits.inc
INCLUDED_BY_valley      := rules
# more flags for the C of a chapter, but for memory.c: its demo has no room for messages
ALSO_07 := -include demos/wasm/quiet.h

# One rounding for one operation, in a page and out of it, so that both give
# the same numbers; small code rather than fast code.
WASM := -std=gnu17 -w -DTT_LOCATE_H -Oz -ffp-contract=off --target=wasm32-wasi -mbulk-memory -D_Thread_local= -D__thread= \
  -ffunction-sections -fdata-sections -Dalways_inline=unused -Daligned_alloc=demo_alloc -Dfree=demo_free
WASM_DIR := build/demos

.PHONY: demos
demos: $(DEMOS:%=build/html/assets/demo-%.js)
html: demos
demos: build/html/assets/demo.js build/html/assets/demo.css
build/html/assets/demo.css: book/html/demo.css
	@mkdir -p $(@D) && cp $< $@
build/html/assets/demo.js: book/html/demo.js demos/pack.mjs
	@mkdir -p $(@D) && node demos/pack.mjs $< > $@.new && mv $@.new $@

# the C up to a chapter, and its objects, one set a chapter; .c is new only
# where the C is other than before, and not when prose has changed
$(WASM_DIR)/%/.tangled: $(NW) $(SOLUTIONS) $(TABLE) $(C_MAKERS)
	@mkdir -p $(@D)
	tools/tangle --mode reference --upto $* --clean $(@D)
	@cd $(@D) && find include src programs -type f | sort | xargs cksum > .c.new
	@$(call keep,$(@D)/.c); touch $@
$(WASM_DIR)/%/.c: $(WASM_DIR)/%/.tangled ; +
$(WASM_DIR)/%/.wasm: $(WASM_DIR)/%/.c demos/demos.mk $(wildcard demos/wasm/*.h)
	@mkdir -p $(@D)/wasm && rm -f $(@D)/wasm/*
	@for f in $(@D)/src/*.c; do \
	  clang $(WASM) $$([ $$f = $(@D)/src/memory.c ] || echo '$(ALSO_$*)') -Idemos/wasm -I$(@D)/include -c $$f -o $(@D)/wasm/$$(basename $$f .c).o || exit; done
	@touch $@
$(WASM_DIR)/%/native.a: $(WASM_DIR)/%/.c demos/demos.mk
	@mkdir -p $(@D)/native && rm -f $(@D)/native/* $@
	@for f in $(@D)/src/*.c; do \
	  clang $(NATIVE) -I$(@D)/include -c $$f -o $(@D)/native/$$(basename $$f .c).o || exit; done
	@ar rcs $@ $(@D)/native/*.o
NATIVE := -std=gnu17 -w -DTT_LOCATE_H -O1 -ffp-contract=off

# the first pictures in 4 shades, four pixels a byte, and each with its label
PICTURES := 500
$(WASM_DIR)/digits.inc: data/digits.csv.gz demos/demos.mk
	@mkdir -p $(@D)
	@gzip -dc $< | awk -F, 'function shade(v) { return int(v * 3 / 16 + 0.5) } NR <= $(PICTURES) { \
	  for (k = 1; k < 65; k += 4) printf "%d,", shade($$k) + 4 * shade($$(k + 1)) + 16 * shade($$(k + 2)) + 64 * shade($$(k + 3)); \
	  print $$65 "," }' > $@

define demo
$(WASM_DIR)/$(1).wasm: demos/$(1).c demos/demo.h demos/wasm/libc.c $(WASM_DIR)/$(2)/.wasm $(DATA_OF_$(1))
	@for f in $(1) wasm/libc; do clang $(WASM) $(ALSO_$(2)) -Idemos/wasm -Idemos -I$(WASM_DIR) -I$(WASM_DIR)/$(2) -I$(WASM_DIR)/$(2)/include \
	  -fno-builtin-printf -c demos/$$$$f.c -o $(WASM_DIR)/$(1)-$$$${f##*/}.o || exit; done
	@wasm-ld --no-entry --export=demo_run --export=demo_in --export=demo_out --gc-sections --strip-all -O2 --compress-relocations \
	  $(WASM_DIR)/$(1)-$(1).o $(WASM_DIR)/$(1)-libc.o $$$$(ls $(WASM_DIR)/$(2)/wasm/*.o$(INCLUDED_BY_$(1):%= | grep -v /%.o)) -L/usr/lib/wasm32-wasi -lc -lm \
	  $$$$(clang --target=wasm32-wasi -print-libgcc-file-name) -o $$@
# the same C as a program, for the test
$(WASM_DIR)/$(1)-native: demos/$(1).c demos/demo.h demos/native.c $(WASM_DIR)/$(2)/native.a $(DATA_OF_$(1))
	@clang $(NATIVE) -Idemos -I$(WASM_DIR) -I$(WASM_DIR)/$(2) -I$(WASM_DIR)/$(2)/include demos/$(1).c demos/native.c $(WASM_DIR)/$(2)/native.a -lm -o $$@
endef
$(foreach d,$(DEMOS),$(eval $(call demo,$(d),$(CHAPTER_OF_$(d)))))
build/html/assets/demo-%.js: demos/%.js $(WASM_DIR)/%.wasm demos/pack.mjs
	@mkdir -p $(@D)
	node demos/pack.mjs $^ > $@.new
	@mv $@.new $@
.SECONDARY: $(DEMOS:%=$(WASM_DIR)/%.wasm) $(foreach n,$(NUMBERS),$(WASM_DIR)/$n/.tangled $(WASM_DIR)/$n/.c $(WASM_DIR)/$n/.wasm $(WASM_DIR)/$n/native.a)

.PHONY: demos-native test-demos
demos-native: $(DEMOS:%=$(WASM_DIR)/%-native)
test-demos: html demos-native ## the live demos in a browser: the same numbers, keys, axe, sizes
	@node tests/pages/demos.mjs $(ONLY)
