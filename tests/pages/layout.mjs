// How a page looks and behaves: it fits, nothing overlaps or is cut off; the
// theme does not flash and is kept; copy gives the exact code; it asks the
// network for nothing; it reads without scripts; it stays within its budget.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { visit } from './book.mjs'
import { isWorkshop, parsePage, sources } from './source.mjs'

// A workshop is code in its chapter's frame: of what it does at each width
// the narrow and the wide one tell, and what it does without scripts its chapter.
const widths = {
  scripted: [[320, true], [360, false], [360, true], [820, true], [1400, false], [1400, true]],
  bare: [[360, true], [1400, true]],
  workshop: [[360, true], [1400, true]],
}
const budgets = new Map(fs.readFileSync(new URL('budget.tsv', import.meta.url), 'utf8').split('\n')
  .map(l => l.split('\t')).map(([page, html, visit]) => [page, { html: html * 1000, visit: visit * 1000 }]))
const geometry = fs.readFileSync(new URL('geometry.js', import.meta.url), 'utf8')

// Before any script of the page: see when the theme is set, catch copies.
function watch() {
  window.gateSeen = { theme: [], copied: null }
  const attributes = ['data-theme', 'class', 'style']
  new MutationObserver(list => {
    for (const m of list) if (m.target === document.documentElement)
      window.gateSeen.theme.push({ attribute: m.attributeName, value: m.target.getAttribute(m.attributeName), late: !!document.body })
  }).observe(document, { attributes: true, attributeFilter: attributes, subtree: true })
  const writeText = s => { window.gateSeen.copied = s; return Promise.resolve() }
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true })
}

// the longest state of the page: everything unfolded
const unfold = open => document.querySelectorAll('main details').forEach(d => { d.open = open })
const ground = () => getComputedStyle(document.body).backgroundColor + ' ' + getComputedStyle(document.body).color +
  ' ' + getComputedStyle(document.documentElement).backgroundColor
const lines = () => {
  document.querySelectorAll('main button').forEach(b => b.remove())
  return [...new Set((document.querySelector('main')?.innerText ?? '').split('\n').map(l => l.replace(/\s+/g, '')))]
}

function* network(tab, page) {
  for (const url of tab.requests)
    if (!/^(file|data|blob|about):/.test(url)) yield { file: page.file, at: url, what: 'asked the network', cure: 'ship it with the book' }
  for (const line of tab.log) yield { file: page.file, at: 'console', what: line, cure: 'no errors, no warnings' }
}

async function* fits(tab, page, script) {
  await tab.evaluate(geometry)
  const seen = new Set()
  for (const [width, open] of isWorkshop(page) ? widths.workshop : script ? widths.scripted : widths.bare) {
    await tab.setViewport({ width, height: 900 })
    await tab.evaluate(unfold, open)
    for (const f of await tab.evaluate(w => window.gate.geometry(w), width)) {
      const key = f.at + f.what.replace(/\(\d+ px\)$|[\d.]+ px/g, '')
      if (!seen.has(key)) yield { file: page.file, ...f, what: f.what + (script ? '' : ' (no scripts)') }
      seen.add(key)
    }
  }
}

async function* theme(tab, page) {
  const at = sel => ({ file: page.file, at: sel })
  const light = await tab.evaluate(ground)
  await visit(tab, page, { theme: 'dark' })
  const osDark = await tab.evaluate(ground)
  await visit(tab, page, { theme: 'light' })
  if (osDark === light) yield { ...at('body'), what: 'looks the same in light and dark', cure: 'follow prefers-color-scheme' }
  const press = () => tab.evaluate(() => { const b = window.gate.find(document).theme; b?.click(); return !!b })
  if (!await press()) { yield { ...at('button.theme'), what: 'no button for the theme', cure: '<button aria-label="... theme ...">' }; return }
  for (let i = 0; i < 2 && await tab.evaluate(ground) === light; i++) await press() // it may pass through "as the system"
  const dark = await tab.evaluate(ground)
  if (dark === light) { yield { ...at('button.theme'), what: 'pressing it changes nothing', cure: 'set data-theme on <html>' }; return }
  if (dark !== osDark) yield { ...at('html'), what: `dark by button (${dark}) is not dark by system (${osDark})`, cure: 'one set of variables for both' }
  let kept = false // the browser writes the choice down a moment later
  for (let i = 0; i < 20 && !kept; i++) {
    await new Promise(r => setTimeout(r, Math.min(100 * i, 500)))
    await visit(tab, page, { theme: 'light' })
    kept = await tab.evaluate(ground) === dark
  }
  if (!kept) yield { ...at('button.theme'), what: 'the choice is forgotten on reload', cure: 'localStorage, read in the head' }
  const seen = await tab.evaluate(() => window.gateSeen.theme)
  if (!seen.length) yield { ...at('html'), what: 'no theme attribute is set while loading', cure: 'a classic script in <head>' }
  for (const s of seen.filter(s => s.late && s.attribute === 'data-theme'))
    yield { ...at('html'), what: `flash: ${s.attribute}="${s.value}" is set after the body began`, cure: 'set it in a classic script in <head>' }
  await tab.evaluate(() => localStorage.clear())
}

