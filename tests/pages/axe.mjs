// Accessibility: axe-core finds nothing, in light and dark, at three widths,
// folded and unfolded.
import { axeSource, visit } from './book.mjs'

const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
const source = axeSource()

const run = tab => tab.evaluate(tags => axe.run(document, {
  runOnly: { type: 'tag', values: tags },
  resultTypes: ['violations'], preload: false, iframes: false,
}).then(r => r.violations.map(v => ({ id: v.id, help: v.help,
  nodes: v.nodes.map(n => ({ at: n.target.join(' '), why: n.any.concat(n.all, n.none).map(c => c.message)[0] })) }))), tags)

// Folds hide things: they are open, but for one more run of the widest.
const states = { light: [[1400], [1400, 'folded'], [820], [360]], dark: [[1400], [820], [360]] }
export const parts = Object.keys(states)

export async function* check(tab, book, page, theme) {
  const seen = new Set()
  await visit(tab, page, { theme })
  await tab.evaluate(source)
  for (const [width, how] of states[theme]) {
    await tab.setViewport({ width, height: 900 })
    await tab.evaluate(open => document.querySelectorAll('main details').forEach(d => { d.open = open }), how !== 'folded')
    for (const v of await run(tab))
      for (const n of v.nodes) {
        const key = `${v.id} ${n.at}`
        if (!seen.has(key)) yield { file: page.file, at: n.at, what: `${v.id} (${theme}, ${width} px): ${n.why ?? v.help}`, cure: v.help }
        seen.add(key)
      }
  }
}
