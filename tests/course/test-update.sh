#!/bin/sh
# Tests of update, and of killing what writes in chapters at every step.
. "${0%/*}/lib.sh"
one=chapters/01-tensors.nw two=chapters/02-activations.nw

# ---- a student's tree and a newer edition: other prose beside an
# exercise, one more exercise, another chapter, other tools, a file less
fresh mine
mkdir -p mine/tools mine/tests
echo 'all:' > mine/Makefile; echo one > mine/tools/tool; echo one > mine/tests/old
(cd mine && find . -type f | sort | xargs sha256sum > ../sums; mv ../sums EDITION)
cp -R mine started
tt base
write 'twice a number' 'return x + x;'
write 'shift a number' 'x @<<= 1;' 'return x;'
sed -i 's/^Some text/A note of mine.\n\nSome text/' mine/$one
cp -R mine written

newer() {                           # DIR: the edition 0.2
  rm -rf "$1"; cp -R started "$1"
  echo 0.2 > "$1/VERSION"; echo two > "$1/tools/tool"; echo new > "$1/tests/new"
  rm "$1/tests/old"
  sed -i 's/^Return twice the number./Return the number and once more the number./
    s/^The end/An end/' "$1/chapters"/0*.nw
  awk '/^## Shifting/ { print "::: {.exercise #exr:1.3 title=\"Zero\"}\nZero.\n:::\n\n" \
      "<<exercise: nothing at all>>=\nTT_TODO(\"1.3\");\n@\n" }
    /^int shift/ { print "int zero(void) {\n  <<exercise: nothing at all>>\n}" }
    /^1.10 / { print "1.3 | 1 | auto | nothing at all | zero_is_zero |" }
    { print }' "$1/$one" > x; cat x > "$1/$one"
  printf '%s\n' 03 layers Layers Foundation 01 '' '' '' '' | paste -s >> "$1/chapters/chapters.tsv"
  echo '# Layers {#sec:layers}' > "$1/chapters/03-layers.nw"
  (cd "$1" && rm EDITION && find . -type f | sort | xargs sha256sum > ../sums; mv ../sums EDITION)
}
newer edition
check 'update' tt update "$PWD/edition"
check 'says to what' has log 'edition 0.1 is now 0.2: 3 chapters; other files replaced'
check 'says what it carried over' has log 'yours, carried over: 1.1 1.10'
check 'says what is new' has log 'new exercises: 1.3'
check 'says how to go back' has log 'make undo'
cp -R edition expected; book=expected
write 'twice a number' 'return x + x;'
write 'shift a number' 'x @<<= 1;' 'return x;'
sed -i 's/^Some text/A note of mine.\n\nSome text/' expected/$one
check 'the chapters are the new ones with my code' alike mine/chapters expected/chapters
check 'the tools are new' same "$(cat mine/tools/tool mine/tests/new mine/VERSION)" "two
new
0.2"
check 'what is no more there is gone' exits 1 test -e mine/tests/old
book=mine
check 'again' tt update "$PWD/edition"
check 'is nothing to do' has log 'this is edition 0.2 already'
check 'reset' tt reset 1.3
check 'knows the new stubs' has log 'as it came'
refuses 'an older edition' 'is edition 0.1; yours is 0.2, a newer one' 'newer' tt update "$PWD/started"
check 'undo' tt undo
check 'brings all back' alike mine/chapters written/chapters
check 'the tools, too' same "$(cat mine/tools/tool mine/tests/old mine/VERSION)" "one
one
0.1"
check 'not what was new' exits 1 test -e mine/tests/new
check 'nor its chapters' exits 1 test -e mine/chapters/03-layers.nw

# ---- archives
for form in tar tar.gz tar.xz; do
  rm -rf mine; cp -R written mine
  (cd edition && tar -caf ../edition.$form .)
  check "update from $form" tt update "$PWD/edition.$form"
  check 'is the same' alike mine/chapters expected/chapters
