// One page: node render.mjs WEAVEDIR EDITION NODE_MODULES VERSIONFILE PAGE OUT
// PAGE is a chapter (01-tensors), a page before or behind them (quickstart, epilogue) or index, subjects, identifiers, chunks,
// figures, exercises, bibliography, colophon, search (the index for searching) or previews (a folder: what
// opens over a link to another page).
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { Writer, esc, attr, nameHtml, nameText, stringify, tokens, attributes } from './pandoc.mjs'
import { page, front, after, back } from './page.mjs'

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
// prose that is no chapter; the page of all functions is names, which are found as such
const texts = [...front(version), ...after(version), ...back(version).filter(([f]) => f !== 'functions')]
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
  const w = new Writer({ page: current, book, math, source, other, demos: version.demos })
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
  const w = new Writer({ page: current, book, math: require('temml'), source })
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
      c.milestone ? `<span class="milestone">${esc(c.milestone)}</span>` : ''}${
      c.about ? `<span class="about">${esc(c.about)}</span>` : ''}</span>`
    return c.exists ? `<li>${picture(c)}<a href="${c.chapter}.html">${name}</a>${
      c.workshop ? `<a class="shop" href="${c.workshop}.html">Workshop<span class="vh"> of ${esc(c.title)}</span></a>` : ''}</li>`
      : `<li class="later"><span>${name}<span class="vh"> (to come)</span></span></li>`
  }
  // what the table of chapters names, so small that its letters are left out;
  // it says nothing that the words do not
  const w = new Writer({ page: current, book, source: 'chapters/chapters.tsv' })
  const picture = c => c.picture ? `<span class="picture" aria-hidden="true">${w.svg(`figures/drawings/${c.picture}`, '')
    .replace(/ role="img" aria-label=""/, '')
    .replace(/<text\b[\s\S]*?<\/text>/g, '')}</span>` : ''
  const list = tiers.map(t => `<section class="tier">${t.name
    ? `<h2>${esc(t.name)}<span>${ABOUT[t.name] ?? ''}</span></h2>` : '<h2 class="vh">Before you start</h2>'
    }<ol>${t.list.map(item).join('\n')}</ol></section>`).join('\n')
  const later = book.chapters.length - made.length
  // what is set up before the first part is no reading
  const start = made.find(c => c.tier) ?? made[0]
  // to take along: the volumes of the PDF, each a tier, and the EPUB
  const volumes = [...new Set((version.bound ?? '').split(' ').filter(Boolean).map(b => b.split(':')[1]))]
  const take = (list, kind) => {
    const there = list.map(([f, name]) => [f, name, path.join(path.dirname(out), f)]).filter(([, , at]) => fs.existsSync(at))
      .map(([f, name, at]) => `<a href="${f}" download>${esc(name)}</a> <span>(${(fs.statSync(at).size / 1e6).toFixed(1)} MB)</span>`)
    return there.length ? [`${kind}${there.join(', ')}`] : []
  }
  const tierOf = v => made.find(c => c.tier && version.bound.split(' ').includes(`${c.chapter}:${v}`))?.tier ?? v
  const files = [...take(volumes.map(v => [`tinytorch-${v}.pdf`, tierOf(v)]), `PDF in ${amount(volumes.length, 'volume')}: `),
    ...take([['tinytorch.epub', 'EPUB']], '')]
  // the time it takes: words at 150 a minute, and what each exercise says of itself
  let words = 0, minutes = 0, exercises = 0
  for (const c of made)
    visit(c.chapter, ({ t, c }) => {
      if (t === 'Para' || t === 'Plain') words += stringify(c).split(/\s+/).length
      if (t !== 'Div' || c[0][1][0] !== 'exercise') return
      exercises++
      minutes += Number(attributes(c[0]).minutes ?? 0)
    })
  const hours = n => Math.round(n / 60)
  const seen = 'figures/output/gradient.txt'
  const code = fs.existsSync(seen) ? w.codeBlock([['', ['output'], []], fs.readFileSync(seen, 'utf8').trimEnd()]) : ''
  const link = (file, text) => front(version).some(([f]) => f === file) ? `<a href="${file}.html">${text}</a>` : text
  // what comes after the chapters: to read, and to look up
  const named = { notation: 'notation', backend: 'every kernel', functions: 'every function', subjects: 'subjects', identifiers: 'names', exercises: 'exercises' }
  const read = after(version).map(([f, title]) => `<a href="${f}.html">${esc(title)}</a>`).join(', ')
  const lookup = [...back(version).map(([f]) => f), 'subjects', 'identifiers', 'exercises'].map(f => `<a href="${f}.html">${named[f] ?? f}</a>`)
  const ending = read ? `<section class="tier ending"><h2>At the end<span>look back, look up</span></h2>
