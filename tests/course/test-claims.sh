#!/bin/sh
# Tests of what grading makes of the claims of an archive: its edition, its
# checksums, its signature, and who packed it. Points are none of it.
. "${0%/*}/lib.sh"
unset KEY WHO SIGNERS
one=chapters/01-tensors.nw
grade=$home/tools/grade
pack() { TT_ROOT=$PWD/$book KEY=${KEY-} WHO=${WHO-} "$home/tools/submission" pack "$PWD/inbox/$1" < /dev/null; }
expects() { (cd course && "$grade/inbox" ../inbox ../grades kit) < /dev/null; }
claims() {                          # WHAT ID LINE...: what is told of it
  what=$1 id=$2; shift 2
  check "$what: inbox" expects
  check "$what" "$grade/claim" course/kit grades "$id" "$(ls inbox/"$id".*)"
  check "$what: told" same "$(cat grades/results/"$id"/claim.tsv)" "$(for l; do printf '%b\n' "$l"; done)"
}
teaches() {                         # DIR: its chapters are those to be graded with
  rm -rf course; mkdir -p course/kit
  cp "$1/VERSION" course; cp -r "$1/chapters" course/kit
  (cd "$1" && "$home/tools/manifest" exercises chapters/[0-9]*.nw) > course/kit/exercises.tsv
  echo 1 > course/kit/version
}
mkdir inbox grades
teaches base
fresh mine; tt base
write 'twice a number' 'return x + x;'
write 'shift a number' 'return x @<< 1;'
pack ada.tar.gz
claims 'the same edition' ada
cp -r mine plain; tar -cf inbox/plain.tar plain/chapters
claims 'chapters in a tar' plain
check 'are for a human' exits 0 test ! -s grades/results/plain/claim.tsv
tar -cJf inbox/again.tar.xz -C mine/.. mine/VERSION
claims 'nothing' again
WHO='Ada L.' pack ben.tar.gz
claims 'who packed it' ben '\tpacked for Ada_L.'
WHO='ADA' pack ada.tar.gz
claims 'the name in capitals' ada

# ---- another edition
echo 0.2 > base/VERSION
teaches base
claims 'a name alone is no other edition' ada
cp -R base newer
sed -i 's/^Some text/Other text/' newer/$one; echo 0.1 > newer/VERSION
teaches newer
claims 'other chapters' ada '\tedition 0.1, but not the same chapters'
echo 0.3 > newer/VERSION
sed -i 's/1\.10/1.3/; s/thrice a number/three times a number/; s/^2\.2 |.*/&\n2.3 | 1 | auto | grow | relu_of_minus_one | /' newer/chapters/0*.nw
sed -i 's/thrice a number/three times a number/' newer/chapters/solutions/0*.nw
printf '\n<<exercise: grow>>=\nTT_TODO("2.3");\n@\n' >> newer/chapters/02-activations.nw
teaches newer
book=mine
write 'thrice a number' 'return 3 * x;'; write 'cut what is negative' 'return 0;'
rm inbox/ada*; pack ada.tar.gz
claims 'exercises that moved' ada '\tedition 0.1, not 0.3' '\tother numbers there: 1.10 is 1.3 here' \
  '\tnot in that edition: 1.2, 2.3' 'review\twritten, but not in this edition: 1.2 <<thrice a number>>'
sed -i '/^1\.3 | 3 | auto/d' newer/$one
sed -i 's/^2\.3 |.*/&\n2.4 | 3 | auto | shift a number | relu_of_minus_one | /' newer/chapters/02*.nw
teaches newer
claims 'to another chapter' ada '\tedition 0.1, not 0.3' '\tnot in that edition: 1.2, 2.3' \
  'review\twritten, but not in this edition: 1.2 <<thrice a number>>' \
  'review\twritten, but in another chapter now: 1.10 is 2.4 here'
