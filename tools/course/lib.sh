# shellcheck shell=sh
# lib.sh: what the commands for students share; sourced, run with sh.
#
#  find_exercise EX  sets id points kind name tests needs file line
#  states            the table of all exercises and how they stand
#  base              the chapters as they came are in .tt/base
#  begin, commit     change chapters so that nothing is ever lost
#
# A change is made ready in $new/after, as files with their paths (and
# $new/gone, the paths of those to remove). commit puts what is there now
# into $new/before, writes all of it to the disk and renames the whole to
# .tt/saved/NUMBER-TIME-WHAT. From then on it counts; only then are the
# files moved into place, each by a rename, and the entry gets a file
# `done`. Whoever is killed in between: the next command finishes.
export LC_ALL=C.UTF-8
tools=$(cd "${0%/*}" && pwd)
[ "${tools##*/}" = tools ] || tools=${tools%/*}
here=$PWD
cd "${TT_ROOT:-$tools/..}" || exit
tt=.tt
# The jobs of the make that called are not for a make that is called here.
if [ -n "${MAKEFLAGS-}" ]; then
  MAKEFLAGS=$(printf %s "$MAKEFLAGS" | sed 's/ -j[0-9]* --jobserver[^ ]*//')
fi

die() {                             # the first line, then cures
  printf 'make: %s\n' "$1" >&2; shift
  for cure; do printf '  %s\n' "$cure" >&2; done
  exit 2
}
path() { case $1 in /*) echo "$1" ;; *) echo "$here/$1" ;; esac; }
chapter_of() {                      # 7 or 07 -> the file of chapter 07
  number=$(printf %02d "${1#0}" 2>/dev/null) || number=$1
  for file in $(chapters "$number"); do
    [ ! -s "$file" ] || return 0
    [ ! -f $tt/base/"$file" ] || die "$file is $([ -e "$file" ] && echo empty || echo missing)" \
      "as it came, it is here: cp $tt/base/$file chapters/"
  done
  die "there is no chapter $1" "there are: $(numbers)"
}
chapters() {                        # [NN]: the files that the table names
  awk -F '\t' -v n="${1-}" '$1 ~ /^[0-9][0-9]$/ && (n == "" || n == $1) {
    print "chapters/" $1 "-" $2 ".nw" }' chapters/chapters.tsv
}
# shellcheck disable=SC2046  # names without blanks
numbers() { ls $(chapters) 2>/dev/null | sed 's/chapters.\(..\).*/\1/' | tr '\n' ' '; }

# ---- exercises
exercises() {                       # the table; columns: tools/manifest
  # shellcheck disable=SC2046  # names without blanks
  "$tools/manifest" exercises $(ls $(chapters) 2>/dev/null)
}
find_exercise() {                   # EX; 01.3 is 1.3
  set -- "$(printf %s "${1-}" | sed 's/^ *0*\([0-9]\)/\1/; s/ *$//')"
  case $1 in
    '') die 'which exercise? EX is missing' 'for example EX=1.3' ;;
    *[!0-9.]*|.*|*.|*.*.*) die "EX='$1' is no exercise" 'it is one number like 1.3' ;;
  esac
  row=$(exercises | awk -F '\t' -v id="$1" '
    $1 "" == id { gsub(/\t/, "\037"); print; exit }')
  if [ -z "$row" ]; then
    chapter_of "${1%%.*}"
    ids=$(exercises | awk -F '\t' -v c="${1%%.*}." 'index($1, c) == 1 {
      printf "%s ", $1 }')
    die "there is no exercise $1" \
      "there are: ${ids:-$(exercises | cut -f1 | tr "\n" " ")}"
  fi
  IFS=$(printf '\037') read -r id points kind name tests needs file line \
    state sum minutes <<END
$row
END
}

# id state points file line name; what the last runs said is in
# .tt/results.tsv (see record), what is written stands in the chapters:
#   done       passes, and is the text that passed
#   changed    another text passed once, this one has not been tested
#   failing, waits (for an exercise it needs), untested
#   reference  not written, tested with the solution of the book
#   todo       not written
#   by-hand    written, no test can judge it
states() {
  exercises | awk -F '\t' -v OFS='\t' -v results=$tt/results.tsv '
    BEGIN {
      while ((getline row < results) > 0) {
        if (split(row, f, "\t") != 6 || f[1] !~ /^[0-9]+\.[0-9]+$/) {
          print results ": a line makes no sense and was left out: " \
            substr(row, 1, 40) "\n  if that goes on: rm " results \
            "; the tests fill it again" > "/dev/stderr"
          continue
        }
        whose[f[1]] = f[2]; verdict[f[1]] = f[3]; tested[f[1]] = f[4]
        passed[f[1]] = f[5]
      }
    }
    function state(id) {
      if ($9 == "todo") return whose[id] == "reference" ? "reference" : "todo"
      if ($3 == "manual") return "by-hand"
      if (passed[id] == $10) return "done"
      if (tested[id] == $10 && verdict[id] != "pass")
        return verdict[id] == "waits" ? "waits" : "failing"
      return passed[id] ~ /[0-9]/ ? "changed" : "untested"
    }
    { print $1, state($1), $2, $7, $8, $4 }'
}
# The first exercise that is not done, of chapter CH if given, in this
# state if given; prints a row of states
first_open() {                      # CH STATE
  states | awk -F '\t' -v ch="$1" -v want="${2-}" '
    ch != "" && int($1) != int(ch) { next }
    want != "" ? $2 == want : $2 !~ /^(done|by-hand)$/ { print; exit }'
}

# One chunk of an exercise in a chapter taken apart: its number, or a
# refusal. What noweb takes for the chunk must be what its author meant.
the_chunk() {                       # NAME DIR FILE
  rows=$(awk -F '\t' -v name="exercise: $1" '$1 == name {
    print NR, $2, $3, $4, $5 }' "$2/index.tsv")
  case $(printf '%s\n' "$rows" | grep -c .) in
    0) return 1 ;;
    1) ;;
    *) die "<<exercise: $1>> is in $3 more than once: lines $(
         printf '%s\n' "$rows" | awk '{ printf "%s ", $2 }')" \
         'noweb would join them: keep one' ;;
  esac
  # shellcheck disable=SC2086  # numbers of lines
  set -- "$1" "$3" $rows
  [ "$7" = @ ] || die \
    "$2:$4: the chunk <<exercise: $1>> does not end before line $(($6 + 1))" \
    'write a line with a lone @ after your code'
  chunk=$3
}

