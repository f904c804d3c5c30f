#!/bin/bash
# make prefixes: chapter N is built of what chapters 1..N make, whatever
# stood in the tree before. In the small book.
. "${0%/*}/lib.sh"
mkdir -p tree/tests
cp -R "$home"/{Makefile,VERSION,tools} tree
cp -R "$home"/tests/{chapter.mk,tests.mk,prefix,harness,lib} tree/tests
cp -R base/chapters tree
one=tree/chapters/01-tensors.nw two=tree/chapters/02-activations.nw
m() { (cd tree && make --no-print-directory SETUP=no "$@" < /dev/null); }
check 'the small book' m prefixes
check 'each chapter is tested alone' same "$(grep -c ' passed, 0 failed' log)" 2
check 'again' m -s -d prefixes
check 'nothing is made' lacks log "Must remake target 'build/.stamp/prefix"

cp $one good
sed -i 's/^int thrice(int x) {/int later(int x);\nint never(int x) { return later(x); }\n&/' $one

printf '\n<<src/later.c>>=\nint later(int x);\nint later(int x) { return x; }\n@\n' >> $two
check 'a call of a later chapter' exits 2 m CSTD=-std=gnu17 prefix-01
check 'is no link' has log "undefined reference to \`later'"
check 'where' has log 01-tensors.nw
cp good $one
check 'without it' m CSTD=-std=gnu17 prefixes
sed -i '0,/^#include/s//#include "tt\/late.h"\n&/' $one
printf '\n<<include/tt/late.h>>=\n// Late.\n@\n' >> $two
check 'a header of a later chapter' exits 2 m CSTD=-std=gnu17 prefix-01
check 'is not there' has log 'tt/late.h: No such file'
cp good $one
check 'without it' m CSTD=-std=gnu17 prefixes

echo '// of chapter 01' >> tree/build/c/prefix/src/tensors.c
echo 01 > tree/build/c/prefix/.upto
rm tree/build/.stamp/prefix-02.txt
check 'a chapter that takes a line away' exits 2 m CSTD=-std=gnu17 prefix-02
check 'is told which' has log '< // of chapter 01'
check 'and cured' has log 'cure: an open list, a hook, or a new file'
summary
