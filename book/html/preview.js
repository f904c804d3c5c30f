// Previews: what a link leads to opens over it, by pointer, keyboard or a
// first tap. What is on this page is copied from it; of other pages
// previews/PAGE.js has what is linked to, loaded when it is first wanted.
// book.js loads this script when a link is first pointed at.
(function () {
  'use strict'
  var root = document.documentElement, make = window.book.make
  var article = document.querySelector('article'), card, owner, timer
  var there = {}, waiting = {}
  var here = location.pathname.split('/').pop().replace(/\.html$/, '') || 'index'
  window.bookPreview = function (page, list) { there[page] = list; (waiting[page] || []).forEach(function (f) { f() }) }
  function load(page, then) {
    if (there[page]) return then()
    if (waiting[page]) return waiting[page].push(then)
    waiting[page] = [then]
    make('script', { src: 'assets/previews/' + page + '.js', onerror: function () { there[page] = {} } }, document.head)
  }
  // of this page: a copy without ids, links and buttons
  function copied(id) {
    var e = document.getElementById(id)
    if (!e) return ''
    var list = /^H\d$/.test(e.tagName) ? [e, e.nextElementSibling] : [e.closest('.chunk, figure, .table, .equation, .exercise, li, p') || e]
    return list.filter(Boolean).map(function (n) {
      n = n.cloneNode(true)
      n.querySelectorAll('button, .about, details, .check').forEach(function (x) { x.remove() })
      n.querySelectorAll('a').forEach(function (a) { a.replaceWith.apply(a, [].slice.call(a.childNodes)) })
      ;[n].concat([].slice.call(n.querySelectorAll('*'))).forEach(function (x) { ['id', 'tabindex', 'role', 'aria-label'].forEach(function (k) { x.removeAttribute(k) }) })
      return n.outerHTML
    }).join('')
  }
  function target(a) {
    var url = new URL(a.href, location.href)
    if (!a.hash || url.origin !== location.origin || a.closest('.no, .note, .head, .about, .over, nav, h1, h2, h3, h4, dialog')) return
    var page = url.pathname.split('/').pop().replace(/\.html$/, '') || here
    return { page: page, id: decodeURIComponent(a.hash.slice(1)), name: a.textContent.trim() }
  }
  function hide() {
    clearTimeout(timer)
    if (owner) owner.removeAttribute('aria-describedby')
    owner = null                          // what is still being loaded is not shown
    if (card) card.hidden = true
  }
  function preview(a) {
    var t = target(a)
    if (!t) return false
    var named = /^\w+$/.test(t.name)
    function put() {
      if (owner !== a) return
      var list = there[t.page] || {}
      var html = named && list['=' + t.name] || (t.page === here ? copied(t.id) : list[t.id])
      if (!html) return
      if (!card) {
        card = make('div', { className: 'preview', id: 'preview' }, document.body)
        card.setAttribute('role', 'tooltip')
        card.addEventListener('mouseenter', function () { clearTimeout(timer) })
        card.addEventListener('mouseleave', later)
      }
      card.innerHTML = html
      card.hidden = false
      a.setAttribute('aria-describedby', 'preview')
      card.style.maxHeight = ''
      var box = a.getClientRects()[0], w = card.offsetWidth, h = card.offsetHeight
      var below = innerHeight - box.bottom - 14, above = box.top - 66, down = h <= below || below >= above
      card.style.maxHeight = Math.min(h, down ? below : above) + 'px'
      card.style.left = Math.max(8, Math.min(box.left, root.clientWidth - w - 8)) + 'px'
      card.style.top = (down ? box.bottom + 6 : box.top - 6 - card.offsetHeight) + 'px'
    }
    // what can be seen need not be shown
    var e = t.page === here && document.getElementById(t.id), r = e && e.getBoundingClientRect()
    if (r && !named && r.top > 60 && r.bottom < innerHeight) return false
    hide()
    owner = a
    if (t.page !== here || named) load(t.page, put)
    else put()
    return true
  }
  function later() { clearTimeout(timer); timer = setTimeout(hide, 250) }
  function soon(a) { clearTimeout(timer); timer = setTimeout(function () { preview(a) }, 300) }
  make('link', { rel: 'stylesheet', href: 'assets/preview.css' }, document.head)
  if (article) {
    var link = function (e) { return e.target.closest && e.target.closest('a[href*="#"]') }
    var touched = window.previewOf.pointer === 'touch'
    article.addEventListener('pointerover', function (e) { var a = link(e); if (a && e.pointerType === 'mouse' && a !== owner) soon(a); else if (a) clearTimeout(timer) })
    article.addEventListener('pointerout', function (e) { if (link(e) && e.pointerType === 'mouse') later() })
    article.addEventListener('pointerdown', function (e) { touched = e.pointerType === 'touch' })
    article.addEventListener('focusin', function (e) { var a = link(e); if (a && !touched && a.matches(':focus-visible')) soon(a) })
    article.addEventListener('focusout', function () { later() })
    // a first tap shows, a second goes there
    article.addEventListener('click', function (e) {
      var a = link(e)
      if (!a || !touched || owner === a || !preview(a)) return hide()
      e.preventDefault()
    })
    document.addEventListener('pointerdown', function (e) { if (!e.target.closest('.preview, a')) hide() })
    document.addEventListener('keydown', function (e) { if (e.key === 'Escape') hide() })
    addEventListener('scroll', function () { if (card && !card.hidden) hide() }, { passive: true })
    var first = window.previewOf
    first.ready = true
    if (first.tapped && !preview(first.link)) location.href = first.link.href
    else if (!first.tapped && first.type !== 'pointerdown' && !touched) soon(first.link)
  }
})()
