#!/bin/bash
# The printed book and the EPUB as they were made: what their readers would
# stumble over. Each gate must also refuse a sample that is bad.
# Run from the root of the repository after `make html pdf epub`.
set -u -o pipefail
epub=build/tinytorch.epub
# the volumes, in order
mapfile -t volumes < <(sed -n 's/^bound\t//p' build/weave/version | tr ' ' '\n' | sed 's/.*://' | uniq)
pdfs=("${volumes[@]/#/build/tinytorch-}"); pdfs=("${pdfs[@]/%/.pdf}")
for f in "${pdfs[@]}" "$epub" build/html/index.html; do
  test -s "$f" || { echo "there is no $f: make html pdf epub" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() {                                  # ok NAME STATUS [what was seen]
  if [ "$2" = 0 ]; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED: %s\n%s\n' "$1" "${3-}"; fi
}
good() { local out; out=$("${@:2}" 2>&1); ok "$1" $? "$out"; }
bad()  { local out rc; out=$("${@:2}" 2>&1) && rc=1 || rc=0; ok "refuses $1" $rc "it was let through"; }

# ---- the gates: silent and 0, or the complaint and 1
no_fault_in_log() {
  test -s "$1" && ! awk '
    /^Overfull .hbox|^Overfull .vbox/ && match($0, /\([0-9.]+pt too/) {
      if (substr($0, RSTART + 1) + 0 > 1) print
    }
    /Missing character/ || /undefined/ && /Warning|Reference|Citation/ { print }
    /unreferenced destination|duplicate destination|multiply defined|too large for page/ { print }
  ' "$1" | grep .
}
fonts_embedded() {
  pdffonts "$1" 2>/dev/null | awk 'NR > 2 { n++ } NR > 2 && $(NF - 4) != "yes"
    END { if (!n) print "no font at all" }' > "$work/fonts"
  ! grep . "$work/fonts"
}
has_outline() {                         # PDF TITLE...
  qpdf --json --json-key=outlines "$1" > "$work/outline" 2>/dev/null || return 1
  for title in "${@:2}"; do
    grep -qF "$title\"" "$work/outline" || { echo "not in the outline: $title"; return 1; }
  done
}
# PDF...: each link into another of them arrives; each has some. Objects are
# laid open, streams are left as they are.
leads_across() {
  node - "$@" <<'JS'
const { execFileSync } = require('child_process'), fs = require('fs'), path = require('path')
const there = {}, links = {}
for (const f of process.argv.slice(2)) {
  const text = fs.existsSync(f) ? execFileSync('qpdf', ['--qdf', '--stream-data=preserve', f, '-'], { maxBuffer: 2 ** 30 }).toString('latin1') : ''
  links[f] = [...text.matchAll(/<<(?:(?!<<|>>)[^])*\/S \/GoToR\b(?:(?!<<|>>)[^])*>>/g)].map(([a]) =>
    [a.match(/\/F \(([^)]*)\)/)?.[1], a.match(/\/D \(([^)]*)\)/)?.[1]])
  there[path.basename(f)] = new Set([...text.matchAll(/\/Names \[([^\]]*)\]/g)].flatMap(([, n]) => [...n.matchAll(/\(([^)]*)\)/g)].map(m => m[1])))
}
const wrong = []
for (const [f, list] of Object.entries(links)) {
  if (!list.length) wrong.push(`${f}: no link to another volume`)
  for (const [file, name] of list)
    if (!there[file]) wrong.push(`${f}: a link to ${file}, which is not there`)
    else if (name !== undefined && !there[file].has(name)) wrong.push(`${f}: ${name} is not in ${file}`)
}
console.log([...new Set(wrong)].slice(0, 9).join('\n'))
process.exit(wrong.length ? 1 : 0)
JS
}
# roman before the first chapter, then from 1
has_labels() {
  qpdf --json --json-key=pagelabels "$1" 2>/dev/null | tr -d ' \n' |
    grep -qE '"/S":"/r".*"index":[0-9]+,"label":\{"/S":"/D"(,"/St":1)?\}'
}
says_volume() { pdfinfo "$1" | grep -E "^Title: +TinyTorch in C, Volume $2: $3\$" && pdftotext -l 2 "$1" - | tr -s '\n ' ' ' | grep -F "Volume $2 $3"; }
pdf_numbers() { for f; do pdftotext "$f" -; done | tr '\n' ' ' | grep -oE '[0-9]+\.[0-9]+⟩ ?\+? ?≡' | grep -oE '^[0-9.]+' | sort -V; }
html_numbers() { cat "$1"/[0-9]*.html | grep -oE '<a class="?no"? href="#chunk-[^>]*>[0-9.]+<' | grep -oE '[0-9.]+<$' | tr -d '<' | sort -V; }
epub_numbers() {
  cat "$1"/EPUB/text/ch*.xhtml | grep '<p class="head">' | grep -oE '<span class="no">[0-9.]+' | grep -oE '[0-9.]+$' | sort -V
}
# sections, figures, equations: those of the pages are those of the PDF and of the EPUB
labels() { sort -V | uniq; }
pdf_labels() {                          # PDF...
  for f; do
    qpdf --json --json-key=outlines "$f" 2>/dev/null | grep -oE '"title": "[0-9]+\.[0-9]+' | sed 's/.*"/Section /'
    pdftotext -layout "$f" - > "$work/labels"
    tr '\n\302\240' '   ' < "$work/labels" | grep -oE 'Figure +[0-9]+\.[0-9]+' | sed 's/  */ /'
    # at the end of its line, or before a note in the margin
    grep -oE '\([0-9]+\.[0-9]{1,2}\)($|   )' "$work/labels" | sed 's/(/Equation /; s/).*//'
  done | labels
}
html_labels() {                         # FILE...
  { cat "$@" | grep -oE '<h2 id="[^"]*"><a class="no" href="[^"]*">[0-9.]+' | sed 's/.*>/Section /'
    cat "$@" | grep -oE '>Figure [0-9]+\.[0-9]+</a>' | sed 's/^>//; s/<.*//'
    cat "$@" | grep -oE 'aria-label="Equation [0-9.]+' | sed 's/.*"//'; } | labels
}
epub_labels() {                         # FOLDER
  { cat "$1"/EPUB/text/ch*.xhtml | tr '\n' ' ' | grep -oE '<h2[^>]*>[0-9]+\.[0-9]+ ' | sed 's/.*>/Section /; s/ $//'
    cat "$1"/EPUB/text/ch*.xhtml | grep -oE '<strong>Figure [0-9.]+' | sed 's/.*>//'
    cat "$1"/EPUB/text/ch*.xhtml | tr '\n' ' ' | grep -oE '<p>\([0-9]+\.[0-9]+\)</p>' | sed 's/<p>(/Equation /; s/).*//'; } | labels
}
same() { test -s "$1" && diff "$1" "$2" | head; }
epub_sound() {
  java -jar /usr/bin/epubcheck "$1" > "$work/epubcheck" 2>&1
  grep -q 'Messages: 0 fatals / 0 errors / 0 warnings' "$work/epubcheck" && return
  # its own EPUB has said No errors in older versions
  grep -q 'No errors or warnings' "$work/epubcheck" || { grep -E 'ERROR|WARNING|FATAL' "$work/epubcheck" | head; return 1; }
}
# every file in it has the time that it says of itself, and it names who wrote it
epub_dated() {
  /usr/bin/python3 - "$1" <<'PY'
import re, sys, zipfile
book = zipfile.ZipFile(sys.argv[1])
opf = book.read('EPUB/content.opf').decode()
said = re.search(r'<meta property="dcterms:modified">([^<]*)Z<', opf)[1]
wrong = [e.filename for e in book.infolist() if '%d-%02d-%02dT%02d:%02d' % e.date_time[:5] != said[:16]]
if wrong: print('of another time than', said + ':', *wrong[:5])
if not re.search('<dc:creator[^>]*>the TinyTorch in C authors<', opf): print('no creator')
sys.exit(bool(wrong) or 'dc:creator' not in opf)
PY
}
# every chunk of plain lines: where a line is indented more than the one
# before, so it is in the text of the PDF (to one column, as widths round)
indent_kept() {                         # TEXT AST...
  node - "$@" <<'JS'
const fs = require('fs')
const [text, ...asts] = process.argv.slice(2)
const squeeze = s => s.trim().replace(/\s+/g, ' ')
const seen = new Map()
fs.readFileSync(text, 'utf8').split('\f').forEach((page, number) => {
  for (const line of page.split('\n')) {
    const key = squeeze(line)
    seen.set(key, seen.has(key) ? null : { at: line.search(/\S/), number })
  }
})
let compared = 0, wrong = []
const chunks = list => list.flatMap(b => b.t === 'Div' ? chunks(b.c[1])
  : b.t === 'CodeBlock' && b.c[0][1].includes('nwchunk') ? [b.c[1]] : [])
const bodies = asts.flatMap(ast => chunks(JSON.parse(fs.readFileSync(ast)).blocks)).map(body =>
  body.split('\n').map(r => r.split('\t')).map(([k, , t]) => k === 'nl' ? '\n' : t ?? '').join('').split('\n'))
// a line that the book has twice may stand in the text once: beside the other is a margin note
const times = new Map()
for (const line of bodies.flat()) times.set(squeeze(line), (times.get(squeeze(line)) ?? 0) + 1)
for (const lines of bodies) {
    let before = null
    for (const line of lines) {
      const there = seen.get(squeeze(line)), is = line.search(/\S/)
      if (!there || is < 0 || times.get(squeeze(line)) > 1) { before = null; continue }
      const { at, number } = there
      if (before && before.is !== is && before.number === number) {
        compared++
        if (Math.abs((at - before.at) - (is - before.is)) > 1) wrong.push(line)
      }
      before = { at, is, number }
    }
  }
if (!compared || wrong.length) {
  console.log(`${compared} lines compared, ${wrong.length} indented otherwise`, wrong.slice(0, 5))
  process.exit(1)
}
JS
}

