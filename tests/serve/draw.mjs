// node tests/serve/draw.mjs URL: digits drawn on the page by a pointer are read.
import { createRequire } from 'node:module'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const modules = path.resolve(process.env.NODE_MODULES ?? 'build/npm/node_modules')
const puppeteer = createRequire(path.join(modules, 'x.js'))('puppeteer-core')
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'tt-draw-'))
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  userDataDir: profile, protocolTimeout: 300_000,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
let passed = 0, failed = 0
const check = (what, good, more = '') => { good ? passed++ : (failed++, console.log('FAILED:', what, more)) }
const circle = (x, y, rx, ry, from = 0, to = 360) => Array.from({ length: 37 }, (_, i) => {
  const a = (from + (to - from) * i / 36) * Math.PI / 180
  return [x + rx * Math.sin(a), y - ry * Math.cos(a)]
})
const drawings = [
  [0, [circle(128, 128, 55, 85)]],
  [1, [[[140, 40], [128, 216]]]],
  [4, [[[150, 40], [80, 140], [190, 140]], [[150, 100], [150, 216]]]],
  [7, [[[70, 50], [185, 50], [110, 216]]]],
]
try {
  const page = await browser.newPage()
  const complaints = []
  page.on('pageerror', e => complaints.push(e.message))
  page.on('console', m => m.type() === 'error' && !/favicon/.test(m.location().url ?? '') && complaints.push(m.text()))
  await page.goto(process.argv[2], { waitUntil: 'load', timeout: 120_000 })
  const box = await page.$eval('#pad', e => { const r = e.getBoundingClientRect(); return [r.left, r.top] })
  const at = ([x, y]) => [box[0] + 2 + x, box[1] + 2 + y]
  const text = id => page.$eval(id, e => e.textContent)
  const answer = () => page.waitForFunction(() => /^\d$/.test(document.getElementById('digit').textContent), { timeout: 120_000 })
  for (const [digit, strokes] of drawings) {
    await page.click('#clear')
    check('after Clear nothing is known', await text('#digit') === '?')
    for (const [first, ...rest] of strokes) {
      await page.mouse.move(...at(first))
      await page.mouse.down()
      for (const p of rest) await page.mouse.move(...at(p), { steps: 4 })
      await page.mouse.up()
    }
    await new Promise(r => setTimeout(r, 1000))
    await answer()
    check(`a ${digit} is read`, await text('#digit') === String(digit), `${await text('#digit')}, ${await text('#sure')}`)
  }
  check('it says how sure it is, and which version', /\d % sure, version \d+/.test(await text('#sure')), await text('#sure'))
  await page.select('#label', '7')
  await page.click('#tell')
  await page.waitForFunction(() => document.getElementById('told').textContent, { timeout: 60_000 })
  check('a label is kept', /kept/.test(await text('#told')), await text('#told'))

  // by keyboard: the space bar holds the pen
  await page.click('#clear')
  await page.focus('#pad')
  for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowUp')
  await page.keyboard.down(' ')
  for (let i = 0; i < 18; i++) await page.keyboard.press('ArrowDown')
  await page.keyboard.up(' ')
  await answer()
  check('a 1 is drawn with keys', await text('#digit') === '1', await text('#digit'))
  check('without complaints', complaints.length === 0, complaints.join('; '))
} finally {
  await browser.close().catch(() => {})
  fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
