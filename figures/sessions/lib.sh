# shellcheck shell=bash
# What the small runs have in common: . figures/sessions/lib.sh
set -eu
dir=build/sessions; mkdir -p $dir
build() {   # NAME: main of the program comes on stdin
  { printf '#include "tt/tt.h"\n\nint main(void)\n{\n'; cat; echo '}'; } |
    compile "$1"
}
compile() { # NAME: the whole program comes on stdin
  cat > "$dir/$1".c
  (cd $dir && gcc -std=gnu17 -I../c/ref/include "$1".c \
    ../lib/libtinytorch.a -lz -lm -o "$1")
}
show() {    # NAME: its lines, numbered as in the file, and the command
  echo "\$ cat -n $1.c"
  grep -n . "$dir/$1".c | sed '1,3d; $d; s/:/  /' | align
  echo "\$ ./$1"
}
show_all() { # NAME: the same for a whole program, without its #includes
  echo "\$ cat -n $1.c"
  awk 'NR > 3 { printf $0 ? "%2d  %s\n" : "%2d\n", NR, $0 }' "$dir/$1".c
  echo "\$ ./$1"
}
align() {   # numbers of one digit stand below those of two
  awk '{ line[NR] = $0; if (/^[0-9][0-9] /) wide = 1 }
    END { for (i = 1; i <= NR; i++)
      print (wide && line[i] ~ /^[0-9] / ? " " : "") line[i] }'
}
run() { "$dir/$1"; }
aborts() {  # NAME: the message; bash's report of the abort goes nowhere
  (ulimit -c 0; "$dir/$1" 2>&1; :) 2> /dev/null || :
}
unknown() { # NAME, those there are
  echo "$0: no run called '$1'; there are: ${*:2}" >&2; exit 2
}
