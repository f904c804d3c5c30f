# The files a chapter shows, as make rules: drawings, plots, captured output.
function exists(f,  l) { l = (getline < f); close(f); return l >= 0 }
FNR == 1 {
  name = FILENAME; sub(/.*\//, "", name); sub(/\.nw$/, "", name)
}
function need(f) {
  if (!seen[name, f]++) printf "%s/%s.json: %s\n", json, name, f
}
{
  for (s = $0; match(s, /\]\([A-Za-z0-9_.-]+\.svg\)/); s = substr(s, RSTART + RLENGTH)) {
    svg = substr(s, RSTART + 2, RLENGTH - 3)
    gp = svg; sub(/svg$/, "gp", gp)
    if (exists("figures/drawings/" svg)) need("figures/drawings/" svg)
    else if (exists("figures/plots/" gp)) need("build/figures/" svg)
  }
  if (/^ *(```|~~~).*\.output/ && match($0, /src="[^"]+"/)) {
    out = "figures/output/" substr($0, RSTART + 5, RLENGTH - 6)
    if (exists(out)) need(out)
  }
}
