// What all live demos share: the program in a worker, and the parts of
// which their views are built. book.js loads it when a reader asks.
(function () {
  'use strict'
  // ---- in the worker: no file, no network, numbers in and out
  function worker() {
    var module, instance, said = ''
    onmessage = async function (e) {
      try {
        if (e.data.code) {
          var unpacked = new Blob([e.data.code]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
          module = await WebAssembly.compile(await new Response(unpacked).arrayBuffer())
        }
        instance = instance || (await WebAssembly.instantiate(module, { page: { say: function (at, n) {
          said += new TextDecoder().decode(new Uint8Array(instance.exports.memory.buffer, at, n))
        } } }))
        var x = instance.exports
        said = ''
        new Float64Array(x.memory.buffer, x.demo_in.value, e.data.input.length).set(e.data.input)
        var n = x.demo_run(e.data.input.length)
        postMessage({ output: new Float64Array(x.memory.buffer, x.demo_out.value, n).slice() })
      } catch (error) {
        instance = null                // tt_fail ended it: the next one is new
        postMessage({ error: said.trim().replace(/^\S+:\d+: /, '') || String(error) })
      }
    }
  }

  var make = window.book.make, NS = 'http://www.w3.org/2000/svg', count = 0

  // one demo that is open
  function Demo(name, code, home) {
    var self = this, waiting = []
    var bytes = Uint8Array.from(atob(code), function (c) { return c.charCodeAt(0) })
    this.name = name
    this.calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    this.box = make('div', { className: 'live' })
    this.box.setAttribute('role', 'group')
    this.box.setAttribute('aria-label', 'Demo of ' + home.querySelector('figcaption .no').textContent)
    var runner
    function start() {
      var url = URL.createObjectURL(new Blob(['(' + worker + ')()'], { type: 'text/javascript' }))
      runner = new Worker(url)
      URL.revokeObjectURL(url)
      runner.onmessage = function (e) {
        var w = waiting.shift()
        if (e.data.error) w.no(Error(e.data.error))
        else w.yes([].slice.call(e.data.output))
      }
      runner.onerror = function (e) { waiting.splice(0).forEach(function (w) { w.no(Error(e.message)) }) }
    }
    // numbers -> a promise of numbers, or of an error with the library's words
    this.run = function (numbers) {
      var first = !runner
      if (first) start()
      return new Promise(function (yes, no) {
        waiting.push({ yes: yes, no: no })
        runner.postMessage({ code: first && bytes, input: numbers })
      })
    }
    // whatever it does: the next run begins anew
    this.stop = function () {
      if (runner) runner.terminate()
      runner = null
      waiting.splice(0).forEach(function (w) { w.no(Error('stopped')) })
    }
    // the last of many wishes: while a run is under way the newest waits
    var wish = null, busy = false
    this.ask = function (numbers, then, failed) {
      wish = [numbers, then, failed]
      if (busy) return
      var mine = wish
      wish = null
      busy = true
      self.run(mine[0]).then(mine[1], mine[2] || function (e) { self.say(e.message) }).then(function () {
        busy = false
        if (wish) self.ask.apply(self, wish)
      })
    }
  }
  Demo.prototype = {
    make: make,
    hint: function (text) { make('p', { textContent: text }, this.box) },
    row: function () { return make('div', { className: 'row' }, this.box) },
    // what has changed, also for those who listen
    status: function () {
      this.line = make('p', { className: 'status' }, this.box)
      this.line.setAttribute('role', 'status')
    },
    say: function (text) { this.line.textContent = text },
    button: function (text, f, parent) {
      var b = make('button', { type: 'button', textContent: text }, parent)
      b.addEventListener('click', f)
      return b
    },
    label: function (text, e, parent) {
      var l = make('label', {}, parent)
      e.id = 'live-' + ++count
      l.htmlFor = e.id
      make('span', { textContent: text + ' ' }, l)
      l.append(e)
      return e
    },
    select: function (text, options, f, parent) {
      var s = this.label(text, make('select'), parent)
      options.forEach(function (o, i) { make('option', { value: i, textContent: o }, s) })
      s.addEventListener('change', f)
      return s
    },
    check: function (text, f, parent) {
      var c = this.label(text, make('input', { type: 'checkbox' }), parent)
      c.addEventListener('change', f)
      return c
    },
    // shown(value) is what is written beside it
    slider: function (text, min, max, step, value, f, parent, shown) {
      var s = this.label(text, make('input', { type: 'range', min: min, max: max, step: step }), parent)
      var o = make('output', {}, s.parentNode)
      s.show = function () {
        o.textContent = shown ? shown(Number(s.value)) : s.value
        if (shown) s.setAttribute('aria-valuetext', o.textContent)
      }
      s.value = value
      s.show()
      s.addEventListener('input', function () { s.show(); f() })
      return s
    },
    svg: function (width, height, label, parent) {
      var s = this.draw('svg', { viewBox: '0 0 ' + width + ' ' + height, role: 'img', 'aria-label': label }, parent)
      s.style.maxWidth = width + 'px'
      return s
    },
    draw: function (tag, attributes, parent, text) {
      var e = document.createElementNS(NS, tag)
      for (var k in attributes) e.setAttribute(k, attributes[k])
      if (text !== undefined) e.textContent = text
      if (parent) parent.append(e)
      return e
    }
  }

  window.demos = {}
  // what a demo's script calls: its program, and what builds its view
  window.demo = function (name, code, view) { window.demos[name] = { code: code, view: view } }
  window.demo.open = function (home, button) {
    var name = home.dataset.demo, d
    function show() {
      d = new Demo(name, window.demos[name].code, home)
      home.live = d
      var bar = make('div', { className: 'row ends' }, null)
      window.demos[name].view(d)
      make('button', { type: 'button', textContent: 'Close' }, bar).addEventListener('click', function () {
        d.closed = true
        d.stop()
        d.box.remove()
        home.live = null
        button.hidden = false
        button.disabled = false
        button.focus()
      })
      d.box.append(bar)
      button.hidden = true
      button.after(d.box)
      var first = d.box.querySelector('select, input, button')
      if (first) first.focus({ preventScroll: true })
    }
    if (window.demos[name]) return show()
    make('script', { src: 'assets/demo-' + name + '.js', onload: show,
      onerror: function () { button.textContent = 'The demo is missing' } }, document.head)
  }
})()
