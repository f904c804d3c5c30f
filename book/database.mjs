// What is numbered in the book, and where: chunks, identifiers, headings,
// figures, tables, equations, exercises. Reads the tokens of every chapter
// and solutions file, writes book.json and book.lua.
//   node database.mjs OUTDIR chapters.tsv TOK...
import fs from 'node:fs'
import path from 'node:path'

const [outdir, table, ...toks] = process.argv.slice(2)
const errors = []
const fail = (file, line, text) => errors.push(`${file}:${line}: ${text}`)

const book = {
  title: 'TinyTorch in C', chapters: [], ids: {}, chunks: {}, order: [],
  idents: {}, exercises: {}, labels: {}, names: {},
}
const where = {}                    // id -> "file:line", not stored
const places = {}                   // of exercises: chunk -> "file:line"

// ---- the table of chapters
if (fs.existsSync(table)) {
  const [head, ...rows] = fs.readFileSync(table, 'utf8').trimEnd().split('\n')
  const keys = head.replace(/^#\s*/, '').split('\t')
  for (const row of rows) {
    const r = Object.fromEntries(row.split('\t').map((v, i) => [keys[i], v]))
    const nn = String(parseInt(r.number)).padStart(2, '0')
    book.chapters.push({
      chapter: `${nn}-${r.slug}`, number: String(parseInt(r.number)),
      slug: r.slug, title: r.title, tier: r.tier ?? '',
      milestone: r.milestone ?? '', about: r.about ?? '', picture: r.picture ?? '', exists: false, workshop: '',
    })
  }
}
function chapterOf(name) {
  let c = book.chapters.find(c => c.chapter === name)
  if (!c) {
    const [, nn, slug] = name.match(/^(\d\d)-(.*)$/)
    c = { chapter: name, number: String(parseInt(nn)), slug, title: slug,
          tier: '', milestone: '', exists: false, workshop: '' }
    book.chapters.push(c)
  }
  return c
}

const slugOf = s => s.toLowerCase().normalize('NFKD')
  .replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
const ROOT = /^(include|src|programs|tests)\//

// The two pages of a chapter are numbered as one: page -> what it counts.
const baseOf = page => page.replace(/-workshop$/, '')
const counts = {}

// ---- one file of tokens; chapter: the page that it becomes
function scan(tok) {
  const lines = fs.readFileSync(tok, 'utf8').split('\n')
  const source = lines[0].slice(6)
  const inSolutions = /chapters\/solutions\//.test(source)
  const workshop = lines[1].match(/^@workshop (\d+)/)
  const base = path.basename(source, '.nw')
  const chapter = base + (workshop ? '-workshop' : '')
  const info = chapterOf(base)
  if (workshop) info.workshop = chapter
  else if (!inSolutions) info.exists = true
  let lineno = Number(workshop?.[1] ?? 1), docs = [], text = '', chunk = null, at = 1, fresh = true

  const flushDocs = () => {
    if (docs.length && !inSolutions) prose(docs, source, info, chapter)
    if (docs.length && inSolutions) noIds(docs, source)
    docs = []
  }
  for (const l of lines) {
    const sp = l.indexOf(' ')
    const key = sp < 0 ? l : l.slice(0, sp), arg = sp < 0 ? '' : l.slice(sp + 1)
    switch (key) {
      case '@begin':
        text = ''
        if (arg.startsWith('code')) {
          chunk = { label: '', name: '', uses: [], defines: [], text: '' }
          at = lineno; fresh = true
        }
        break
      case '@end':
        if (arg.startsWith('code')) { addChunk(chunk); chunk = null }
        break
      case '@xref':
        if (chunk && fresh && arg.startsWith('label ')) {
          chunk.label = arg.slice(6); fresh = false
        }
        break
      case '@defn': chunk.name = arg; break
      case '@use':
        if (chunk) chunk.uses.push(arg)
        else text += `<<${arg}>>`
        break
      case '@index':
        if (arg === 'nl') lineno++
        else if (chunk && arg.startsWith('defn ')) chunk.defines.push(arg.slice(5))
        break
      case '@text': if (chunk) chunk.text += arg; else text += arg; break
      case '@quote': text += '[['; break
      case '@endquote': text += ']]'; break
      case '@nl':
        if (chunk) chunk.text += '\n'
        else { docs.push([lineno, text]); text = '' }
        lineno++
        break
    }
  }
  flushDocs()

  function addChunk(c) {
    if (c.name === 'exercises') return manifest(c.text, source, at, base)
    if (/^(hint|hidden tests:) /.test(c.name)) return
    const solution = /^solution: /.test(c.name)
    const stem = 'chunk-' + slugOf(c.name) +
      (/^open: /.test(c.name) ? '-' + info.slug : '')
    const nth = (book.names[c.name] ?? []).filter(i =>
      baseOf(book.chunks[i].chapter) === base).length + 1
    const id = nth > 1 ? `${stem}-${nth}` : stem
    if (book.chunks[id]) {
      fail(source, at, `chunk <<${c.name}>> has the same id as <<${
        book.chunks[id].name}>> at ${where[id]}`)
      return
    }
    if (/^exercise: /.test(c.name)) places[c.name] = `${source}:${at}`
    info.count = (info.count ?? 0) + (solution ? 0 : 1)
    book.chunks[id] = {
      number: solution ? '' : `${info.number}.${info.count}`,
      name: c.name, chapter, kind: solution ? 'solution'
        : ROOT.test(c.name) ? 'root' : /^open: /.test(c.name) ? 'open'
        : /^exercise: /.test(c.name) ? 'exercise' : 'part',
      file: '', path: [], usedin: [], uses: [...new Set(c.uses)],
      continues: '', continued: '', defines: c.defines,
    }
    where[id] = `${source}:${at}`
    ;(book.names[c.name] ??= []).push(id)
    book.order.push(id)
    book.labels[c.label] = id
    for (const d of c.defines) book.idents[d] ??= { chapter, chunk: id }
  }
}

// ---- ids in prose, numbered in the order of the text
function define(id, entry, source, line) {
  if (book.ids[id])
    return fail(source, line, `id ${id} is already defined at ${where[id]}`)
  book.ids[id] = entry
  where[id] = `${source}:${line}`
}
const ID = /\{[^{}]*?#((?:sec|fig|tbl|eq|exr):[A-Za-z0-9_.:-]*[A-Za-z0-9_])/g

function* outsideFences(docs) {
  let fence = ''
  for (const [n, t] of docs) {
    const m = t.match(/^ {0,3}(`{3,}|~{3,})(.*)$/)
    if (fence) {
      if (m && m[1].startsWith(fence) && !m[2].trim()) fence = ''
    } else if (m) fence = m[1]
    else yield [n, t.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '')]
  }
}
function prose(docs, source, info, chapter) {
  const inWorkshop = chapter === info.workshop
  const count = counts[info.chapter] ??= { fig: 0, tbl: 0, eq: 0, sec: [0, 0, 0] }
  const { sec } = count
  let titles = 0
  for (const [n, t] of outsideFences(docs)) {
    const h = t.match(/^(#{1,3}) +(.*?)\s*(\{[^{}]*\})?\s*$/)
    if (h && !/[{ ](\.unnumbered|-)[ }]/.test(h[3] ?? '')) {
      const level = h[1].length
      if (level === 1 && titles++) fail(source, n, `a second title "${h[2]}"; sections have ##${
        /\.workshop/.test(h[3]) ? ', and a chapter has one workshop' : ''}`)
      if (level > 1 && /\.workshop[ }]/.test(h[3])) fail(source, n, 'the workshop is a page: its heading has one #')
      if (level > 1) { sec[level - 1]++; sec.fill(0, level) }
      const id = h[3]?.match(/#([^\s}]+)/)?.[1]
      if (!id) fail(source, n, `heading "${h[2]}" has no id {#sec:...}`)
      else define(id, { kind: 'sec', chapter, title: h[2],
        number: [info.number, ...sec.slice(1, level)].join('.') }, source, n)
      if (level === 1 && !inWorkshop && !fs.existsSync(table)) info.title = h[2]
      continue
    }
    for (const m of t.matchAll(ID)) {
      const kind = m[1].split(':')[0], entry = { kind, chapter }
      if (kind === 'exr') {
        if (inWorkshop) fail(source, n, `exercise ${m[1].slice(4)} stands in the workshop; it belongs to the chapter, before it`)
        entry.number = m[1].slice(4)
        entry.title = t.match(/title="([^"]*)"/)?.[1] ?? ''
      } else if (kind !== 'sec') entry.number = `${info.number}.${++count[kind]}`
      define(m[1], entry, source, n)
    }
  }
}
function noIds(docs, source) {
  for (const [n, t] of outsideFences(docs))
    for (const m of t.matchAll(ID))
      if (!m[1].startsWith('sec:')) fail(source, n, `id ${m[1]} in a solution: a solution is not printed in every edition`)
}

// ---- the manifest of exercises
function manifest(text, source, at, chapter) {
  text.split('\n').forEach((row, i) => {
    if (!row.trim()) return
    const f = row.split('|').map(s => s.trim())
    if (f.length < 5) return fail(source, at + i, `exercises: ${row}`)
    const words = s => (s ?? '').split(/\s+/).filter(Boolean)
    book.exercises[f[0]] = { points: Number(f[1]), kind: f[2], name: f[3],
      tests: words(f[4]), needs: words(f[5]), minutes: f[6] ?? '', title: '', chapter, place: '' }
    where['manifest ' + f[0]] = [source, at + i]
  })
}

toks.forEach(scan)

// ---- what follows from the whole: places, uses, continuations
const usedBy = {}
for (const id of book.order)
  for (const u of book.chunks[id].uses) (usedBy[u] ??= []).push(id)
for (const ids of Object.values(book.names))
  ids.forEach((id, i) => {
    book.chunks[id].continues = ids[i - 1] ?? ''
    book.chunks[id].continued = ids[i + 1] ?? ''
  })
function outline(name, seen = []) {
  if (ROOT.test(name)) return { file: name, path: [] }
  const parent = (usedBy[name] ?? []).find(p => !seen.includes(p))
  if (!parent) return { file: '', path: [] }
  const up = outline(book.chunks[parent].name, [...seen, parent])
  return { file: up.file, path: [...up.path, parent] }
}
for (const c of Object.values(book.chunks)) {
  const name = c.name.replace(/^solution: /, 'exercise: ')
  Object.assign(c, outline(name))
  c.usedin = usedBy[c.name] ?? []
}
for (const [id, e] of Object.entries(book.exercises)) {
  const told = book.ids['exr:' + id]
  const chunk = book.names['exercise: ' + e.name]
  e.place = places['exercise: ' + e.name] ?? ''
  if (told) e.title = told.title
  else fail(...where['manifest ' + id], `exercise ${id} has no text {#exr:${id}}`)
  if (!chunk) fail(...where['manifest ' + id],
    `exercise ${id}: no chunk <<exercise: ${e.name}>>`)
}
for (const [id, d] of Object.entries(book.ids))
  if (d.kind === 'exr' && !book.exercises[d.number])
    fail(...where[id].split(/:(?=\d+$)/), `exercise ${d.number} is not in <<exercises>>`)

if (errors.length) {
  console.error(errors.join('\n'))
  process.exit(1)
}

const lua = v => Array.isArray(v) ? `{${v.map(lua).join(',')}}`
  : v && typeof v === 'object'
    ? `{${Object.entries(v).map(([k, x]) => `[${lua(k)}]=${lua(x)}`).join(',\n')}}`
    : typeof v === 'string'
      ? `"${v.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"` : String(v)
fs.writeFileSync(path.join(outdir, 'book.json.new'), JSON.stringify(book, null, 1) + '\n')
fs.writeFileSync(path.join(outdir, 'book.lua.new'), 'return ' + lua(book) + '\n')
