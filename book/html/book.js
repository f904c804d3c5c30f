// Small comforts; the pages are complete without them.
(function () {
  'use strict'
  var root = document.documentElement
  function make(tag, props, parent) {
    var e = Object.assign(document.createElement(tag), props)
    if (parent) parent.append(e)
    return e
  }
  window.book = { make: make }              // for preview.js and demo.js
  var live = make('div', { className: 'vh' }, document.body)
  live.setAttribute('role', 'status')
  function say(text) { live.textContent = ''; setTimeout(function () { live.textContent = text }, 50) }
  var tools = document.querySelector('.tools')

  // ---- search: the index is loaded when it is first wanted
  // a button of the bar: a small picture, and a word where there is room
  var NS = 'http://www.w3.org/2000/svg'
  function button(path, word) {
    var b = make('button', { type: 'button' }, tools)
    var svg = b.appendChild(document.createElementNS(NS, 'svg'))
    svg.setAttribute('viewBox', '0 0 20 20')
    svg.setAttribute('aria-hidden', 'true')
    svg.appendChild(document.createElementNS(NS, 'path')).setAttribute('d', path)
    make('span', { className: 't', textContent: word }, b)
    return b
  }
  var search = button('M8.5 3a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11M12.6 12.6L17 17', 'Search')
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
        if (a) { seek(a); location.href = a.href; dialog.close() }
      })
      dialog.addEventListener('keydown', function (e) {
        if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return
        var stops = [input].concat([].slice.call(list.querySelectorAll('a')))
        var i = stops.indexOf(document.activeElement) + (e.key === 'ArrowDown' ? 1 : -1)
        if (stops[i]) { stops[i].focus(); e.preventDefault() }
      })
      dialog.addEventListener('click', function (e) {
        var a = e.target.closest('a')
        if (a) seek(a)
        if (a || e.target === dialog) dialog.close()
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
    var hits = words ? find(words) : []
    var all = hits.length
    hits = hits.slice(0, 12)
    list.textContent = ''
    hits.forEach(function (h) {
      var a = make('a', { href: h.url, textContent: h.title }, make('li', {}, list))
      make('span', { textContent: h.where }, a)
      excerpt(h, a)
    })
    note.textContent = !words ? 'Names of functions and of chunks are found too.'
      : all > hits.length ? 'The first ' + hits.length + ' of ' + all + '; another word finds fewer.'
      : hits.length ? '' : 'Nothing found for “' + words + '”.'
    if (words) say(all + ' results')
  }
  // The words as they are; where they find little, words like them behind.
  // What explains comes before the workshops, where the words stand together before
  // where they do not, a title that begins so before all.
  function find(words) {
    var how = { prefix: true, combineWith: 'AND', boost: { title: 3, idents: 4, chunks: 3 },
      boostDocument: function (id, term, doc) { return /-workshop/.test(doc.url) ? 0.5 : 1 } }
    var hits = window.bookIndex.search(words, how), ids = hits.map(function (h) { return h.id })
    how.fuzzy = function (w) { return /\d/.test(w) ? false : w.length > 5 ? 2 : w.length > 3 ? 1 : false }
    if (hits.length < 4) hits = hits.concat(window.bookIndex.search(words, how).filter(function (h) { return ids.indexOf(h.id) < 0 }))
    var low = words.toLowerCase()
    var rank = function (h) {
      return h.title.toLowerCase().indexOf(low) === 0 ? 0 : (h.title + ' ' + h.text).toLowerCase().indexOf(low) < 0 ? 2 : 1
    }
    return [0, 1, 2].reduce(function (all, k) { return all.concat(hits.filter(function (h) { return rank(h) === k })) }, [])
  }
  // the words around the first that was found, and those found marked
  function excerpt(h, a) {
    var text = (h.text || '').replace(/^Section /, ''), low = text.toLowerCase(), at = -1, found = h.terms || []
    found.forEach(function (w) { var i = low.indexOf(w); if (i >= 0 && (at < 0 || i < at)) at = i })
    if (at < 0) return
    var from = at < 40 ? 0 : text.lastIndexOf(' ', at - 40) + 1
    var p = make('span', { className: 'excerpt', textContent: from ? '… ' : '' }, a)
    var mark = new RegExp('(' + found.map(function (w) { return w.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') }).join('|') + ')', 'i')
    text.slice(from, from + 150).split(mark).forEach(function (s, i) { p.append(i % 2 ? make('mark', { textContent: s }) : s) })
    p.append(' …')
  }
  search.addEventListener('click', open)
  document.addEventListener('keydown', function (e) {
    if (e.key === '/' && !e.ctrlKey && !e.metaKey && !e.altKey &&
        !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      e.preventDefault()
      open()
    }
  })

  // where one lands, the words are marked, from there to the next heading
  function seek(a) {
    try { sessionStorage.setItem('find', input.value) } catch (e) { /* private mode */ }
    if (a.pathname === location.pathname) setTimeout(land, 100)   // else the page that comes does
  }
  function land() {
    var words, start = document.getElementById(decodeURIComponent(location.hash.slice(1))) || document.querySelector('article')
    try { words = sessionStorage.getItem('find'); sessionStorage.removeItem('find') } catch (e) { /* private mode */ }
    if (!words || !start || !window.Highlight) return
    var list = words.toLowerCase().split(/[^\p{L}\p{N}_.]+/u).filter(function (w) { return w.length > 2 }), ranges = []
    var all = document.createTreeWalker(document.querySelector('article'), NodeFilter.SHOW_TEXT), n
    while ((n = all.nextNode())) {
      if (!start.contains(n) && !(start.compareDocumentPosition(n) & Node.DOCUMENT_POSITION_FOLLOWING)) continue
      if (/^H[23]$/.test(n.parentNode.tagName) && !start.contains(n)) break
      list.forEach(function (w) {
        for (var low = n.data.toLowerCase(), i = low.indexOf(w); i >= 0; i = low.indexOf(w, i + 1)) {
          var r = new Range(); r.setStart(n, i); r.setEnd(n, i + w.length); ranges.push(r)
        }
      })
    }
    CSS.highlights.set('found', new Highlight(...ranges))
  }
  land()

  // ---- theme
  var theme = button('M10 3a7 7 0 1 1 0 14a7 7 0 1 1 0-14M10 3v14M12 4v12M14.2 5.2v9.6', '')
  function dark() {
    var t = root.dataset.theme
    return t ? t === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  }
  function label() { theme.querySelector('.t').textContent = dark() ? 'Light' : 'Dark'; theme.title = 'Switch to the ' + (dark() ? 'light' : 'dark') + ' theme' }
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
    if (head) no ? no.before(b) : head.querySelector('.name').after(b)
    else box.append(b)
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
        var more = box.querySelector('.about a[rel=next]')
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

  // ---- where the reader is: in the bar, in the sidebar, in the menu
  var side = document.querySelector('.side'), cur = side.querySelector('.here')
  if (cur && cur.offsetTop > side.clientHeight / 2) side.scrollTop = cur.offsetTop - 80
  var where = document.querySelector('.where'), place = null
  var heads = [].slice.call(document.querySelectorAll('article > h2[id]:not(.vh), article > h3[id]'))
  var links = [].slice.call(document.querySelectorAll('.side li li a, .menu li li a'))
  if (heads.length && window.IntersectionObserver) {
    var sec = make('a', { className: 'sec', hidden: true }, where)
    var mark = function () {
      var now = null, over = null
      heads.forEach(function (h) {
        if (h.getBoundingClientRect().top > innerHeight * 0.3) return
        now = h
        if (h.tagName === 'H2') over = h
      })
      if (now === place) return
      place = now
      links.forEach(function (a) {
        var id = a.hash && decodeURIComponent(a.hash.slice(1))
        a.classList.toggle('now', !!now && (id === now.id || id === over.id))
        a.parentNode.classList.toggle('now', !!over && id === over.id)
        if (!now || id !== now.id || !side.contains(a)) return
        if (a.offsetTop < side.scrollTop || a.offsetTop > side.scrollTop + side.clientHeight - 60)
          side.scrollTop = a.offsetTop - side.clientHeight / 3
      })
      write()
    }
    // as many words as the bar has room for
    var write = function () {
      sec.hidden = !place
      if (!place) return
      sec.href = '#' + place.id
      var words = place.textContent.trim().split(/\s+/)
      sec.textContent = words.join(' ')
      for (var n = words.length - 1; n > 0 && where.scrollWidth > where.clientWidth; n--)
        sec.textContent = words.slice(0, n).join(' ') + (n > 1 ? ' …' : '')
      sec.hidden = where.scrollWidth > where.clientWidth
    }
    // a heading crosses the line of the upper third, also in a jump, which leaves it far above
    var watch = new IntersectionObserver(mark, { rootMargin: '1000000px 0px -70% 0px' })
    heads.forEach(function (h) { watch.observe(h) })
    addEventListener('resize', function () { if (place) write() })
    // words are wider in the font of the book, which may come late
    if (document.fonts) document.fonts.ready.then(function () { if (place) write() })
    mark()
  }
  var menu = document.querySelector('.menu')
  menu.addEventListener('click', function (e) { if (e.target.closest('a')) menu.open = false })
  document.addEventListener('click', function (e) { if (!menu.contains(e.target)) menu.open = false })
  menu.addEventListener('keydown', function (e) { if (e.key === 'Escape') { menu.open = false; menu.firstElementChild.focus() } })

  // ---- on a small screen a figure opens on the whole of it
  document.querySelectorAll('figure').forEach(function (figure) {
    var box = figure.querySelector('.scroll'), caption = figure.querySelector('figcaption')
    if (!box || !caption) return
    var b = make('button', { type: 'button', className: 'enlarge', textContent: 'Enlarge' }, caption)
    b.setAttribute('aria-label', 'Enlarge ' + caption.querySelector('.no').textContent)
    function large() {
      if (!b.offsetWidth) return              // there is room where it stands
      var svg = box.querySelector('svg'), d = make('dialog', { className: 'large' }, document.body)
      d.setAttribute('aria-label', caption.querySelector('.no').textContent)
      make('button', { type: 'button', textContent: 'Close' }, d).addEventListener('click', function () { d.close() })
      d.append(svg)                           // moved, not copied: its ids are used once
      d.addEventListener('close', function () { box.append(svg); d.remove(); b.focus() })
      d.showModal()
    }
    b.addEventListener('click', large)
    box.addEventListener('click', large)
  })

  // ---- previews of what links lead to: loaded when a link is first pointed at
  var article = document.querySelector('article')
  if (article) ['pointerover', 'focusin', 'pointerdown'].forEach(function (type) {
    article.addEventListener(type, function (e) {
      var a = e.target.closest && e.target.closest('a[href*="#"]')
      if (!a || window.previewOf) return
      var first = window.previewOf = { link: a, type: e.type, pointer: e.pointerType }
      make('script', { src: 'assets/preview.js', onerror: function () { if (first.tapped) location.href = a.href } }, document.head)
      // a tap waits for the script, which shows the preview or goes there
      article.addEventListener('click', function (e) {
        if (!first.ready && first.pointer === 'touch' && a.contains(e.target)) { first.tapped = true; e.preventDefault() }
      })
    })
  })

  // ---- a live demo: nothing of it is loaded before a reader asks
  document.querySelectorAll('.demo').forEach(function (box) {
    var b = make('button', { type: 'button', className: 'try', textContent: 'Try it on this page' }, box)
    b.addEventListener('click', function () {
      b.disabled = true
      if (window.demo) return window.demo.open(box, b)
      make('link', { rel: 'stylesheet', href: 'assets/demo.css' }, document.head)
      make('script', { src: 'assets/demo.js', onload: function () { window.demo.open(box, b) },
        onerror: function () { b.textContent = 'The demo is missing' } }, document.head)
    })
  })

  // ---- paper has no folds
  var opened = []
  addEventListener('beforeprint', function () {
    opened = [].slice.call(document.querySelectorAll('main details:not([open])')).filter(function (d) { return !d.closest('.ref') })
    opened.forEach(function (d) { d.open = true })
  })
  addEventListener('afterprint', function () { opened.forEach(function (d) { d.open = false }) })
})()
