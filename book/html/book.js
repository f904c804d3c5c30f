// Small comforts; the pages are complete without them.
(function () {
  'use strict'
  var root = document.documentElement
  function make(tag, props, parent) {
    var e = Object.assign(document.createElement(tag), props)
    if (parent) parent.append(e)
    return e
  }
  var live = make('div', { className: 'vh' }, document.body)
  live.setAttribute('role', 'status')
  function say(text) { live.textContent = ''; setTimeout(function () { live.textContent = text }, 50) }
  var tools = document.querySelector('.tools')

  // ---- search: the index is loaded when it is first wanted
  var search = make('button', { type: 'button', textContent: 'Search' }, tools)
  search.title = 'Search (press /)'
  var dialog, input, list, note
  function open() {
    if (!dialog) {
      dialog = make('dialog', { className: 'search' }, document.body)
      dialog.setAttribute('aria-label', 'Search the book')
      var form = make('form', { method: 'dialog' }, dialog)
      form.setAttribute('role', 'search')
      input = make('input', { type: 'text', autocomplete: 'off', placeholder: 'Search text, functions, chunks' }, form)
      input.setAttribute('aria-label', 'Search the book')
      list = make('ol', {}, dialog)
      note = make('p', {}, dialog)
      input.addEventListener('input', show)
      form.addEventListener('submit', function (e) {
        e.preventDefault()
        var a = list.querySelector('a')
        if (a) { location.href = a.href; dialog.close() }
      })
      dialog.addEventListener('keydown', function (e) {
        if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return
        var stops = [input].concat([].slice.call(list.querySelectorAll('a')))
        var i = stops.indexOf(document.activeElement) + (e.key === 'ArrowDown' ? 1 : -1)
        if (stops[i]) { stops[i].focus(); e.preventDefault() }
      })
      dialog.addEventListener('click', function (e) {
        if (e.target === dialog || e.target.closest('a')) dialog.close()
      })
      note.textContent = 'Loading the index.'
      make('script', { src: 'assets/search.js', onload: show,
        onerror: function () { note.textContent = 'The search index is missing.' } }, document.head)
    }
    dialog.showModal()
    input.select()
  }
  function show() {
    if (!window.bookIndex) return
    var words = input.value.trim()
    var hits = words ? window.bookIndex.search(words, {
      prefix: true, fuzzy: 0.15, combineWith: 'AND',
      boost: { title: 3, idents: 4, chunks: 3 } }).slice(0, 12) : []
    list.textContent = ''
    hits.forEach(function (h) {
      var a = make('a', { href: h.url, textContent: h.title }, make('li', {}, list))
      make('span', { textContent: h.where }, a)
    })
    note.textContent = !words ? 'Names of functions and of chunks are found too.'
      : hits.length ? '' : 'Nothing found for “' + words + '”.'
    if (words) say(hits.length + ' results')
  }
  search.addEventListener('click', open)
  document.addEventListener('keydown', function (e) {
    if (e.key === '/' && !e.ctrlKey && !e.metaKey && !e.altKey &&
        !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      e.preventDefault()
      open()
    }
  })

  // ---- theme
  var theme = make('button', { type: 'button' }, tools)
  function dark() {
    var t = root.dataset.theme
    return t ? t === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  }
  function label() { theme.textContent = dark() ? 'Light' : 'Dark'; theme.title = 'Switch to the ' + (dark() ? 'light' : 'dark') + ' theme' }
  theme.addEventListener('click', function () {
    root.dataset.theme = dark() ? 'light' : 'dark'
    try { localStorage.setItem('theme', root.dataset.theme) } catch (e) { /* private mode */ }
    label()
  })
  label()

  // ---- copy: the code as written, references by name, folds left out
  function codeOf(box) {
    var out = []
    box.querySelector('.code').childNodes.forEach(function (n) {
      if (n.tagName === 'PRE') out.push(n.textContent)
      else if (n.className === 'ref')
        out.push(' '.repeat(parseInt(n.style.getPropertyValue('--in') || '0')) +
          '<<' + n.querySelector('summary, .use').textContent.slice(1, -1) + '>>')
    })
    return out.join('\n').replace(/^\$ /gm, '') + '\n'
  }
  document.querySelectorAll('.chunk, .listing:not(.output)').forEach(function (box) {
    var b = make('button', { type: 'button', className: 'copy', textContent: 'Copy' })
    var head = box.querySelector('.head'), no = head && head.querySelector('.no')
    b.setAttribute('aria-label', no ? 'Copy chunk ' + no.textContent : 'Copy the listing')
    ;(head || box).append(b)
    b.addEventListener('click', function () {
      var text = codeOf(box)
      function done() { b.textContent = 'Copied'; say('Copied'); setTimeout(function () { b.textContent = 'Copy' }, 1500) }
      if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, fallback)
      else fallback()
      function fallback() {
        var area = make('textarea', { value: text, className: 'vh' }, document.body)
        area.select()
        if (document.execCommand('copy')) done()
        area.remove()
        b.focus()
      }
    })
  })

  // ---- an unfolded chunk is shown as where it is defined, in color
  document.querySelectorAll('.ref details').forEach(fold)
  function fold(details) {
    details.addEventListener('toggle', function () {
      var plain = details.querySelector(':scope > pre.fold'), ref = details.parentNode
      if (!details.open || !plain) return
      var body = make('div', { className: 'fold' })
      var id = decodeURIComponent(ref.querySelector('.at').hash.slice(1))
      for (var n = 0, box; (box = document.getElementById(id)) && n < 99; n++) {
        box.querySelector('.code').childNodes.forEach(function (c) {
          var copy = body.appendChild(c.cloneNode(true))
          copy.querySelectorAll('div.fold').forEach(function (f) { f.closest('details').open = false })
          copy.querySelectorAll('details').forEach(fold)
        })
        var more = box.querySelector('.foot > a[rel=next]')
        if (!more) break
        id = decodeURIComponent(more.hash.slice(1))
      }
      if (body.childNodes.length) plain.replaceWith(body)
    })
  }

  // ---- a box that does not scroll is no stop for the Tab key
  var boxes = [].slice.call(document.querySelectorAll('.scroll'))
  function stops() {
    boxes.forEach(function (b) {
      if (b.scrollWidth > b.clientWidth + 1) b.tabIndex = 0
      else b.removeAttribute('tabindex')
    })
  }
  stops()
  addEventListener('resize', stops)
  if (document.fonts) document.fonts.ready.then(stops)

  // ---- where the reader is, in the sidebar
  var side = document.querySelector('.side'), cur = side.querySelector('.here')
  if (cur && cur.offsetTop > side.clientHeight / 2) side.scrollTop = cur.offsetTop - 80
  var here = {}
  document.querySelectorAll('.side li li a').forEach(function (a) { here[decodeURIComponent(a.hash.slice(1))] = a })
  var heads = [].slice.call(document.querySelectorAll('article > h2[id]'))
  if (heads.length && window.IntersectionObserver) {
    var mark = function () {
      var now = null
      heads.forEach(function (h) { if (h.getBoundingClientRect().top < innerHeight * 0.35) now = h })
      Object.keys(here).forEach(function (k) { here[k].classList.toggle('now', !!now && k === now.id) })
    }
    var watch = new IntersectionObserver(mark, { rootMargin: '0px 0px -65% 0px' })
    heads.forEach(function (h) { watch.observe(h) })
    mark()
  }

  // ---- paper has no folds
  var opened = []
  addEventListener('beforeprint', function () {
    opened = [].slice.call(document.querySelectorAll('main details:not([open])')).filter(function (d) { return !d.closest('.ref') })
    opened.forEach(function (d) { d.open = true })
  })
  addEventListener('afterprint', function () { opened.forEach(function (d) { d.open = false }) })
})()
