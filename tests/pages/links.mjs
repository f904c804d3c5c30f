// Links, ids, images, headings: the page as it is stored, before any script.
import fs from 'node:fs'
import path from 'node:path'
import { blank } from './book.mjs'

export const whole = true // looks at all pages at once

function inPage(pages) {
  const found = [], wanted = []
  const { name, text } = window.gate
  const docs = new Map(pages.map(p => [p.file, new DOMParser().parseFromString(p.html, 'text/html')]))
  const say = (file, el, what, cure) => found.push({ file, at: typeof el === 'string' ? el : name(el), what, cure })
  const outside = u => /^([a-z][a-z0-9+.-]*:)?\/\//i.test(u) || /^(https?|ftp):/i.test(u)
  const next = new Map(), prev = new Map()

  for (const [file, doc] of docs) {
    const seen = new Map()
    for (const el of doc.querySelectorAll('[id]')) {
      if (seen.has(el.id)) say(file, el, `id used twice (${seen.get(el.id).localName}, ${el.localName})`,
        el.closest('svg') ? 'prefix the ids of each inlined figure with its name' : 'make the id unique')
      seen.set(el.id, el)
    }
    if (!doc.documentElement.lang) say(file, 'html', 'no lang attribute', '<html lang="en">')
    if (!doc.title.trim()) say(file, 'title', 'no title', 'give the page a <title>')
    if (!doc.querySelector('main')) say(file, 'body', 'no main element', 'wrap the text in <main>')

    // what the page loads
    const load = (el, u, kind) => {
      if (!u || u.startsWith('data:') || u.startsWith('#')) return
      if (outside(u)) say(file, el, `${kind} loaded from outside: ${u}`, 'ship the file with the book')
      else if (/^[a-z]+:/i.test(u) || u.startsWith('/')) say(file, el, `${kind} has an absolute address: ${u}`, 'use a relative one')
      else wanted.push({ file, at: name(el), path: u.split(/[?#]/)[0], kind })
    }
    for (const el of doc.querySelectorAll('[src], link[href], use, image, [srcset], [poster], object[data]')) {
      const kind = el.localName === 'link' ? `link rel=${el.rel}` : el.localName
      if (el.localName === 'link' && /canonical|license|author|prev|next|help|alternate/.test(el.rel)) {
        if (!outside(el.getAttribute('href'))) wanted.push({ file, at: name(el), path: el.getAttribute('href').split('#')[0], kind })
        continue
      }
      for (const a of ['src', 'href', 'xlink:href', 'poster', 'data']) load(el, el.getAttribute(a), kind)
      for (const u of (el.getAttribute('srcset') ?? '').split(',')) load(el, u.trim().split(' ')[0], kind)
    }
    for (const el of doc.querySelectorAll('style, [style]'))
      for (const m of (el.localName === 'style' ? el.textContent : el.getAttribute('style')).matchAll(/url\(\s*['"]?([^'")]+)/g))
        load(el, m[1], 'url()')
    for (const el of doc.querySelectorAll('script[type=module], iframe, base'))
      say(file, el, `${el.localName} does not work from a folder`, 'classic scripts only, no iframe, no base')

    // images say what they show
    for (const el of doc.querySelectorAll('img'))
      if (!el.getAttribute('alt')?.trim() && !(el.hasAttribute('alt') && el.closest('[aria-hidden=true]')))
        say(file, el, 'image without alt', 'say what it shows in alt')
    for (const el of doc.querySelectorAll('svg')) {
      if (el.parentElement.closest('svg') || el.closest('[aria-hidden=true]')) continue
      const title = el.querySelector(':scope > title')
      if (el.getAttribute('role') !== 'img') say(file, el, 'inline SVG without role="img"', 'role="img" and a <title>, or aria-hidden="true"')
      if (!title?.textContent.trim() && !el.getAttribute('aria-label')) say(file, el, 'inline SVG without a title', 'first child <title> from alt')
    }

    // headings go down one step at a time
    let last = 0
    const heads = [...doc.querySelectorAll('h1, h2, h3, h4, h5, h6')]
    for (const h of heads) {
      const level = +h.localName[1]
      if (level > last + 1) say(file, h, `h${level} after ${last ? 'h' + last : 'nothing'}: "${text(h)}"`, `h${last + 1}`)
      if (!text(h)) say(file, h, 'empty heading', 'remove it')
      last = level
    }
    const ones = heads.filter(h => h.localName === 'h1')
    if (ones.length !== 1) say(file, ones[1] ?? 'body', `${ones.length} h1 elements`, 'one h1 a page')

    // links
    for (const a of doc.querySelectorAll('a')) {
      const href = a.getAttribute('href')
      if (href === null || href === '') { say(file, a, `link without address: "${text(a)}"`, 'give href, or no <a>'); continue }
      if (!text(a) && !a.getAttribute('aria-label') && !a.querySelector('[alt], title'))
        say(file, a, `link without text: ${href}`, 'aria-label')
      if (/^https?:/i.test(href)) {
        if (!/^https:/i.test(href)) say(file, a, `not https: ${href}`, 'use https')
        continue
      }
      if (/^mailto:/i.test(href)) continue
      if (/^[a-z]+:/i.test(href) || href.startsWith('/')) { say(file, a, `address leads out of the book: ${href}`, 'relative or https'); continue }
      const [to, hash] = href.split('#')
      const target = to === '' ? file : decodeURI(to.split('?')[0])
      const rel = (a.getAttribute('rel') ?? '').split(/\s+/)
      if (rel.includes('next')) next.set(file, target)
      if (rel.includes('prev')) prev.set(file, target)
      if (!docs.has(target)) { wanted.push({ file, at: name(a), path: target, kind: 'link' }); continue }
      if (hash === undefined || hash === '') continue
      const el = docs.get(target).getElementById(decodeURIComponent(hash))
      if (!el) { say(file, a, `no such place: ${href} ("${text(a)}")`, `give ${target} an element with id ${hash}`); continue }
      // code links land where the name is shown
      if (a.closest('pre, code') && a.closest('main')) {
        const squeeze = s => s.replace(/[\s⟨⟩<>≡+]|\d+\.\d+[a-z]?/g, '')
        const place = el.closest('.chunk, figure, pre, dt, tr, li') ?? el
        const want = squeeze(a.textContent)
        if (want && !squeeze(el.textContent).includes(want) && !squeeze(place.textContent).includes(want))
          say(file, a, `"${text(a)}" leads to ${target}#${hash}, which does not show it`, 'link to the chunk that defines it')
      }
    }
    for (const l of doc.querySelectorAll('link[rel=next], link[rel=prev]'))
      (l.rel === 'next' ? next : prev).set(file, l.getAttribute('href'))
  }

  // one thread through all pages
  if (docs.size > 1) {
    for (const [from, to] of next)
      if (docs.has(to) && prev.get(to) !== from) say(from, 'a[rel=next]', `leads to ${to}, whose rel=prev is ${prev.get(to) ?? 'missing'}`, 'make prev and next mirror each other')
    const reached = []
    for (let f = [...docs.keys()].find(f => !prev.has(f)); f && !reached.includes(f); f = next.get(f)) reached.push(f)
    const off = [...docs.keys()].filter(f => !reached.includes(f))
    if (off.length) say(reached.at(-1) ?? [...docs.keys()][0], 'a[rel=next]',
      `the thread of next links ends here, ${off.length} pages are not on it: ${off.slice(0, 3).join(' ')}`, 'give every page rel=prev and rel=next')
  }
  return { found, wanted }
}

export async function* check(tab, book) {
  await blank(tab)
  const { found, wanted } = await tab.evaluate(inPage, book.pages.map(({ file, html }) => ({ file, html })))
  yield* found
  for (const w of wanted) {
    const full = path.join(book.dir, decodeURI(w.path))
    if (!full.startsWith(book.dir)) yield { ...w, what: `${w.kind} leads out of the book: ${w.path}`, cure: 'keep it in build/html' }
    else if (!fs.existsSync(full)) yield { ...w, what: `${w.kind} to a file that is not there: ${w.path}`, cure: 'make the file, or correct the address' }
  }
  for (const css of fs.readdirSync(book.dir, { recursive: true }).filter(f => f.endsWith('.css'))) {
    const text = fs.readFileSync(path.join(book.dir, css), 'utf8').replace(/\/\*[^]*?\*\//g, '')
    for (const m of text.matchAll(/url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)/g)) {
      const u = m[1] ?? m[2]
      if (u.startsWith('data:') || u.startsWith('#')) continue
      if (/^([a-z]+:)?\/\//i.test(u)) yield { file: css, at: m[0], what: 'loaded from outside', cure: 'ship the file with the book' }
      else if (!fs.existsSync(path.join(book.dir, path.dirname(css), u.split(/[?#]/)[0])))
        yield { file: css, at: m[0], what: 'names a file that is not there', cure: 'make the file, or correct the address' }
    }
  }
}
