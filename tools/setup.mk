# What the machine must have: the table is tools/packages.tsv.
# The same order of letters and the same messages everywhere:
export LC_ALL := C.UTF-8

.PHONY: setup setup-test doctor test-readme test-install test-bare
setup:       ## install what make needs and this machine lacks
	@tools/setup make
	@tools/course/base
setup-test:  ## install what make test needs and this machine lacks
	@tools/setup make test
doctor:      ## what is here, what is missing, how to get it
	@tools/doctor
test-readme: framework ## the README's program, paths and commands
	tests/setup/readme.sh
test-install: build/lib/libtinytorch.a build/lib/libtinytorch.so ## the library in another's program, installed and gone
	tests/setup/install.sh '$(CC)'
test-bare:   ## make and make test on a fresh Debian (as root; long)
	tests/setup/bare.sh