<p>${read}: what you have then, what PyTorch has besides, and where to go.</p>
<p>To look up: ${lookup.slice(0, -1).join(', ')} and ${lookup.at(-1)}.</p></section>\n` : ''
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
${files.length ? `<p class="files">To take along: ${files.join('; ')}.</p>` : ''}
${made.length > 2 ? `<section class="door"><h2>What you will build</h2>
<p>You begin with an empty file. By the end of the first part these lines of yours run, and a network that you wrote down to its
last loop reads handwriting:</p>
${code}
<p>Then the same framework learns to see photographs, to read and write text, and to do all of it in a quarter of the memory
and a fraction of the time. Nothing is hidden: each line of it is printed, each number in the text was measured, and each name is a link.</p>
<h2>For whom, and with what</h2>
<p>You can program a little C and are not afraid of a derivative; the book explains both where they get hard. You need a computer
with Linux, gcc and make. A graphics card is not used, and the data of the first part come with the book.
The text takes about ${hours(words / 150)} hours, and the ${exercises} exercises about ${hours(minutes)} more. Students begin with ${link('quickstart', 'the quickstart')},
instructors with ${link('teaching', 'their guide')}, and C programmers who only want the library with ${link('using', 'their page')}.</p>
<figure class="pages"><img src="assets/page.png" width="1100" height="695" loading="lazy" alt="Two pages of the printed book: text, a drawing of a matrix and its strides in memory, a formula, and a numbered piece of code with notes beside it"></figure>
<h2>The way</h2>
<p>${later ? 'Each' : `There are ${made.length} chapters, in ${amount(tiers.filter(t => t.name).length, 'part')}. Each`} stands on what the ones before have built. The years in italics are milestones: programs of history that your framework runs again.</p></section>` : ''}
${list}
${ending}${later ? `<p class="later-note">${amount(made.length, 'chapter')[0].toUpperCase() + amount(made.length, 'chapter').slice(1)} of ${book.chapters.length} can be read today; the gray ones are being written.</p>` : ''}
<p class="later-note">By the TinyTorch in C authors. The text may be shared under CC BY 4.0, the code under the MIT license (<a href="colophon.html">colophon</a>).</p>
</article>` }))
}

// an index with a heading for each letter; key: what it is sorted by
function lettered(names, key, item, kind = '') {
  const groups = {}
  for (const n of names.sort((a, b) => key(a).localeCompare(key(b), 'en'))) (groups[key(n)[0].toUpperCase()] ??= []).push(n)
  const id = letter => `letter-${letter.toLowerCase()}`
  return `<nav class="letters" aria-label="Letters">${Object.keys(groups).map(l => `<a href="#${id(l)}">${l}</a>`).join(' ')}</nav>\n` +
    Object.entries(groups).map(([letter, list]) => `<h2 id="${id(letter)}">${letter}</h2>\n<dl class="index${kind}">${list.map(item).join('\n')}</dl>`).join('\n')
}

