// The frame around every page: head, sidebar, navigation, footer.
import { esc, attr } from './pandoc.mjs'

const THEME = `try{var t=localStorage.getItem('theme');if(t)document.documentElement.dataset.theme=t}catch(e){}document.documentElement.classList.add('js')`

const BACK = [['subjects', 'Subjects'], ['identifiers', 'Identifiers'], ['chunks', 'Chunks'],
              ['figures', 'Figures'], ['exercises', 'Exercises'],
              ['bibliography', 'References'], ['colophon', 'Colophon']]

// pages before the first chapter: [file, title]
const pages = list => (list ?? '').split('|')
  .map(p => p.trim().split(/:(.*)/).slice(0, 2)).filter(p => p[0])
export const front = version => pages(version.front)
// what is read after the last one; then what is looked up
export const after = version => pages(version.after)
export const back = version => pages(version.back)

// sections, each with its subsections
function onThisPage(toc) {
  const link = t => `<a href="#${t.id}">${t.html}</a>`
  const heads = toc.map((t, i) => t.level === 2 && i).filter(i => i !== false)
  return heads.map((from, i) => {
    const under = toc.slice(from + 1, heads[i + 1]).filter(t => t.level === 3)
    return `<li>${link(toc[from])}${under.length ? `<ol>${under.map(t => `<li>${link(t)}</li>`).join('')}</ol>` : ''}</li>`
  })
}

function contents(book, current, toc, version) {
  const tiers = []
  for (const c of book.chapters) {
    if (!tiers.length || tiers[tiers.length - 1].name !== c.tier) tiers.push({ name: c.tier, list: [] })
    tiers[tiers.length - 1].list.push(c)
  }
  const item = c => {
    const label = `<span class="no">${c.number}</span> ${esc(c.title)}`
    if (!c.exists) return `<li class="later">${label}</li>`
    const shop = c.workshop && c.workshop === current
    if (c.chapter !== current && !shop) return `<li><a href="${c.chapter}.html">${label}</a></li>`
    const sections = onThisPage(toc)
    if (shop) sections.unshift(`<li class="here"><a href="${c.workshop}.html" aria-current="page">Workshop</a></li>`)
    else if (c.workshop) sections.push(`<li class="shop"><a href="${c.workshop}.html">Workshop</a></li>`)
    return `<li class="here"><a href="${c.chapter}.html"${shop ? '' : ' aria-current="page"'}>${label}</a>${
      sections.length ? `<ol>${sections.join('')}</ol>` : ''}</li>`
  }
  const page = ([k, v]) => `<li${k === current ? ' class="here"' : ''}><a href="${k}.html"${
    k === current ? ' aria-current="page"' : ''}>${esc(v)}</a></li>`
  return `<a class="book" href="index.html"${current === 'index' ? ' aria-current="page"' : ''}>${esc(book.title)}</a>` +
    (version.front ? `<ol>${front(version).map(page).join('')}</ol>` : '') +
    tiers.map(t => `${t.name ? `<p>${esc(t.name)}</p>` : ''}<ol>${t.list.map(item).join('')}</ol>`).join('') +
    (version.after ? `<ol>${after(version).map(page).join('')}</ol>` : '') +
    `<p>Back matter</p><ol>${[...back(version), ...BACK].map(page).join('')}</ol>`
}

function neighbors(book, current, version) {
  const made = [{ file: 'index', title: book.title },
    ...front(version).map(([file, title]) => ({ file, title })),
    ...book.chapters.filter(c => c.exists).map(c => ({ file: c.chapter, title: c.title, number: c.number })),
    ...after(version).map(([file, title]) => ({ file, title })),
    ...book.chapters.filter(c => c.workshop).map(c => ({ file: c.workshop, title: `Workshop: ${c.title}`, number: c.number })),
    ...[...back(version), ...BACK].map(([file, title]) => ({ file, title }))]
  const i = made.findIndex(p => p.file === current)
  return [made[i - 1], made[i + 1]]
}

export function page({ book, current, title, description, body, toc = [], kind = '', version, source }) {
  const [prev, next] = neighbors(book, current, version)
  const name = p => `${p.number ? `<span class="no">${p.number}</span> ` : ''}${esc(p.title)}`
  const turn = prev || next ? `<nav class="turn" aria-label="Previous and next, bottom">${
    prev ? `<a class="prev" rel="prev" href="${prev.file}.html"><span>Previous</span> ${name(prev)}</a>` : '<span></span>'}${
    next ? `<a class="next" rel="next" href="${next.file}.html"><span>Next</span> ${name(next)}</a>` : ''}</nav>` : ''
  const step = (p, rel, word) => p ? `<a class="${rel}" rel="${rel}" href="${p.file}.html" title="${word}: ${attr(p.title)}"><span class="vh">${word}:</span><span class="t"> ${name(p)}</span></a>` : ''
  const chapter = book.chapters.find(c => current && (c.chapter === current || c.workshop === current))
  const nav = contents(book, current, toc, version)
  const report = source ? `<p>This page is woven from <code>${esc(source)}</code>.${
    version.report ? ` <a href="${attr(version.report.replace('%', encodeURIComponent(source)))}">Report an error</a>` : ''}</p>` : ''
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${esc(title === book.title ? title : `${title} · ${book.title}`)}</title>
<meta name="description" content="${attr(description)}">
<meta name="author" content="the TinyTorch in C authors">
<meta property="og:type" content="${kind === 'cover' ? 'book' : 'article'}">
<meta property="og:site_name" content="${attr(book.title)}">
<meta property="og:title" content="${attr(title)}">
<meta property="og:description" content="${attr(description)}">
<link rel="license" href="colophon.html">
<meta name="color-scheme" content="light dark">
<script>${THEME}</script>
<link rel="stylesheet" href="assets/style.css">
<link rel="icon" href="assets/icon.svg" type="image/svg+xml">
${prev ? `<link rel="prev" href="${prev.file}.html">\n` : ''}${next ? `<link rel="next" href="${next.file}.html">\n` : ''}<script defer src="assets/book.js"></script>
</head>
<body class="${kind}-page">
<a class="skip" href="#main-text">Skip to the text</a>
<header class="bar">
<details class="menu"><summary>Contents</summary><nav aria-label="Contents">${nav}</nav></details>
<p class="where"><a href="#main-text">${chapter ? `<span class="no">${chapter.number}</span> ` : ''}${esc(chapter && chapter.workshop !== current ? chapter.title : title)}</a></p>
<nav class="step" aria-label="Previous and next">${step(prev, 'prev', 'Previous')}${step(next, 'next', 'Next')}</nav>
<div class="tools"></div>
</header>
<nav class="side" aria-label="Book">${nav}</nav>
<main id="main-text">
${body}
${turn}
<footer>
${report}<p>${esc(book.title)} ${esc(version.version)}, ${esc(version.date)}${version.commit ? `, <code>${esc(version.commit)}</code>` : ''}. Text <a href="colophon.html">CC BY 4.0</a>, code MIT.</p>
</footer>
</main>
</body>
</html>
`
}
