// One page: node render.mjs WEAVEDIR EDITION NODE_MODULES VERSIONFILE PAGE OUT
// PAGE is a chapter (01-tensors), a page before them (quickstart) or index, identifiers, chunks,
// bibliography, colophon, search (the index for searching).
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { Writer, esc, attr, nameHtml, nameText, stringify, tokens, attributes } from './pandoc.mjs'
import { page, front, back } from './page.mjs'

const [weave, edition, modules, versionFile, current, out] = process.argv.slice(2)
const require = createRequire(path.resolve(modules) + '/')
const json = f => JSON.parse(fs.readFileSync(f, 'utf8'))
const book = json(`${weave}/book.json`)
const version = Object.fromEntries(fs.readFileSync(versionFile, 'utf8').trimEnd()
  .split('\n').map(l => l.split('\t')))
const ast = chapter => json(`${weave}/${edition}/${chapter}.json`)
const made = book.chapters.filter(c => c.exists)
// the pages of chapters: the chapter, and its workshop where it has one
const sheets = made.flatMap(c => [c.chapter, c.workshop].filter(Boolean))
const write = text => { fs.mkdirSync(path.dirname(out), { recursive: true }); fs.writeFileSync(out, text) }

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const amount = (n, word) => `${WORDS[n] ?? n} ${word}${n === 1 ? '' : 's'}`

const headings = blocks => blocks.filter(b => b.t === 'Header' && b.c[0] === 2)
  .map(b => ({ id: b.c[1][0], number: attributes(b.c[1]).number, text: stringify(b.c[2]) }))

function chapterPage() {
  const math = require('temml')
  const doc = ast(current)
  const source = stringify(doc.meta.source.c)
  const info = book.chapters.find(c => c.chapter === current || c.workshop === current)
  const shop = current === info.workshop
  const other = info.workshop ? ast(shop ? info.chapter : info.workshop).blocks : []
  const w = new Writer({ page: current, book, math, source, other })
  const text = w.chapter(doc.blocks)
  const first = doc.blocks.find(b => b.t === 'Para')
  const chapterLink = `<a href="${info.chapter}.html">Chapter ${info.number} · ${esc(info.title)}</a>`
  const opener = `<p class="over">${shop ? chapterLink : `${info.tier ? `${esc(info.tier)} · ` : ''}Chapter ${info.number}`}</p>`
  // the way to the workshop, and back
  const across = !info.workshop ? '' : shop
    ? `<p class="across">Back to ${chapterLink}</p>`
    : `<nav class="across" aria-label="Workshop of this chapter"><p class="title"><a href="${info.workshop}.html">The workshop of this chapter</a></p>
<p>What the chapter needs and does not stop for. Look up there what you want to see.</p>
<ul>${headings(other).map(h => `<li><a href="${info.workshop}.html#${h.id}"><span class="no">${h.number ?? ''}</span> ${esc(h.text)}</a></li>`).join('')}</ul></nav>`
  write(page({ book, current, version, source, kind: 'chapter', toc: w.toc, title: shop ? `Workshop: ${info.title}` : info.title,
    description: first ? stringify(first.c).slice(0, 180) : info.title,
    body: `<article>\n${opener}\n${text}\n${across}</article>` }))
}

function frontPage() {
  const doc = ast(current)
  const source = stringify(doc.meta.source.c)
  const w = new Writer({ page: current, book, source })
  const text = w.chapter(doc.blocks)
  const written = source.startsWith('build/') ? undefined : source
  write(page({ book, current, version, source: written, kind: 'front', toc: w.toc, title: stringify(doc.blocks[0]),
    description: stringify(doc.blocks.find(b => b.t === 'Para')).slice(0, 180),
    body: `<article>\n${text}\n</article>` }))
}

