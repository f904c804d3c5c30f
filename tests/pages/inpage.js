// Runs inside the browser, in front of the functions of each gate.
window.gate = {
  // the shortest name by which a person finds the element again
  name(el) {
    if (!el || el.nodeType !== 1) return 'page'
    if (el.id) return '#' + el.id
    const short = e => e.localName + [...e.classList].slice(0, 2).map(c => '.' + c).join('')
    const home = el.closest('[id]')
    if (!home || home === el.ownerDocument.documentElement) return short(el)
    const same = [...home.querySelectorAll(short(el).replace(/[:@/]/g, '\\$&'))]
    return `#${home.id} ${short(el)}` + (same.length > 1 ? ` (${same.indexOf(el) + 1} of ${same.length})` : '')
  },
  text: el => el.textContent.replace(/\s+/g, ' ').trim(),
  find: el => ({
    copy: el.querySelectorAll('button.copy, .copy > button, button[data-copy]'),
    theme: el.querySelector('button[title*="theme" i], button.theme, #theme, [data-theme-toggle], button[aria-label*="theme" i], button[aria-label*="dark" i]'),
  }),
}