teaches base
echo 0.1 > base/VERSION
tar -czf edition.tar.gz --transform 's|^base|tinytorch-0.1|' base
echo 0.2 > base/VERSION
FROM=../edition.tar.gz; export FROM
claims 'the edition that students got' ada
FROM=../base; claims 'as a folder' ada
claims 'who expects an edition wants to be told' plain 'review\tdoes not say of which edition it is'
rm -rf exam; cp -R base exam; echo 0.1-exam-2 > exam/VERSION
sed -i 's/^TT_TODO("1.2").*/return 3 * x;/' exam/$one
(cd exam && sha256sum chapters/*.nw > EDITION)
FROM=../exam; claims 'another than that' ada 'review\tedition 0.1, not 0.1-exam-2'
fresh sits; rm -rf sits; cp -R exam sits; book=sits; tt base
write 'twice a number' 'return x + x;'
pack carl.tar.gz
claims 'an examination' carl
for bad in ../nowhere '../nowhere' ../inbox/ada.tar.gz ../inbox ../mine/VERSION; do
  FROM=$bad; check "FROM=$bad" exits 2 expects; check "FROM=$bad: says so" has log "FROM: "
done
unset FROM
book=mine

# ---- changed by hand
forge() { rm -rf forged; mkdir forged; tar -xzf inbox/ada.tar.gz -C forged; m=forged/submission/MANIFEST; }
packed() { tar --sort=name -czf inbox/eve.tar.gz -C forged submission; }
forge; packed; claims 'packed by hand' eve
forge; tar -cf inbox/eve.tar -C forged ./submission; rm inbox/eve.tar.gz; claims 'with a dot' eve; rm inbox/eve.tar
forge; mkdir dir; mv forged/submission dir; mv dir forged/submission.d; tar -czf inbox/eve.tar.gz -C forged submission.d
claims 'in a folder' eve
forge; sed -i 's/return x + x;/return 2 * x;/' forged/submission/$one; packed
claims 'a chapter' eve "review\tnot as packed: $one"
forge; echo 'return 2 * x;' > forged/submission/exercises/1.1; packed
claims 'an exercise' eve 'review\tnot as packed: exercises/1.1'
forge; rm forged/submission/exercises/1.1; packed
claims 'an exercise less' eve 'review\tnot as packed: exercises/1.1'
forge; echo x > forged/submission/exercises/1.9; echo x > forged/submission/notes; packed
claims 'files more' eve 'review\tnot as packed: exercises/1.9, notes'
forge; sed -i 's/^\(exercise\t1\.1\t.*\t\)[0-9a-f]\{64\}/\1'"$(printf 0%.0s $(seq 64))"'/' $m; packed
claims 'a line of an exercise' eve 'review\tnot as packed: exercises/1.1'
forge; sed -i "s|^\(file\t\)[0-9a-f]*\(\t$one\)|\1$(printf 0%.0s $(seq 64))\2|" $m; packed
claims 'a line of a file' eve "review\tnot as packed: $one"
forge; head -c 20 $m > cut; mv cut $m; packed
claims 'half a manifest' eve 'review\tnot as packed: chapters/01-tensors.nw, chapters/02-activations.nw, exercises/1.1, exercises/1.10, exercises/1.2, exercises/2.1'
forge; printf 'format\t1\n' > $m; rm -r forged/submission/exercises forged/submission/chapters; packed
claims 'an empty one' eve 'review\tits MANIFEST is not whole'
forge; printf 'file\tx\t\\n=1\\",\033[1m\n' >> $m; packed
claims 'what no file is called' eve 'review\tnot as packed: ?n=1?",?[1m'
forge; rm forged/submission/$one
evil=$(printf 'x\nexercises/1.1\t%064d' 0)
mkdir -p "forged/submission/$(dirname "$evil")"; echo x > "forged/submission/$evil"; packed
claims 'a name of two lines' eve "review\tnot as packed: $one, ?"
rm -f inbox/eve*
forge; sed -i 's/format	1/format	2/' $m; packed
check 'another format: refused' exits 1 "$grade/unpack" inbox/eve.tar.gz forged 01-tensors.nw
check 'another format: why' has log "packed by something else: MANIFEST begins with 'format 2', not 'format 1'"
forge; ln -sf /etc/passwd $m; packed
check 'a link: refused' exits 1 "$grade/unpack" inbox/eve.tar.gz forged 01-tensors.nw
claims 'of what is refused nothing is said' eve

# ---- signed
command -v ssh-keygen > /dev/null || { echo 'ssh-keygen is missing: signatures are not tested'; summary; exit; }
rm -rf inbox grades; mkdir inbox grades
for who in ada ben mallory; do ssh-keygen -q -t ed25519 -N '' -C $who@x -f $who; done
{ echo '# who may sign'; echo; echo "ada $(cat ada.pub)"; echo "ben,benny namespaces=\"tinytorch-submission\" $(cat ben.pub)"; } > who
pack ada.tar.gz
claims 'without SIGNERS nobody is asked' ada
SIGNERS=$PWD/who; export SIGNERS
claims 'not signed' ada 'review\tnot signed'
KEY=ada; pack ada.tar.gz
claims 'signed' ada
check 'it is in the archive' same "$(tar -tzf inbox/ada.tar.gz | grep sig)" submission/MANIFEST.sig
cp inbox/ada.tar.gz inbox/ben.tar.gz
claims 'handed in by another' ben 'review\tsigned by ada'
KEY=ben pack ben.tar.gz
claims 'a key for signing this alone' ben
cp inbox/ben.tar.gz inbox/ada.tar.gz
claims 'by one of two names' ada 'review\tsigned by ben'
KEY=mallory pack ada.tar.gz
claims 'by nobody' ada 'review\tsigned with a key that is not in who'
KEY=ada pack ada.tar.gz
forge; sed -i 's/^edition	0\.1/edition	0.9/' $m; packed; mv inbox/eve.tar.gz inbox/ada.tar.gz
claims 'another MANIFEST' ada 'review\tthe signature does not fit'
forge; rm $m.sig; packed; mv inbox/eve.tar.gz inbox/ada.tar.gz
claims 'taken away' ada 'review\tnot signed'
forge; cp ada.pub $m.sig; packed; mv inbox/eve.tar.gz inbox/ada.tar.gz
claims 'no signature' ada 'review\tthe signature does not fit'
forge; head -c 900000 /dev/urandom > $m.sig; packed; mv inbox/eve.tar.gz inbox/ada.tar.gz
claims 'noise' ada 'review\tthe signature does not fit'
forge; rm -f $m.sig; ssh-keygen -q -Y sign -n file -f ada $m; packed; mv inbox/eve.tar.gz inbox/ada.tar.gz
claims 'of another purpose' ada 'review\tthe signature does not fit'
KEY=ada pack ada.tar.gz
forge; echo >> forged/submission/$one; packed; mv inbox/eve.tar.gz inbox/ada.tar.gz
claims 'a chapter after it was signed' ada "review\tnot as packed: $one"
KEY=; pack ada.tar.gz; book=mine; mkdir -p x/chapters; cp mine/$one x/chapters; tar -czf inbox/ada.tar.gz -C x chapters
claims 'chapters in a tar' ada 'review\tnot signed'
for bad in 'dan' 'dan ssh-ed25519 AAAA' "dan nonsense=1 $(cat ada.pub)" 'dan ssh-ed25519'; do
  { cat who; echo "$bad"; } > wrong
  SIGNERS=$PWD/wrong check "SIGNERS with $bad" exits 2 expects
  check "SIGNERS with $bad: line" has log 'wrong:5: '
done
SIGNERS=$PWD/nowhere check 'no SIGNERS' exits 2 expects
check 'no SIGNERS: said' has log 'SIGNERS: there is no file'
summary