# ---- the chapters as they came
# A pristine chapter is one whose exercises are all stubs; in the archive
# of an examination some are solved.
pristine() {                        # FILE
  ! "$tools/manifest" exercises "$1" | cut -f9 | grep -qv '^todo$'
}
# .tt/base is made at the first opportunity: of the chapters as they are
# while nothing is written in them, or of what git remembers. When git has
# brought a newer text since, so does the base; its file `from` notes which.
base() {
  mkdir -p $tt || die "$PWD/$tt cannot be written"
  [ -d $tt/base ] || [ ! -d $tt/base.old ] || mv $tt/base.old $tt/base
  head=$(git rev-parse -q --verify HEAD 2>/dev/null &&
    [ "$(git rev-parse --show-prefix)" = '' ]) || head=none
  [ -d $tt/base ] && grep -qsx "head $head" $tt/base/from && return
  exec 8>> $tt/base.lock
  flock 8
  rm -rf $tt/base.new; mkdir -p $tt/base.new/chapters
  [ ! -d $tt/base ] || cp -Rp $tt/base/. $tt/base.new
  [ -f $tt/base.new/edition ] || edition . > $tt/base.new/edition
  touch $tt/base.new/from
  for f in chapters/[0-9][0-9]-*.nw; do
    old=$tt/base.new/$f blob=
    [ "$head" = none ] || grep -qx "$f $(git rev-parse -q --verify "HEAD:$f")" \
      $tt/base.new/from || blob=$(pristine_in_git "$f")
    if [ -n "$blob" ] && ! grep -qx "$f $blob" $tt/base.new/from; then
      git cat-file blob "$blob" > "$old".git
      # only stubs differ: that is somebody's half-written exercise
      if ! [ -f "$old" ] || ! same_outline "$old" "$old".git; then
        mv "$old".git "$old"
      fi
      rm -f "$old".git
      grep -v "^$f " $tt/base.new/from > $tt/base.new/from.new || :
      echo "$f $blob" >> $tt/base.new/from.new
      mv $tt/base.new/from.new $tt/base.new/from
    elif ! [ -f "$old" ] && as_it_came "$f"; then
      cp "$f" "$old"
    fi
  done
  sed -i '/^head /d' $tt/base.new/from
  echo "head $head" >> $tt/base.new/from
  rm -rf $tt/base.old
  [ ! -d $tt/base ] || mv $tt/base $tt/base.old
  mv $tt/base.new $tt/base
  rm -rf $tt/base.old
  exec 8>&-
}
as_it_came() {                      # FILE: its sum, where sums are known
  if [ ! -f EDITION ]; then pristine "$1"; return; fi
  grep -qE "^$(sha256sum < "$1" | cut -c 1-64) [ *](\./)?$1\$" EDITION
}
pristine_in_git() {                 # the newest such version of a file
  git log --format=%H -- "$1" | while read -r commit; do
    git show "$commit:$1" > $tt/version.nw 2>/dev/null || continue
    pristine $tt/version.nw || continue
    git rev-parse "$commit:$1"
    break
  done
  rm -f $tt/version.nw
}
same_outline() {
  rm -rf $tt/a $tt/b
  "$tools/chunks" split "$1" $tt/a && "$tools/chunks" split "$2" $tt/b &&
    cmp -s $tt/a/outline $tt/b/outline
  same=$?
  rm -rf $tt/a $tt/b
  return $same
}
edition() { cat "$1/VERSION" 2>/dev/null || echo 0; }    # of a tree

