// node tests/pages/gate.mjs [--html DIR] [--source DIR] [--all] GATE ...
// Gates: links source axe layout (and shots). A page that passed a gate and
// has not changed since is not looked at again, unless --all.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fingerprint, openBook, openBrowser, openTab } from './book.mjs'

export async function inspect(book, names, { passed = {}, tabs = 2 } = {}) {
  const gates = await Promise.all(names.map(async n => [n, await import(`./${n}.mjs`)]))
  const jobs = gates.flatMap(([name, gate]) => gate.whole ? [{ name, gate }]
    : book.pages.flatMap(page => (gate.parts ?? ['']).map(part => ({ name, gate, page, part }))))
  // long pages first, so that no tab is left with the longest at the end
  jobs.sort((a, b) => (b.page?.html.length ?? Infinity) - (a.page?.html.length ?? Infinity))
  const findings = []
  let checked = 0, unchanged = 0, failed = 0
  const { browser, close } = await openBrowser()
  try {
    await Promise.all(Array.from({ length: tabs }, async () => {
      const tab = await openTab(browser)
      for (let job; (job = jobs.shift());) {
        const key = job.page && `${job.name} ${job.page.file} ${job.part}`
        const print = key && fingerprint(book, job.page, job.name)
        if (key && passed[key] === print) { unchanged++; continue }
        const mine = []
        for await (const f of job.gate.check(tab, book, job.page, job.part))
          if (!mine.some(m => m.file === f.file && m.at === f.at && m.what === f.what)) mine.push({ gate: job.name, ...f })
        findings.push(...mine)
        checked++
        if (mine.length) failed++
        if (key) mine.length ? delete passed[key] : passed[key] = print
      }
    }))
  } finally { await close() }
  return { findings, checked, unchanged, failed }
}

// One line a finding; of many alike on one page the first few.
const few = 4
function print(findings) {
  const alike = new Map()
  for (const f of findings) {
    const key = `${f.file} ${f.gate} ${f.what.replace(/"[^"]*"|[#.\d]\S*|\(.*\)/g, '')}`
    alike.set(key, [...alike.get(key) ?? [], `${f.file}: ${f.at}: ${f.what}: ${f.cure}`])
  }
  for (const [, lines] of [...alike].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(lines.slice(0, few).join('\n'))
    if (lines.length > few) console.log(`${lines[0].split(':')[0]}: and ${lines.length - few} more like it`)
  }
}

async function main(args) {
  const option = (name, otherwise) => { const i = args.indexOf(name); return i < 0 ? otherwise : args.splice(i, 2)[1] }
  const book = openBook(option('--html', 'build/html'), path.resolve(option('--source', '.')))
  const all = args.includes('--all')
  const names = args.filter(a => !a.startsWith('--'))
  const memory = path.join(book.source, 'build/.stamp/pages.json')
  const passed = !all && fs.existsSync(memory) ? JSON.parse(fs.readFileSync(memory)) : {}
  const start = Date.now()
  const { findings, checked, unchanged, failed } = await inspect(book, names, { passed, tabs: Math.max(2, Math.min(4, os.cpus().length)) })
  fs.mkdirSync(path.dirname(memory), { recursive: true })
  fs.writeFileSync(memory, JSON.stringify(passed, null, 1))
  for (const n of book.notes.sort()) console.log(n)
  print(findings)
  console.log(`${names.join(' ')}: ${book.pages.length} pages, ${checked} checks, ${unchanged} unchanged, ${findings.length} findings, ${((Date.now() - start) / 1000).toFixed(1)} s`)
  console.log(`${checked + unchanged - failed} passed, ${failed} failed`)
  return failed ? 1 : 0
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  process.exitCode = await main(process.argv.slice(2))
}
