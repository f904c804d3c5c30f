#!/bin/sh
# Tests of submit: what is packed, that the same work is the same bytes,
# and that nothing else is taken for a submission.
. "${0%/*}/lib.sh"
one=chapters/01-tensors.nw two=chapters/02-activations.nw
submission() { TT_ROOT=$PWD/$book "$home/tools/submission" "$@" < /dev/null; }

fresh mine; tt base
refuses 'nothing written' 'nothing is written yet' 'make next' submission pack "$PWD/s.tgz"
write 'twice a number' 'return x + x;'; record 1.1 pass
write 'shift a number' 'return x @<< 1;'; record 1.10 fail
check 'pack' submission pack "$PWD/s.tgz"
check 'check' submission check "$PWD/s.tgz"
check 'counts' has log 'edition 0.1: 2 of 5 exercises written, 1 passed when packed'
check 'contents' same "$(tar tzf s.tgz | tr '\n' ' ')" \
  'submission/ submission/MANIFEST submission/chapters/ submission/chapters/01-tensors.nw submission/exercises/ submission/exercises/1.1 submission/exercises/1.10 '
check 'unpack' submission unpack "$PWD/s.tgz" "$PWD/un"
check 'the code, as it was written' same "$(cat un/exercises/1.10)" 'return x @<< 1;'
check 'the chapter' alike un/$one mine/$one
manifest=$(cut -f1-5 un/MANIFEST | tr '\t' ' ')
check 'manifest' same "$(echo "$manifest" | grep ^exercise)" 'exercise 1.1 2 auto done
exercise 1.2 1 auto todo
exercise 1.10 3 auto failing
exercise 2.1 2 auto todo
exercise 2.2 2 manual todo'
check 'edition' has un/MANIFEST "edition	0.1	$(cd mine/.tt/base && sha256sum chapters/* | sha256sum | cut -d' ' -f1)"
check 'student' lacks un/MANIFEST student
touch mine/$one; sleep 1.1
check 'pack again' submission pack "$PWD/again.tgz"
check 'the same bytes' cmp s.tgz again.tgz
cp -R mine other; book=other
check 'in another place' submission pack again.tgz
check 'the same bytes there' cmp s.tgz again.tgz
book=mine
check 'a student' env WHO='Zoë "Z"; rm' TT_ROOT="$PWD/mine" "$home/tools/submission" pack "$PWD/w.tgz"
submission unpack w.tgz who
check 'by name' has who/MANIFEST 'student	Zoë "Z"; rm'
check 'one chapter' submission pack "$PWD/1.tgz" 1
check 'has no other' submission unpack 1.tgz un1
check 'in its manifest' same "$(grep -c '^exercise' un1/MANIFEST)" 3
refuses 'a chapter that is not there' 'there is no chapter 9' '01 02' submission pack x.tgz 9
echo 'My answer.' >> mine/$two
check 'an answer in prose' submission pack p.tgz
submission unpack p.tgz prose
check 'brings its chapter' alike prose/$two mine/$two

# ---- signed
if command -v ssh-keygen > /dev/null; then
  ssh-keygen -q -t ed25519 -N '' -C jane -f id
  ssh-keygen -q -t ed25519 -N secret -C jane -f locked
  check 'sign' env KEY=id TT_ROOT="$PWD/mine" "$home/tools/submission" pack k.tgz
  check 'sign again' env KEY='~/id' TT_ROOT="$PWD/mine" "$home/tools/submission" pack l.tgz
  check 'the same bytes, signed' cmp k.tgz l.tgz
  check 'signed' submission check k.tgz
  check 'signed: said' has log 'signed with ED25519 key SHA256:'
  check 'the key is not in it' same "$(tar tzf k.tgz | grep -v /chapters/ | grep -v /exercises/ | tr '\n' ' ')" \
    'submission/ submission/MANIFEST submission/MANIFEST.sig '
  for key in locked nowhere mine s.tgz; do
    refuses "KEY=$key" 'KEY: ' "" env KEY=$key TT_ROOT="$PWD/mine" SSH_AUTH_SOCK= \
      timeout 20 "$home/tools/submission" pack x.tgz
  done
  check 'and nothing packed' exits 1 test -e x.tgz
  mkdir sig; tar -xzf k.tgz -C sig; echo 'student	me' >> sig/submission/MANIFEST; tar -czf x.tgz -C sig submission
  check 'another MANIFEST' exits 2 submission check x.tgz
  check 'another MANIFEST: said' has log 'its signature does not fit'
  rm x.tgz
fi

# ---- what is not packed
bad() { rm -rf bad; cp -R mine bad; book=bad; }
bad; printf 'caf\351\n' >> bad/$one
refuses 'Latin-1' "$one is not UTF-8" 'UTF-8' submission pack x.tgz
bad; sed -i 's/$/\r/' bad/$one
refuses 'CRLF' 'end in CR' 'sed -i' submission pack x.tgz
bad; mv bad/$one x; ln -s "$PWD/x" bad/$one
refuses 'a link' "$one is a link" 'chapter itself' submission pack x.tgz
bad; printf '<<exercise: twice a number>>=\n@\n' >> bad/$one
refuses 'a chunk twice' 'more than once' 'keep one' submission pack x.tgz
bad; sed -i '/^return x + x;/{n;d}' bad/$one
refuses 'a missing @' 'does not end before' 'lone @' submission pack x.tgz
bad; write 'twice a number' '<<<<<<< yours' 1 '=======' 2 '>>>>>>> x'
refuses 'an unfinished merge' 'unfinished merge' 'make lint' submission pack x.tgz
bad; head -c 6000000 /dev/urandom | base64 >> bad/$one
refuses 'too much' 'allowed are 5242880' 'chapters/01-tensors.nw' submission pack x.tgz
check 'no file of a refusal' exits 1 test -e bad/x.tgz
book=mine

