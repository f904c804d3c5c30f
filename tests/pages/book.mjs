// The book on disk and a browser to look at it: what all gates share.
// A finding is {file, at, what, cure}; a gate yields findings, no more.
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.resolve(here, '../..')
const modules = path.resolve(process.env.NODE_MODULES ?? path.join(root, 'build/npm/node_modules'))
const require = createRequire(path.join(modules, 'x.js'))
export const axeSource = () => fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const helpers = fs.readFileSync(path.join(here, 'inpage.js'), 'utf8')

const flags = `--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
  --disable-component-update --disable-sync --hide-scrollbars --force-color-profile=srgb
  --host-resolver-rules=MAP\t*\t~NOTFOUND`.split(/[ \n]+/).map(f => f.replaceAll('\t', ' '))

export const themes = ['light', 'dark']

export function openBook(dir, source = root) {
  dir = path.resolve(dir)
  const pages = fs.readdirSync(dir).filter(f => f.endsWith('.html')).sort().map(file => {
    const full = path.join(dir, file)
    return { file, full, url: pathToFileURL(full).href, html: fs.readFileSync(full, 'utf8') }
  })
  if (!pages.length) throw new Error(`${dir}: no pages; make html`)
  return { dir, source, pages, notes: [] }
}

// Everything that decides how a page looks and behaves: the page, its
// style sheets, scripts and figures, and the gates themselves. The search
// index is loaded on demand, so it is not named in the page.
export function fingerprint(book, page, gate) {
  const hash = createHash('sha256').update(page.html)
  const named = [...page.html.matchAll(/(?:src|href)=["']?([^"'#?:\s>]+\.(?:css|js|svg|png|jpg|webp))\b/g)]
  const files = [...new Set(named.map(m => path.join(book.dir, m[1])))]
  for (const f of [...files, ...['book.mjs', 'inpage.js', 'geometry.js', 'budget.tsv', `${gate}.mjs`].map(f => path.join(here, f))])
    hash.update(f).update(fs.existsSync(f) ? fs.readFileSync(f) : 'missing')
  return hash.digest('hex')
}

export async function openBrowser() {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'tt-pages-'))
  // axe needs minutes for a long page where others use the cores, too
  const browser = await require('puppeteer-core').launch({ protocolTimeout: 1.8e6,
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', userDataDir: profile, args: flags })
  const close = async () => {
    await browser.close().catch(() => {})
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  return { browser, close }
}

// One tab that remembers what it asked for and what it complained about.
export async function openTab(browser) {
  const tab = await (await browser.createBrowserContext()).newPage()
  tab.setDefaultTimeout(600_000)          // where others use the cores, a page takes long to load
  tab.log = []
  tab.requests = new Set()
  tab.on('request', r => tab.requests.add(r.url()))
  tab.on('console', m => ['error', 'warning', 'warn'].includes(m.type()) &&
    tab.log.push(`${m.text()} (${path.basename(m.location().url ?? '')}:${m.location().lineNumber ?? ''})`))
  tab.on('pageerror', e => tab.log.push(`uncaught ${e.message ?? e}`))
  tab.on('requestfailed', r => r.url().startsWith('file:') && tab.log.push(`not loaded: ${path.basename(r.url())}`))
  return tab
}

export async function visit(tab, page, { width = 1400, height = 900, theme = 'light', script = true } = {}) {
  tab.log.length = 0
  tab.requests.clear()
  await tab.setJavaScriptEnabled(script)
  await tab.setViewport({ width, height })
  await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme },
    { name: 'prefers-reduced-motion', value: 'reduce' }])
  await tab.goto(page.url, { waitUntil: 'load' })
  await tab.evaluate(helpers)
  await tab.evaluate(() => document.fonts.ready.then(() => 0))
}

export async function blank(tab) {
  await tab.goto('about:blank')
  await tab.evaluate(helpers)
}
