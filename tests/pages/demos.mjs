// Live demos, each as its reader meets it: from a folder, in a browser. It
// costs nothing until it is asked for; it calculates what the same C does
// outside a page; it stops; it is legible, fits, and works by the keyboard.
//   node tests/pages/demos.mjs [NAME ...]     (after make html and demos-native)
// demos/NAME.cases: a line is the numbers of a run; runs in a row share a
// process, an empty line begins another.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { axeSource, openBook, openBrowser, openTab, themes, visit } from './book.mjs'

// What a number may differ by, relative to 1 + its size. 0: bit for bit.
// What is made by + - * / and sqrt is: both sides round each operation once.
// That is all in exp as chapter 2 has it. Others (log, pow) are the C library's, here glibc's, in the page wasi-libc's,
// which may differ in the last bit of a float.
const apart = { broadcasting: 0, activations: 0, valley: 1e-6, digits: 1e-3 }
const most = 60000                     // bytes of a demo with all that it loads, as stored
const wait = (tab, f, ...args) => tab.waitForFunction(f, { timeout: 60000, polling: 50 }, ...args)

// What a reader does, by keys alone, and sees
const plays = {
  async broadcasting(tab, say) {
    const text = () => tab.$eval('.live .status', e => e.textContent)
    if (!/20 \+ 3 = 23/.test(await text())) say(`it begins with "${await text()}", not with 20 + 3 = 23`)
    await tab.focus('.live input[type=range]')
    await tab.keyboard.press('ArrowRight')
    if (!/30 \+ 3 = 33/.test(await text())) say(`a row further it says "${await text()}"`)
    await tab.select('.live select', '2')                  // [3,4] and [4]
    await wait(tab, () => /110 \+ 3 = 113/.test(document.querySelector('.live .status').textContent))
    await tab.select('.live select', '3')                  // [4,3] and [4]
    await wait(tab, () => /library says: tt_add: \[4,3\] and \[4\]/.test(document.querySelector('.live .status').textContent))
    await tab.select('.live select', '0')
    await wait(tab, () => / = 33/.test(document.querySelector('.live .status').textContent))
  },
  async activations(tab, say) {
    await tab.focus('.live input[type=range]')             // twelve sigmoids
    await tab.keyboard.press('End')
    await wait(tab, () => /12 layers/.test(document.querySelector('.live .status').textContent))
    const slope = await tab.$eval('.live .status', e => e.textContent)
    if (!/10\^−8 times as large/.test(slope)) say(`twelve sigmoids leave more of the slope than 10^-8: "${slope}"`)
    await tab.select('.live select', '0')                  // twelve relus
    await wait(tab, () => /relu, 12 layers: x = 1 becomes 1\. .* 1 times/.test(document.querySelector('.live .status').textContent))
  },
  async valley(tab, say) {
    const text = () => tab.$eval('.live .status', e => e.textContent)
    const says = words => wait(tab, w => document.querySelector('.live .status').textContent.includes(w), words)
    if (!/is on its way/.test(await text())) say(`it begins with "${await text()}"`)
    await tab.focus('.live input[type=range]')             // 0.038 is short enough, 0.041 is not: 2 / 50
    for (let i = 0; i < 4; i++) await tab.keyboard.press('ArrowRight')
    await says('it climbs')
    await tab.select('.live select', '4')
    await says('Adam, learning rate 0.60: after 60 steps')
    await tab.evaluate(() => [...document.querySelectorAll('.live button')].find(b => b.textContent === 'Walk').focus())
    await tab.keyboard.press('Enter')                      // no motion is wanted: all at once
    const dots = () => tab.$$eval('.live circle', l => l.length)
    if (await dots() !== 61) say(`where no motion is wanted the path has ${await dots()} dots at once, not 61`)
    await tab.evaluate(() => { document.querySelector('.demo').live.calm = false })
    await tab.keyboard.press('Enter')
    await new Promise(r => setTimeout(r, 700))
    await tab.keyboard.press('Enter')                      // Stop
    const stopped = await dots()
    await new Promise(r => setTimeout(r, 400))
    if (!(stopped > 1 && stopped < 30) || await dots() !== stopped) say(`Stop after 0.7 s: ${stopped} dots, later ${await dots()}`)
    if (!(await text()).includes(`after ${stopped - 1} steps`)) say(`stopped after ${stopped - 1} steps it says "${await text()}"`)
  },
  async digits(tab, say) {
    const press = name => tab.evaluate(n => [...document.querySelectorAll('.live button')].find(b => b.textContent === n).focus(), name)
      .then(() => tab.keyboard.press('Enter'))
    const text = () => tab.$eval('.live .status', e => e.textContent)
    await press('Train')
    await wait(tab, () => /Epoch [3-9]/.test(document.querySelector('.live .status').textContent))
    await press('Stop')
    await wait(tab, () => document.querySelector('.live button').textContent === 'Train')
    const stopped = await text()
    await new Promise(r => setTimeout(r, 400))
    if (await text() !== stopped) say(`after Stop it goes on: "${stopped}", "${await text()}"`)
    await press('Train')
    await wait(tab, () => /Epoch 40/.test(document.querySelector('.live .status').textContent))
    const right = Number((await text()).match(/(\d+) of 100/)?.[1])
    if (!(right >= 90)) say(`after 40 epochs it says "${await text()}"`)
    // a 1 by keys: down from row 1, column 4
    await tab.focus('.live .pad button')
    for (let i = 0; i < 4; i++) await tab.keyboard.press('ArrowRight')
    await tab.keyboard.press('Space')
    for (let i = 0; i < 7; i++) { await tab.keyboard.press('ArrowDown'); await tab.keyboard.press('Space') }
    if (await tab.$$eval('.live .pad [aria-pressed=true]', l => l.length) !== 8) say('eight cells by keys are not eight cells of ink')
    await wait(tab, () => /takes this for a 1/.test(document.querySelector('.live .status').textContent))
    await press('Clear')
    const box = await (await tab.$('.live .pad')).boundingBox()    // and by a pointer
    await tab.mouse.move(box.x + 100, box.y + 12)
    await tab.mouse.down()
    await tab.mouse.move(box.x + 100, box.y + 180, { steps: 12 })
    await tab.mouse.up()
    if (await tab.$$eval('.live .pad [aria-pressed=true]', l => l.length) !== 8) say('a line of the pointer is not eight cells of ink')
    await press('An unseen digit')
    await wait(tab, () => /takes this for a \d; it is a \d/.test(document.querySelector('.live .status').textContent))
  },
}