done
mkdir pack; cp -R edition pack/tinytorch-0.2; tar -cf packed.tar -C pack tinytorch-0.2
rm -rf mine; cp -R written mine
check 'an archive with a folder' tt update "$PWD/packed.tar"
check 'is the same' alike mine/chapters expected/chapters
rm -rf mine; cp -R written mine
sed -i 's/two/mine/' mine/tools/tool; echo mine > mine/tools/tool
check 'a changed tool' tt update "$PWD/edition"
check 'is told' has log '    tools/tool'
check 'and kept' same "$(cat mine/.tt/saved/0001*/before/tools/tool)" mine

# ---- what is refused
rm -rf mine; cp -R written mine
refuses 'no edition' 'FROM is missing' 'FROM=../tiny' tt update
refuses 'what is not there' 'there is no /nowhere' 'the archive' tt update /nowhere
refuses 'an address' 'https://x.org/1.tar.gz is an address' 'download' tt update https://x.org/1.tar.gz
echo text > text.tar
refuses 'no archive' 'is no tar archive' 'text.tar' tt update "$PWD/text.tar"
refuses 'the tree itself' 'is this very tree' 'this' tt update .
mkdir -p empty/chapters
refuses 'a folder of something else' 'no edition of the book' 'chapters/chapters.tsv' tt update "$PWD/empty"
head -c 1500 edition.tar.gz > cut.tar.gz
check 'half an archive' exits 2 tt update "$PWD/cut.tar.gz"
check 'changes nothing' alike mine/chapters written/chapters
cp -R edition bad; echo tampered >> bad/tools/tool
refuses 'a wrong checksum' 'is damaged:' 'tools/tool: FAILED' tt update "$PWD/bad"
rm -rf bad; newer bad; rm bad/EDITION; rm bad/$two
refuses 'an edition without a chapter of ours' 'has no chapter 02' "$two" tt update "$PWD/bad"
rm -rf bad; newer bad; rm bad/EDITION; book=bad; write 'twice a number' 'return 2;'; book=mine
refuses 'the work of somebody' 'exercises of chapters/01-tensors.nw are written' 'somebody' tt update "$PWD/bad"
rm -rf bad; newer bad; rm bad/EDITION; ln -s new bad/tests/link; mkfifo bad/tests/pipe
(cd bad && tar -cf ../pipe.tar .)
refuses 'pipes' 'holds what is no file' 'tests/pipe' tt update "$PWD/pipe.tar"
rm bad/tests/pipe; (cd bad && tar -cf ../link.tar .)
check 'links inside' tt update "$PWD/link.tar"
check 'become files' same "$(cat mine/tests/link)" new
rm mine/tests/link; ln -s new mine/tests/link
echo 0.3 > bad/VERSION; echo newer > bad/tests/new
check 'or stay links' tt update "$PWD/bad"
check 'if they were the same' same "$(readlink mine/tests/link)" new
rm -rf mine; cp -R written mine
mkdir evil; (cd evil && ln -s /etc/passwd link && tar -cf ../evil.tar link)
refuses 'links that lead out' 'holds links that lead out of it' 'link' tt update "$PWD/evil.tar"
(cd evil && rm link && echo x > ../escaped && tar -cPf ../evil.tar ../escaped)
refuses 'paths that lead out' 'lead out of it' '../escaped' tt update "$PWD/evil.tar"
printf '<<exercise: twice a number>>=\nreturn 9;\n@\n' >> mine/$one
refuses 'a chunk twice' 'is also in line 26: keep one' '<<exercise: twice a number>>' tt update "$PWD/edition"
rm -rf mine; cp -R written mine
sed -i '/^<<exercise: thrice/,/^@/d' mine/$one
refuses 'a chunk that is gone' 'has no chunk <<exercise: thrice a number>>' 'make reset EX=1.2' tt update "$PWD/edition"
rm -rf mine; cp -R written mine
sed -i '/^return x + x/{n;d}' mine/$one
refuses 'a missing @' 'does not end before' 'lone @' tt update "$PWD/edition"
rm -rf mine; cp -R written mine
sed -i 's/$/\r/' mine/$one
refuses 'CRLF' 'end in CR' 'sed -i' tt update "$PWD/edition"
rm -rf mine; cp -R written mine
write 'thrice a number' '<<<<<<< yours' 'a' '=======' 'b' '>>>>>>> the new edition'
refuses 'an unfinished merge' 'has an unfinished merge' 'make lint' tt update "$PWD/edition"

