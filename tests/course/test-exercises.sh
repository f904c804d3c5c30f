#!/bin/sh
# Tests of what a student does with single exercises: progress, next, edit,
# hint, solution, reset, undo; on good and bad input.
. "${0%/*}/lib.sh"
one=chapters/01-tensors.nw

# ---- nothing is written yet
fresh new
check 'progress' tt progress
check 'of nothing' has log '0 of 10 points'
check 'a bar' has log ' 1 Tensors                    [...] 0 of 6 points'
check 'a milestone' has log 'milestone 1957 Perceptron: 0 of 5 exercises, missing 1.1 1.2 1.10 2.1 2.2'
check 'progress of one chapter' tt progress 2
check 'has its exercises' has log '   2.1   todo       2  cut what is negative'
check 'and no other' lacks log Tensors
check 'all' tt progress all
check 'has all exercises' has log '   1.10  todo '
refuses 'progress of no chapter' 'no chapter 7' '01 02' tt progress 7
check 'next' tt next
check 'is the first' has log "$one:24: exercise 1.1: not written yet, 2 points
  twice a number"
check 'next of chapter 2' tt next 02
check 'is 2.1' has log 'exercise 2.1:'
refuses 'next of no chapter' 'no chapter 12' '01 02' tt next 12

# ---- a milestone is reached with code of one's own, all of it right
export MAKE=true                    # the tests have been run: see record
check 'a program that ran well' tt milestone 02 1957 0
check 'from the solutions' has log "yours: 0 of 5 exercises; the book's solutions stood in for 1.1 1.2 1.10 2.1 2.2"
check 'is no milestone' lacks log reached
check 'one that failed' exits 3 tt milestone 02 1957 3
printf '\n<<exercise: say why>>=\nTT_TODO("2.2");\n@\n' >> new/chapters/02-activations.nw
printf '%s\n' '1.1:twice a number' '1.2:thrice a number' '1.10:shift a number' \
  '2.1:cut what is negative' '2.2:say why' > list
while IFS=: read -r id name; do
  write "$name" 'return x;'; record "$id" pass
done < list
check 'all of it' tt milestone 02 1957 0
check 'is reached' has log '1957 Perceptron: reached, and all of its exercises are yours'
sed -i 's|1957 Perceptron|1955/1957 Perceptron; 1960 Adaline|' new/chapters/chapters.tsv
check 'one of two' tt milestone 02 1960 0
check 'is called by its name' has log '1960 Adaline: reached, and all of its exercises are yours'
check 'one of two years' tt milestone 02 1957 0
check 'is called by this year' has log '1957 Perceptron: reached, and all of its exercises are yours'
while IFS=: read -r id name; do
  [ "$id" != 2.2 ] || continue      # a human reads it
  record "$id" fail; write "$name" 'return x + 0;'; record "$id" fail
  check "$id is wrong" exits 1 tt milestone 02 1957 0
  check "$id is named" has log "1957 Perceptron: not reached: the tests of $id do not pass"
  write "$name" 'return x;'; record "$id" pass
done < list
unset MAKE
fresh new

