// The gates can fail: each page below has one fault, and the gate must name
// the page and the element. The sound page must pass all of them.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openBook } from './book.mjs'
import { inspect } from './gate.mjs'

const css = `
:root { --bg: #fff; --ink: #222; --rule: #777 } html[data-theme=dark] { --bg: #111; --ink: #eee }
@media (prefers-color-scheme: dark) { html:not([data-theme=light]) { --bg: #111; --ink: #eee } }
body { background: var(--bg); color: var(--ink); margin: 0 1rem; font: 16px/1.5 sans-serif }
a { color: inherit } :target { background: #7777 } pre { overflow-x: auto; margin: 0 } pre, code { font: 14px/1.5 monospace }
svg { max-width: 100% } button { min-width: 32px; min-height: 32px }
@media (min-width: 1200px) { main { max-width: 40rem } aside { float: right; clear: right; margin-right: -16rem; width: 14rem } }`
const head = `try { document.documentElement.dataset.theme = localStorage.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') } catch (e) {}`
const tail = `
document.body.insertAdjacentHTML('afterbegin', '<header><button class="theme">theme</button></header><div role="status" id="said"></div>')
document.querySelector('.theme').onclick = () => document.documentElement.dataset.theme = localStorage.theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'
for (const c of document.querySelectorAll('.chunk')) {
  const b = document.createElement('button'); b.className = 'copy'; b.textContent = 'copy'; c.prepend(b)
  b.onclick = () => { navigator.clipboard.writeText(c.querySelector('pre').textContent); document.querySelector('#said').textContent = 'Copied' }
}`
const source = `# Tensors {#sec:tensors}

A tensor has *strides*, see @sec:x and $s_k = 1$.

<<add>>=
int add(int a, int b) {
    return a + b;   /* <<why>> */
}
@ %def add

::: answer
Forty-two it is.
:::
`
const sound = `<h1 id="sec:tensors">Tensors</h1>
<p>A tensor has <em>strides</em>, see Section 1 and <math alttext="s_k = 1"><mi>s</mi></math>. <a href="https://example.org">Out</a></p>
<aside id="note">A note in the margin, of three lines of text or more at this width, to be seen.</aside>
<div class="chunk" id="add"><div>add</div><pre tabindex="0" role="group" aria-label="add"><code>int <b>add</b>(int a, int b) {
    return a + b;   /* <a href="#why">&lt;&lt;why&gt;&gt;</a> */
}
</code></pre></div>
<p id="why">Here is why: it adds.</p>
<details><summary>Answer</summary><p>Forty-two it is.</p></details>
<h2 id="fig">A figure</h2>
<svg role="img" aria-labelledby="t" viewBox="0 0 200 40" width="200" height="40"><title id="t">a line</title><text x="5" y="20" font-size="12" fill="currentColor">label</text></svg>`

// the same file goes on with what is on a page of its own
const shop = `
# Workshop {#sec:shop .workshop}

Here it is *looked up*.

<<twice>>=
int twice(int a) { return add(a, a); }
@
`
const shopPage = html => html.slice(0, html.indexOf('<h1')) + `<h1 id="sec:shop">Workshop</h1>
<p>Here it is <em>looked up</em>.</p><div class="chunk" id="twice"><div>twice</div><pre tabindex="0" role="group" aria-label="twice"><code>int twice(int a) { return add(a, a); }
</code></pre></div>` + html.slice(html.indexOf('</main>'))