// a link to a heading leads there at once, and one sees which it was
async function* arrives(tab, page) {
  const ids = [...page.html.matchAll(/<h[23] id="([^"]+)">/g)].map(m => m[1]), id = ids[ids.length >> 1]
  if (!id) return
  await tab.evaluate(unfold, false)
  await tab.evaluate(() => scrollTo(0, 0))
  await tab.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'no-preference' }])
  const { covered, off, marked } = await tab.evaluate(id => {
    const el = document.getElementById(id), ground = () => getComputedStyle(el).backgroundColor, before = ground()
    location.hash = '#' + id
    const r = el.getBoundingClientRect(), top = document.elementFromPoint(r.left + 3, Math.max(r.top + 3, 0))
    const end = document.documentElement.scrollHeight - innerHeight - scrollY < 2
    return { covered: r.top > -2 && r.top < innerHeight && !el.contains(top), off: !end && (r.top < -2 || r.top > 200) ? r.top : 0, marked: ground() !== before }
  }, id)
  const at = `#${id}`
  if (covered) yield { file: page.file, at, what: 'a link to it brings it under the bar', cure: 'scroll-padding-top' }
  if (off) yield { file: page.file, at, what: `a link to it does not arrive at once, ${off.toFixed(0)} px are left`, cure: 'no scroll-behavior: smooth' }
  if (!marked) yield { file: page.file, at, what: 'the place a link leads to is not marked', cure: ':target' }
}

// after a jump the bar names the section at which one has arrived
async function* names(tab, page) {
  const wrong = await tab.evaluate(async () => {
    const bar = document.querySelector('.where .sec')
    const heads = [...document.querySelectorAll('article > h2[id]:not(.vh), article > h3[id]')], wrong = []
    const frames = n => new Promise(r => requestAnimationFrame(() => n > 1 ? frames(n - 1).then(r) : r()))
    // to what is far from any heading: from above, from below, from the last one
    const far = [...document.querySelectorAll('article :is(.chunk, figure, table)[id]')].filter(e => e.checkVisibility())
    const some = bar ? far.filter((e, i) => i % Math.ceil(far.length / 24) === 0) : []
    for (const [i, e] of some.entries()) {
      if (i % 3 < 2) scrollTo(0, i % 3 ? document.documentElement.scrollHeight : 0)
      await frames(2)
      location.hash = '#' + e.id
      await frames(3)
      const here = heads.filter(o => o.getBoundingClientRect().top <= innerHeight * 0.3).pop()
      if (here && decodeURIComponent(bar.hash) !== '#' + here.id) wrong.push([e.id, bar.textContent])
    }
    return wrong
  })
  for (const [id, shown] of wrong) yield { file: page.file, at: `#${id}`, what: `after a link to it the bar says "${shown}"`, cure: 'watch headings that a jump leaves far above, too' }
}