# ---- how exercises stand
write 'twice a number' 'return x + x;'
record 1.1 pass; record 1.2 pass
write 'thrice a number' 'return 4 * x;'
check 'next' tt next
check 'one is untested' has log 'exercise 1.2: written, not tested'
record 1.2 fail
check 'progress' tt progress
check 'done' has log '   1.1   done       2'
check 'failing' has log '   1.2   failing    1'
check 'to do' has log '   1.10  todo       3'
check 'the bar' has log '[#!.] 2 of 6 points'
check 'next' tt next
check 'fails' has log 'exercise 1.2: its tests fail, 1 point'
write 'twice a number' 'return 2 * x;'
check 'progress' tt progress
check 'changed' has log '   1.1   changed    2'
check 'next' tt next
check 'is the changed one' has log 'exercise 1.1: changed since'
write 'twice a number' 'return x + x;'
check 'progress' tt progress
check 'what passed is done' has log '   1.1   done'
record 1.10 pass
check 'progress' tt progress
check 'tested with the solution of the book' has log '   1.10  reference'
write 'thrice a number' 'return 3 * x;'; record 1.2 waits
check 'progress' tt progress
check 'waits' has log '   1.2   waits'
record 1.2 pass
write 'shift a number' 'return x @<< 1;'; record 1.10 pass
check 'next' tt next
check 'a finished chapter' has log 'exercise 2.1'
check 'next in it' tt next 1
check 'says so' has log 'everything is done in chapter 1'
write 'cut what is negative' 'return x > 0 ? x : 0;'; record 2.1 pass
check 'progress' tt progress
check 'what no test judges stays open' has log 'missing 2.2'
check 'without a list of finished chapters' lacks log '1.10'

# ---- the notes are damaged, then gone
printf 'rubbish\n1.1\tyours\n\0\377\n' >> new/.tt/results.tsv
check 'progress' tt progress
check 'tells of bad lines' has log 'a line makes no sense and was left out: rubbish'
check 'and uses the others' has log '[###] 6 of 6 points'
record 1.2 pass
check 'the next run writes it anew' lacks new/.tt/results.tsv rubbish
rm -rf new/.tt
check 'without notes' tt progress
check 'nothing is known' has log '[!!!] 0 of 6 points'
check 'of what is written' has log '   1.1   untested'

# ---- edit
fresh new
check 'edit without an editor' tt edit 1.2
check 'says where' has log "$one:37: exercise 1.2"
check 'and how' has log 'EDITOR'
cat > editor <<'END'
#!/bin/sh
printf '%s|' "$@" > edited
END
chmod +x editor
cp editor code; cp editor hx
check 'an editor' env EDITOR="$PWD/editor" TT_ROOT="$PWD/new" "$home/tools/course/edit" 1.10
check 'at the line' same "$(cat new/edited)" "+47|$one|"
check 'an editor with options' env EDITOR="$PWD/editor -n" TT_ROOT="$PWD/new" "$home/tools/course/edit"
check 'at the next exercise' same "$(cat new/edited)" "-n|+25|$one|"
check 'code' env EDITOR="$PWD/editor" VISUAL="$PWD/code -w" TT_ROOT="$PWD/new" "$home/tools/course/edit" 1.1
check 'goto' same "$(cat new/edited)" "-w|--goto|$one:25|"
check 'helix' env EDITOR="$PWD/hx" TT_ROOT="$PWD/new" "$home/tools/course/edit" 1.1
check 'column' same "$(cat new/edited)" "$one:25|"
mkdir 'a b'; cp editor 'a b/ed'
check 'an editor with a blank in its path' env EDITOR="'$PWD/a b/ed' -x" TT_ROOT="$PWD/new" "$home/tools/course/edit" 1.10
check 'as git takes it' same "$(cat new/edited)" "-x|+47|$one|"
check 'an editor of blanks' env EDITOR=' ' TT_ROOT="$PWD/new" "$home/tools/course/edit" 1.10
check 'is none' has log 'export EDITOR'
EDITOR=$(printf "'unfinished"); export EDITOR
refuses 'an editor that is no command' "EDITOR='unfinished makes no sense" "$one:25" tt edit 1.1
export EDITOR=no-such-editor
refuses 'an editor that is not there' 'no program no-such-editor' "$one:25" tt edit 1.1
unset EDITOR
refuses 'edit of nothing' 'no exercise 1.3' '1.1 1.2 1.10' tt edit 1.3

