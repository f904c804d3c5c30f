// The resolved AST of a chapter (README.md) -> HTML.
import fs from 'node:fs'

export const esc = s => s.replace(/[&<>]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c])
export const attr = s => esc(s).replace(/"/g, '&quot;')

// A chunk name may hold [[code]].
export const nameHtml = name =>
  name.split(/\[\[(.*?\]*)\]\]/).map((s, i) => i % 2 ? `<code>${esc(s)}</code>` : esc(s)).join('')
export const nameText = name => name.replace(/\[\[|\]\]/g, '')

export function stringify(node) {
  if (Array.isArray(node)) return node.map(stringify).join('')
  switch (node?.t) {
    case 'Str': return node.c
    case 'Space': case 'SoftBreak': case 'LineBreak': return ' '
    case 'Code': return node.c[1]
    case 'Math': return node.c[1]
    case 'Quoted': return '“' + stringify(node.c[1]) + '”'
    case 'Link': case 'Image': case 'Cite': case 'Span': return stringify(node.c[1])
    case 'Note': return ''
    case 'Para': case 'Plain': case 'Header': return stringify(node.c) + ' '
    default: return Array.isArray(node?.c) ? stringify(node.c) : ''
  }
}

let sheet
const style = () => sheet ??= fs.readFileSync(new URL('style.css', import.meta.url), 'utf8')

export const tokens = text => text.split('\n').map(row => row.split('\t'))
export const attributes = ([, , kv]) => Object.fromEntries(kv)

// the chunks of a page, id -> text
function chunksOf(blocks, found = {}) {
  for (const b of blocks) {
    if (b.t === 'CodeBlock' && b.c[0][1].includes('nwchunk')) found[b.c[0][0]] = b.c[1]
    if (b.t === 'Div') chunksOf(b.c[1], found)
  }
  return found
}

export class Writer {
  // page: the chapter this page is; book: book.json; math: temml;
  // other: the blocks of the chapter's other page, for what unfolds here;
  // demos: the live ones that are made (an edition without solutions makes none)
  constructor({ page, book, math, source, other = [], demos = '' }) {
    Object.assign(this, { page, book, math, source, demos: demos.split(' '), notes: [], chunks: {}, toc: [] })
    this.away = chunksOf(other)
  }

  href(chapter, id) {
    return chapter === this.page ? `#${id}` : `${chapter}.html#${id}`
  }
  chunkHref(id) { return this.href(this.book.chunks[id].chapter, id) }

  // ---- inlines
  // A line may not break between a formula and the sign behind or before it.
  inlines(list) {
    const html = list.map(x => this.inline(x))
    list.forEach(({ t, c }, i) => {
      if (t !== 'Math' || c[0].t === 'DisplayMath') return
      const text = j => list[j]?.t === 'Str' ? html[j] : ''
      const open = text(i - 1).match(/[(\[“]+$/)?.[0] ?? ''
      const close = text(i + 1).match(/^[.,;:!?)\]”’-]+/)?.[0] ?? ''
      if (!open && !close) return
      html[i] = `<span class=nb>${open}${html[i]}${close}</span>`
      if (open) html[i - 1] = html[i - 1].slice(0, -open.length)
      if (close) html[i + 1] = html[i + 1].slice(close.length)
    })
    return html.join('')
  }
  inline({ t, c }) {
    switch (t) {
      case 'Str': return esc(c)
      case 'Space': return ' '
      case 'SoftBreak': return '\n'
      case 'LineBreak': return '<br>\n'
      case 'Emph': return `<em>${this.inlines(c)}</em>`
      case 'Strong': return `<strong>${this.inlines(c)}</strong>`
      case 'Strikeout': return `<s>${this.inlines(c)}</s>`
      case 'Superscript': return `<sup>${this.inlines(c)}</sup>`
      case 'Subscript': return `<sub>${this.inlines(c)}</sub>`
      case 'SmallCaps': return `<span class="sc">${this.inlines(c)}</span>`
      case 'Underline': return `<u>${this.inlines(c)}</u>`
      case 'Quoted': {
        const [a, b] = c[0].t === 'SingleQuote' ? '‘’' : '“”'
        return a + this.inlines(c[1]) + b
      }
      case 'Cite': return `<span class="cite">${this.inlines(c[1])}</span>`
      case 'Code': // a short word is not broken at its hyphen, nor w->name
        return `<code>${c[1].split(/(\s+)/).map(w => /-./.test(w) && w.length < 20
          ? `<span class=nb>${esc(w)}</span>` : esc(w)).join('')}</code>`
      case 'Math': return this.formula(c[1], c[0].t === 'DisplayMath')
      case 'Span': {
        const [id, classes] = c[0]
        return `<span${id ? ` id="${id}"` : ''}${
          classes.length ? ` class="${classes.join(' ')}"` : ''}>${this.inlines(c[1])}</span>`
      }
      case 'Link': {
        const [[, classes, kv], text, [target]] = c
        const { chapter } = Object.fromEntries(kv)
        const url = chapter ? this.href(chapter, target.slice(1)) : target
        return `<a href="${attr(url)}"${classes.length ? ` class="${classes[0]}"` : ''}>${this.inlines(text)}</a>`
      }
      case 'Image':
        return `<span class="inline-figure">${this.svg(c[2][0], attributes(c[0]).alt ?? stringify(c[1]))}</span>`
      case 'Note': {
        this.notes.push(c)
        const n = this.notes.length
        return `<sup class="note"><a id="note-ref-${n}" href="#note-${n}" aria-label="Note ${n}">${n}</a></sup>`
      }
      case 'RawInline': return c[0] === 'html' ? c[1] : ''
    }
    throw Error(`inline ${t}`)
  }

