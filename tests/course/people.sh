# shellcheck shell=bash
# people.sh: who takes part in semester.sh, and what they can do; sourced.
# Each student has a machine of her own: the programs of this one, a home,
# nothing else: no git, no network, no other home, not the instructor's.
#
#   ada make next             must succeed
#   cannot ada make test      must fail with status 2
#   dies 'WORDS' ada make ..  killed before its first mv of WORDS
#   tells 'TEXT'              the last command has said that
#   writes ada 1.3 < TEXT     opens make edit, puts TEXT in its place
#   notes ada 01 'LINE' < TEXT  writes TEXT below LINE of chapter 01
#   teacher make grade        in her clone of the project
export LC_ALL=C.UTF-8 TZ=UTC
unset MAKEFLAGS MAKELEVEL EX CH SKIP WHO FROM DUE LATE EXTENSIONS CREDIT \
  LIMIT ONLY UNSAFE SUBMISSIONS GRADES
project=$(cd "${0%/*}/../.." && pwd)
work=$(mktemp -d); chmod 755 "$work"   # the grader's user has to get through
trap 'rm -rf "$work"' EXIT
said=$work/said wrote=$work/wrote clone="$work/office/my course"
shopt -s lastpipe                   # writes after a pipe counts, too
status=0 first= did=
. "$project/tests/lib/check.sh"
is() { if [ "$2" = "$3" ]; then ok; else no "$1: got"; echo "$2"; echo 'wanted'; echo "$3"; fi; }
shows() { if grep -qF -e "$3" "$2"; then ok; else no "$1: no \"$3\" in"; head -n 12 "$2"; fi; }
hides() { if grep -F -e "$3" "$2"; then no "$1: \"$3\" in $2"; else ok; fi; }
ends() {                            # HOW: with status 0, 2 or killed
  if [ "$1" = "$status" ]; then ok; else no "$did: status $status"; cat "$said"; fi
}
tells() { shows "$did" "$said" "$1"; }
keeps_quiet() { hides "$did" "$said" "$1"; }

# ---- students
machine() {                         # WHO COMMAND...
  local who=$1; did=$*; shift
  bwrap --unshare-all --die-with-parent --clearenv --setenv HOME "/home/$who" \
    --setenv PATH "${first:+$first:}/usr/bin:/bin" --setenv EDITOR "/home/$who/editor" \
    --ro-bind /usr /usr --ro-bind /dev/null /usr/bin/git --ro-bind /etc /etc \
    --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin \
    --proc /proc --dev /dev --tmpfs /tmp --bind "$work/home/$who" "/home/$who" \
    --chdir "/home/$who/book" -- "$@" > "$said" 2>&1 < /dev/null
  status=$?
}
arrives() {                         # WHO: with an editor that can paste
  mkdir -p "$work/home/$1/book" "$wrote/$1"
  eval "$1() { machine $1 \"\$@\"; ends 0; }"
  cat > "$work/home/$1/editor" <<'SH'
#!/bin/sh
awk -v from="${1#+}" -v text="$HOME/answer" '
  NR == from { while ((getline s < text) > 0) print s; old = 1 }
  old && /^@( |$)/ { old = 0 }
  !old' "$2" > "$2.new" && cat "$2.new" > "$2" && rm "$2.new"
SH
  chmod +x "$work/home/$1/editor"
}
unpacks() {                         # WHO ARCHIVE, as it came by mail
  cp "$2" "$work/home/$1"
  machine "$1" tar -xzf "../${2##*/}" --strip-components=1; ends 0
}
cannot() { machine "$@"; ends 2; }
dies() {                            # WORDS WHO COMMAND...
  local words=$1; shift
  mkdir -p "$work/home/$1/power"
  printf '#!/bin/sh\ncase $* in %s) kill -9 -1; kill -9 $$ ;; esac\nexec /usr/bin/mv "$@"\n' "*$words*" > "$work/home/$1/power/mv"
  chmod +x "$work/home/$1/power/mv"
  first=/home/$1/power; machine "$@"; first=
  [ $status -lt 128 ] || status=killed
  ends killed
}
# What stands in wrote/ must be found at the end
writes() {                          # WHO EX < TEXT
  cat > "$wrote/$1/$2"
  cp "$wrote/$1/$2" "$work/home/$1/answer"
  machine "$1" make edit EX="$2"; ends 0
}
notes() {                           # WHO NN LINE < TEXT
  local chapter; chapter=$(echo "$work/home/$1/book/chapters/$2"-*.nw)
  cat > "$work/note"
  cat "$work/note" >> "$wrote/$1/notes"
  grep -qxF -e "$3" "$chapter" || no "there is no line $3"
  awk -v at="$3" -v note="$work/note" '{ print }
    $0 == at { print ""; while ((getline s < note) > 0) print s }' \
    "$chapter" > "$work/noted" && cat "$work/noted" > "$chapter"
}
parts_with() { mv "$wrote/$1/$2" "$wrote/$1/$2-once"; }   # WHO EX: before a reset
edits() {                           # WHO NN SED: with another editor
  local chapter; chapter=$(echo "$work/home/$1/book/chapters/$2"-*.nw)
  cp "$chapter" "$work/edited"
  sed -i "$3" "$chapter"
  ! cmp -s "$chapter" "$work/edited" || no "$1 edits nothing: $3"
}
hands_in() {                        # WHO TIME: what make submit has packed
  local archive=$work/inbox/$1@$2.tar.gz text
  cp "$work/home/$1/book/build/submission-$1.tar.gz" "$archive" || no "$1 has nothing to hand in"
  for text in "$wrote/$1"/*; do
    text=${text##*/}
    case $text in "${hers:?}"|*[!0-9.]*) continue ;; esac   # words stand in the chapter
    if tar -xzOf "$archive" "submission/exercises/$text" | cmp -s - "$wrote/$1/$text"; then ok
    else no "$1 hands in another $text than was written"; fi
  done
}
line_of() { grep -nF -e "$3" "$work/home/$1/book/chapters/$2"-*.nw | head -n 1 | cut -d : -f 1; }
lost() {                            # WHO: lines that were written and are nowhere
  find "$work/home/$1/book"/{chapters,.tt/saved} -name '*.nw' -exec cat {} + | sort -u > "$work/there"
  cat "$wrote/$1"/* | sed '/^ *$/d' | sort -u | comm -23 - "$work/there"
}

# ---- answers
honest() { sed 1d "$project/tests/course/honest/$1.c"; }
attack() { sed 1d "$project/tests/course/attacks/$1.c"; }
solution() {                        # EX: the book's
  "$project/tools/manifest" exercises "$project"/chapters/[0-9]*.nw |
    awk -F '\t' -v id="$1" '$1 "" == id { print $4 "\t" $7 }' | while IFS=$'\t' read -r name file; do
      "$project/tools/chunks" list "$project/chapters/solutions/${file##*/}" |
        awk -F '\t' -v n="solution: $name" '$1 == n { print $3, $4 }' |
        while read -r from to; do sed -n "$from,${to}p" "$project/chapters/solutions/${file##*/}"; done
    done
}

# ---- the instructor: an ordinary shell in her clone
teacher() {
  did=$*
  (cd "$clone" && HOME=$work/office "$@") > "$said" 2>&1 < /dev/null
  status=$?; ends 0
}
