// node tests/pages/gate.mjs [--html DIR] [--source DIR] [--all] GATE ...
// Gates: links source axe layout (and shots). A page that passed a gate and
// has not changed since is not looked at again, unless --all.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fingerprint, openBook, openBrowser, openTab } from './book.mjs'

export async function inspect(book, names, { passed = {}, tabs = 2 } = {}) {
  const gates = await Promise.all(names.map(async n => [n, await import(`./${n}.mjs`)]))
  const jobs = gates.flatMap(([name, gate]) => gate.whole ? [{ name, gate }] : book.pages.map(page => ({ name, gate, page })))
  // long pages first, so that no tab is left with the longest at the end
  jobs.sort((a, b) => (b.page?.html.length ?? Infinity) - (a.page?.html.length ?? Infinity))
  const findings = []
  let checked = 0, unchanged = 0
  const { browser, close } = await openBrowser()
  try {
    await Promise.all(Array.from({ length: tabs }, async () => {
      const tab = await openTab(browser)
      for (let job; (job = jobs.shift());) {
        const key = job.page && `${job.name} ${job.page.file}`
        const print = key && fingerprint(book, job.page, job.name)
        if (key && passed[key] === print) { unchanged++; continue }
        const mine = []
        for await (const f of job.gate.check(tab, book, job.page)) mine.push({ gate: job.name, ...f })
        findings.push(...mine)
        checked++
        if (key) mine.length ? delete passed[key] : passed[key] = print
      }
    }))
  } finally { await close() }
  return { findings, checked, unchanged, passed }
}

async function main(args) {
  const option = (name, otherwise) => { const i = args.indexOf(name); return i < 0 ? otherwise : args.splice(i, 2)[1] }
  const book = openBook(option('--html', 'build/html'), path.resolve(option('--source', '.')))
  const all = args.includes('--all')
  const names = args.filter(a => !a.startsWith('--'))
  const memory = path.join(book.source, 'build/.stamp/pages.json')
  const passed = !all && fs.existsSync(memory) ? JSON.parse(fs.readFileSync(memory)) : {}
  const start = Date.now()
  const { findings, checked, unchanged } = await inspect(book, names, { passed, tabs: Math.max(2, Math.min(4, os.cpus().length)) })
  fs.mkdirSync(path.dirname(memory), { recursive: true })
  fs.writeFileSync(memory, JSON.stringify(passed, null, 1))
  for (const n of book.notes.sort()) console.log(n)
  findings.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
  for (const f of findings) console.log(`${f.file}: ${f.at}: ${f.what}: ${f.cure}`)
  const failed = new Set(findings.map(f => `${f.gate} ${f.file}`)).size
  console.log(`${names.join(' ')}: ${book.pages.length} pages, ${checked} checks, ${unchanged} unchanged, ${findings.length} findings, ${((Date.now() - start) / 1000).toFixed(1)} s`)
  console.log(`${checked + unchanged - Math.min(failed, checked)} passed, ${failed} failed`)
  return failed ? 1 : 0
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  process.exitCode = await main(process.argv.slice(2))
}
