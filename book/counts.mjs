// What the book has, counted: for the page that looks back on it.
//   node counts.mjs TREE WEAVEDIR > counts.tsv
// TREE is the tangled C. Lines are those that are not blank; the header that
// a tool makes of the others (locate.h) is not counted.
import fs from 'node:fs'
import path from 'node:path'

const [tree, weave] = process.argv.slice(2)
const book = JSON.parse(fs.readFileSync(`${weave}/book.json`, 'utf8'))
const files = dir => !fs.existsSync(dir) ? [] : fs.readdirSync(dir, { withFileTypes: true }).flatMap(e =>
  e.isDirectory() ? files(path.join(dir, e.name)) : /\.[ch]$/.test(e.name) && e.name !== 'locate.h' ? [path.join(dir, e.name)] : [])
const read = list => list.map(f => fs.readFileSync(f, 'utf8').replace(/^#line .*\n/gm, ''))
const lines = list => read(list).join('\n').split('\n').filter(l => l.trim()).length
const library = [...files(`${tree}/include`), ...files(`${tree}/src`)]
const programs = files(`${tree}/programs`), tests = files(`${tree}/tests`)
const ids = kind => Object.values(book.ids).filter(d => d.kind === kind).length
const functions = fs.readFileSync(`${weave}/functions.nw`, 'utf8').match(/^The (\d+) functions/m)[1]
const kernels = fs.readFileSync(`${weave}/backend.nw`, 'utf8').match(/all of its (\d+) kernels/)[1]

const counts = {
  chapters: book.chapters.filter(c => c.exists).length,
  chunks: Object.values(book.chunks).filter(c => c.number).length,
  lines: lines(library), program_lines: lines(programs), test_lines: lines(tests),
  functions, kernels, programs: programs.length,
  tests: read(tests).join('\n').match(/^TT\(/gm)?.length ?? 0,
  exercises: Object.keys(book.exercises).length,
  figures: ids('fig'), equations: ids('eq'),
}
for (const [key, n] of Object.entries(counts)) console.log(`count.${key}\t${Number(n).toLocaleString('en')}`)