# ---- merges, one by one: BASE and NEW are chapter 1 with edits
merge() {                           # STATUS "sed of mine" "sed of new"
  rm -rf m; cp -R base m; book=m
  sed -i "$2" m/$one
  sed "$3" base/$one > new.nw
  rm -f notes; : > notes
  "$home/tools/merge" base/$one m/$one new.nw notes > merged 2> log
  got=$?
  check "merge: $2; $3" same "$got" "$1"
}
code='/^TT_TODO("1.1")/c return x + x;'
merge 0 "$code" ''
check 'nothing new' alike merged m/$one
merge 0 '' '1s/$/ and more/'
check 'nothing written' alike merged new.nw
merge 0 "$code" "$code"
check 'the same on both sides' alike merged new.nw
merge 0 "$code" 's/twice a number/double a number/'
check 'another name' has merged '<<exercise: double a number>>=
return x + x;'
check 'is carried over' has notes 'kept	1.1	double a number'
merge 0 "$code" 's/"1.1")/"1.4")/; s/^1.1 |/1.4 |/; s/#exr:1.1 /#exr:1.4 /; s/ 1.1/ 1.4/'
check 'another number' has merged 'return x + x;'
merge 0 '/^TT_TODO("1.1")/i int y = x;' 's/"1.1")/"1.4")/; s/^1.1 |/1.4 |/; s/#exr:1.1 /#exr:1.4 /; s/ 1.1/ 1.4/'
check 'half written: the number follows' has merged 'TT_TODO("1.4")'
check 'half written: the text stays' has merged 'int y = x;'
merge 0 "$code" '/^  <<exercise: twice/d; /^<<exercise: twice/,/^@/d; /^1.1 /d'
check 'an exercise that is gone' has notes 'gone	-	twice a number'
merge 0 "$code" 's/^TT_TODO("1.1");/TT_TODO("1.1"), (void)x;/'
check 'another stub of one line' has merged 'return x + x;'
merge 1 "$code" '/^TT_TODO("1.1")/i int given = 1;'
check 'code was given: a conflict' has merged '<<<<<<< yours
return x + x;
=======
int given = 1;
TT_TODO("1.1");
>>>>>>> the new edition'
check 'is noted' has notes 'conflict	1.1	twice a number'
merge 0 '/^TT_TODO("1.1")/a return x;' '/^TT_TODO("1.1")/i int given = 1;'
check 'it was only near' has merged 'return x;'
merge 0 's/^Some text/My text/' 's/^Between the two/Between them/'
check 'prose of both' has merged 'My text'
check 'and the other' has merged 'Between them'
merge 1 's/^Some text/My text/' 's/^Some text/Their text/'
check 'the same line of prose' has merged '<<<<<<< yours
My text about tensors, and `code`.
=======
Their text about tensors, and `code`.
>>>>>>> the new edition'
merge 0 '/^Some text/a \
\
<<a helper of mine>>=\
int h;\
@' 's/^Some text/Some words/'
check 'a chunk of my own' has merged '<<a helper of mine>>='
merge 2 '/^<<exercise: twice/,/^@/d' 's/^Some/Any/'
check 'a chunk that is gone: nothing comes out' same "$(cat merged)" ''
rm -f notes; "$home/tools/merge" - m/$one new.nw > merged 2> log
book=m; rm -rf m; cp -R base m; write 'twice a number' 'return x + x;'
sed 's/^Some/Any/; s/twice a number/double a number/' base/$one > new.nw
check 'without a base' "$home/tools/merge" - m/$one new.nw
check 'the exercises are carried over' has log 'return x + x;'
check 'into the new text' has log 'Any text'

