// Accessibility: axe-core finds nothing, in light and dark, at three widths,
// with everything folded and with everything unfolded.
import { axeSource, themes, visit } from './book.mjs'

const widths = [360, 820, 1400]
const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
const source = axeSource()
// what can change when only the colours do
const colours = ['color-contrast', 'link-in-text-block']

const run = (tab, only) => tab.evaluate((only, tags) => axe.run(document, {
  runOnly: only ? { type: 'rule', values: only } : { type: 'tag', values: tags },
  resultTypes: ['violations'], preload: false, iframes: false,
}).then(r => r.violations.map(v => ({ id: v.id, help: v.help,
  nodes: v.nodes.map(n => ({ at: n.target.join(' '), why: n.any.concat(n.all, n.none).map(c => c.message)[0] })) }))), only, tags)

export async function* check(tab, book, page) {
  const seen = new Map()
  for (const theme of themes) {
    await visit(tab, page, { theme })
    await tab.evaluate(source)
    for (const width of widths) {
      await tab.setViewport({ width, height: 900 })
      for (const open of [false, true]) {
        await tab.evaluate(open => document.querySelectorAll('main details').forEach(d => { d.open = open }), open)
        if (!open && theme === 'dark') continue
        for (const v of await run(tab, theme === 'dark' ? colours : null))
          for (const n of v.nodes) {
            const key = `${v.id} ${n.at}`
            if (!seen.has(key)) seen.set(key, { file: page.file, at: n.at, what: `${v.id} (${theme}, ${width} px): ${n.why ?? v.help}`, cure: v.help })
          }
      }
    }
  }
  yield* seen.values()
}
