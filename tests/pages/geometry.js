// Runs inside the browser: what does not fit, overlaps or is cut off.
window.gate.geometry = width => {
  const { name, text } = window.gate
  const found = []
  const say = (el, what, cure) => found.push({ at: name(el), what: `${what} (${width} px)`, cure })
  const style = el => getComputedStyle(el)
  const root = document.documentElement
  const quote = s => `"${s.replace(/\s+/g, ' ').trim().slice(0, 40)}"`
  const scrolls = el => /auto|scroll/.test(style(el).overflowX)
  const shown = el => el.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const tiny = r => r.width <= 1 || r.height <= 1
  // a picture made of blocks has no letters; a letter among them still counts
  const drawing = (n, el) => el.closest('.blocks') && /^[\u2580-\u259f\s]*$/.test(n.data)

  // wider than the screen
  if (root.scrollWidth > innerWidth) {
    const boxed = el => { for (let p = el.parentElement; p && p !== document.body; p = p.parentElement) if (style(p).overflowX !== 'visible') return true }
    const wide = [...document.body.querySelectorAll('*')].filter(el => el.getBoundingClientRect().right > innerWidth + 1 && !boxed(el))
    const inner = wide.filter(el => !wide.some(o => o !== el && el.contains(o)))
    for (const el of (inner.length ? inner : [document.body]).slice(0, 5))
      say(el, `page is ${root.scrollWidth - innerWidth} px wider than the screen: ${quote(text(el))}`, 'let it wrap, or scroll in its own box')
  }

  // every line of text and every picture as a rectangle, cut to its scroll box
  const items = []
  const everything = { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 }
  const meet = (a, b) => ({ left: Math.max(a.left, b.left), top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) })
  const add = (el, block, clip, rect, label) => {
    const r = meet(rect, clip)
    if (r.right - r.left > 1 && r.bottom - r.top > 1) items.push({ el, block, ...r, label })
  }
  const range = document.createRange()
  const line = (n, el, block, clip, s) => {
    range.selectNodeContents(n)
    const rects = range.getClientRects()
    const size = parseFloat(s.fontSize)
    if (size < 11 && rects.length && !tiny(rects[0]) && !el.closest('sup, sub') && !drawing(n, el))
      say(el, `text of ${size.toFixed(1)} px: ${quote(n.data)}`, 'nothing under 11 px')
    for (const r of rects) {
      const trim = r.height * 0.28 // the letters, not the line
      add(el, block, clip, { left: r.left, right: r.right, top: r.top + trim, bottom: r.bottom - trim }, n.data)
      if (r.right < 0 && !/absolute|fixed/.test(style(block).position)) say(el, `text left of the screen: ${quote(n.data)}`, 'move it in')
    }
  }
  const walk = (el, block, clip) => {
    if (/^(script|style|template|noscript)$/.test(el.localName)) return
    const s = style(el)
    if (s.display === 'none' || s.visibility !== 'visible' || s.opacity === '0' || /fixed|sticky/.test(s.position)) return
    if (/^(svg|img|math|canvas|video|input|select)$/.test(el.localName)) {
      add(el, el, clip, el.getBoundingClientRect(), `${el.localName} ${el.getAttribute('aria-label') ?? ''}`)
      return
    }
    if (!/^(inline|contents)$/.test(s.display)) block = el
    if (s.overflowX !== 'visible' || s.overflowY !== 'visible') clip = meet(clip, el.getBoundingClientRect())
    const folded = el.localName === 'details' && !el.open
    for (const n of el.childNodes)
      if (folded && n.localName !== 'summary') continue
      else if (n.nodeType === 1) walk(n, block, clip)
      else if (n.nodeType === 3 && n.data.trim()) line(n, el, block, clip, s)
  }
  walk(document.body, document.body, everything)
  items.sort((a, b) => a.top - b.top)
  const told = new Set()
  let active = []
  for (const a of items) {
    active = active.filter(b => b.bottom > a.top + 1)
    for (const b of active) {
      if (a.block === b.block || a.el.contains(b.el) || b.el.contains(a.el)) continue
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - a.top
      if (across <= 2 || down <= 2) continue
      const key = name(a.block) + name(b.block)
      if (told.has(key)) continue
      told.add(key)
      say(a.block, `${quote(a.label)} lies over ${quote(b.label)} of ${name(b.block)}`, 'give it a row of its own (clear, grid row)')
    }
    active.push(a)
  }

  // cut off
  for (const el of document.body.querySelectorAll('*')) {
    if (el.closest('svg, math') && el.localName !== 'svg') continue
    const s = style(el)
    if (s.overflowX === 'visible' && s.overflowY === 'visible' || !shown(el) || el.clientWidth <= 1 || el.clientHeight <= 1) continue
    if (!el.textContent.trim() || el.localName === 'svg') continue
    const over = el.scrollWidth - el.clientWidth, below = el.scrollHeight - el.clientHeight
    if (/hidden|clip/.test(s.overflowX) && over > 1) say(el, `cut off on the right by ${over} px: ${quote(text(el))}`, 'overflow-x: auto, or let it wrap')
    if (/hidden|clip/.test(s.overflowY) && below > 1) say(el, `cut off below by ${below} px: ${quote(text(el))}`, 'no fixed height')
    if (el.closest('main') && el.localName !== 'main' && /auto|scroll/.test(s.overflowY) && below > 1 && s.maxHeight === 'none')
      say(el, `scrolls up and down by ${below} px inside the page: ${quote(text(el))}`, 'overflow-y: hidden with enough padding')
    if (width >= 1400 && el.closest('.chunk') && scrolls(el) && over > 1)
      say(el, `code is ${over} px wider than its box: ${quote(text(el))}`, '72 columns must fit on a wide screen')
  }
  for (const svg of document.querySelectorAll('svg')) {
    if (!shown(svg) || svg.parentElement.closest('svg')) continue
    const box = svg.getBoundingClientRect()
    if (tiny(box)) continue
    const labels = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim() && shown(t))
    const rects = labels.map(t => t.getBoundingClientRect())
    labels.forEach((t, i) => {
      const r = rects[i]
      if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 2 || r.bottom > box.bottom + 2)
        say(t, `label leaves the figure: ${quote(t.textContent)} in ${name(svg)}`, 'widen the viewBox or move the label')
      const size = parseFloat(style(t).fontSize) * Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b)
      if (size < 7.5) say(svg, `letters of ${size.toFixed(1)} px in the figure: ${quote(t.textContent)}`, 'draw it narrower, or let it scroll at a readable width')
      for (let j = 0; j < i; j++) {
        const o = rects[j], w = Math.min(r.right, o.right) - Math.max(r.left, o.left), h = Math.min(r.bottom, o.bottom) - Math.max(r.top, o.top)
        if (w > 3 && h > 0.45 * Math.min(r.height, o.height)) say(t, `labels overlap: ${quote(t.textContent)} and ${quote(labels[j].textContent)} in ${name(svg)}`, 'move one')
      }
    })
  }
  const once = new Map(found.map(f => [f.at + f.what, f]))
  return [...once.values()]
}