# ---- without a base: what an exercise uses of one's own comes along
book=m; rm -rf m; cp -R base m; write 'twice a number' '<<my sum>>' 'return y;'
printf '\n<<my sum>>=\n<<my part>>\nint y = z + z @<< 0;\n@\n\n<<my part>>=\nint z = x;\n@\n\n<<unused>>=\nint u;\n@\n' >> m/$one
sed 's/^Some/Any/' base/$one > new.nw
"$home/tools/merge" - m/$one new.nw notes > merged 2> log
check 'a chunk of my own' has merged '<<my sum>>=
<<my part>>
int y = z + z @<< 0;
@'
check 'and one that this uses' has merged '<<my part>>=
int z = x;
@'
check 'but not what nothing uses' lacks merged 'int u;'
check 'noweb finds all of it' same "$(notangle -R'exercise: twice a number' merged 2>&1 | tr -d ' \n')" 'intz=x;inty=z+z<<0;returny;'

# ---- the text of a written exercise has changed
rm -rf m; cp -R base m; write 'twice a number' 'return x + x;'
sed 's/^Return twice the number./Return the double./; s/^Return three times/Return thrice/' base/$one > new.nw
rm -f notes; : > notes
"$home/tools/merge" base/$one m/$one new.nw notes > merged
check 'its text has changed' has notes 'text	1.1	twice a number'
check 'of what is not written nothing is said' lacks notes '1.2'
book=mine; rm -rf mine; cp -R written mine; newer edition
check 'an update' tt update "$PWD/edition"
check 'says: read again' has log 'their text has changed, read it again: 1.1'

# ---- an exercise has moved to another chapter, under its name
newer edition; rm edition/EDITION
awk '/^  <<exercise: shift/ { print "  return x;"; next } /^<<exercise: shift/ { skip = 1 }
  !skip && !/^1.10 / { print } skip && /^@/ { skip = 0 }' edition/$one > x; cat x > edition/$one
awk '/^2.1 / { print "2.3 | 3 | auto | shift a number | relu_of_minus_one |" }
  /^int relu/ { print "int moved(int x) {\n  <<exercise: shift a number>>\n}" }
  /^::: .*exr:2.1/ { print "::: {.exercise #exr:2.3 title=\"Shift\"}\nShift it.\n:::\n\n<<exercise: shift a number>>=\nTT_TODO(\"2.3\");\n@\n" }
  { print }' edition/$two > x; cat x > edition/$two
rm -rf mine; cp -R written mine
write 'shift a number' '<<my shift>>'
printf '\n<<my shift>>=\nreturn x @<< 1;\n@\n' >> mine/$one
check 'an exercise in another chapter now' tt update "$PWD/edition"
check 'is carried there' has mine/$two '<<exercise: shift a number>>=
<<my shift>>
@'
check 'with its own chunk' has mine/$two 'return x @<< 1;'
check 'which the old place has no more' lacks mine/$one 'my shift'
check 'and said, by its new number' has log 'yours, carried over: 1.1 2.3'
check 'not as gone' lacks log 'no more there'
check 'nor as new' lacks log 'new exercises: 2.3'

# ---- a conflict in an update: both texts, and undo
newer edition; rm edition/EDITION; sed -i '/^TT_TODO("1.1")/i int given = 1;' edition/$one
book=mine; rm -rf mine; cp -R written mine
check 'an update with a conflict' exits 1 tt update "$PWD/edition"
check 'says where' has log '01-tensors.nw:30: error: both you and the new edition'
check 'both texts are there' has mine/$one '<<<<<<< yours'
"$home/tools/tangle" --root mine --mode auto out > log 2>&1
check 'lint refuses it' has log 'a merge was left unfinished here'
refuses 'another update' 'is edition 0.1' 'yours is 0.2' tt update "$PWD/started"
check 'undo' tt undo
check 'as it was' alike mine/chapters written/chapters

# ---- killed at every step: a command that changes files is about to run
mkdir kill
for command in cp mv rm sync; do
  cat > kill/$command <<END
#!/bin/sh
echo >> "$work/steps"
[ \$(wc -l < "$work/steps") != "\$AT" ] || kill -9 0
exec $(command -v $command) "\$@"
END
  chmod +x kill/$command
