// Accessibility: axe-core finds nothing, in light and dark, at three widths,
// folded and unfolded.
import { axeSource, visit } from './book.mjs'

const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
const source = axeSource()
// what can change when only the colours do
const colours = ['color-contrast', 'link-in-text-block']

// without the insides of code blocks, half of a chapter, where asked
const run = (tab, only, code) => tab.evaluate((only, code, tags) => axe.run(
  code ? document : { include: [['html']], exclude: [['main pre > code']] }, {
  runOnly: only ? { type: 'rule', values: only } : { type: 'tag', values: tags },
  resultTypes: ['violations'], preload: false, iframes: false,
}).then(r => r.violations.map(v => ({ id: v.id, help: v.help,
  nodes: v.nodes.map(n => ({ at: n.target.join(' '), why: n.any.concat(n.all, n.none).map(c => c.message)[0] })) }))), only, code, tags)

// Folding and the theme can hide or show things, so each gets a run;
// beyond that a width in dark differs from the same in light by colours only,
// and the inside of a code block does not differ from width to width.
const states = {
  light: [[1400, 'code'], [1400, 'folded'], [820], [360]],
  dark: [[1400, 'code', colours], [820, '', colours], [360, '', colours]],
}
export const parts = Object.keys(states)

export async function* check(tab, book, page, theme) {
  const seen = new Set()
  await visit(tab, page, { theme })
  await tab.evaluate(source)
  for (const [width, how, only] of states[theme]) {
    await tab.setViewport({ width, height: 900 })
    await tab.evaluate(open => document.querySelectorAll('main details').forEach(d => { d.open = open }), how !== 'folded')
    for (const v of await run(tab, only ?? null, how === 'code'))
      for (const n of v.nodes) {
        const key = `${v.id} ${n.at}`
        if (!seen.has(key)) yield { file: page.file, at: n.at, what: `${v.id} (${theme}, ${width} px): ${n.why ?? v.help}`, cure: v.help }
        seen.add(key)
      }
  }
}