# ---- hints
check 'hint' tt hint 1.1
check 'the first' has log 'What is x plus x?'
check 'tells of the next' has log 'make hint EX=1.1 L=2'
check 'hint 2' tt hint 1.1 2
check 'the second' has log 'return x + x;'
check 'is the last' lacks log 'stronger'
check 'hint 01' tt hint 1.10 1
check 'as it is meant' has log 'Write it as <<.'
refuses 'a third' 'exercise 1.1 has 2 hints' '"Doubling"' tt hint 1.1 3
refuses 'no hints' 'exercise 2.2 has no hints' 'its section' tt hint 2.2
refuses 'a level that is none' "L='x' is no level" 'L=1' tt hint 1.1 x
refuses 'a hint for nothing' 'no exercise 2.3' '2.1 2.2' tt hint 2.3
refuses 'a hint for no chapter' 'no chapter 3' '01 02' tt hint 3.1
check 'which hint' tt hint
check 'of the next exercise' has log 'exercise 1.1 (twice'
write 'thrice a number' 'return 4;'; record 1.2 fail
check 'which hint' tt hint
check 'of the failing one first' has log 'exercise 1.2 (thrice'

# ---- solutions
refuses 'a solution too early' 'exercise 1.1 has not passed yet' 'make solution EX=1.1 SURE=1' tt solution 1.1
export SURE=1
check 'a solution' tt solution 1.1
check 'with its explanation' has log 'which is cheaper.'
check 'and its code' has log 'return x + x;'
check 'without hints' lacks log 'x plus x'
unset SURE
write 'thrice a number' 'return 3 * x;'; record 1.2 pass
check 'a solution of what has passed' tt solution 1.2
check 'is the one' same "$(cat log)" 'Once more.

<<solution: thrice a number>>=
return 3 * x;'
rm -r new/chapters/solutions
refuses 'the course edition' 'no solution of exercise 1.1' 'after the deadline' tt solution 1.1
refuses 'its hints' 'no hints for chapter 1' 'chapter 1' tt hint 1.1

# ---- reset and undo
fresh new
check 'reset of what is new' tt reset 1.1
check 'does nothing' has log 'as it came'
refuses 'an undo of nothing' 'nothing to undo' '.tt/saved' tt undo
write 'twice a number' 'int y = x;' '' '@@attribute;' 'return x @<< y;	// tab'
write 'thrice a number' 'return 3 * x;'
cp -R new/chapters written
check 'reset' tt reset 1.1
check 'names the copy' has log '0001-'
check 'the copy' alike new/.tt/saved/0001-*/before/$one written/01-tensors.nw
write 'thrice a number' 'TT_TODO("1.2"), (void)x;'
check 'only this one' alike new/$one base/$one
write 'thrice a number' 'return x + x + x;'
cp new/$one after
check 'undo' tt undo
check 'tells what' has log 'undone: reset 1.1 of 20'
write 'thrice a number' 'return 3 * x;'
check 'and keeps what came since' alike new/$one written/01-tensors.nw
refuses 'one undo too many' 'nothing to undo' '.tt/saved' tt undo
check 'reset' tt reset 1.1
check 'reset' tt reset 1.2
check 'undo' tt undo
check 'undo again' tt undo
check 'is a way back' alike new/chapters written
check 'reset' tt reset 1.1
write 'twice a number' 'return 7;'
refuses 'an undo over other text' 'changed since in the same place' 'diff' tt undo
refuses 'a reset of no exercise' 'no exercise 1.9' '1.1 1.2 1.10' tt reset 1.9
refuses 'a reset of nothing' 'EX is missing' 'EX=1.3' tt reset
for bad in x 1 1. .1 1.1.1 '1.1; rm' '*'; do
  check "EX=$bad" exits 2 tt reset "$bad"
done
refuses 'an exercise without code' 'is one without code' 'nothing to reset' tt reset 2.2

