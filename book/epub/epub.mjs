// The ASTs of all chapters (book/README.md) -> one AST that pandoc packs as
// an EPUB: chunks and formulas become XHTML, links inside them are made
// here, since pandoc resolves links between its files only in the AST.
//   node epub.mjs WEAVEDIR EDITION NODE_MODULES FIGUREDIR VERSION FRONT AFTER BACK > book.json
// FRONT are the pages before the first chapter, AFTER those that are read
// after the last one, BACK those that are looked up; each "page page ...".
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { esc, attr, nameHtml, nameText, tokens, attributes, stringify } from '../html/pandoc.mjs'

const [weave, edition, modules, figures, version, ...lists] = process.argv.slice(2)
const [front, after, back] = [0, 1, 2].map(i => (lists[i] ?? '').split(' ').filter(Boolean))
const temml = createRequire(path.resolve(modules) + '/')('temml')
const json = f => JSON.parse(fs.readFileSync(f, 'utf8'))
const book = json(`${weave}/book.json`)
const made = book.chapters.filter(c => c.exists)

// ---- small makers of AST
const Str = s => ({ t: 'Str', c: s })
const code = s => ({ t: 'Code', c: [['', [], []], s] })
const inlines = s => s.split(/( )/).filter(Boolean).map(x => x === ' ' ? { t: 'Space' } : Str(x))
const raw = html => ({ t: 'RawBlock', c: ['html', html] })
const rawInline = html => ({ t: 'RawInline', c: ['html', html] })
const div = (id, classes, blocks) => ({ t: 'Div', c: [[id, classes, []], blocks] })
const para = c => ({ t: 'Para', c })
const label = s => div('', ['label'], [para(inlines(s))])
const heading = (id, classes, c) => ({ t: 'Header', c: [1, [id, classes, []], c] })

// ---- the order of the files: pandoc starts one at each heading of level 1
const file = {}                         // chapter -> ch001.xhtml
const parts = []                        // what stands before each chapter
const ROMAN = ['I', 'II', 'III', 'IV', 'V', 'VI']
let count = 0, tier = ''
const next = () => `ch${String(++count).padStart(3, '0')}.xhtml`
for (const f of front) file[f] = next()
for (const c of made) {
  if (c.tier && c.tier !== tier) {
    tier = c.tier
    parts.push({ before: c.chapter, title: tier, number: ROMAN[parts.length] })
    next()
  }
  file[c.chapter] = next()
}
for (const f of after) file[f] = next()
const shops = made.filter(c => c.workshop)
if (shops.length) next()                // their title
for (const c of shops) file[c.workshop] = next()
for (const f of back) file[f] = next()
file.bibliography = next()
const href = (chapter, id) => `${file[chapter]}#${id}`
const chunkHref = id => href(book.chunks[id].chapter, id)

// ---- formulas
function math([{ t }, tex]) {
  const displayMode = t === 'DisplayMath'
  return temml.renderToString(tex.trim(), { displayMode, throwOnError: true, xml: true })
    .replace('<math', `<math alttext="${attr(tex.trim())}"`)
    .replace(/&nbsp;/g, '\u00a0')
}

// ---- chunks
function token([kind, target, text]) {
  if (kind === 'nl') return '\n'
  const [chapter, id] = (target ?? '').split('#')
  const s = kind === 'use'
    ? `⟨${nameHtml(text)} <span class="no">${book.chunks[id]?.number ?? ''}</span>⟩` : esc(text ?? '')
  if (id) return `<a class="${kind === 'use' ? 'use' : 'id'}" href="${href(chapter, id)}">${s}</a>`
  return /^(kw|dt|co|st|dv|pp)$/.test(kind) ? `<span class="${kind}">${s}</span>` : s
}
function chunk([[id, , kv], text]) {
  const a = Object.fromEntries(kv)
  const numbers = s => s.split(' ').filter(Boolean).map(x => x.split('='))
    .map(([i, n]) => `<a href="${chunkHref(i)}">${n || nameHtml(book.chunks[i].name)}</a>`).join(', ')
  const name = nameHtml(a.name.replace(/^(exercise|solution): /, ''))
  const no = a.number ? ` <span class="no">${a.number}</span>` : ''
  const foot = [
    a.continues && `Continues ${numbers(a.continues)}.`,
    a.continued && `Continued in ${numbers(a.continued)}.`,
    a.usedin && `Used in ${numbers(a.usedin)}.`,
    a.defines && `Defines ${a.defines.split(' ').map(d => `<code>${esc(d)}</code>`).join(', ')}.`,
  ].filter(Boolean).join(' ')
  return raw(`<div class="chunk ${a.kind}" id="${id}">
<p class="head">⟨${a.kind === 'root' ? `<code>${name}</code>` : `<em>${name}</em>`}${no}⟩${a.continues ? '+' : ''}≡${
  a.file && a.kind !== 'root' ? ` <span class="file">${esc(a.file)}</span>` : ''}</p>
<pre><code>${tokens(text).map(token).join('').replace(/\n$/, '')}</code></pre>${foot ? `\n<p class="foot">${foot}</p>` : ''}
</div>`)
}