// how each name is declared and the line that its header has about it: a
// table that functions.awk makes of the headers
function declarations() {
  const f = `${weave}/names.tsv`
  return Object.fromEntries(fs.existsSync(f) ? fs.readFileSync(f, 'utf8').trimEnd().split('\n').map(l => l.split('\t')).map(([n, ...d]) => [n, d]) : [])
}
const OFTEN = 12                // uses of a name that are all listed
function identifiersPage() {
  const uses = {}               // name -> page -> chunks
  for (const sheet of sheets)
    visit(sheet, ({ t, c }) => {
      if (t === 'CodeBlock' && c[0][1].includes('nwchunk'))
        for (const [kind, target, text] of tokens(c[1]))
          if (target && kind !== 'use' && c[0][0] !== book.idents[text]?.chunk) ((uses[text] ??= {})[sheet] ??= new Set()).add(c[0][0])
    })
  const declared = declarations()
  const number = id => book.chunks[id].number || 'solution'
  const at = (id, label = number(id)) => `<a href="${book.chunks[id].chapter}.html#${id}">${label}</a>`
  const body = lettered(Object.keys(book.idents), n => n.replace(/^tt_/i, ''), n => {
    const { chapter, chunk } = book.idents[n], pages = Object.values(uses[n] ?? {}).map(s => [...s])
    const [code, line] = declared[n] ?? []
    const name = book.chunks[chunk].kind === 'part' ? nameHtml(book.chunks[chunk].name) : ''
    const used = pages.flat().length <= OFTEN ? pages.flat().map(id => at(id))
      : pages.map(([id, ...more]) => at(id, more.length ? `${number(id)} (${more.length + 1})` : number(id)))
    return `<dt id="ident-${n}"><a href="${chapter}.html#${n}"><code>${esc(n)}</code></a></dt><dd>${
      code ? `<code>${esc(code)}</code>` : ''}${line ? ` <span>${esc(line)}</span>` : name ? ` <span>${name}</span>` : ''}<p>${
      at(chunk, `<b>${number(chunk)}</b>`)}${used.length ? ' · ' + used.join(', ') : ''}</p></dd>`
  }, ' names')
  write(page({ book, current, version, kind: 'back', title: 'Index of identifiers',
    description: 'Every public name of the framework, how it is declared, the chunk that defines it and the chunks that use it.',
    body: `<article>\n<h1>Index of identifiers</h1>\n<p>Every public name, how its header declares it, and what the header says about it, or else the
name of the chunk that does. The chunk in bold defines the name, the others use it; of a name that is used in more than ${OFTEN},
the first of each page is given, and how many there are. The prefix <code>tt_</code> is ignored in sorting.</p>\n${body}\n</article>` }))
}

// what a page has, in its order: f(block or inline, section so far)
function visit(sheet, f) {
  const c = made.find(c => c.chapter === sheet || c.workshop === sheet) ?? {}
  let section = { id: '', number: c.number, title: sheet === c.workshop ? `Workshop: ${c.title}` : c.title }
  const walk = node => {
    if (Array.isArray(node)) return node.forEach(walk)
    if (!node || typeof node !== 'object') return
    if (node.t === 'Header' && node.c[0] > 1)
      section = { id: node.c[1][0], number: attributes(node.c[1]).number ?? '', title: stringify(node.c[2]).trim() }
    f(node, section)
    if (node.c !== undefined) walk(node.c)
  }
  walk(ast(sheet).blocks)
}

function subjectsPage() {
  const places = {}
  for (const sheet of sheets)
    visit(sheet, ({ t, c }, section) => {
      const { term } = t === 'Span' ? attributes(c[0]) : {}
      if (term) (places[term] ??= []).push(`<a href="${sheet}.html#${c[0][0]}">${section.number} ${esc(section.title)}</a>`)
    })
  const body = lettered(Object.keys(places), s => s.toLowerCase(),
    term => `<dt>${esc(term)}</dt><dd>${[...new Set(places[term])].join(', ')}</dd>`)
  write(page({ book, current, version, kind: 'back', title: 'Index of subjects',
    description: 'The terms of the book and where each is explained.',
    body: `<article>\n<h1>Index of subjects</h1>\n<p>Terms, and where each is explained.</p>\n${body}\n</article>` }))
}