  // Some of what Temml writes is seen only with a rule of its style sheet.
  formula(tex, display) {
    let html
    try {
      html = this.math.renderToString(tex.trim(), { displayMode: display, throwOnError: true })
    } catch (e) {
      throw Error(`${this.source}: formula ${tex.trim()}: ${e.message}`)
    }
    const bare = html.match(/(?<=class="[^"]*)\btml-[\w-]+/g)?.find(c => c !== 'tml-display' && !style().includes(`.${c} `))
    if (bare) throw Error(`${this.source}: formula ${tex.trim()}: style.css has no rule for .${bare}; it is in Temml's style sheet`)
    html = html.replaceAll('<mo>…</mo>', '<mo lspace="0.167em" rspace="0">…</mo>').replace('<math', `<math alttext="${attr(tex.trim())}"`)
    return display ? `<span class="scroll formula" tabindex="0" role="group" aria-label="Formula">${html}</span>` : html
  }

  // ---- code; a page has thousands of tokens, so their markup is short
  token([kind, target, text]) {
    const s = esc(text)
    if (target) return `<a href=${this.href(target.split('#')[0], text)}>${s}</a>`
    switch (kind) {
      case 'kw': return `<b>${s}</b>`
      case 'co': return `<i>${s}</i>`
      case 'dt': return `<u>${s}</u>`
      case 'st': case 'dv': case 'pp': return `<i class=${kind}>${s}</i>`
    }
    return s
  }
  number(id) { return this.book.chunks[id]?.number ?? '' }

  // Lines of tokens; a line that is one reference becomes a fold. What a fold
  // holds is plain: book.js puts the colored code in its place when it opens.
  code(toks) {
    const lines = [[]]
    for (const t of toks) t[0] === 'nl' ? lines.push([]) : lines[lines.length - 1].push(t)
    const out = []
    let text = []
    // an empty last line would not be shown before a fold: a gap stands for it
    const flush = () => {
      if (text.length) out.push(`<pre${text.at(-1) ? '' : ' class=gap'}><code>${text.join('\n')}</code></pre>`)
      text = []
    }
    for (const line of lines) {
      const solid = line.filter(t => t[0] !== 'tx' || t[2].trim())
      if (solid.length === 1 && solid[0][0] === 'use') {
        flush()
        const indent = line[0][0] === 'tx' ? line[0][2].length : 0
        out.push(this.reference(solid[0], indent))
      } else
        text.push(line.map(t => t[0] !== 'use' ? this.token(t)
          : `<a class="use" href="${this.useHref(t)}">⟨${nameHtml(t[2])}⟩</a>`).join(''))
    }
    flush()
    return out.join('')
  }
  useHref([, target]) { const [c, id] = target.split('#'); return this.href(c, id) }
  reference(t, indent) {
    const id = t[1].split('#')[1]
    const name = `⟨${nameHtml(t[2])}⟩`
    const to = `<a class=at href="${this.useHref(t)}" aria-label="Chunk ${this.number(id)}">${this.number(id)}</a>`
    const style = indent ? ` style="--in:${indent}"` : ''
    const ids = this.book.names[t[2]]
    const pieces = ids.map(i => this.chunks[i] ?? this.away[i]).filter(Boolean)
    const fold = inner => `<div class=ref${style}><details><summary>${name}</summary>${inner}</details>${to}</div>`
    if (!pieces.length)
      return `<div class=ref${style}><a class=use href="${this.useHref(t)}">${name}</a>${to}</div>`
    // what stands in the workshop no script can fetch: it is here, in color;
    // what a file in the workshop takes from the chapter, which was read, is plain
    if (ids.some(i => this.away[i]) && !this.page.endsWith('-workshop')) return fold(`<div class=fold>${pieces.map(p => this.code(tokens(p))).join('')}</div>`)
    const plain = pieces.map(p => tokens(p).map(([k, , s]) => k === 'nl' ? '\n' : k === 'use' ? `⟨${nameText(s)}⟩` : s).join(''))
    return fold(`<pre class=fold>${esc(plain.join('\n'))}</pre>`)
  }

  chunk([[id, , kv], text]) {
    const a = Object.fromEntries(kv)
    const c = this.book.chunks[id]
    const list = s => (s ?? '').split(' ').filter(Boolean).map(x => x.split('='))
    const numbers = s => list(s).map(([i, n]) =>
      `<a href="${this.chunkHref(i)}">${n || nameHtml(this.book.chunks[i].name)}</a>`).join(', ')
    const mark = a.continues ? '+≡' : '≡'
    const title = a.kind === 'root' ? `<code>${esc(a.name)}</code>`
      : a.kind === 'solution' ? `⟨${nameHtml(a.name.replace(/^solution: /, ''))}⟩`
      : `⟨${nameHtml(a.name)}⟩`
    const place = list(a.path).map(([i]) => {
      const p = this.book.chunks[i]
      return `<a href="${this.chunkHref(i)}">${p.kind === 'root' ? esc(p.name) : nameHtml(p.name)}</a>`
    })
    // on demand: where it belongs, what it continues, who uses it
    const about = [
      a.kind !== 'root' && place.length && `in ${place.join('<span class=sep> › </span>')}`,
      a.continues && `continues ${numbers(a.continues)}`,
      a.continued && `continued in ${numbers(a.continued).replace('<a', '<a rel=next')}`,
      a.usedin && `used in ${numbers(a.usedin)}`,
      a.defines && `defines ${a.defines.split(' ').map(d => `<code>${esc(d)}</code>`).join(', ')}`,
    ].filter(Boolean)
    const anchors = (a.defines ?? '').split(' ').filter(d => d && this.book.idents[d].chunk === id)
      .map(d => `<span id=${d}></span>`).join('')
    const label = a.number ? `Chunk ${a.number}` : 'Solution'
    // a head is one line: beside a long name the file is behind the dots only
    const roomy = 8 * a.name.length + 6.5 * (a.file ?? '').length < (a.kind === 'exercise' ? 430 : 470)
    return `<div class="chunk ${a.kind}" id="${id}">${anchors}<div class=head><span class=name>${title}\u00a0<span class=eq>${mark}</span></span>${
      a.kind !== 'root' && a.file && roomy ? `<span class=file>${esc(a.file)}</span>` : ''}${
      a.number ? `<a class=no href="#${id}" title="${attr(a.source)}, line ${a.line}">${a.number}</a>` : ''}${
      about.length ? `<details class=about><summary aria-label="About ${label.toLowerCase()}"></summary><p>${
        about.join('<span class=sep> · </span>')}</p></details>` : ''}</div><div class="scroll code" tabindex=0 role=group aria-label="${label}">${
      this.code(tokens(text))}</div></div>`
  }

  codeBlock(c) {
    const [[id, classes], text] = c
    if (classes.includes('nwchunk')) return this.chunk(c)
    const kind = classes[0] ?? 'text'
    const lexed = attributes(c[0]).tokens
    let body = lexed ? tokens(lexed).map(t => t[0] === 'nl' ? '\n' : this.token(t)).join('') : esc(text)
    if (kind === 'output' || kind === 'sh')
      body = body.split('\n').map((l, i, all) =>
        /^\$ /.test(l) ? `<i class=prompt>$ </i><b>${l.slice(2)}</b>`
          : kind !== 'sh' || !l ? l
          : all[i - 1]?.endsWith('\\') ? `<b>${l}</b>`      // goes on
          : `<i class=prompt>$ </i><b>${l}</b>`).join('\n')
    const label = { output: 'Output', sh: 'Commands' }[kind] ?? 'Listing'
    // pictures of blocks: the rows touch
    const drawn = /[\u2580-\u259f]/.test(text) ? ' blocks' : ''
    if (drawn) body = body.replace(/░+|▒+|▓+|█+/g, s => `<i class=b${'░▒▓█'.indexOf(s[0]) + 1}>${s}</i>`)
    return `<div class="listing ${kind}${drawn}"><div class="scroll code" tabindex="0" role="group" aria-label="${label}"><pre${
      id ? ` id="${id}"` : ''}><code>${body}</code></pre></div></div>`
  }

  // ---- figures
  svg(file, alt) {
    if (!fs.existsSync(file)) return `<p class="missing">${esc(file)} is missing</p>`
    const prefix = file.replace(/^.*\//, '').replace(/\.svg$/, '').replace(/[^A-Za-z0-9]+/g, '-') + '-'
    let s = fs.readFileSync(file, 'utf8')
      .replace(/<\?xml[^>]*\?>|<!DOCTYPE[^>]*>|<!--[\s\S]*?-->|<title>[\s\S]*?<\/title>|<desc>[\s\S]*?<\/desc>/g, '')
      .replace(/\bid="([^"]+)"/g, (_, i) => `id="${prefix}${i}"`)
      .replace(/url\((['"]?)#([^)'"]+)\1\)/g, (_, q, i) => `url(#${prefix}${i})`)
      .replace(/(xlink:href|href)="#([^"]+)"/g, (_, h, i) => `href="#${prefix}${i}"`)
      .trim()
    return s.replace(/<svg\b([^>]*)>/, (_, a) => {
      const view = a.match(/viewBox="[-\d.]+ [-\d.]+ ([\d.]+)/)
      const w = a.match(/\bwidth="([\d.]+)/)?.[1] ?? view?.[1], h = a.match(/\bheight="([\d.]+)/)?.[1]
      const box = view ? '' : ` viewBox="0 0 ${w} ${h}"`
      a = a.replace(/\s(width|height|role|aria-\w+|xmlns(:xlink)?|version)="[^"]*"/g, '')
      // its smallest letters are still read at 7.6 px
      const small = Math.min(...[...s.matchAll(/font-size[=:]\s*"?([\d.]+)/g)].map(m => Number(m[1])), 18)
      const least = w ? `;--least:${Math.ceil(w * 7.6 / small)}px` : ''
      return `<svg${a}${box}${w ? ` style="--w:${w}px${least}"` : ''} role="img" aria-label="${attr(alt)}">`
    })
  }

  // ---- blocks
  blocks(list) { return list.map(x => this.block(x)).join('\n') }
  block(b) {
    const { t, c } = b
    switch (t) {
      case 'Plain': return this.inlines(c)
      case 'Para':
        if (c.length === 1 && c[0].t === 'Math' && c[0].c[0].t === 'DisplayMath')
          return this.display(c[0].c[1])
        return `<p>${this.inlines(c)}</p>`
      case 'Header': return this.header(c)
      case 'CodeBlock': return this.codeBlock(c)
      case 'BulletList': return `<ul>${c.map(i => `<li>${this.blocks(i)}</li>`).join('\n')}</ul>`
      case 'OrderedList':
        return `<ol${c[0][0] > 1 ? ` start="${c[0][0]}"` : ''}>${c[1].map(i => `<li>${this.blocks(i)}</li>`).join('\n')}</ol>`
      case 'DefinitionList':
        return `<dl>${c.map(([dt, dds]) => `<dt>${this.inlines(dt)}</dt>${
          dds.map(d => `<dd>${this.blocks(d)}</dd>`).join('')}`).join('\n')}</dl>`
      case 'BlockQuote': return `<blockquote>${this.blocks(c)}</blockquote>`
      case 'HorizontalRule': return '<hr>'
      case 'LineBlock': return `<p class="lines">${c.map(l => this.inlines(l)).join('<br>\n')}</p>`
      case 'Table': return this.table(c)
      case 'Div': return this.div(c)
      case 'RawBlock': return c[0] === 'html' ? c[1] : ''
      case 'Null': return ''
    }
    throw Error(`block ${t}`)
  }

  display(tex) {
    return `<div class="scroll formula" tabindex="0" role="group" aria-label="Formula">${
      this.formula(tex, true).replace(/^<span[^>]*>|<\/span>$/g, '')}</div>`
  }

  header([level, [id, , kv], text]) {
    const { number } = Object.fromEntries(kv)
    const html = this.inlines(text)
    if (level === 1) return `<h1 id="${id}">${html}</h1>`
    if (level <= 3) this.toc.push({ level, id, number, html: html.replace(/<\/?a\b[^>]*>/g, '') })
    return `<h${level} id="${id}">${number ? `<a class="no" href="#${id}">${number}</a> ` : ''}${html}</h${level}>`
  }

  table([[id], [, caption], cols, head, bodies, foot], number = '') {
    const cls = { AlignLeft: '', AlignRight: 'right', AlignCenter: 'center', AlignDefault: '' }
    const cell = (tag, [, a, rs, cs, blocks], i) => {
      const k = cls[a.t] || cls[cols[i][0].t]
      return `<${tag}${tag === 'th' ? ' scope="col"' : ''}${k ? ` class="${k}"` : ''}${rs > 1 ? ` rowspan="${rs}"` : ''}${
        cs > 1 ? ` colspan="${cs}"` : ''}>${this.blocks(blocks)}</${tag}>`
    }
    const row = tag => ([, cells]) => `<tr>${cells.map((c, i) => cell(tag, c, i)).join('')}</tr>`
    const text = caption.length ? this.blocks(caption) : ''
    return `<div class="scroll" tabindex="0" role="group" aria-label="Table${number ? ' ' + number : ''}"><table>${
      text || number ? `<caption>${number ? `<a class="no" href="#${this.tableId}">Table ${number}</a> ` : ''}${text}</caption>` : ''}${
      head[1].some(([, cells]) => cells.some(c => c[4].length)) ? `<thead>${head[1].map(row('th')).join('')}</thead>` : ''}${
      bodies.map(b => `<tbody>${[...b[2], ...b[3]].map(row('td')).join('\n')}</tbody>`).join('')}${
      foot[1].length ? `<tfoot>${foot[1].map(row('td')).join('')}</tfoot>` : ''}</table></div>`
  }

  div([[id, classes, kv], content]) {
    const a = Object.fromEntries(kv)
    const inner = () => this.blocks(content)
    switch (classes[0]) {
      case 'figure':
        return `<figure id="${id}"><div class="scroll" tabindex="0" role="group" aria-label="Drawing of figure ${a.number}">${this.svg(a.src, a.alt)}</div><figcaption><a class="no" href="#${id}">Figure ${a.number}</a> ${
          this.inlines(content[0]?.c ?? [])}</figcaption></figure>`
      case 'table':
        this.tableId = id
        return `<div class="table" id="${id}">${this.table(content[0].c, a.number)}</div>`
      case 'equation':
        return `<div class="equation" id="${id}">${this.display(content[0].c[0].c[1])}<a class="no" href="#${id}" aria-label="Equation ${a.number}">(${a.number})</a></div>`
      case 'aside': return `<aside>${inner()}</aside>`
      case 'exercise': return this.exercise(id, a, content)
      case 'hints':
        return content.map(h => {
          const { level } = attributes(h.c[0])
          return `<details class="hint"><summary>Hint ${level}</summary>${this.blocks(h.c[1])}</details>`
        }).join('')
      case 'solution':
        return `<details class="solution"><summary>Solution</summary>${inner()}</details>`
      case 'open-exercise': {
        const grade = Number(a.grade) || 1
        const word = ['', 'an evening', 'a weekend', 'a project'][grade]
        return `<div class="open-exercise"><p class="label">${'◆'.repeat(grade)}<span class="vh"> grade ${grade} of 3:</span> ${
          word}</p>${a.title ? `<p class="title">${esc(a.title)}</p>` : ''}${inner()}</div>`
      }
      case 'question':
        return `<div class="question"><span class="no">${a.number}.</span><div>${inner()}</div></div>`
      case 'answer':
        return `<details class="answer"><summary>Answer</summary>${inner()}</details>`
      // around a figure; book.js adds the button that starts it
      case 'demo': return this.demos.includes(a.src) ? `<div class=demo data-demo="${attr(a.src)}">${inner()}</div>` : inner()
      case 'goals': return this.box('goals', 'What you will be able to do', inner())
      case 'summary': return this.box('summary', 'What to keep', inner())
      case 'pytorch': return this.box('pytorch', 'How PyTorch does it', inner())
      case 'history': return this.box('history', 'History', inner())
    }
    return `<div${id ? ` id="${id}"` : ''}${classes.length ? ` class="${classes.join(' ')}"` : ''}>${inner()}</div>`
  }
  refTo(id) {
    const d = this.book.ids[id]
    return d ? `<a href="${this.href(d.chapter, id)}">${d.number}</a>` : id.replace(/^.*:/, '')
  }
  box(kind, title, html) {
    return `<section class="box ${kind}" aria-label="${title}"><p class="label">${title}</p>${html}</section>`
  }
  exercise(id, a, content) {
    const tests = (a.tests ?? '').split(' ').filter(Boolean)
    const needs = (a.needs ?? '').split(' ').filter(Boolean)
    const folded = b => b.t === 'Div' && /^(hints|solution)$/.test(b.c[0][1][0])
    const points = [a.points ? `${a.points} point${a.points === '1' ? '' : 's'}` : '',
      a.minutes ? `${a.minutes} minutes` : ''].filter(Boolean).join(', ')
    const check = a.place
      ? `<p class="check"><code>make edit EX=${a.number}</code> opens ${esc(a.place)}${
          tests.length ? `; <code>make test EX=${a.number}</code> runs ${tests.map(t => `<code>${esc(t)}</code>`).join(', ')}` : ''}. ${
          needs.length ? `It builds on ${needs.map(n => this.refTo('exr:' + n)).join(', ')}. ` : ''}${
          content.some(folded) ? '' : `Stuck? <code>make hint EX=${a.number}</code>.`}</p>` : ''
    return `<section class="exercise" id="${id}" aria-label="${attr(`Exercise ${a.number}, ${a.title ?? ''}`)}"><p class="label"><a class="no" href="#${id}">Exercise ${
      a.number}</a>${points ? `<span class="points">${points}</span>` : ''}</p>${
      a.title ? `<p class="title">${esc(a.title)}</p>` : ''}${
      this.blocks(content.filter(b => !folded(b)))}${check}${this.blocks(content.filter(folded))}</section>`
  }

  // ---- a whole chapter
  chapter(blocks) {
    this.chunks = chunksOf(blocks)
    const html = this.blocks(blocks)
    const notes = this.notes.map((n, i) =>
      `<li id="note-${i + 1}">${this.blocks(n)} <a href="#note-ref-${i + 1}" aria-label="Back to the text">↩</a></li>`)
    return html + (notes.length
      ? `\n<section class="notes" aria-label="Notes"><h2>Notes</h2><ol>${notes.join('\n')}</ol></section>` : '')
  }
}
