// Pictures of every page, light and dark, at three widths, for people to look at.
import fs from 'node:fs'
import path from 'node:path'
import { themes, visit } from './book.mjs'

export async function* check(tab, book, page) {
  const out = path.join(book.source, 'build/shots')
  fs.mkdirSync(out, { recursive: true })
  for (const theme of themes) {
    await visit(tab, page, { theme })
    for (const width of [360, 820, 1400]) {
      await tab.setViewport({ width, height: 1000 })
      await tab.screenshot({ path: path.join(out, `${path.basename(page.file, '.html')}-${theme}-${width}.png`), fullPage: true })
    }
  }
}
