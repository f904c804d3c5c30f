// node tests/olympics/reload.mjs PAGE: the page of the competition, with a
// second instead of its half minute, shows what is written after it was opened.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { openBrowser, openTab } from '../pages/book.mjs'

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tt-reload-'))
const file = path.join(dir, 'index.html')
const text = fs.readFileSync(process.argv[2], 'utf8').replace('content="30"', 'content="1"')
fs.writeFileSync(file, text)
const { browser, close } = await openBrowser()
const shown = tab => tab.$eval('h1', e => e.textContent).catch(() => '')   // while it loads
try {
  const tab = await openTab(browser)
  await tab.goto(pathToFileURL(file).href, { waitUntil: 'load' })
  const before = await shown(tab)
  fs.writeFileSync(file, text.replace('<h1>', '<h1>New: '))
  let after = before
  for (let i = 0; i < 100 && !after.startsWith('New: '); i++) {
    await new Promise(r => setTimeout(r, 200))
    after = await shown(tab)
  }
  console.log(after === `New: ${before}` ? 'reloaded' : `before: ${before}, after: ${after}`)
} finally {
  await close()
  fs.rmSync(dir, { recursive: true, force: true })
}