async function* copies(tab, book, page) {
  const parts = sources(book, page).map(f => parsePage(f, page))
  const exact = new Set(parts.flatMap(s => [...s.chunks, ...s.blocks]).filter(c => c.lines).map(c => c.lines.join('\n').trimEnd()))
  await tab.evaluate(unfold, true)
  const got = await tab.evaluate(async () => {
    const out = []
    for (const b of window.gate.find(document).copy) {
      const box = b.closest('.chunk, figure, pre, div')
      const pre = b.closest('pre') ?? box.querySelector('pre')
      window.gateSeen.copied = null
      b.click()
      await new Promise(r => setTimeout(r, 0))
      const live = [...document.querySelectorAll('[aria-live], [role=status], output')].some(e => /copied/i.test(e.textContent))
      out.push({ at: window.gate.name(box), chunk: !!b.closest('.chunk'), live: live || /copied/i.test(b.textContent), copied: window.gateSeen.copied, shown: pre?.textContent ?? '',
        named: !!(b.textContent.trim() || b.getAttribute('aria-label')), button: b.localName === 'button' && b.tabIndex >= 0 })
    }
    const bare = [...document.querySelectorAll('main .chunk')].filter(c => !window.gate.find(c).copy.length).map(c => window.gate.name(c))
    return { out, bare }
  })
  const at = sel => ({ file: page.file, at: sel })
  for (const b of got.bare) yield { ...at(b), what: 'chunk without a copy button', cure: 'add it by script' }
  const squeeze = s => s.replace(/\s+/g, '')
  for (const c of got.out) {
    if (!c.button || !c.named) yield { ...at(c.at), what: 'copy is not a named button in the tab order', cure: '<button aria-label="Copy ...">' }
    if (c.copied === null) { yield { ...at(c.at), what: 'copy button copies nothing', cure: 'navigator.clipboard.writeText' }; continue }
    if (!c.live) yield { ...at(c.at), what: 'copying is not announced', cure: 'say "Copied" in a live region' }
    const text = c.copied.trimEnd()
    if (c.chunk && parts.length && !exact.has(text)) yield { ...at(c.at), what: `copied text is not the chunk as it stands in the source: ${JSON.stringify(text.slice(0, 60))}`, cure: 'copy the chunk with its indentation, references as <<name>>' }
    else if (!c.chunk && ![c.shown, c.shown.replace(/^\$ /gm, '')].some(t => squeeze(t).includes(squeeze(text)))) yield { ...at(c.at), what: `copied text is not what is shown: ${JSON.stringify(text.slice(0, 60))}`, cure: 'copy what the block shows' }
  }
}

async function* withoutScripts(tab, page) {
  await tab.evaluate(unfold, true)
  const full = await tab.evaluate(lines)
  await visit(tab, page, { script: false })
  const at = sel => ({ file: page.file, at: sel })
  // a fold opens by the browser alone
  const fold = await tab.evaluate(() => {
    const d = [...document.querySelectorAll('main details:not([open])')].find(d => d.checkVisibility())
    if (!d) return null
    document.querySelectorAll('[data-gate]').forEach(e => e.removeAttribute('data-gate'))
    d.querySelector('summary')?.setAttribute('data-gate', '')
    return { name: window.gate.name(d), summary: !!d.querySelector(':scope > summary') }
  })
  if (fold && !fold.summary) yield { ...at(fold.name), what: 'details without summary', cure: 'give it one' }
  else if (fold) {
    await tab.click('[data-gate]')
    const open = await tab.evaluate(() => {
      const d = document.querySelector('[data-gate]').closest('details')
      return d.open && d.innerText.trim().length > d.querySelector('summary').innerText.trim().length
    })
    if (!open) yield { ...at(fold.name), what: 'does not unfold without scripts', cure: 'plain <details>' }
  }
  await tab.evaluate(unfold, true)
  const plain = (await tab.evaluate(lines)).join('\n')
  const lost = full.filter(l => !plain.includes(l))
  if (lost.length) yield { ...at('main'), what: `${lost.length} lines cannot be read without scripts: "${lost[0].slice(0, 60)}"`, cure: 'show everything; scripts only add' }
  for (const h of await tab.evaluate(() => [...document.querySelectorAll('main *')].filter(e => e.textContent.trim() && !e.closest('details, svg, math') &&
    !/^(script|style|template|noscript|option)$/.test(e.localName) && !e.closest('noscript, template') && !e.checkVisibility({ visibilityProperty: true }))
    .filter((e, i, all) => !all.includes(e.parentElement)).map(e => window.gate.name(e))))
    yield { ...at(h), what: 'text that cannot be seen without scripts', cure: 'hide it by script, not in the style sheet' }
  for (const b of await tab.evaluate(() => [...window.gate.find(document).copy, window.gate.find(document).theme].filter(b => b?.checkVisibility()).map(b => window.gate.name(b))))
    yield { ...at(b), what: 'a button that does nothing without scripts is shown', cure: 'add or show it by script' }
  if (!isWorkshop(page)) yield* fits(tab, page, false)
}

