// Accessibility: axe-core finds nothing, in light and dark, at three widths,
// folded and unfolded. Structure is the same in both themes: it is judged on
// the whole page at the first width, where the words of code have no colors.
// Then what is alike is thinned out (links in code, rows of an index of a
// thousand), for it has been seen, and a width changes it as it changes those
// that stay: at the narrow width, and by the rules of size, folded, at the
// middle one. Which colors are legible takes longest, and does not depend on the
// place: of the whole page, specimens of each look, with the block in which they
// stand, are looked at in each state. A workshop, code in its chapter's frame,
// is looked at at the first width.
import { axeSource, themes, visit } from './book.mjs'
import { isWorkshop } from './source.mjs'

const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
const source = axeSource()

const run = (tab, options) => tab.evaluate(o => axe.run(document, {
  ...o, resultTypes: ['violations'], preload: false, iframes: false,
}).then(r => r.violations.map(v => ({ id: v.id, help: v.help,
  nodes: v.nodes.map(n => ({ at: n.target.join(' '), why: n.any.concat(n.all, n.none).map(c => c.message)[0] })) }))), options)
const colors = ['color-contrast', 'link-in-text-block']
const all = { runOnly: { type: 'tag', values: tags } }
const structure = { ...all, rules: Object.fromEntries(colors.map(r => [r, { enabled: false }])) }
const sizes = { runOnly: { type: 'rule', values: ['target-size', 'scrollable-region-focusable'] } }
const looks = { runOnly: { type: 'rule', values: colors } }
const unfold = (tab, open) => tab.evaluate(open => document.querySelectorAll('main details').forEach(d => { d.open = open }), open)

// Runs inside the browser: code becomes plain text, but for what has a name or
// a role, and some links of each class, as all are made alike. A color says
// nothing of structure, and a page has ten thousands of them. A link in code
// that has no words is given back.
const most = 30
function plain(most) {
  const wordless = [], times = new Map()
  for (const el of document.querySelectorAll('pre :is(a, b, i, u, span)')) {
    if ([...el.attributes].some(a => /^(id|role|tabindex|title|lang|aria-.*)$/.test(a.name))) continue
    if (el.localName === 'a') {
      if (!el.textContent.trim()) wordless.push(el.className ? `a.${el.className}` : 'a')
      times.set(el.className, (times.get(el.className) ?? 0) + 1)
      if (times.get(el.className) <= most) continue
    }
    el.replaceWith(...el.childNodes)
  }
  document.body.normalize()
  return wordless
}

// Runs inside the browser: of many neighbors of one kind, each a line or a
// block, some stay.
function thin(most) {
  for (const parent of document.querySelectorAll('main *')) {
    if ([...parent.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue   // in a line of text
    const times = new Map()
    for (const el of [...parent.children]) {
      const kind = [el.localName, el.className, el.getAttribute('role'), ...[...el.children].map(e => e.localName).slice(0, 4)].join()
      times.set(kind, (times.get(kind) ?? 0) + 1)
      if (times.get(kind) > most && !/^h[1-6]$/.test(el.localName)) el.remove()
    }
  }
  document.body.normalize()
}

// Runs inside the browser: of each look of a text against its ground two
// stay, with the blocks in which they stand; the rest goes.
function specimens() {
  const grounds = new Map([[null, '']])
  const ground = el => {
    if (!grounds.has(el)) {
      const s = getComputedStyle(el)
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.position].join()
      grounds.set(el, ground(el.parentElement) + (own === 'rgba(0, 0, 0, 0),none,1,none,static' ? '' : '/' + own))
    }
    return grounds.get(el)
  }
  const kept = new Set(), times = new Map()
  for (const el of document.body.querySelectorAll('*')) {
    if (![...el.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue
    const s = getComputedStyle(el)
    const look = [el.localName === 'a', s.color, s.fill, s.fontSize, s.fontWeight, s.textDecorationLine, s.textShadow,
      s.visibility, s.display, getComputedStyle(el.parentElement).color, ground(el)].join()
    times.set(look, (times.get(look) ?? 0) + 1)
    if (times.get(look) > 2) continue
    const block = el.closest('p, li, td, th, dt, dd, pre, figcaption, summary, h1, h2, h3, h4, h5, h6') ?? el
    for (let e = block; e; e = e.parentElement) kept.add(e)
    block.querySelectorAll('*').forEach(e => kept.add(e))
  }
  for (const el of document.body.querySelectorAll('*')) if (!kept.has(el)) el.remove()
}

export const parts = themes
export async function* check(tab, book, page, theme) {
  const seen = new Set()
  let width = 1400
  const size = w => tab.setViewport({ width: (width = w), height: 900 })
  const found = async function* (options) {
    for (const v of await run(tab, options))
      for (const n of v.nodes) {
        const key = `${v.id} ${n.at}`
        if (!seen.has(key)) yield { file: page.file, at: n.at, what: `${v.id} (${theme}, ${width} px): ${n.why ?? v.help}`, cure: v.help }
        seen.add(key)
      }
  }
  await visit(tab, page, { theme, width })
  await tab.evaluate(source)
  const widths = isWorkshop(page) ? [1400] : [1400, 820, 360]
  if (theme === 'light') {
    await unfold(tab, true)
    await tab.evaluate(() => { window.whole = document.body.cloneNode(true) })
    for (const at of await tab.evaluate(plain, most))
      yield { file: page.file, at, what: 'link-name: a link in code without words', cure: 'Links must have discernible text' }
    yield* found(structure)
    await tab.evaluate(plain, 0)
    await tab.evaluate(thin, most)
    for (const w of widths.slice(1)) {
      await unfold(tab, w === 360)
      await size(w)
      yield* found(w === 360 ? structure : sizes)
    }
    await size(1400)
    await tab.evaluate(() => document.body.replaceWith(window.whole))
  }
  await unfold(tab, true)
  await tab.evaluate(specimens)
  for (const w of widths) { await size(w); yield* found(looks) }
}
