# The files a chapter shows, PAGE:FILE: drawings, plots, captured output.
function exists(f,  l) { l = (getline < f); close(f); return l >= 0 }
function show(f) { if (!seen[name, f]++) print name ":" f }
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
    show((exists("figures/drawings/" svg) ? "figures/drawings/" : "build/figures/") svg)
  }
  if (/^ *(```|~~~).*\.output/ && match($0, /src="[^"]+"/))
    show("figures/output/" substr($0, RSTART + 5, RLENGTH - 6))
}