no_head_alone() {                       # TEXT: a page ends with the head of an exercise
  test -s "$1" && ! awk 'BEGIN { RS = "\f" } { sub(/[ \n]+$/, ""); sub(/.*\n/, "") }
    /^ *Exercise [0-9]+\.[0-9]+ / { print "page " NR ": " $0 }' "$1" | grep .
}

marks_meet() {                          # TEXT: what goes on over a page, chunk or output, goes on on the next
  awk 'BEGIN { RS = "\f" }
    { match($0, /[A-Z0-9][a-z0-9. ]*, continued/); here = RSTART ? substr($0, RSTART, RLENGTH - 11) : ""
      if (here != open) { print "page " NR ": \"" open "\" went on before it, \"" here "\" goes on here"; bad = 1 }
      open = match($0, /[A-Z0-9][a-z0-9. ]* goes on over the page/) ? substr($0, RSTART, RLENGTH - 22) : "" }
    END { exit bad }' "$1"
}

goes_on() { grep -q 'output, continued' "$1" && grep -qE '[0-9]\.[0-9]+, continued' "$1"; }

# ---- the book
tables() { node -p "
  const b = require(process.cwd() + '/build/weave/book.json'), bound = process.argv[1].split(' ').map(x => x.split(':'))
  const mine = b.chapters.filter(c => bound.some(([n, v]) => n === c.chapter && v === process.argv[2]))
  process.argv[3] === 'tier' ? mine.find(c => c.tier).tier : mine.map(c => c.title).join('\n')" "$(sed -n 's/^bound\t//p' build/weave/version)" "$@"; }
roman=(I II III IV V VI)
: > "$work/layout"
for i in "${!pdfs[@]}"; do
  pdf=${pdfs[i]} volume=${volumes[i]} name=$(basename "${pdfs[i]}" .pdf)
  mapfile -t titles < <(tables "$volume")
  good "$name: its log"          no_fault_in_log "build/pdf/work/$name/$name.log"
  good "$name: fonts are embedded" fonts_embedded "$pdf"
  good "$name: its outline has its chapters" has_outline "$pdf" "${titles[@]}" 'Index of identifiers'
  good "$name: structure of the PDF" qpdf --check "$pdf"
  good "$name: labels of its pages" has_labels "$pdf"
  good "$name: its title says which volume" says_volume "$pdf" "${roman[i]}" "$(tables "$volume" tier)"
  # columns as wide as a letter of the code, 0.6 of 7.8 pt: -layout takes the
  # smallest letters of the page, and those may stand in its margin
  # In the workshops and solutions, at the back, all is .92 as large.
  back=$(pdftotext "$pdf" - | awk 'BEGIN { RS = "\f" } /What the chapters need and do not stop for/ || /Hints and solutions\n/ && NR > 20 { print NR; exit }')
  pdftotext -fixed 4.68 -l $((back - 1)) "$pdf" - >> "$work/layout"
  pdftotext -fixed 4.31 -f "$back" "$pdf" - >> "$work/layout"
  pdftotext "$pdf" "$work/plain"
  good "$name: what goes on over a page says so" marks_meet "$work/plain"
  cat "$work/plain" >> "$work/all"
done
good 'code and outputs go on over pages somewhere' goes_on "$work/all"
good 'links across the volumes' leads_across "${pdfs[@]}"
pdf_numbers "${pdfs[@]}" > "$work/pdf"; html_numbers build/html > "$work/html"; /usr/bin/python3 -m zipfile -e "$epub" "$work/e"
epub_numbers "$work/e" > "$work/epub"
good 'chunk numbers: PDF and HTML'  same "$work/html" "$work/pdf"
good 'chunk numbers: EPUB and HTML' same "$work/html" "$work/epub"
html_labels build/html/[0-9]*.html > "$work/html.labels"; pdf_labels "${pdfs[@]}" > "$work/pdf.labels"; epub_labels "$work/e" > "$work/epub.labels"
good 'sections, figures, equations: PDF and HTML'  same "$work/html.labels" "$work/pdf.labels"
good 'sections, figures, equations: EPUB and HTML' same "$work/html.labels" "$work/epub.labels"
good 'epubcheck: nothing to say' epub_sound "$epub"
good 'the EPUB has one time and a creator' epub_dated "$epub"
good 'code keeps its indentation' indent_kept "$work/layout" build/weave/reader/[0-9]*.json
! grep -qE '\?\?|p\. 000' "$work/layout"; ok 'every page is known' $?
good 'no head of an exercise is alone' no_head_alone "$work/layout"

# ---- samples that are bad
printf 'a\nThe output goes on over the page\n\f4\nThe output, continued\nb\n\fc\n1.2 goes on over the page\n\fd\n' > "$work/marks"
bad 'a mark below, and none above' marks_meet "$work/marks"
bad 'a book in which no code goes on' goes_on "$work/marks"
printf 'Some text.\n Exercise 1.2   Strides    1 point\n\n\f  Fill them in.\n' > "$work/alone"
bad 'the head of an exercise at the end of a page' no_head_alone "$work/alone"
log() { printf '%s\n' 'This is LuaTeX' "$1" > "$work/log"; }
log 'Overfull \hbox (1.2pt too wide) in paragraph at lines 3--4'; bad 'an overfull line' no_fault_in_log "$work/log"
log 'Overfull \hbox (0.9pt too wide) in paragraph at lines 3--4'; good 'a hair is let through' no_fault_in_log "$work/log"
log 'Missing character: There is no ∇ (U+2207) in font [x.ttf]!'; bad 'a missing character' no_fault_in_log "$work/log"
log "LaTeX Warning: Reference \`chunk-x' undefined: no page yet"; bad 'an unknown page' no_fault_in_log "$work/log"
log "warning  (pdf backend): unreferenced destination with name 'x'"; bad 'a link to nowhere' no_fault_in_log "$work/log"
bad 'no log at all' no_fault_in_log "$work/none"

cat > "$work/bad.pdf" <<'PDF'
%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 32>>stream
BT /F 9 Tf 9 9 Td (bare) Tj ET  
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
PDF
bad 'a font that is not embedded' fonts_embedded "$work/bad.pdf"
bad 'a PDF without an outline' has_outline "$work/bad.pdf" Tensors
bad 'a damaged PDF' qpdf --check "$work/bad.pdf"
bad 'a PDF without labels of its pages' has_labels "$work/bad.pdf"
bad 'a title that is of another volume' says_volume "${pdfs[0]}" "${roman[1]}" "$(tables "${volumes[1]}" tier)"
bad 'links into a volume that is not there' leads_across "${pdfs[0]}"
sed '1d' "$work/html" > "$work/less"; bad 'a lost chunk number' same "$work/html" "$work/less"
sed '/^Figure/d' "$work/html.labels" > "$work/less"; bad 'lost figures' same "$work/html.labels" "$work/less"
: > "$work/empty"; bad 'no chunk numbers at all' same "$work/empty" "$work/empty"
sed 's/^ *//' "$work/layout" > "$work/flat"; bad 'flattened code' indent_kept "$work/flat" build/weave/reader/[0-9]*.json
rm "$work/e/EPUB/text/title_page.xhtml"
/usr/bin/python3 - "$work" <<'PY'
import os, sys, zipfile
work = sys.argv[1]
with zipfile.ZipFile(work + '/bad.epub', 'w') as z:
    z.write(work + '/e/mimetype', 'mimetype')
    for folder, _, files in os.walk(work + '/e'):
        for f in files:
            if f != 'mimetype':
                p = os.path.join(folder, f)
                z.write(p, os.path.relpath(p, work + '/e'))
PY
bad 'an EPUB with a page missing' epub_sound "$work/bad.epub"
bad 'an EPUB with the times of its making' epub_dated "$work/bad.epub"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
