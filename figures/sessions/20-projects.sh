#!/bin/bash
# The reference entries of the projects in the grader, one after the other:
# a table. Half an hour of a core, with the training of the GPT. Where
# CIFAR-10 is not (TT_DATA), what was measured last is printed again.
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d) here=tests/olympics/projects
trap 'rm -rf "$dir"' EXIT
chmod 711 "$dir"
makes() { make --no-print-directory -s SETUP=no "$1" > "$dir/made" 2>&1 || { cat "$dir/made" >&2; exit 1; }; }
makes olympics-kit
grade() {                           # NAME PROJECT FOLDER
  OLYMPICS=$dir/olympics tools/olympics/project build/olympics/kit "$2" "$3" > "$dir/$1" || [ -s "$dir/$1" ]
}
grade frugal frugal $here/frugal || { cat "$dir/frugal" >&2; exit 1; }
if ! grep -q CIFAR-10 "$dir/frugal"; then
  echo '20-projects.sh: CIFAR-10 is not here; the last table stays' >&2
  cat figures/data/20/projects.tsv
  exit
fi
makes engine-entry
grade counts engine $here/engine-start
grade floats engine build/olympics/engine-floats
grade bytes engine build/olympics/engine
printf 'entry\tright\tbits\trate\tseconds\tpeak\tscore\n'
for e in frugal counts floats bytes; do
  awk -F '\t' -v OFS='\t' -v e=$e '{ v[$1] = $2 }
    END { print e, v["right"], v["loss"], v["rate"], v["seconds"], v["peak"], v["score"] }' "$dir/$e"
done | tee "$dir/table"
sed -n 's/^#define EPOCHS /# projects.epochs\t/p' $here/frugal/own.c
awk '/^trained in/ { printf "# projects.training\t%.0f minutes\n", $3 / 60 }' build/olympics/engine-train.log
awk -F '\t' '
  function say(key, format, v) { printf "# projects.%s_%s\t" format "\n", $1, key, v }
  { if ($2 != "") {
      say("right", "%.1f %%", 100 * $2); say("seconds", "%.0f s", $5)
      say("score", "%.0f", $7)
    } else {
      say("bits", "%.2f", $3); say("rate", "%d", int($4 / 100 + 0.5) * 100)
    }
    say("peak", "%.0f MB", $6 / 1e6) }' "$dir/table"