# ---- chapters that were damaged
damage() { fresh new; tt base; write 'twice a number' 'return x + x;'; }
damage
sed -i 's/$/\r/' new/$one
refuses 'CRLF' 'end in CR' "sed -i 's/\\r\$//'" tt reset 1.1
damage
printf '\n<<exercise: twice a number>>=\nreturn 9;\n@\n' >> new/$one
refuses 'a chunk twice' 'more than once: lines 24 99' 'keep one' tt reset 1.1
check 'another exercise there' tt reset 1.2
damage
sed -i '/^return x + x/{n;d}' new/$one
refuses 'a missing @' '01-tensors.nw:24: the chunk <<exercise: twice a number>> does not end before' 'lone @' tt reset 1.1
damage
sed -i '/^<<exercise: twice a number>>=/,/^@/d' new/$one
check 'a chunk that is gone' tt reset 1.1
check 'comes again' same "$(grep -A2 -n '^<<exercise: twice' new/$one | tr '\n' ' ')" \
  '24:<<exercise: twice a number>>= 25-TT_TODO("1.1"); 26-@ '
sed -i '/^<<exercise: twice a number>>=/,/^@/d; /exr:1.1/d' new/$one
check 'even without its text' tt reset 1.1
check 'at the end' has new/$one 'TT_TODO("1.1");'
check 'undo' tt undo
check 'back to the damage' lacks new/$one '<<exercise: twice a number>>='
refuses 'an undo of what is gone' 'changed since in the same place' 'diff' tt undo
damage
awk '/^<<exercise: twice/ { on = 1 } on { text = text $0 "\n" } !on { print }
  on && /^@/ { on = 0 } END { printf "%s", text }' new/$one > moved; cat moved > new/$one
check 'a chunk that was moved' tt reset 1.1
check 'is found' has new/$one 'TT_TODO("1.1");'
check 'and stays' same "$(tail -n 1 new/$one)" @
damage
awk '/^<<exercise: twice/ { on = 1 } on { text = text $0 "\n" } !on { print }
  on && /^@/ { on = 0 } END { printf "%s", text > "cut" }' new/$one > moved; cat moved > new/$one
cat cut >> new/chapters/02-activations.nw
refuses 'a chunk in another chapter' 'exercise 1.1 stands in another chapter' 'move it back' tt reset 1.1
damage
sed -i 's/^return x + x;/<<<<<<< yours\nreturn x + x;\n=======\nreturn 2;\n>>>>>>> theirs/' new/$one
check 'a reset of an unfinished merge' tt reset 1.1
check 'is the stub' alike new/$one base/$one
damage
printf %s "$(cat new/$one)" > x; cat x > new/$one
check 'no newline at the end' tt reset 1.1
check 'stays so' same "$(tail -c 1 new/$one)" @
damage
printf 'text with [[ never closed, and << too\n\n' > x; cat new/$one >> x; cat x > new/$one
check 'prose that noweb complains of' tt reset 1.1
check 'stays as it is' same "$(head -n 1 new/$one)" 'text with [[ never closed, and << too'
damage
printf 'a\0b\377\n' >> new/$one
check 'bytes that are no text' tt reset 1.1
check 'are kept' same "$(tail -c 5 new/$one | od -An -c | tr -d ' ')" 'a\0b377\n'
damage
mv new/$one elsewhere; ln -s "$PWD/elsewhere" new/$one
check 'a link is refused' exits 2 tt reset 1.1
check 'by name' has log 'is a link'
damage
sed -i '1i \
The first line, in the base too, differs' new/.tt/base/$one
check 'another prose' tt reset 1.1
check 'only the stub is taken' alike new/$one base/$one
damage
rm new/.tt/base/$one
check 'a stub nobody knows' tt reset 1.1
check 'is told' has log 'not known here'
check 'and made' alike new/$one base/$one

