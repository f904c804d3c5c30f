#!/bin/sh
# Tests of tools/chunks: a chapter taken apart and put together is the same
# bytes, whatever is in it, and its exercises are where noweb sees them.
. "${0%/*}/lib.sh"
chunks=$home/tools/chunks
round() {                           # WHAT FILE
  rm -rf parts
  check "$1: apart" "$chunks" split "$2" parts
  "$chunks" join parts > joined 2> /dev/null
  check "$1: together" cmp joined "$2"
}
list() { "$chunks" list "$1" | tr '\t' ' '; }
for f in "$home"/chapters/*.nw "$home"/chapters/solutions/*.nw base/chapters/*.nw; do
  round "${f##*/}" "$f"
done
check 'all exercises of the book' same \
  "$(for f in "$home"/chapters/*.nw; do "$chunks" list "$f"; done | cut -f1 | sort)" \
  "$(grep -h '^<<exercise: .*>>=$' "$home"/chapters/*.nw | sed 's/^<<//; s/>>=$//' | sort)"

printf 'Text\n<<exercise: a>>=\nx\ny\n@\nmore\n<<b>>=\n@@z\n@ %%def bb\n<<exercise: c>>=\n@ %%def cc\n<<exercise: d>>=\nint d;\n<<e>>=\n@\n<<exercise: f>>=\nend' > x.nw
check 'where they are' same "$(list x.nw)" 'exercise: a 2 3 4 @
exercise: c 10 11 10 @
exercise: d 12 13 13 chunk
exercise: f 16 17 17 nothing'
round 'all kinds of ends' x.nw
"$chunks" split x.nw parts
check 'a body' same "$(cat parts/1)" 'x
y'
check 'an empty body' same "$(wc -c < parts/2)" 0
check 'no newline' exits 0 test -f parts/no-newline
check 'the outline' same "$(grep -c "$(printf '\001')" parts/outline)" 4

printf '<<exercise: a>>=\nx\n@\n<<exercise: a>>=\ny\n@\n' > x.nw
round 'the same name twice' x.nw
printf '<<exercise: [[a[i]]] / "b" \\n $x>>=\nx\n@\n' > x.nw
round 'a strange name' x.nw
check 'as it is' same "$(list x.nw)" 'exercise: [[a[i]]] / "b" \n $x 1 2 2 @'
printf '<<exercise: a>>=\r\nx\r\n@\r\n' > x.nw; round 'CRLF' x.nw
printf '<<exercise: a>>=\nx @<< 2 | <<not one>> \t\n\n\n@\n\n\n' > x.nw; round 'blanks and brackets' x.nw
printf '<<exercise: a>>=\n\377\376\0\303\n@\n\200' > x.nw; round 'bytes' x.nw
: > x.nw; round 'nothing' x.nw
printf '\n' > x.nw; round 'an empty line' x.nw
printf '@\n@\n<<exercise: a>>=\n@' > x.nw; round 'ends' x.nw
printf '[[ never closed << and\n\n<<exercise: a>>=\nx\n@\n' > x.nw; round 'what markup complains of' x.nw
printf '<<exercise: a>>=\n<<<<<<< yours\nx\n=======\ny\n>>>>>>> theirs\n@\n' > x.nw; round 'a merge' x.nw
printf 'a \001 b\n' > x.nw
refuse() { check "$1" exits 2 "$chunks" split "$2" parts; check "$1: says so" has log "$3"; }
book=base
refuse 'our own mark' x.nw 'has a control character'
refuse 'no file' nowhere.nw 'there is no file nowhere.nw'
check 'no command' exits 2 "$chunks"
check 'no such command' exits 2 "$chunks" cut x.nw

# a body put in another's place
printf 'Text\n<<exercise: a>>=\nx\n@\nmore\n' > x.nw
rm -rf parts; "$chunks" split x.nw parts
printf 'one\ntwo\n' > parts/1
check 'another body' same "$("$chunks" join parts)" 'Text
<<exercise: a>>=
one
two
@
more'
: > parts/1
check 'no body' same "$("$chunks" join parts)" 'Text
<<exercise: a>>=
@
more'
summary
