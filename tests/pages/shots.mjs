// Pictures of every page, light and dark, at three widths, for people to look at;
// a long page as several.
import fs from 'node:fs'
import path from 'node:path'
import { themes, visit } from './book.mjs'

const step = 3000

export async function* check(tab, book, page) {
  const out = path.join(book.source, 'build/shots')
  fs.mkdirSync(out, { recursive: true })
  for (const theme of themes) {
    await visit(tab, page, { theme })
    for (const width of [360, 820, 1400]) {
      await tab.setViewport({ width, height: 1000 })
      const tall = await tab.evaluate(() => document.documentElement.scrollHeight)
      for (let y = 0; y < tall; y += step) {
        const part = tall > step ? `-${String(1 + y / step).padStart(2, '0')}` : ''
        await tab.screenshot({ path: path.join(out, `${path.basename(page.file, '.html')}-${theme}-${width}${part}.png`),
          clip: { x: 0, y, width, height: Math.min(step, tall - y) } })
      }
    }
  }
}