async function* weighs(tab, book, page) {
  const files = [...tab.requests].filter(u => u.startsWith('file:')).map(u => fileURLToPath(u.split(/[?#]/)[0]))
  const sizes = [...new Set(files)].filter(fs.existsSync).map(f => [path.basename(f), fs.statSync(f).size])
  const total = sizes.reduce((s, [, n]) => s + n, 0), html = Buffer.byteLength(page.html)
  const nodes = await tab.evaluate(() => document.querySelectorAll('*').length)
  const budget = budgets.get(page.file) ?? budgets.get(isWorkshop(page) ? '*-workshop.html' : '*')
  const kB = n => `${(n / 1000).toFixed(0)} kB`
  book.notes.push(`${page.file}: ${kB(html)} HTML, ${kB(total)} first visit, ${nodes} elements`)
  if (html > budget.html) yield { file: page.file, at: 'page', what: `${kB(html)} of HTML, limit ${kB(budget.html)}`, cure: 'lighter markup, or move previews to a script loaded on demand' }
  if (total > budget.visit) yield { file: page.file, at: 'page', what: `first visit ${kB(total)}, limit ${kB(budget.visit)}: ${sizes.sort((a, b) => b[1] - a[1]).slice(0, 6).map(([f, n]) => `${f} ${kB(n)}`).join(', ')}`, cure: 'smaller subsets, load on demand' }
}

// A chapter that has a workshop is read from top to bottom: it ends some day, and where ideas are explained
// there is a figure, a table or an output on every few screens.
async function* rhythm(tab, book, page) {
  if (!fs.existsSync(path.join(book.dir, page.file.replace('.html', '-workshop.html')))) return
  const { tall, gaps } = await tab.evaluate(() => {
    const edge = (e, side) => e.getBoundingClientRect()[side] + scrollY
    const summary = document.querySelector('main .summary'), end = summary ? edge(summary, 'top') : edge(document.querySelector('main'), 'bottom')
    const seen = [...document.querySelectorAll('main :is(figure, table, svg[role=img], .output)')].filter(e => !e.closest('.chunk, details'))
      .map(e => [edge(e, 'top'), edge(e, 'bottom'), window.gate.name(e)]).sort((a, b) => a[0] - b[0])
    const gaps = []
    let last = 0, name = 'the head'
    for (const [top, bottom, next] of [...seen, [end, end, 'the summary']]) {
      if (Math.min(top, end) - last > 5000) gaps.push({ px: Math.min(top, end) - last, name, next })
      if (bottom > last) [last, name] = [bottom, next]
    }
    return { tall: document.documentElement.scrollHeight, gaps }
  })
  if (tall > 55000) yield { file: page.file, at: 'page', what: `${tall} px tall, limit 55000`, cure: 'what is looked up belongs in the workshop' }
  for (const g of gaps) yield { file: page.file, at: g.name, what: `${g.px.toFixed(0)} px to ${g.next} with nothing to look at, limit 5000`, cure: 'a figure, a drawing, a table or an output' }
}

export async function* check(tab, book, page) {
  if (!tab.watched) await tab.evaluateOnNewDocument(watch)
  tab.watched = true
  // to load a page costs more than all that is looked at
  await visit(tab, page)
  yield* network(tab, page)
  yield* weighs(tab, book, page)
  await tab.evaluate(geometry)
  yield* rhythm(tab, book, page)
  yield* fits(tab, page, true)
  yield* copies(tab, book, page)
  yield* network(tab, page)
  yield* arrives(tab, page)
  yield* names(tab, page)
  // five visits: chapters and workshops share one head, so the first chapter's is tried
  const isChapter = p => /^\d\d-/.test(p.file)
  if (!isChapter(page) || page === book.pages.find(p => isChapter(p) && !isWorkshop(p))) yield* theme(tab, page)
  yield* withoutScripts(tab, page)
}
