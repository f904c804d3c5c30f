# shellcheck shell=bash
# class.sh: a large class, for test-grade.sh batch and slurm.sh; sourced.
#   class N DIR     N submissions of ten kinds for chapters 0 and 1
#   right ID RAW    are these the points that this kind of submission has?
# It needs $here, $work and $kit.
: "${here:?}" "${work:?}" "${kit:?}"
class() {
  local i kind args f id attacks=("$here"/attacks/*.c)
  mkdir -p "$2" "$work/two"
  cp "$work"/base/0[01]-*.nw "$work/two"
  echo 'at = index.dim[0];' > "$work/partly"
  cat > "$work/leaking" <<'C'
int64_t *volatile step = malloc(sizeof *step);
*step = 1;
for (int d = t->rank - 1; d >= 0; d--) {
  t->stride[d] = *step;
  *step *= t->shape[d];
}
C
  for i in $(seq -w 1 "$1"); do
    case $((10#$i % 10)) in
      0|1) kind=solved args=() ;;
      2|3) kind=honest args=()
           for id in 0.2 1.2 1.4; do
             mapfile -t f < <(grep -l "^// $id " "$here"/honest/*.c)
             args+=("$id=${f[$((10#$i / 10 % ${#f[@]}))]}")
           done ;;
      4) kind=partly args=(1.3="$work/partly" 1.9=- 1.10=-) ;;
      5) kind=wrong args=(0.1="$here/attacks/wrong.c") ;;
      6) kind=broken args=(1.2="$here/attacks/syntax.c") ;;
      7) kind=looping args=(0.1="$here/attacks/loop.c") ;;
      8) kind=leaking args=(1.2="$work/leaking") ;;
      9) kind=attack args=(0.1="${attacks[$(((10#$i - 9) * 3 / 10 % ${#attacks[@]}))]}") ;;
    esac
    "$here/compose" tar "$work/two" "$2/$kind-$i.tar" "${args[@]}"
  done
}
full=$(awk -F '\t' '$3 == "auto" && $1 < 2 { n += $2 } END { print n }' "$kit/exercises.tsv")
lost=$(awk -F '\t' '$1 ~ /^1\.(3|9|10)$/ { n += $2 } END { print n }' "$kit/exercises.tsv")
right() {
  local want=$((full - 1))
  case $1 in
    solved-*|honest-*) want=$full ;;
    partly-*)          want=$((full - lost)) ;;
  esac
  is "$1" "$2" "$want"
}
