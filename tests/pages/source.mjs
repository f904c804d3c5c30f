// Nothing of the chapter is lost on its way to the page: every word of the
// prose, every line of every chunk, every formula is in the stored HTML,
// before any script has run.
import fs from 'node:fs'
import path from 'node:path'
import { blank } from './book.mjs'

export const whole = true

const opens = /^<<(.+)>>=\s*$/
const unescape = s => s.replace(/@(<<|>>|\[\[|\]\])/g, '$1')

// The files that a page is woven from. A chapter and its workshop are one
// file, two pages: each holds its own part of it.
export const isWorkshop = page => /-workshop\.html$/.test(page.file)
export function sources(book, page) {
  const base = page.file.replace(/(-workshop)?\.html$/, '.nw')
  const folders = isWorkshop(page) ? ['chapters'] : ['chapters', 'chapters/solutions']
  return folders.map(d => path.join(book.source, d, base)).filter(fs.existsSync)
}
export function parsePage(file, page) {
  const { chunks, blocks } = parse(file), shop = isWorkshop(page)
  const at = blocks.find(b => b.kind === 'heading' && /^# .*\{[^{}]*\.workshop[ }]/.test('# ' + b.lines[0]))?.line ?? Infinity
  const mine = x => (x.line >= at) === shop
  return { chunks: chunks.filter(mine), blocks: blocks.filter(mine) }
}

// A chapter as a list of chunks and of blocks of prose, with line numbers.
export function parse(file) {
  const chunks = [], blocks = []
  let chunk = null, block = null, fence = null
  const add = (kind, line, text) => {
    if (block?.kind !== kind) blocks.push(block = { kind, line, lines: [] })
    block.lines.push(text)
  }
  fs.readFileSync(file, 'utf8').replace(/\n$/, '').split('\n').forEach((text, i) => {
    const m = text.match(opens)
    if (m) { chunks.push(chunk = { name: m[1], line: i + 1, lines: [] }); block = null; return }
    if (chunk && !/^@( |$)/.test(text)) { chunk.lines.push(unescape(text.replace(/^@@/, '@'))); return }
    if (chunk) { chunk = null; text = /^@ %def/.test(text) ? '' : text.slice(2) }
    text = unescape(text)
    const f = text.match(/^\s*(`{3,}|~{3,})(.*)$/)
    if (f) {
      if (fence) { fence = null; block = null } else {
        fence = f[1]; block = null
        const src = f[2].match(/src="?([^"\s}]+)/)
        if (src) blocks.push({ kind: 'output', line: i + 1, src: src[1],
          from: f[2].match(/from="?(\d+)/)?.[1], to: f[2].match(/to="?(\d+)/)?.[1] })
      }
      return
    }
    if (fence) { add('fence', i + 1, text); return }
    if (/^:::/.test(text)) {
      block = null
      const title = text.match(/title="([^"]*)"/)
      if (title) blocks.push({ kind: 'prose', line: i + 1, lines: [title[1]] })
      if (/\.?answer/.test(text)) blocks.push({ kind: 'answer', line: i + 1, lines: [] })
      return
    }
    const h = text.match(/^(#{1,6}) (.*)$/)
    if (h) { block = null; blocks.push({ kind: 'heading', line: i + 1, lines: [h[2]] }); return }
    if (/^\s*$/.test(text)) { if (block?.kind === 'prose') block = null; return }
    add('prose', i + 1, text)
  })
  return { file, chunks, blocks }
}

const letters = s => s.normalize('NFKC').replace(/[^\p{L}\p{N}]+/gu, '')
const solid = s => s.replace(/\s+/g, '')
const BREAK = '\u0001'

// Prose without its marks, cut where the weave puts something else in:
// formulas, numbers, references, citations.
function pieces(text, formulas) {
  text = text.replace(/<!--[^]*?-->/g, '').replace(/(\d)\s+x\s+(?=\d)/g, '$1 × ')
    .replace(/(`+)([^]*?[^`])\1(\{[^}]*\})?/g, (_, t, code, attr) => (attr ? BREAK : code.replace(/[$@[\]{}<>&]/g, ' ')))
    .replace(/\[\[([^]*?\]*)\]\]/g, (_, code) => code.replace(/[$@[\]{}<>&]/g, ' '))
    .replace(/\$\$([^]*?)\$\$/g, (_, tex) => (formulas.push(tex), BREAK))
    .replace(/(?<!\\)\$(?=\S)([^$]*?[^\s\\])\$(?!\d)/g, (_, tex) => (formulas.push(tex), BREAK))
    .replace(/^!\[([^]*)\]\([^)]*\)(\{[^]*\})?/gm, '$1').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<https?:[^>]*>/g, BREAK)
    .replace(/\[[^\]]*@[^\]]*\]/g, BREAK).replace(/\[\^[^\]]*\]:?/g, BREAK)
    .replace(/(?<![\w\\])@(sec|fig|tbl|eq|exr|chp):[\w.-]*[\w]/g, BREAK).replace(/(?<![\w\\])@[\w:.-]+/g, BREAK)
    .replace(/\{[#.][^}]*\}/g, BREAK).replace(/&\w+;/g, BREAK).replace(/^\s*\|?[-:| ]+\|\s*$/gm, '')
    .replace(/^\s*(\d+[.)]|\(\d+\)|[a-z]\))\s+/gm, BREAK)
    .replace(/<\/?[a-z][^>]*>/g, '')
  return text.split(/[\u0001|]/).map(s => s.trim()).filter(s => letters(s).length > 2)
}

// <<...>> inside code: what stands between, and the names
const cut = s => s.split(/<<(?:[^<>]|<(?!<)|>(?!>))+>>/)

function inPage(html) {
  const doc = new DOMParser().parseFromString(html, 'text/html')
  doc.querySelectorAll('script, style, template').forEach(e => e.remove())
  const maths = [...doc.querySelectorAll('math')].map(m => m.getAttribute('alttext') ?? '')
  const heads = [...doc.querySelectorAll('h1, h2, h3, h4, h5, h6, summary, .title')].map(h => h.textContent)
  doc.querySelectorAll('annotation').forEach(e => e.remove())
  const pre = [...doc.querySelectorAll('pre')]
  pre.forEach(p => p.querySelectorAll('.ln, .lineno, details, button').forEach(e => e.remove()))
  const details = doc.querySelectorAll('details:not(.about)')
  return { text: doc.body.textContent, code: pre.map(p => p.textContent).join('\n'), maths, heads,
    details: details.length, open: [...details].filter(d => d.open && d.closest('main')).length }
}

export async function* check(tab, book) {
  await blank(tab)
  for (const page of book.pages) {
    const files = sources(book, page)
    if (!files.length) continue
    const got = await tab.evaluate(inPage, page.html)
    const text = letters(got.text), code = solid(got.code), any = solid(got.text)
    const heads = got.heads.map(letters), maths = new Set(got.maths.map(solid))
    const lost = (src, line, what, cure) => ({ file: page.file, at: `${path.relative(book.source, src)}:${line}`, what, cure })
    let answers = 0, formulas = 0
    for (const src of files) {
      const { chunks, blocks } = parsePage(src, page)
      if (!blocks.length && !chunks.length) yield lost(src, 1, 'nothing of it belongs to this page', 'a heading of level 1 with the class .workshop begins the workshop')
      for (const c of chunks) {
        if (c.name === 'exercises' || c.name.startsWith('hidden tests: ')) continue // for tools
        if (c.name.startsWith('solution:')) answers++
        const hint = c.name.startsWith('hint ')   // text; backquotes make code of it
        const where = hint ? any : code
        if (hint) c.lines = c.lines.map(l => l.replaceAll('`', ''))
        const name = letters(c.name.replace(/^(exercise|solution|open): /, ''))
        if (!hint && !text.includes(name)) yield lost(src, c.line, `chunk name <<${c.name}>> is missing`, 'show it in the head of the chunk')
        const gone = c.lines.findIndex(l => cut(l).some(s => !where.includes(solid(s))))
        if (gone >= 0) yield lost(src, c.line + 1 + gone, `code line is missing: ${c.lines[gone].trim()}`, 'weave the chunk whole')
        else if (cut(c.lines.join('\n')).some(s => !where.includes(solid(s)))) yield lost(src, c.line, `the lines of <<${c.name}>> are not together, in order`, 'weave the chunk as one block')
      }
      for (const b of blocks) {
        if (b.kind === 'answer') answers++
        else if (b.kind === 'output') {
          const file = ['figures/output', 'build/output'].map(d => path.join(book.source, d, b.src)).find(fs.existsSync)
          if (!file) { yield lost(src, b.line, `captured output ${b.src} does not exist`, 'run the program that writes it'); continue }
          const lines = fs.readFileSync(file, 'utf8').split('\n').slice((b.from ?? 1) - 1, b.to && +b.to)
          const gone = lines.find(l => !code.includes(solid(l)))
          if (gone !== undefined) yield lost(src, b.line, `output line is missing: ${gone}`, 'weave the captured file')
        } else if (b.kind === 'fence') {
          const gone = b.lines.findIndex(l => !code.includes(solid(l)))
          if (gone >= 0) yield lost(src, b.line + gone, `line of a code block is missing: ${b.lines[gone].trim()}`, 'weave the block whole')
        } else {
          const tex = []
          const parts = pieces(b.lines.join('\n'), tex)
          if (b.kind === 'heading') {
            if (src.includes('/solutions/')) continue // they stand under their exercises
            const gone = parts.find(p => !heads.some(h => h.includes(letters(p))))
            if (gone) yield lost(src, b.line, `heading is missing: ${gone}`, 'weave it as a heading')
          }
          const gone = parts.find(p => !text.includes(letters(p)))
          if (gone) yield lost(src, b.line, `prose is missing: "${gone.replace(/\s+/g, ' ').slice(0, 70)}"`, 'the stored page must hold every word')
          formulas += tex.length
          for (const t of tex)
            if (!maths.has(solid(t))) yield lost(src, b.line, `formula is missing: ${t.trim().slice(0, 60)}`, '<math alttext="the TeX">')
        }
      }
    }
    if (got.maths.length < formulas) yield lost(files[0], 1, `${formulas} formulas in the source, ${got.maths.length} on the page`, 'weave each as <math>')
    if (got.open) yield lost(files[0], 1, `${got.open} details are stored open`, 'answers start folded')
    if (got.details < answers) yield lost(files[0], 1, `${answers} answers and solutions, ${got.details} details elements`, 'fold each in a <details>')
  }
}
