# The files a chapter shows, as make rules: drawings, plots, captured output.
# Each is also a target without a recipe: when nothing makes it, resolve.lua
# says where in the chapter it is missing.
function exists(f,  l) { l = (getline < f); close(f); return l >= 0 }
function need(f) {
  if (!seen[name, f]++) printf "%s/%s.json: %s\n%s:\n", json, name, f, f
}
FNR == 1 {
  name = FILENAME
  sub(/.*\//, "", name)
  sub(/\.nw$/, "", name)
  fence = 0
}
/^ ? ? ?(```|~~~)/ { fence = !fence }
!fence && /^# .*\{[^{}]*\.workshop[ }]/ && name !~ /-workshop$/ { name = name "-workshop" }
{
  for (s = $0; match(s, /\]\([A-Za-z0-9_.-]+\.svg\)/); s = substr(s, RSTART + RLENGTH)) {
    svg = substr(s, RSTART + 2, RLENGTH - 3)
    need((exists("figures/drawings/" svg) ? "figures/drawings/" : "build/figures/") svg)
  }
  if (/^ *(```|~~~).*\.output/ && match($0, /src="[^"]+"/))
    need("figures/output/" substr($0, RSTART + 5, RLENGTH - 6))
}
