# Outside judges: ONNX's test cases and PyTorch, in tests/judges (README.md).
# They need Debian packages that make test does not: the rows onnx and parity
# of tools/packages.tsv, which these targets install, or name.
GRAPHS ?= 20000

.PHONY: test-onnx test-parity parity-graphs
test-onnx: build/judges/float build/judges/double ## ONNX's test cases, counted (LIST=1: those that cannot be expressed)
	@tools/setup onnx
	@for real in float double; do echo "== with TT_REAL=$$real"; \
	  $(PYTHON) tests/judges/onnx_nodes.py build/judges/$$real \
	    $(if $(LIST),--list) $$([ $$real = float ] || echo --double) || :; \
	done | tee build/judges/onnx.txt
	@awk '/^[0-9]+ passed, [0-9]+ failed$$/ { p += $$1; f += $$3; n++ } \
	  END { printf "%d passed, %d failed\n", p, f; exit f > 0 || n != 2 }' \
	  build/judges/onnx.txt

test-parity: build/judges/float build/judges/double ## random graphs against PyTorch (GRAPHS=20000 SEED=1)
	@tools/setup parity
	@nice $(PYTHON) tests/judges/parity.py fuzz $^ $(GRAPHS) $(or $(SEED),1)
parity-graphs: build/judges/float build/judges/double # the committed ones
	@tools/setup parity
	$(PYTHON) tests/judges/parity.py corpus $^ 300 1 > tests/judges/graphs.txt.part
	@mv tests/judges/graphs.txt.part tests/judges/graphs.txt

.PHONY: test-profile
test-profile: build/bin/besidetorch ## the profiler beside PyTorch's, on the same network
	@tools/setup parity
	@$(PYTHON) tests/judges/profile.py $< --count

build/judges/%: tests/judges/run.c tests/judges/program.h build/.stamp/tangle
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(CFLAGS) -DTT_REAL=$(@F) -I$(C)/include $< \
	  $(addprefix $(C)/,$(call roots,src)) $(LDLIBS) -o $@