function indexPage() {
  const tiers = []
  for (const c of book.chapters) {
    if (!tiers.length || tiers[tiers.length - 1].name !== c.tier) tiers.push({ name: c.tier, list: [] })
    tiers[tiers.length - 1].list.push(c)
  }
  const ABOUT = { Foundation: 'build the engine', Architecture: 'build intelligence',
                  Optimization: 'build for production', Capstone: 'put it together' }
  const item = c => {
    const name = `<span class="no">${c.number}</span><span class="t">${esc(c.title)}${
      c.milestone ? `<span class="milestone">${esc(c.milestone)}</span>` : ''}</span>`
    return c.exists ? `<li><a href="${c.chapter}.html">${name}</a>${
      c.workshop ? `<a class="shop" href="${c.workshop}.html">Workshop<span class="vh"> of ${esc(c.title)}</span></a>` : ''}</li>`
      : `<li class="later"><span>${name}<span class="vh"> (to come)</span></span></li>`
  }
  const list = tiers.map(t => `<section class="tier">${t.name
    ? `<h2>${esc(t.name)}<span>${ABOUT[t.name] ?? ''}</span></h2>` : '<h2 class="vh">Before you start</h2>'
    }<ol>${t.list.map(item).join('\n')}</ol></section>`).join('\n')
  const later = book.chapters.length - made.length
  // what is set up before the first part is no reading
  const start = made.find(c => c.tier) ?? made[0]
  const files = [['tinytorch.pdf', 'PDF'], ['tinytorch.epub', 'EPUB']].map(([f, kind]) => [f, kind, path.join(path.dirname(out), f)])
    .filter(([, , at]) => fs.existsSync(at))
    .map(([f, kind, at]) => `<a href="${f}" download>${kind}</a> <span>(${(fs.statSync(at).size / 1e6).toFixed(1)} MB)</span>`)
  const cover = fs.readFileSync(new URL('./cover.svg', import.meta.url), 'utf8')
  write(page({ book, current, version, kind: 'cover', title: book.title,
    description: 'A book that is a machine-learning framework: every chapter is its own source code.',
    body: `<article class="cover">
<div class="art">${cover}</div>
<h1>${esc(book.title)}</h1>
<p class="sub">A machine-learning framework you read</p>
<p class="lead">This book is a program. Each chapter explains one part of a machine-learning framework, from the tensor to the
transformer and the compiled, quantized, cached model that answers in milliseconds, and the C that it explains is the C
that runs: the text you read and the library you link come from the same files.</p>
<p class="start">${made.length ? `<a class="button" href="${start.chapter}.html">Start reading</a>` : ''}${
      front(version).map(([file, title]) => ` <a href="${file}.html">${esc(title)}</a>`).join('')}</p>
${files.length ? `<p class="files">Also as ${files.join(' and ')}, to read elsewhere.</p>` : ''}
${list}
${later ? `<p class="later-note">${amount(made.length, 'chapter')[0].toUpperCase() + amount(made.length, 'chapter').slice(1)} of ${book.chapters.length} can be read today; the gray ones are being written.</p>` : ''}
</article>` }))
}

function identifiersPage() {
  const uses = {}
  const walk = list => {
    for (const b of list) {
      if (b.t === 'Div') walk(b.c[1])
      if (b.t !== 'CodeBlock' || !b.c[0][1].includes('nwchunk')) continue
      for (const [kind, target, text] of tokens(b.c[1]))
        if (target && kind !== 'use') (uses[text] ??= new Set()).add(b.c[0][0])
    }
  }
  for (const s of sheets) walk(ast(s).blocks)
  const at = (id, label) => {
    const c = book.chunks[id]
    return `<a href="${c.chapter}.html#${id}">${label ?? (c.number || 'solution')}</a>`
  }
  const names = Object.keys(book.idents).sort((a, b) => a.replace(/^tt_/i, '').localeCompare(b.replace(/^tt_/i, ''), 'en'))
  const groups = {}
  for (const n of names) (groups[n.replace(/^tt_/i, '')[0].toUpperCase()] ??= []).push(n)
  const body = Object.entries(groups).map(([letter, list]) => `<h2 id="letter-${letter.toLowerCase()}">${letter}</h2>\n<dl class="index">${
    list.map(n => {
      const u = [...uses[n] ?? []].filter(id => id !== book.idents[n].chunk)
      return `<dt id="ident-${n}"><code>${esc(n)}</code></dt><dd>${at(book.idents[n].chunk, `<b>${book.chunks[book.idents[n].chunk].number || 'solution'}</b>`)}${
        u.length ? ' · ' + u.map(id => at(id)).join(', ') : ''}</dd>`
    }).join('\n')}</dl>`).join('\n')
  write(page({ book, current, version, kind: 'back', title: 'Index of identifiers',
    description: 'Every public name of the framework, the chunk that defines it and the chunks that use it.',
    body: `<article>\n<h1>Index of identifiers</h1>\n<p>The chunk in bold defines the name; the others use it. The prefix <code>tt_</code> is ignored in sorting.</p>\n${body}\n</article>` }))
}

