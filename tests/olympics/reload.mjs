// node tests/olympics/reload.mjs PAGE: the page of the competition, with a
// second instead of its half minute, shows what is written after it was opened.
import { createRequire } from 'node:module'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const modules = path.resolve(process.env.NODE_MODULES ?? 'build/npm/node_modules')
const puppeteer = createRequire(path.join(modules, 'x.js'))('puppeteer-core')
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tt-reload-'))
const file = path.join(dir, 'index.html')
const text = fs.readFileSync(process.argv[2], 'utf8').replace('content="30"', 'content="1"')
fs.writeFileSync(file, text)
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  userDataDir: path.join(dir, 'profile'), protocolTimeout: 100_000,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
const shown = page => page.$eval('h1', e => e.textContent).catch(() => '')   // while it loads
try {
  const page = await browser.newPage()
  await page.goto(`file://${file}`, { waitUntil: 'load', timeout: 60_000 })
  const before = await shown(page)
  fs.writeFileSync(file, text.replace('<h1>', '<h1>New: '))
  let after = before
  for (let i = 0; i < 100 && !after.startsWith('New: '); i++) {
    await new Promise(r => setTimeout(r, 200))
    after = await shown(page)
  }
  console.log(after === `New: ${before}` ? 'reloaded' : `before: ${before}, after: ${after}`)
} finally {
  await browser.close()
  fs.rmSync(dir, { recursive: true, force: true })
}
