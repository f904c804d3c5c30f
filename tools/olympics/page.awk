# page.awk: the tables of the page. Files: places (id, place), counting,
# and all rows, in the columns of tools/olympics/board.
function text(s) {
  gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/>/, "\\&gt;", s); gsub(/"/, "\\&quot;", s)
  return s
}
function td(s, class) { return "<td" (class ? " class=\"" class "\"" : "") ">" s "</td>" }
function number(x, format) { return x == "nan" || x == "" ? "" : sprintf(format, x) }
function range(v, low, high, format) {
  return number(v, format) (low == "" || low == "nan" ? "" : \
    " <small>" sprintf(format, low) "&ndash;" sprintf(format, high) "</small>")
}
function percent(x) { return x == "nan" || x == "" ? x : 100 * x }
FILENAME ~ /places$/ { place[$1] = $2; next }
FILENAME ~ /counting$/ { n[$5]++; row[$5, n[$5]] = $0; next }
$7 !~ /^(ok|jury)$/ { out[++outs] = $0 }
END {
  print "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
  print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
  if (final == "") print "<meta http-equiv=\"refresh\" content=\"30\">"
  print "<title>TinyTorch Olympics</title>\n<style>"
  print ":root{color-scheme:light dark}body{font:16px/1.5 sans-serif;max-width:70rem;" \
    "margin:2rem auto;padding:0 1rem}div{overflow-x:auto}"
  print "table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem;text-align:left;" \
    "border-bottom:1px solid #8884}.n{text-align:right;white-space:nowrap}svg{max-width:40rem}"
  print "</style></head><body>\n<h1>TinyTorch Olympics</h1>"
  print "<p>" (final != "" ? "Final: accuracy on the private part, with its interval." : \
    "Accuracy on the public part. The places are decided by the private part, at the end.")
  print "Time and its interval are ratios to the reference; overlapping intervals tie.</p>"
  if (plot != "") {
    print "<figure>"
    while ((getline s < plot) > 0) print s
    print "<figcaption>What counts in a category, but marathons; bars are intervals." \
      "</figcaption></figure>"
  }
  k = split("sprint feather marathon all-round invention", category, " ")
  for (c = 1; c <= k; c++) if (n[category[c]]) table(category[c])
  if (outs) refused()
  print "<p>Made " made " UTC. Last seal of the ledger: <code>" head "</code>. Write it down: " \
    "whoever changes an earlier line changes it.</p></body></html>"
}
function table(c,    i, p, f, best, last, m) {
  printf "<h2 id=\"%s\">%s</h2>\n<div><table><tr>", c, toupper(substr(c, 1, 1)) substr(c, 2)
  m = split("place|team|entry|division|right|time|bytes|most memory|techniques|date|seal", f,
    "|")
  for (i = 1; i <= m; i++)
    printf("<th%s>%s</th>", i == 1 || i > 4 && i < 9 ? " class=\"n\"" : "", f[i])
  print "</tr>"
  last = n[c]                        # but a jury may leave places out
  for (i = 1; i <= n[c]; i++) {
    split(row[c, i], f, "\t")
    if (place[f[2]] ~ /^[0-9]+$/ && place[f[2]] + 0 > last) last = place[f[2]] + 0
  }
  for (best = 0; best <= last; best++)
    for (i = 1; i <= n[c]; i++) {
      split(row[c, i], f, "\t")
      p = place[f[2]]
      if (p ~ /^[0-9]+$/ && p > 0 ? p != best : best) continue
      print "<tr>" td(p ~ /^[1-9]/ ? p : "&ndash;", "n") td(text(f[3])) \
        td(report(f[2], f[4])) td(f[6]) td(range(percent(f[9]), percent(f[10]), \
          percent(f[11]), "%.3g") " %", "n") \
        td(range(f[12], f[13], f[14], "%.3f"), "n") td(number(f[15], "%d"), "n") \
        td(number(f[17] == "nan" ? "nan" : f[17] / 1048576, "%.1f MiB"), "n") \
        td(text(f[20]) (f[21] == "" ? "" : \
          "<br><small>claimed, not measured: " text(f[21]) "</small>")) \
        td(substr(f[1], 1, 10)) td("<code>" f[8] "</code>") "</tr>"
    }
  print "</table></div>"
}
function report(id, name,    path) {
  return "<a href=\"reports/" id ".txt\">" text(name) "</a>"
}
function refused(    i, f) {
  print "<h2 id=\"refused\">Not placed</h2>\n<div><table><tr><th>team</th><th>entry</th>" \
    "<th>category</th><th>verdict</th><th>why</th><th>date</th></tr>"
  for (i = outs; i > 0 && i > outs - 100; i--) {
    split(out[i], f, "\t")
    print "<tr>" td(text(f[3])) td(text(f[4])) td(text(f[5])) td(f[7]) td(text(f[22])) \
      td(substr(f[1], 1, 10)) "</tr>"
  }
  print "</table></div>"
}