function chunksPage() {
  const printed = new Set()
  const entry = (name, depth) => {
    const ids = book.names[name]
    if (!ids || printed.has(name)) return ''
    printed.add(name)
    const pieces = ids.map(i => `<a href="${book.chunks[i].chapter}.html#${i}">${book.chunks[i].number}</a>`)
    const label = book.chunks[ids[0]].kind === 'root' ? `<code>${esc(name)}</code>` : `⟨${nameHtml(name)}⟩`
    return `<li style="--depth:${depth}">${label} <span>${pieces.join(', ')}</span></li>\n` +
      ids.flatMap(i => book.chunks[i].uses).map(u => entry(u, depth + 1)).join('')
  }
  const roots = [...new Set(book.order.map(i => book.chunks[i]).filter(c => c.kind === 'root').map(c => c.name))].sort()
  const body = roots.map(file => `<h2 id="file-${file.replace(/[^A-Za-z0-9]+/g, '-')}" class="vh">${esc(file)}</h2>\n<ul class="index chunks">${entry(file, 0)}</ul>`).join('\n')
  write(page({ book, current, version, kind: 'back', title: 'Index of chunks',
    description: 'Every piece of code of the book, file by file.',
    body: `<article>\n<h1>Index of chunks</h1>\n<p>Every file as an outline, in the order of its code.</p>\n${body}\n</article>` }))
}

function bibliographyPage() {
  const w = new Writer({ page: current, book, source: 'book/references.bib' })
  const blocks = json(`${weave}/${edition}/bibliography.json`).blocks.filter(b => b.t !== 'Header')
  write(page({ book, current, version, kind: 'back', title: 'References',
    description: 'The works that the book cites.',
    body: `<article>\n<h1>References</h1>\n${w.blocks(blocks)}\n</article>` }))
}

function colophonPage() {
  const text = fs.readFileSync(new URL('./colophon.html', import.meta.url), 'utf8')
  write(page({ book, current, version, kind: 'back', title: 'Colophon and licenses',
    description: 'How the book was made, and under which licenses.',
    body: `<article>\n<h1>Colophon and licenses</h1>\n${text}\n</article>` }))
}