const plain = message => message.trim().replace(/^\S+:\d+: /, '')
function native(name, group) {
  try {
    return execFileSync(`build/demos/${name}-native`, { input: group.join('\n') + '\n', stdio: 'pipe' })
      .toString().trimEnd().split('\n').map(l => l.trim().split(/\s+/).map(Number))
  } catch (e) { return plain(e.stderr.toString()) }
}
const inPage = (tab, group) => tab.evaluate(async lines => {
  const d = document.querySelector('.demo').live, out = []
  d.stop()
  for (const line of lines) {
    try { out.push((await d.run(line.split(' ').map(Number))).map(v => String(v))) } catch (e) { return e.message }
  }
  return out
}, group)

async function check(tab, page, name, say) {
  const files = [`demo-${name}.js`, 'demo.js', 'demo.css'].map(f => path.join(path.dirname(page.full), 'assets', f))
  const bytes = files.reduce((sum, f) => sum + fs.statSync(f).size, 0)
  if (bytes >= most) say(`${bytes} bytes with what all demos share, limit ${most}`)

  await visit(tab, page, { script: false })
  if (!await tab.$eval('.demo figure svg', e => e.checkVisibility())) say('without scripts there is no figure in its place')
  await visit(tab, page)
  if ([...tab.requests].some(u => /demo/.test(path.basename(u)))) say('it is loaded before it is asked for')
  const button = `.demo[data-demo=${name}] > .try`
  await tab.focus(button)
  await tab.keyboard.press('Enter')
  await wait(tab, () => document.querySelector('.demo').live && document.querySelector('.live .status').textContent)
  await new Promise(r => setTimeout(r, 200))
  await plays[name]?.(tab, say)

  // the same numbers
  let numbers = 0, widest = 0
  for (const group of fs.readFileSync(`demos/${name}.cases`, 'utf8').trimEnd().split('\n\n').map(g => g.split('\n'))) {
    const here = native(name, group), there = await inPage(tab, group)
    if (typeof here === 'string' || typeof there === 'string') {
      if (here !== there) say(`"${group}": outside it says ${JSON.stringify(here).slice(0, 300)}, in the page ${JSON.stringify(there).slice(0, 300)}`)
      numbers++
      continue
    }
    here.forEach((row, k) => {
      if (row.length !== there[k].length) return say(`"${group[k]}": ${row.length} numbers outside, ${there[k].length} in the page`)
      row.forEach((v, i) => {
        const w = Number(there[k][i]), far = Object.is(v, w) ? 0 : Math.abs(v - w) / (1 + Math.abs(v))
        numbers++
        widest = Math.max(widest, far)
        if (!(far <= apart[name])) say(`"${group[k]}": number ${i} is ${v} outside, ${w} in the page`)
      })
    })
  }
  if (numbers === 0) say('no number was compared')

  // it can be read by all; the rest of the page is another gate's
  await tab.evaluate(() => document.querySelectorAll('article > :not(h1, .demo:has(.live))').forEach(e => e.remove()))
  await tab.evaluate(axeSource())
  await tab.evaluate(fs.readFileSync(new URL('geometry.js', import.meta.url), 'utf8'))
  for (const theme of themes) {
    await tab.evaluate(t => { document.documentElement.dataset.theme = t }, theme)
    for (const width of [1400, 360, 320]) {
      await tab.setViewport({ width, height: 900 })
      await new Promise(r => setTimeout(r, 100))
      if (process.env.SHOTS && width > 320) await (await tab.$('.demo')).screenshot({ path: `${process.env.SHOTS}/${name}-${theme}-${width}.png` })
      for (const v of await tab.evaluate(() => axe.run('.demo', { resultTypes: ['violations'], preload: false }).then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].target} ${v.help}`))))
        say(`axe, ${theme}, ${width} px: ${v}`)
      if (theme === 'light')
        for (const f of await tab.evaluate(w => window.gate.geometry(w).filter(f => [...document.querySelectorAll(f.at.replace(/ .*/, ''))].some(e => e.closest('.live')) || /wider than the screen/.test(f.what)), width))
          say(`${f.at}: ${f.what}`)
    }
  }
  await tab.setViewport({ width: 1400, height: 900 })

  // it goes away, and nothing of it goes on
  await tab.evaluate(() => [...document.querySelectorAll('.live button')].find(b => b.textContent === 'Close').click())
  if (await tab.$('.live') || !await tab.$eval(button, b => b.checkVisibility() && document.activeElement === b)) say('Close does not lead back to its button')
  for (const u of tab.requests) if (!/^(file|data|blob|about):/.test(u)) say(`asked the network: ${u}`)
  for (const l of tab.log) say(`console: ${l}`)
  return `${bytes} bytes, ${numbers} numbers compared, at most ${widest.toPrecision(2)} apart`
}

const book = openBook('build/html')
const all = fs.readdirSync('demos').filter(f => f.endsWith('.js')).map(f => f.slice(0, -3))
const names = process.argv.length > 2 ? process.argv.slice(2) : all
let failed = 0
const { browser, close } = await openBrowser()
try {
  const tab = await openTab(browser)
  for (const name of names) {
    const faults = new Set(), say = s => faults.add(s)
    const page = book.pages.find(p => p.html.includes(`data-demo="${name}"`))
    let line = ''
    if (!page) say('no page has it')
    else line = await check(tab, page, name, say).catch(e => { say(e.message); return '' })
    for (const f of faults) console.log(`demo ${name}: ${f}`)
    if (faults.size) failed++
    else console.log(`demo ${name}: ${line}`)
  }
} finally { await close() }
console.log(`${names.length - failed} passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0