# ---- changes
begin() {                           # before reading what will be changed
  mkdir -p $tt/saved || die "$PWD/$tt cannot be written"
  exec 9>> $tt/lock
  # what was killed may take a moment to go
  flock -w 2 9 || die 'another make is changing chapters; wait for it'
  rm -rf $tt/new.*
  finish
  base
  new=$tt/new.$$
  mkdir -p $new/after
  trap 'rm -rf "$new"' EXIT
  head -c 4000000 /dev/zero > $new/room 2> /dev/null ||
    die "there is no room in $PWD/$tt: $(df -h $tt | awk 'NR == 2 { print $4 }') are free"
  rm $new/room
}
unfinished() {                      # is there an entry that was not installed?
  for entry in "$tt"/saved/*; do
    [ ! -d "$entry" ] || [ -f "$entry/done" ] || return 0
  done
  return 1
}
finish() {
  while unfinished; do
    echo "finishing what was interrupted: ${entry##*/}" >&2
    install_entry
  done
}
plain() {                           # FILE: may it be rewritten?
  [ ! -L "$1" ] || die "$1 is a link" 'put the chapter itself there'
  [ -f "$1" ] || die "there is no file $1"
  [ -w "$1" ] && [ -w "$(dirname "$1")" ] || die "$1 cannot be written" "chmod u+w $1"
  ! grep -q "$(printf '\r')\$" "$1" || die \
    "$1 has lines that end in CR, as on Windows" "sed -i 's/\\r\$//' $1"
}
commit() {                          # WHAT, for the name of the entry
  (cd "$new"/after && find . -type f) > "$new"/list
  while read -r f; do
    ! cmp -s "$f" "$new/after/$f" || rm "$new/after/$f"
  done < "$new"/list
  (cd "$new"/after && find . -type f) > "$new"/list
  [ ! -f "$new"/gone ] || cat "$new"/gone >> "$new"/list
  # the tools last: until then the old ones can finish this
  sort -u "$new"/list | awk '/^\.\/(tools\/|Makefile)/ { last = last $0 "\n"; next }
    { print } END { printf "%s", last }' > "$new"/list.sorted
  mv "$new"/list.sorted "$new"/list
  while read -r f; do
    [ -f "$f" ] || continue
    mkdir -p "$new/before/${f%/*}"
    cp -p "$f" "$new/before/$f" || die 'nothing was changed'
    [ ! -f "$new/after/$f" ] ||
      cp --attributes-only --preserve=mode "$f" "$new/after/$f"
  done < "$new"/list
  echo "$1" | tr - " " > "$new"/what
  find "$new" -exec sync {} + || die 'nothing was changed'
  n=$(ls $tt/saved | tail -n 1)
  n=${n%%-*} n=${n#0} n=${n#0} n=${n#0}
  entry=$tt/saved/$(printf %04d $((${n:-0} + 1)))-$(date +%F-%H.%M.%S)-$1
  mv "$new" "$entry" || die 'nothing was changed'
  sync $tt/saved
  install_entry
}
install_entry() {                   # $entry; twice does no harm
  while read -r f; do
    f=${f#./}
    if [ ! -f "$entry/after/$f" ]; then     # to be removed
      ! cmp -s "$f" "$entry/before/$f" || rm -f "$f"
      continue
    fi
    ! cmp -s "$f" "$entry/after/$f" || continue
    if [ -f "$f" ] && ! cmp -s "$f" "$entry/before/$f"; then
      echo "$f was changed meanwhile and is left alone; see $entry" >&2
      continue
    fi
    mkdir -p "$(dirname "$f")"
    temporary=$(dirname "$f")/.${f##*/}.new
    cp -p "$entry/after/$f" "$temporary" && sync "$temporary" &&
      mv -f "$temporary" "$f" ||
      die "$f could not be written; the next command tries again" \
        "before and after are in $entry"
  done < "$entry/list"
  while read -r f; do dirname "$f"; done < "$entry/list" | sort -u |
    while read -r f; do [ ! -d "$f" ] || sync "$f"; done
  : > "$entry/done"
  sync "$entry"
}