done
killed() {                          # N COMMAND...: status 0 if it was killed
  : > steps
  AT=$1 TT_ROOT=$PWD/$book PATH=$work/kill:$PATH setsid -w "$home/tools/course/$2" ${3+"$3"} \
    > log 2>&1 < /dev/null
  [ $? -gt 100 ]
}
whole() { for f in "$@"; do ! diff -r -x "*.new" "$book/chapters" "$f/chapters" > /dev/null || return 0; done; echo "neither of $*"; return 1; }
copied() {                          # the text of before is there, or still in place
  diff -r "$book/chapters" "$1/chapters" > /dev/null && return
  for e in "$book"/.tt/saved/*; do ! cmp -s "$e/before/$one" "$1/$one" || return 0; done
  echo 'the old text is nowhere'; return 1
}
rm -rf reset; cp -R written reset; book=reset; tt reset 1.1 > log
book=victim
steps=0
for n in $(seq 200); do
  rm -rf victim; cp -R written victim
  killed "$n" reset 1.1 || break
  steps=$n
  check "reset killed at $n: old or new" whole written reset
  check "reset killed at $n: nothing lost" copied written
  check "reset killed at $n: the next make" tt base
  check "reset killed at $n: is whole" whole written reset
  check "reset killed at $n: no litter" same "$(find victim -name '*.new' -o -name 'new.*' | grep -v '^victim/.tt/new' | tr '\n' ' ')" ''
done
check 'a reset has steps' test "$steps" -gt 10
echo "reset: killed at each of $steps steps"

newer edition; rm -rf updated; cp -R written updated; book=updated; tt update "$PWD/edition" > log
book=victim
steps=0
for n in $(seq 1 4 400); do
  rm -rf victim; cp -R written victim
  killed "$n" update "$PWD/edition" || break
  steps=$n
  check "update killed at $n: nothing lost" copied written
  check "update killed at $n: the next make" tt base
  check "update killed at $n: all or nothing" whole written updated
done
check 'an update has steps' test "$steps" -gt 40
echo "update: killed at every fourth of $steps steps"

cp -R updated start; book=victim
steps=0
for n in $(seq 1 4 400); do
  rm -rf victim; cp -R start victim
  killed "$n" undo || break
  steps=$n
  check "undo killed at $n: the next make" tt base
  check "undo killed at $n: all or nothing" whole written updated
done
check 'an undo has steps' test "$steps" -gt 40
echo "undo: killed at every fourth of $steps steps"

# killed again and again: at the first step of finishing, too
rm -rf victim; cp -R written victim
killed 60 update "$PWD/edition"
for n in 1 2 3 4 5 6 8 10 12; do killed $n base; done
check 'killed while finishing' tt base
check 'all or nothing' whole written updated

# ---- two at once, and an edit between
book=mine; rm -rf mine; cp -R written mine
(flock 9; exec sleep 60) 9>> mine/.tt/lock &
sleep 0.2
refuses 'a second command' 'another make is changing chapters' 'wait' tt reset 1.1
kill $!; wait
mkdir slow
cat > slow/sync <<'END'
#!/bin/sh
case $* in *.01-tensors.nw.new) ;; *saved) echo '# edited meanwhile' >> chapters/01-tensors.nw ;; esac
END
chmod +x slow/sync
PATH=$PWD/slow:$PATH tt reset 1.1 > log 2>&1
check 'an edit in the middle' has log 'was changed meanwhile and is left alone'
check 'is not overwritten' same "$(tail -n 1 mine/$one)" '# edited meanwhile'
check 'nor is the rest' has mine/$one 'return x + x;'

# ---- a full disk: nothing is changed
if [ "$(id -u)" = 0 ] && mkdir -p disk && mount -t tmpfs -o size=8m none disk 2>/dev/null; then
  cp -R written/. disk/
  head -c 9000000 /dev/zero > disk/full 2>/dev/null
  book=disk
  check 'a full disk' exits 2 tt reset 1.1
  check 'changes nothing' alike disk/chapters written/chapters
  rm disk/full
  check 'and later' tt reset 1.1
  check 'it works' alike disk/chapters reset/chapters
  umount disk
fi
summary