// ---- figures: pictures of the light theme, on their own ground
function figure(id, a, caption) {
  const src = `${figures}/${path.basename(a.src)}`
  return div(id, ['figure'], [
    para([{ t: 'Image', c: [['', [], []], inlines(a.alt), [src, '']] }]),
    div('', ['caption'], [para([{ t: 'Strong', c: inlines(`Figure ${a.number}`) }, { t: 'Space' }, ...caption])]),
  ])
}

// ---- the walk
const fold = (summary, blocks) =>
  [raw(`<details><summary>${summary}</summary>`), ...blocks, raw('</details>')]
const BOXES = { goals: 'What you will be able to do', summary: 'What to keep',
  pytorch: 'How PyTorch does it', history: 'History' }

function inline(x) {
  const { t, c } = x
  switch (t) {
    case 'Math': return [rawInline(math(c))]
    case 'Code': return [{ t, c: [['', [], []], c[1]] }]
    case 'Cite': return c[1].flatMap(inline)
    case 'Span': return [{ t, c: [[c[0][0], c[0][1], []], c[1].flatMap(inline)] }]
    case 'Link': return [{ t, c: [['', c[0][1], []], c[1].flatMap(inline), c[2]] }]
    case 'Note': return [{ t, c: c.flatMap(block) }]
    case 'Quoted': return [{ t, c: [c[0], c[1].flatMap(inline)] }]
    case 'Emph': case 'Strong': case 'Strikeout': case 'Superscript': case 'Subscript':
    case 'SmallCaps': case 'Underline': return [{ t, c: c.flatMap(inline) }]
  }
  return [x]
}
function block(b) {
  const { t, c } = b
  switch (t) {
    case 'Para': case 'Plain': return [{ t, c: c.flatMap(inline) }]
    case 'Header': {
      const { number } = attributes(c[1])
      const shop = c[1][1].includes('workshop') && made.find(m => m.number === number)
      const text = shop ? inlines(`Workshop: ${shop.title}`) : c[2].flatMap(inline)
      const no = number ? [Str(number), { t: 'Space' }] : []
      return [{ t, c: [c[0], [c[1][0], c[1][1], []], [...no, ...text]] }]
    }
    case 'CodeBlock':
      return c[0][1].includes('nwchunk') ? [chunk(c)]
        : [raw(`<div class="listing ${c[0][1][0] ?? 'text'}"><pre><code>${esc(c[1])}</code></pre></div>`)]
    case 'BulletList': return [{ t, c: c.map(x => x.flatMap(block)) }]
    case 'OrderedList': return [{ t, c: [c[0], c[1].map(x => x.flatMap(block))] }]
    case 'DefinitionList':
      return [{ t, c: c.map(([a, ds]) => [a.flatMap(inline), ds.map(d => d.flatMap(block))]) }]
    case 'BlockQuote': return [{ t, c: c.flatMap(block) }]
    case 'Table': return [table(b)]
    case 'Div': return special(c)
  }
  return [b]
}
const folded = b => b.t === 'Div' && /^(hints|solution)$/.test(b.c[0][1][0])
const check = a => !a.place ? [] : [para([
  code(`make edit EX=${a.number}`), Str(` opens ${a.place}`),
  ...a.tests ? [Str('; '), code(`make test EX=${a.number}`), Str(' checks it')] : [],
  Str(`.${a.points ? ` ${a.points} point${a.points === '1' ? '' : 's'}` : ''}${a.minutes ? `, ${a.minutes} minutes` : ''}`)])]