// the lists of what has a number and a title, chapter by chapter
function listPage(title, about, item) {
  const body = made.map(c => {
    const list = []
    for (const sheet of [c.chapter, c.workshop].filter(Boolean))
      visit(sheet, (node, section) => { const text = node.t === 'Div' && item(node.c, sheet, section); if (text) list.push(`<li>${text}</li>`) })
    return list.length ? `<h2 id="chapter-${c.number}">${c.number} ${esc(c.title)}</h2>\n<ul class="index list">${list.join('\n')}</ul>` : ''
  }).filter(Boolean).join('\n')
  write(page({ book, current, version, kind: 'back', title, description: about,
    body: `<article>\n<h1>${title}</h1>\n<p>${about}</p>\n${body}\n</article>` }))
}
const figuresPage = () => listPage('Figures and tables', 'What can be looked at, chapter by chapter.', ([[id, [kind], kv], content], sheet) => {
  if (kind !== 'figure' && kind !== 'table') return ''
  const w = new Writer({ page: current, book, math: require('temml'), source: sheet })
  const caption = w.inlines(kind === 'table' ? content[0].c[1][1].flatMap(b => b.c) : content[0]?.c ?? []).replace(/<\/?a\b[^>]*>/g, '')
  return `<a href="${sheet}.html#${id}">${kind === 'table' ? 'Table' : 'Figure'} ${Object.fromEntries(kv).number}</a> ${caption}`
})
const exercisesPage = () => listPage('Exercises', 'What is left for you to write, chapter by chapter, and the larger problems at the end of each.',
  ([[id, [kind], kv], content], sheet, section) => {
    const a = Object.fromEntries(kv)
    if (kind === 'open-exercise') return `<a href="${sheet}.html#${section.id}">Open problem</a> ${esc(a.title ?? '')}`
    if (kind !== 'exercise') return ''
    const more = [a.points && `${a.points} point${a.points === '1' ? '' : 's'}`, a.minutes && `${a.minutes} minutes`].filter(Boolean).join(', ')
    return `<a href="${sheet}.html#${id}">Exercise ${a.number}</a> ${esc(a.title ?? '')}${more ? ` <span>${more}</span>` : ''}`
  })

