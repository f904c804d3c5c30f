// node tests/pages/use.mjs: search and previews, used as a reader uses them,
// on the pages in build/html, from the disk.
import { openBook, openBrowser, openTab, visit } from './book.mjs'

const book = openBook('build/html', '.')
const page = file => book.pages.find(p => p.file === file)
let passed = 0, failed = 0
const test = (ok, text) => { ok ? passed++ : (failed++, console.log(text)) }
const { browser, close } = await openBrowser()
try {
  const tab = await openTab(browser)
  const wait = ms => new Promise(r => setTimeout(r, ms))

  // ---- search: what is asked, and where it must lead among the first five, or of so many
  const queries = [
    ['learning rate', /06-optimizers\.html#/], ['exercise 1.3', /01-tensors\.html#exr:1\.3$/, 1],
    ['make submit', /quickstart\.html#handing-in$/, 1], ['dropout', /03-layers\.html#/, 3],
    ['broadcasting', /01-tensors\.html#term-1-broadcasting/, 1], ['overfitting', /07-training\.html#term/, 1],
    ['overfiting', /07-training\.html#/, 1], ['learnign rate', /06-optimizers\.html#/],
    ['vanishing gradient', /02-activations\.html#term/], ['preface', /preface\.html$/, 1],
    ['tt_matmul', /#tt_matmul$/, 1], ['figure 6.2', /06-optimizers\.html#fig/, 1], ['equation 5.1', /05-autograd\.html#eq/, 1],
  ]
  await visit(tab, page('index.html'))
  await tab.keyboard.press('/')
  await tab.waitForFunction(() => window.bookIndex, { timeout: 120_000 })
  for (const [words, to, first = 5] of queries) {
    const hits = await tab.evaluate(words => {
      const input = document.querySelector('dialog.search input')
      input.value = words
      input.dispatchEvent(new Event('input', { bubbles: true }))
      return [...document.querySelectorAll('dialog.search li a')].slice(0, 5).map(a => a.getAttribute('href'))
    }, words)
    test(hits.slice(0, first).some(h => to.test(decodeURIComponent(h))), `search: "${words}" does not lead to ${to} among the first ${first}: ${hits.join(' ')}`)
  }
  test(await tab.evaluate(() => {
    const input = document.querySelector('dialog.search input')
    input.value = 'valley'
    input.dispatchEvent(new Event('input', { bubbles: true }))
    return document.querySelector('dialog.search .excerpt mark')
  }), 'search: no excerpt has the word marked')
  await tab.evaluate(() => {
    const input = document.querySelector('dialog.search input')
    input.value = 'broadcasting'
    input.dispatchEvent(new Event('input', { bubbles: true }))
    document.querySelector('dialog.search li a[href*="01-tensors"]').click()
  })
  await tab.waitForFunction(() => /01-tensors/.test(location.href) && document.readyState === 'complete' && CSS.highlights?.has('found'),
    { timeout: 60_000 }).then(() => test(true), () => test(false, 'search: where it lands nothing is marked'))

  // ---- the index of identifiers tells how each is declared
  await visit(tab, page('identifiers.html'))
  const bare = await tab.evaluate(() => [...document.querySelectorAll('dl.names dt')].filter(dt => !dt.nextElementSibling.querySelector('code')).map(dt => dt.textContent))
  test(!bare.length && await tab.$('dl.names'), `identifiers: no header seems to declare ${bare.slice(0, 5).join(', ')}`)

  // ---- previews: by pointer, by keyboard, by a tap; gone by Escape
  const shown = () => tab.evaluate(() => { const c = document.querySelector('.preview'); return c && !c.hidden ? c.textContent : '' })
  const over = async a => { await a.evaluate(e => e.scrollIntoView({ block: 'center' })); await wait(100); await a.hover(); }
  const until = async () => { for (let i = 0; i < 100 && !await shown(); i++) await wait(50); return shown() }
  const find = (selector, text) => tab.evaluateHandle((s, t) => [...document.querySelectorAll(s)].find(a => a.offsetWidth && (!t || new RegExp(t).test(a.textContent))), selector, text)
  const cases = [
    ['05-autograd.html', 'article p > a.ident[href*="01-tensors"]', 'tt_', /tt_\w+/, 'an identifier of another page'],
    ['05-autograd.html', 'article p a.xref[href^="#eq"]', '', /[=∂]/, 'an equation of this page'],
    ['05-autograd.html', 'article p a.xref[href^="#fig"]', '', /Figure 5/, 'a figure of this page'],
    ['05-autograd.html', 'article p a.cite, article p .cite a', '', /(19|20)\d\d/, 'a citation'],
    ['09-convolutional-networks.html', 'article p a.xref[href*=".html#sec"]', 'Section|Chapter', /\w{4}/, 'a section of another page'],
    ['05-autograd.html', 'article .code a.at[href^="#"]', '', /⟨.*5\.\d/s, 'a chunk'],
    ['subjects.html', 'article dd a[href*="#term"]', '', /^(?=.*\S\s\S).{60,}/s, 'a term'],
    ['identifiers.html', 'article dt a[href*="tt_linear"]', '^tt_linear_new$', /Linear \*tt_linear_new\(/, 'a name in its index'],
  ]
  for (const [file, selector, text, what, name] of cases) {
    await visit(tab, page(file), { height: 400 })
    const a = (await find(selector, text)).asElement()
    if (!a) { test(false, `preview: ${file} has no ${name}`); continue }
    await over(a)
    const said = await until()
    test(what.test(said), `preview: of ${name} there is "${said.slice(0, 80)}"`)
    test(!/undefined|\[object/.test(said), `preview: of ${name} is ${said.slice(0, 80)}`)
    const inside = await tab.evaluate(() => { const r = document.querySelector('.preview')?.getBoundingClientRect()
      return r && r.left >= 0 && r.right <= innerWidth && r.top >= 0 && r.bottom <= innerHeight + 1 })
    test(inside, `preview: of ${name} is not wholly on the screen`)
    await tab.keyboard.press('Escape')
    test(!await shown(), `preview: of ${name} stays after Escape`)
  }
  // it stays while the pointer is on it, and goes when that leaves
  await visit(tab, page('05-autograd.html'), { height: 400 })
  await over((await find('article p a.xref[href^="#fig"]')).asElement())
  await until()
  const box = await tab.evaluate(() => { const r = document.querySelector('.preview').getBoundingClientRect(); return [r.left + 20, r.top + 10] })
  await tab.mouse.move(...box)
  await wait(500)
  test(await shown(), 'preview: gone under the pointer')
  await tab.mouse.move(2, 380)
  await wait(600)
  test(!await shown(), 'preview: stays when the pointer has left')
  // what can be seen is not shown
  await visit(tab, page('05-autograd.html'), { height: 1200 })
  await over((await find('article p a.xref[href^="#fig"]')).asElement())
  await wait(700)
  test(!await shown(), 'preview: of a figure that is on the screen')
  await tab.setViewport({ width: 1400, height: 400 })
  // by keyboard: described, and the link itself is what has the focus
  await tab.evaluate(() => { const a = document.querySelector('article p a.xref[href^="#fig"]'); a.tabIndex = 0; window.before = a })
  await tab.keyboard.press('Tab')
  await tab.evaluate(() => window.before.focus({ focusVisible: true }))
  test(await until() && await tab.evaluate(() => document.activeElement.getAttribute('aria-describedby') === 'preview'), 'preview: not by keyboard')
  test(!tab.log.length, `the page complains: ${tab.log.join(' | ')}`)
  // a first tap shows, a second goes there
  await tab.setViewport({ width: 390, height: 400, hasTouch: true })
  await tab.goto(page('05-autograd.html').url)
  const a = (await find('article p a.xref[href^="#fig"]')).asElement()
  await a.evaluate(e => e.scrollIntoView({ block: 'center' }))
  await wait(200)
  await a.tap()
  test(await until(), 'preview: not by a tap')
  test(!await tab.evaluate(() => location.hash), 'preview: the first tap went there')
  await a.tap()
  await wait(300)
  test(await tab.evaluate(() => location.hash), 'preview: the second tap does not go there')
} finally { await close() }
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0