function special([[id, classes, kv], content]) {
  const a = Object.fromEntries(kv)
  const inside = () => content.flatMap(block)
  const kind = classes[0]
  if (BOXES[kind]) return [div(id, ['box', kind], [label(BOXES[kind]), ...inside()])]
  switch (kind) {
    case 'figure': return [figure(id, a, (content[0]?.c ?? []).flatMap(inline))]
    case 'table': return [div(id, ['table'], [div('', ['caption'], [para([
      { t: 'Strong', c: inlines(`Table ${a.number}`) }, { t: 'Space' },
      ...content[0].c[1][1].flatMap(x => x.c).flatMap(inline)])]), ...inside()])]
    case 'equation': return [div(id, ['equation'], [...inside(), para([Str(`(${a.number})`)])])]
    case 'exercise': return [div(id, ['exercise'], [
      label(`Exercise ${a.number}${a.title ? ` · ${a.title}` : ''}`),
      ...content.filter(b => !folded(b)).flatMap(block), ...check(a),
      ...content.filter(folded).flatMap(block)])]
    case 'open-exercise': return [div(id, ['exercise', 'open'], [
      label(`${'◆'.repeat(Number(a.grade) || 1)}${a.title ? ` ${a.title}` : ''}`), ...inside()])]
    case 'hints': return inside()
    case 'hint': return fold(`Hint ${a.level}`, inside())
    case 'solution': return fold(`Solution ${a.number ?? ''}`, inside())
    case 'question': return [div(id, ['question'], [label(`Question ${a.number ?? ''}`), ...inside()])]
    case 'answer': return fold('Answer', inside())
  }
  return [div(id, classes, inside())]
}
// the caption stands in our own line above
function table({ c }) {
  const deep = x => Array.isArray(x) ? x.map(deep)
    : x?.t === 'Plain' || x?.t === 'Para' ? { t: x.t, c: x.c.flatMap(inline) } : x
  const [a, , columns, ...rest] = c
  const plain = columns.map(([align]) => [align, { t: 'ColWidthDefault' }])
  return { t: 'Table', c: [a, [null, []], plain, ...deep(rest)] }
}

// ---- the book
const blocks = []
const sheet = page => {
  const doc = json(`${weave}/${edition}/${page}.json`)
  try { blocks.push(...doc.blocks.flatMap(block)) }
  catch (e) { console.error(`${stringify(doc.meta.source.c)}: ${e.message}`); process.exit(1) }
}
front.forEach(sheet)
for (const c of made) {
  const part = parts.find(p => p.before === c.chapter)
  if (part) blocks.push(heading(`part-${part.number}`, ['part'], inlines(`Part ${part.number} · ${part.title}`)))
  sheet(c.chapter)
}
after.forEach(sheet)
if (shops.length) blocks.push(heading('part-workshop', ['part'], inlines('Workshop')))
for (const c of shops) sheet(c.workshop)
back.forEach(sheet)
blocks.push(...json(`${weave}/${edition}/bibliography.json`).blocks.flatMap(block))
if (fs.existsSync(`${weave}/${edition}/functions.json`))
  blocks.push(...json(`${weave}/${edition}/functions.json`).blocks.flatMap(block))

const names = Object.keys(book.idents)
  .sort((x, y) => x.replace(/^tt_/i, '').localeCompare(y.replace(/^tt_/i, ''), 'en'))
if (names.length)
  blocks.push(heading('identifiers', [], inlines('Index of identifiers')), raw(
    `<ul class="index">${names.map(n => `<li><code>${esc(n)}</code> <a href="${chunkHref(book.idents[n].chunk)}">${
      book.chunks[book.idents[n].chunk].number || 'solution'}</a></li>`).join('\n')}</ul>`))
blocks.push(heading('colophon', [], inlines('Colophon')), para(inlines(
  `This book and the framework it explains are made from the same files. The code is set in JetBrains Mono, under the SIL Open Font License 1.1. ${version}.`)))

const text = s => ({ t: 'MetaInlines', c: inlines(s) })
process.stdout.write(JSON.stringify({
  'pandoc-api-version': json(`${weave}/${edition}/${made[0].chapter}.json`)['pandoc-api-version'],
  meta: { title: text(book.title), author: text('the TinyTorch in C authors'), lang: text('en-US'),
    rights: text('text CC BY 4.0, code MIT'), identifier: text('urn:x-tinytorch-in-c') }, blocks }))