# ---- what is no submission
forge() { rm -rf forged; cp -R un0 forged; }
pack() { tar -czf forged.tgz -C forged submission; }
notice() {                          # WHAT TEXT
  check "$1 is noticed" exits 2 submission check "$PWD/forged.tgz"
  check "$1: by name" has log "$2"
}
mkdir un0; cp -R un un0/submission
forge; pack; check 'packed by hand' submission check forged.tgz
echo x > forged.tgz; notice 'text' 'not compressed'
head -c 500 s.tgz > forged.tgz; notice 'half of it' 'cut short'
echo text | gzip > forged.tgz; notice 'no archive' 'no tar archive'
tar -czf forged.tgz mine/VERSION; notice 'another archive' 'does not belong there: mine/VERSION'
forge; rm forged/submission/MANIFEST; pack; notice 'no manifest' 'no MANIFEST'
forge; sed -i 's/format	1/format	2/' forged/submission/MANIFEST; pack; notice 'another format' 'another format'
forge; echo '// more' >> forged/submission/$one; pack; notice 'a changed chapter' 'a checksum is wrong: chapters/01'
forge; echo x > forged/submission/exercises/1.2; pack; notice 'a file more' 'files and MANIFEST differ'
forge; rm forged/submission/exercises/1.1; pack; notice 'a file less' 'files and MANIFEST differ'
forge; mkdir forged/submission/src; pack; notice 'a folder more' 'does not belong there: submission/src/'
forge; ln -sf /etc/passwd forged/submission/exercises/1.1; pack; notice 'a link' 'holds what is no file'
forge; mkfifo forged/submission/exercises/1.3; pack; notice 'a pipe' 'holds what is no file'
forge; echo x > escaped; tar -czPf forged.tgz -C forged submission ../escaped; notice 'a path that leads out' 'does not belong'
forge; tar -cf f.tar -C forged submission; tar -rf f.tar -C forged submission/MANIFEST; gzip -c f.tar > forged.tgz; notice 'a file twice' 'a file twice: submission/MANIFEST'
forge; echo 'return 0;' > forged/submission/exercises/1.1
sum=$(sha256sum < forged/submission/exercises/1.1 | cut -d' ' -f1)
sed -i "s/^\(exercise\t1.1\t.*\t\)[0-9a-f]\{64\}/\1$sum/; s/[0-9a-f]\{64\}\texercises\/1.1$/$sum\texercises\/1.1/" forged/submission/MANIFEST
pack; notice 'another text than in the chapter' 'exercise 1.1 stands otherwise in 01-tensors.nw'
forge; sed -i 's/^exercise	1.1	\(.*\)	[0-9a-f]\{64\}/exercise	1.1	\1	0000/' forged/submission/MANIFEST; pack
notice 'a wrong sum of an exercise' 'exercise 1.1 is not what MANIFEST says'
head -c 30000000 /dev/zero | gzip > forged.tgz; notice 'zeros' 'has no MANIFEST'
check 'no such file' exits 2 submission check nowhere.tgz
check 'unpack of a bad one' exits 2 submission unpack forged.tgz out
check 'writes nothing' exits 1 test -e out
check 'no arguments' exits 2 submission pack
check 'no command' exits 2 submission

# ---- make submit: runs the tests first
cat > make <<'END'
#!/bin/sh
for last; do :; done
case $FAKE-$last in
  good-*) echo '3 passed, 0 failed' ;;
  bad-*) echo '2 passed, 1 failed'; exit 2 ;;
  broken-*) echo 'chapters/01-tensors.nw:24:1: error: expected ;'; exit 2 ;;
  lint-*) echo 'chapters/01-tensors.nw:24: `@`'; echo '  cure: @@'; exit 2 ;;
esac
END
chmod +x make
submit() { TT_ROOT=$PWD/$book MAKE=$PWD/make "$home/tools/course/submit" "$@"; }
FAKE=good; export FAKE
check 'submit' submit
check 'runs the tests' has log 'chapter 01: 3 passed, 0 failed'
check 'of written chapters alone' lacks log 'chapter 02'
check 'says what is missing' has log 'not written: 1.2'
check 'says where it is' has log 'hand in: build/submission.tar.gz'
check 'which is sound' submission check mine/build/submission.tar.gz
FAKE=bad; check 'failing tests' submit
check 'are told' has log '2 passed, 1 failed (all of it: build/log/submit/01)'
FAKE=broken; check 'what does not build' submit
check 'is handed in, with a word' has log 'DOES NOT BUILD'
FAKE=lint; check 'what cannot be read' exits 2 submit
check 'is not' has log 'nothing was packed'
FAKE=good
check 'a chapter without a line of yours' exits 2 submit 2
check 'is refused' has log 'nothing is written yet in chapter 2'
fresh elsewhere; tt base
write 'twice a number' 'return x + x;'
sed -i 's/^int twice/static int two;\n&/' elsewhere/$one
check 'code outside of exercises' submit
check 'is told' has log "$one:7: warning: code outside of the exercises is not graded: 1 line"
check 'at the end, before the name' same "$(tail -n 3 log | cut -c 1-8)" "    diff
edition 
hand in:"
book=mine
check 'WHO' env WHO='J. Doe/x' TT_ROOT="$PWD/mine" MAKE="$PWD/make" "$home/tools/course/submit"
check 'is in the name' has log 'build/submission-J._Doe_x.tar.gz'
summary