// The index is a classic script, so that it also loads from a folder.
function searchIndex() {
  const MiniSearch = require('minisearch')
  const docs = []
  const FIELDS = ['title', 'idents', 'chunks', 'text']
  // what has a number is found by it: exercise 1.3, figure 6.4, section 1.4
  const WORD = { exr: 'Exercise', fig: 'Figure', tbl: 'Table' }
  const numbered = ([[id, , kv], content], sheet) => {
    const word = WORD[id.split(':')[0]]
    if (!word) return
    const { number, title } = Object.fromEntries(kv)
    const caption = title ?? stringify(content[0]?.t === 'Table' ? content[0].c[1][1] : content[0]).match(/^.*?[.:](?= |$)|^.*$/s)[0]
    docs.push({ id: docs.length, url: `${sheet}.html#${id}`, title: `${word} ${number}: ${caption.trim().replace(/\\|[{}]/g, '')}`, where: where(sheet), idents: '', chunks: '', text: '' })
  }
  const plain = b => b.t === 'CodeBlock' ? b.c[1] : b.t === 'Div' ? b.c[1].map(plain).join(' ') : stringify(b)
  const where = sheet => {
    const c = made.find(c => c.chapter === sheet || c.workshop === sheet)
    return `${c.number} ${c.title}${sheet === c.workshop ? ', workshop' : ''}`
  }
  for (const [id, d] of Object.entries(book.ids)) {
    if (d.kind === 'eq') docs.push({ id: docs.length, url: `${d.chapter}.html#${id}`, title: `Equation ${d.number}`, where: where(d.chapter), idents: '', chunks: '', text: '' })
  }
  for (const sheet of sheets) {
    const c = made.find(c => c.chapter === sheet || c.workshop === sheet), shop = sheet === c.workshop
    const section = (id, title) => docs[docs.push(
      { id: docs.length, url: `${sheet}.html${id ? '#' + id : ''}`, title, where: where(sheet),
        idents: '', chunks: '', text: '' }) - 1]
    let s = section('', shop ? `Workshop: ${c.title}` : c.title)
    const walk = list => {
      for (const b of list) {
        if (b.t === 'Header' && b.c[0] > 1 && b.c[0] < 4) {
          const { number } = attributes(b.c[1])
          s = section(b.c[1][0], `${number ? number + ' ' : ''}${stringify(b.c[2])}`)
          s.text = number ? 'Section' : ''
        }
        else if (b.t === 'Div') {
          numbered(b.c, sheet)
          s.text += ' ' + (attributes(b.c[0]).title ?? '')
          walk(b.c[1])
        } else if (b.t === 'CodeBlock' && !b.c[0][1].includes('nwchunk')) s.text += ' ' + b.c[1]
        else if (b.t === 'CodeBlock' && b.c[0][1].includes('nwchunk')) {
          const a = attributes(b.c[0])
          s.chunks += ' ' + nameText(a.name)
          s.idents += ' ' + (a.defines ?? '')
        } else if (Array.isArray(b.c)) s.text += ' ' + stringify(b)
      }
    }
    walk(ast(sheet).blocks)
  }
  // the pages before the chapters, section by section
  for (const [file, title] of front(version)) {
    const start = (id, t) => docs[docs.push({ id: docs.length, url: `${file}.html${id ? '#' + id : ''}`, title: t, where: title,
      idents: '', chunks: '', text: '' }) - 1]
    let s = start('', title)
    for (const b of ast(file).blocks) {
      if (b.t === 'Header') { if (b.c[0] > 1) s = start(b.c[1][0], stringify(b.c[2])) }
      else s.text += ' ' + plain(b)
    }
  }
  for (const [name, d] of Object.entries(book.idents)) {
    const number = book.chunks[d.chunk].number
    docs.push({ id: docs.length, url: `${d.chapter}.html#${name}`, title: name, idents: name, chunks: '', text: '',
      where: `defined in ${number ? 'chunk ' + number : 'a solution'}` })
  }
  // tt_add is found as tt_add and as add
  const tokenize = s => s.split(/[^\p{L}\p{N}_.]+|\.(?!\d)|(?<!\d)\./u).flatMap(w => w.includes('_') ? [w, ...w.split('_')] : [w])
  const mini = new MiniSearch({ fields: FIELDS, storeFields: ['url', 'title', 'where'], tokenize })
  mini.addAll(docs)
  const lib = fs.readFileSync(require.resolve('minisearch').replace(/cjs\/index\.cjs$/, 'umd/index.js'), 'utf8')
    .replace(/\n\/\/# sourceMappingURL.*/, '')
  write(`${lib}\nwindow.bookIndex=MiniSearch.loadJSON(${JSON.stringify(JSON.stringify(mini))},{fields:${
    JSON.stringify(FIELDS)},storeFields:["url","title","where"],tokenize:${tokenize}});\n`)
}

const pages = { index: indexPage, identifiers: identifiersPage, chunks: chunksPage,
  bibliography: bibliographyPage, colophon: colophonPage, search: searchIndex }
try {
  (pages[current] ?? ([...front(version), ...back(version)].some(([f]) => f === current) ? frontPage : chapterPage))()
} catch (e) {
  console.error(e.message.startsWith('chapters/') ? e.message : e.stack)
  process.exit(1)
}