// name: [gate, change of the sound page, element, what is said]
const swap = (a, b) => html => { if (!html.includes(a)) throw new Error(`selftest: no ${a}`); return html.replace(a, b) }
const gap = '<div style="height:3000px"></div>'
const tall = html => html.replace('<h2', gap + '<h2').replace('</main>', gap + '</main>')
const cases = {
  'dead-link': ['links', swap('href="#why"', 'href="#nowhere"'), /#add a/, /no such place: #nowhere/],
  'dead-file': ['links', swap('href="https://example.org"', 'href="gone.html"'), /a/, /not there: gone.html/],
  'wrong-chunk': ['links', swap('href="#why"', 'href="#note"'), /#add a/, /does not show it/],
  'double-id': ['links', swap('id="fig"', 'id="note"'), /^#note$/, /id used twice/],
  'double-svg-id': ['links', swap('<text x', '<g id="t"/><text x'), /^#t$/, /id used twice/],
  'outer-font': ['links', swap('</head>', '<link rel="stylesheet" href="https://fonts.example.org/css"></head>'), /link/, /from outside/],
  'outer-url': ['links', swap('</head>', '<style>@font-face { font-family: x; src: url(//fonts.example.org/x.woff2) }</style></head>'), /style/, /url\(\) loaded from outside/],
  'no-image': ['links', swap('<h2', '<img src="gone.png" alt="gone"><h2'), /img/, /not there: gone.png/],
  'no-alt': ['links', swap('<h2', '<img src="data:,"><h2'), /img/, /image without alt/],
  'no-title': ['links', swap('<title id="t">a line</title>', '<g id="t"/>'), /svg/, /SVG without a title/],
  'no-lang': ['links', swap(' lang="en"', ''), /html/, /no lang/],
  'heading-skip': ['links', swap('<h2 id="fig">A figure</h2>', '<h4 id="fig">A figure</h4>'), /#fig/, /h4 after h1/],
  'off-thread': ['links', swap('rel="next"', ''), /a\[rel=next\]/, /thread of next links ends here/],
  'module': ['links', swap('</body>', '<script type="module" src="data:,"></script></body>'), /script/, /does not work from a folder/],
  'lost-code': ['source', swap('return a + b;', 'return a;'), /chapters\/lost-code\.nw:7/, /code line is missing/],
  'lost-prose': ['source', swap('Forty-two it is.', 'Forty it is.'), /lost-prose\.nw:12/, /prose is missing/],
  'lost-formula': ['source', swap('alttext="s_k = 1"', ''), /lost-formula\.nw:3/, /formula is missing/],
  'lost-heading': ['source', swap('>Tensors</h1>', '>Things</h1><p>Tensors</p>'), /lost-heading\.nw:1/, /heading is missing/],
  'lost-answer': ['source', swap('<details><summary>Answer</summary>', '<div><b>Answer</b></div>'), /lost-answer\.nw/, /0 details/],
  'lost-across': ['source', swap('return a + b;', 'return a; int twice(int a) { return add(a, a); }'), /chapters\/lost-across\.nw:7/, /code line is missing/],
  'lost-across-workshop': ['source', html => shopPage(html).replace('looked up', 'lost'), /chapters\/lost-across\.nw:17/, /prose is missing/],
  'low-contrast': ['axe', swap('<p id="why"', '<p id="why" style="color:#999;background:#fff"'), /#why/, /color-contrast/],
  'dark-contrast': ['axe', swap('<p id="why"', '<p id="why" style="color:#333"'), /#why/, /color-contrast \(dark/],
  'folded-contrast': ['axe', swap('<p>Forty', '<p id="p" style="color:#999;background:#fff">Forty'), /#p/, /color-contrast/],
  'no-name': ['axe', swap('<h2', '<button></button><h2'), /button/, /button-name/],
  'wordless-link': ['axe', swap('<b>add</b>', '<b>add</b><a class="x" href="#why"></a>'), /^a.x$/, /link-name/],
  'narrow-name': ['axe', html => html.replace('</style>', '.n { display: none } @media (max-width: 400px) { .n { display: inline-block } }</style>')
    .replace('<h2', '<button class="n"></button><h2'), /^\.n$/, /button-name \(light, 360/],
  'code-contrast': ['axe', swap('<b>add</b>', '<b style="color:#999;background:#fff">add</b>'), /b/, /color-contrast/],
  'last-row': ['axe', swap('<h2', `<ul>${'<li>row</li>'.repeat(50)}<li style="color:#999;background:#fff">row</li></ul><h2`), /li/, /color-contrast/],
  'overflow': ['layout', swap('<h2', '<p id="wide" style="width:500px">wide</p><h2'), /#wide/, /wider than the screen.*320 px/],
  'overlap': ['layout', swap('</aside>', '</aside><aside id="second" style="clear:none">Another note at the same height, so that the two share their place.</aside>')
    , /aside|note|second|why|add/, /lies over/],
  'clipped': ['layout', swap('<p id="why"', '<p id="why" style="height:10px;overflow:hidden"'), /#why/, /cut off below/],
  'label-out': ['layout', swap('<text x="5"', '<text x="190"'), /text/, /label leaves the figure/],
  'small-text': ['layout', swap('<p id="why"', '<p id="why" style="font-size:8px"'), /#why/, /text of 8/],
  'console-error': ['layout', swap('</body>', '<script>console.error("boom")</script></body>'), /console/, /boom/],
  'exception': ['layout', swap('</body>', '<script>nothing.at.all()</script></body>'), /console/, /nothing is not defined/],
  'network': ['layout', swap('</body>', '<script>fetch("https://example.org/x").catch(() => 0)</script></body>'), /https:\/\/example.org/, /asked the network/],
  'flash': ['layout', html => html.replace(head, '').replace('</body>', `<script>${head}</script></body>`), /html/, /flash/],
  'forgets': ['layout', swap('localStorage.theme || ', ''), /button.theme/, /forgotten on reload/],
  'smooth': ['layout', html => tall(html).replace('</style>', 'html { scroll-behavior: smooth }</style>'), /#fig/, /does not arrive at once/],
  'covered': ['layout', html => tall(html).replace('<main>', '<div style="position:sticky;top:0;height:80px;background:inherit">bar</div><main>'), /#fig/, /under the bar/],
  'unmarked': ['layout', swap(':target {', '.target {'), /#fig/, /is not marked/],
  'copy-flat': ['layout', swap("c.querySelector('pre').textContent", "c.querySelector('pre').textContent.replace(/^ +/gm, '')"), /#add/, /not the chunk as it stands/],
  'needs-script': ['layout', swap('<p id="why"', '<p id="why" hidden class="later"'), /#why/, /cannot be seen without scripts/],
  'dull': ['layout', html => html.replace('<h2', gap + gap + '<h2'), /the head/, /6\d\d\d px to .* with nothing to look at/],
  'heavy': ['layout', swap('</body>', `<!--${'x'.repeat(130_000)}--></body>`), /page/, /limit 120 kB/],
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tt-selftest-'))
const write = (name, text) => { fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true }); fs.writeFileSync(path.join(dir, name), text) }
const sounds = { 'a-sound': h => h, 'm-sound': h => h, 'm-sound-workshop': shopPage, 'dull-workshop': shopPage, 'z-sound': h => h }
const names = [...Object.keys(sounds), ...Object.keys(cases)].sort()
names.forEach((n, i) => {
  const link = (rel, to) => (to ? `<a rel="${rel}" href="${to}.html">${rel}</a> ` : '')
  const page = `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${n}</title><style>${css}</style><script>${head}</script></head><body><main>${sound}</main>
<nav aria-label="pages">${link('prev', names[i - 1])}${link('next', names[i + 1])}</nav><script>${tail}</script></body></html>`
  write(`html/${n}.html`, (cases[n]?.[1] ?? sounds[n])(page))
  if (!n.endsWith('-workshop')) write(`chapters/${n}.nw`, names.includes(`${n}-workshop`) ? source + shop : source)
})
const book = openBook(path.join(dir, 'html'), dir)

let passed = 0, failed = 0
const test = (ok, text) => { ok ? passed++ : (failed++, console.log(text)) }
for (const gate of ['links', 'source', 'axe', 'layout']) {
  const mine = Object.entries(cases).filter(([, c]) => c[0] === gate)
  const wanted = p => /-sound/.test(p.file) || gate === 'links' || mine.some(([n]) => p.file === `${n}.html`)
  const { findings } = await inspect({ ...book, pages: book.pages.filter(wanted) }, [gate])
  for (const [n, [, , at, what]] of mine)
    test(findings.some(f => f.file === `${n}.html` && at.test(f.at) && what.test(f.what)),
      `${n}.html: ${gate} does not report ${what} at ${at}; it says: ${findings.filter(f => f.file === `${n}.html`).map(f => `${f.at}: ${f.what}`).join(' | ') || 'nothing'}`)
  for (const f of findings.filter(f => /-sound/.test(f.file))) if (!/rel=prev is/.test(f.what)) test(false, `${f.file}: ${f.at}: ${gate} finds fault with the sound page: ${f.what}`)
}
fs.rmSync(dir, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0