// What opens over a link to another page, a script a page of targets, loaded
// when the first such link is pointed at. What is on the same page, book.js
// takes from there.
function previews() {
  const math = require('temml')
  const wanted = {}
  const want = (sheet, id) => (wanted[sheet] ??= new Set()).add(id)
  const about = fs.existsSync(`${weave}/${edition}/functions.json`) ? prototypes() : {}
  for (const sheet of [...sheets, ...texts.map(([f]) => f)])
    visit(sheet, ({ t, c }) => {
      if (t === 'Link') {
        const { chapter } = attributes(c[0])
        if (chapter && chapter !== sheet) want(chapter, c[2][0].slice(1))
      }
      // the index of subjects opens on the paragraph that explains a term
      if (t === 'Span' && attributes(c[0]).term) want(sheet, c[0][0])
      if (t === 'CodeBlock')
        for (const [, target] of tokens(c[0][1].includes('nwchunk') ? c[1] : attributes(c[0]).tokens ?? '')) {
          const [chapter, id] = (target ?? '').split('#')
          if (id && chapter !== sheet) want(chapter, id)
        }
    })
  fs.mkdirSync(out, { recursive: true })
  const bare = html => html.replace(/<\/?a\b[^>]*>|<details class=about>.*?<\/details>|\s(?:id|tabindex|role)=(?:"[^"]*"|[^\s>]+)/gs, '')
  for (const [sheet, ids] of Object.entries(wanted)) {
    const list = {}
    const w = new Writer({ page: sheet, book, math, source: sheet })
    const { blocks } = ast(sheet)
    const text = id => {
      // a section: its heading and how it begins
      let found
      const walk = l => l.forEach((b, i) => {
        if (b.t === 'Header' && b.c[1][0] === id) {
          const p = l.slice(i + 1).find(b => b.t === 'Para' || b.t === 'Header')
          found = `<p><b>${esc([attributes(b.c[1]).number, stringify(b.c[2]).trim()].filter(Boolean).join(' '))}</b></p>${p?.t === 'Para' ? w.block(p) : ''}`
        }
        if (b.t === 'CodeBlock' && b.c[0][0] === id) found = excerpt(w, b)
        if (b.t === 'Para' && b.c.some(x => x.t === 'Span' && x.c[0][0] === id)) found = w.block(b)
        if (b.t !== 'Div') return
        const [[at, [kind]], content] = b.c
        if (at === id) found = kind === 'exercise' ? w.block({ t: 'Div', c: [b.c[0], content.filter(x => x.t === 'Para').slice(0, 1)] })
          : kind === 'solution' ? '' : w.block(b)
        else walk(content)
      })
      walk(blocks)
      return found
    }
    w.chunks = {}
    for (const id of ids) { const html = text(id); if (html) list[id] = bare(html) }
    for (const [name, d] of Object.entries(book.idents))
      if (d.chapter === sheet && about[name]) list[`=${name}`] = about[name]
    fs.writeFileSync(path.join(out, `${sheet}.js`), `bookPreview(${JSON.stringify(sheet)},${JSON.stringify(list)})\n`)
  }
}
// a chunk: its name, and as many lines as a glance takes
function excerpt(w, b) {
  const a = attributes(b.c[0]), rows = tokens(b.c[1])
  let n = 0
  const cut = rows.findIndex(t => t[0] === 'nl' && ++n === 14)
  const shown = cut < 0 ? rows : rows.slice(0, cut)
  return `<p>⟨${nameHtml(a.name.replace(/^solution: /, ''))}⟩${a.number ? ` ${a.number}` : ''}</p><pre>${
    shown.map(t => t[0] === 'nl' ? '\n' : t[0] === 'use' ? esc(`⟨${nameText(t[2])}⟩`) : w.token([t[0], '', t[2]])).join('')}${cut < 0 ? '' : '\n…'}</pre>`
}
// name -> prototype and what its header says, from the page of all functions
function prototypes() {
  const found = {}
  const w = new Writer({ page: 'functions', book, source: 'functions' })
  for (const b of ast('functions').blocks)
    for (const item of b.t === 'BulletList' ? b.c : []) {
      const name = stringify(item[0]).match(/\btt_\w+(?=\()/i)?.[0]
      if (name) found[name] ??= w.blocks(item).replace(/<\/?a\b[^>]*>/g, '')
    }
  return found
}

function chunksPage() {
  const printed = new Set()
  const entry = (name, depth) => {
    const ids = book.names[name]
    if (!ids || printed.has(name)) return ''
    printed.add(name)
    const pieces = ids.map(i => `<a href=${book.chunks[i].chapter}.html#${i}>${book.chunks[i].number}</a>`)
    const label = book.chunks[ids[0]].kind === 'root' ? `<code>${esc(name)}</code>` : `⟨${nameHtml(name)}⟩`
    return `<li style=--depth:${depth}>${label} <span>${pieces.join(', ')}</span>\n` +
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
  // the pages before and behind the chapters, section by section
  for (const [file, title] of texts) {
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
  for (const sheet of sheets)
    visit(sheet, ({ t, c }, section) => {
      const { term } = t === 'Span' ? attributes(c[0]) : {}
      if (term) docs.push({ id: docs.length, url: `${sheet}.html#${c[0][0]}`, title: term, where: `explained in ${section.number} ${section.title}`, idents: '', chunks: '', text: '' })
    })
  // tt_add is found as tt_add and as add
  const tokenize = s => s.split(/[^\p{L}\p{N}_.]+|\.(?!\d)|(?<!\d)\./u).flatMap(w => w.includes('_') ? [w, ...w.split('_')] : [w])
  const mini = new MiniSearch({ fields: FIELDS, storeFields: ['url', 'title', 'where', 'text'], tokenize })
  mini.addAll(docs)
  const lib = fs.readFileSync(require.resolve('minisearch').replace(/cjs\/index\.cjs$/, 'umd/index.js'), 'utf8')
    .replace(/\n\/\/# sourceMappingURL.*/, '')
  write(`${lib}\nwindow.bookIndex=MiniSearch.loadJSON(${JSON.stringify(JSON.stringify(mini))},{fields:${
    JSON.stringify(FIELDS)},storeFields:["url","title","where","text"],tokenize:${tokenize}});\n`)
}

const pages = { index: indexPage, subjects: subjectsPage, figures: figuresPage, exercises: exercisesPage, previews, identifiers: identifiersPage, chunks: chunksPage,
  bibliography: bibliographyPage, colophon: colophonPage, search: searchIndex }
try {
  (pages[current] ?? ([...front(version), ...after(version), ...back(version)].some(([f]) => f === current) ? frontPage : chapterPage))()
} catch (e) {
  console.error(e.message.startsWith('chapters/') ? e.message : e.stack)
  process.exit(1)
}