# ---- random damage: a reset is refused and changes nothing, or it leaves
# all but the one chunk alone and undo brings the very bytes back
for seed in $(seq 25); do
  damage
  awk -v seed="$seed" '
    { line[NR] = $0 }
    END {
      srand(seed)
      for (k = 1 + int(rand() * 4); k > 0; k--) {
        i = 1 + int(rand() * NR); j = 1 + int(rand() * NR); r = int(rand() * 6)
        if (r == 0) line[i] = "\034"                       # delete
        else if (r == 1) line[i] = line[i] "\n" line[j]    # copy
        else if (r == 2) { t = line[i]; line[i] = line[j]; line[j] = t }
        else if (r == 3) line[i] = line[i] "\n@"
        else if (r == 4) line[i] = line[i] "\n<<" substr(line[j], 1, 12)
        else line[i] = substr(line[i], 2)
      }
      for (i = 1; i <= NR; i++) if (line[i] != "\034") print line[i]
    }' new/$one > x; cat x > new/$one; cp new/$one before
  if tt reset 1.1 > log 2>&1; then
    if grep -q 'nothing was changed' log; then
      check "damage $seed: untouched" cmp before new/$one; continue
    fi
    diff before new/$one | grep '^[<>]' > changes || :
    check "damage $seed: little changes" test "$(wc -l < changes)" -le 12
    check "damage $seed: undo" tt undo
  fi
  check "damage $seed: nothing is lost" cmp before new/$one
done

# ---- names with blanks; many at once
book='a b'; rm -rf "$book"; cp -R base "$book"
tt base
write 'twice a number' 'return x + x;'
TT_ROOT="$PWD/a b"; export TT_ROOT
check 'a path with blanks' "$home/tools/course/reset" 1.1
unset TT_ROOT
check 'is no obstacle' alike "$book/chapters" base/chapters

# ---- the base: from git when there is one
fresh clone
git -C clone init -q; git -C clone config user.email s@example.org; git -C clone config user.name S
git -C clone add chapters VERSION; git -C clone commit -qm one
write 'twice a number' 'return x + x;'
git -C clone commit -qam 'my work'
check 'the base comes from git' tt base
check 'as it was' alike clone/.tt/base/$one base/$one
check 'reset' tt reset 1.1
check 'in a clone' alike clone/$one base/$one
git -C clone commit -qam 'reset again' 2>&1 | grep -v '' 
sed -i 's/^TT_TODO("1.1");/TT_TODO("1.1"), (void)x;/; s/^Some text/Other text/' clone/$one
git -C clone commit -qam 'a new edition by git pull'
write 'twice a number' 'return x + x;'
check 'git brought another stub' tt reset 1.1
check 'it is used' has clone/$one 'TT_TODO("1.1"), (void)x;'
write 'twice a number' 'half' 'TT_TODO("1.1");'
git -C clone commit -qam 'half an exercise'
check 'half an exercise is no stub' tt reset 1.1
check 'nor is it taken for one' has clone/$one 'TT_TODO("1.1"), (void)x;'

# ---- in an edition only what is as it came is a base; update brings others
fresh started
echo all: > started/Makefile
(cd started && find chapters Makefile VERSION -type f -exec sha256sum {} + > EDITION)
cp -R started unknown; book=unknown
sed -i 's/^int twice/static int two;\n&/' unknown/$one
check 'the base' tt base
check 'is not what was edited before' exits 1 test -e unknown/.tt/base/$one
check 'but the others' alike unknown/.tt/base/chapters/02-activations.nw base/chapters/02-activations.nw
check 'code outside of exercises' tt outside 01
check 'does not matter yet' same "$(cat log)" ''
write 'twice a number' 'return x + x;'
check 'code outside of exercises' exits 1 tt outside 01
check 'cannot be told' has log "$one: warning: what it began as is not known"
check 'but helped' has log 'make update FROM='
check 'by that' tt update "$PWD/started"
check 'the exercise is kept' has unknown/$one 'return x + x;'
check 'the other code is not' lacks unknown/$one 'int two'
check 'then all is known' tt outside 01
check 'and well' same "$(cat log)" ''

summary
