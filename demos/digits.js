// The digits network, trained in the page; then one draws a digit for it.
demo('digits', WASM, function (d) {
  d.hint('Draw a digit before the network has learned anything, and again after. Can you draw a 7 that it takes for a 1?')
  var top = d.row(), most = 40, training = false, losses = [], unseen
  var train = d.button('Train', function () { training ? (training = false) : learn() }, top)
  d.button('Start over', function () {
    training = false
    d.stop()
    losses = []
    chart()
    begin()
  }, top)
  var both = d.row()
  var curve = d.svg(240, 190, 'Loss over the epochs', both), pad = d.make('div', { className: 'pad' }, both), bars = d.svg(150, 190, 'Shares', both)
  curve.style.width = '240px'
  bars.style.width = '150px'
  var below = d.row()
  d.button('Clear', function () { ink.fill(0); paint() }, below)
  d.button('An unseen digit', function () {
    d.run([3, next++]).then(function (out) { ink = out.slice(0, 64); paint(out[64]) }, failed)
  }, below)
  d.status()

  // ---- the pad: one stop of the Tab key, arrows from cell to cell, Space or Enter for ink
  var ink = Array(64).fill(0), next = 0, here = 0
  pad.setAttribute('role', 'group')
  pad.setAttribute('aria-label', 'Draw a digit: arrow keys move, Space sets or takes ink')
  var cells = ink.map(function (v, i) {
    var c = d.button('', function (e) {
      if (e.detail) return               // by the pointer: see below
      ink[i] > 7 ? (ink[i] = 0) : dip(i)
      paint()
    }, pad)
    c.setAttribute('aria-label', 'row ' + ((i >> 3) + 1) + ', column ' + (i % 8 + 1))
    c.tabIndex = i ? -1 : 0
    return c
  })
  pad.addEventListener('keydown', function (e) {
    var to = { ArrowLeft: here % 8 && here - 1, ArrowRight: here % 8 < 7 ? here + 1 : here, ArrowUp: here - 8, ArrowDown: here + 8 }[e.key]
    if (to === undefined) return
    e.preventDefault()
    if (!cells[to] || (e.key === 'ArrowLeft' && here % 8 === 0)) return
    cells[here].tabIndex = -1
    cells[here = to].tabIndex = 0
    cells[to].focus()
  })
  // a pen is a little wider than a cell
  function dip(i) {
    ink[i] = 16
    ;[[i - 8, true], [i + 8, true], [i - 1, i % 8], [i + 1, i % 8 < 7]].forEach(function (n) { if (n[1] && n[0] in ink) ink[n[0]] = Math.max(ink[n[0]], 6) })
  }
  function pen(e) {
    var i = e.buttons ? cells.indexOf(document.elementFromPoint(e.clientX, e.clientY)) : -1
    if (i < 0 || ink[i] === 16) return
    dip(i)
    paint()
  }
  pad.addEventListener('pointerdown', function (e) { e.target.releasePointerCapture(e.pointerId); pen(e) })
  pad.addEventListener('pointermove', pen)

  function paint(label) {
    cells.forEach(function (c, i) {
      c.setAttribute('aria-pressed', ink[i] > 7)
      c.style.background = 'color-mix(in srgb, var(--fg) ' + ink[i] / 16 * 100 + '%, var(--bg-code))'
    })
    bars.textContent = ''
    if (ink.some(Boolean)) d.ask([2].concat(ink), function (share) {
      bars.textContent = ''
      var best = share.indexOf(Math.max.apply(null, share))
      share.forEach(function (v, k) {
        d.draw('text', { x: 2, y: 15 + 19 * k }, bars, k)
        d.draw('rect', { x: 16, y: 4 + 19 * k, width: 1 + 88 * v, height: 13, rx: 2, fill: k === best ? 'var(--series-1)' : 'var(--rule-strong)' }, bars)
        if (v > 0.005) d.draw('text', { x: 110 + 36, y: 15 + 19 * k, 'text-anchor': 'end' }, bars, Math.round(100 * v) + ' %')
      })
      if (!training) d.say('It takes this for a ' + best + (label === undefined ? '' : '; it is a ' + label) + '.')
    }, failed)
  }

  // ---- training
  function failed(e) { if (e.message !== 'stopped') d.say(e.message) }
  function begin() {
    d.run([0]).then(function (n) {
      unseen = n[1]
      d.say('A network of ' + n[2] + ' random numbers, ' + n[0] + ' digits to learn from, ' + n[1] + ' to judge it. It has learned nothing yet.')
    }, failed)
  }
  function learn() {
    training = losses.length < most
    train.textContent = training ? 'Stop' : 'Train'
    if (!training) return
    d.run([1]).then(function (out) {
      losses.push(out)
      training = training && out[0] < most
      if (!d.calm || !training) chart()
      if (!training || out[0] % 5 === 0) d.say('Epoch ' + out[0] + ': loss ' + out[1].toFixed(3) + '; ' + out[3] + ' of ' + unseen + ' unseen digits are right.')
      if (training) setTimeout(learn, 30)
      else { train.textContent = 'Train'; paint() }
    }, function (e) { training = false; train.textContent = 'Train'; failed(e) })
  }
  function chart() {
    curve.textContent = ''
    function x(k) { return 30 + k / most * 200 }
    function y(v) { return 165 - Math.min(v, 2.4) / 2.4 * 140 }
    ;[0, 1, 2].forEach(function (v) {
      d.draw('path', { d: 'M30 ' + y(v) + 'H230', stroke: 'var(--rule-strong)' }, curve)
      d.draw('text', { x: 24, y: y(v) + 5, 'text-anchor': 'end', 'class': 'quiet' }, curve, v)
    })
    ;[1, 2].forEach(function (k) {
      var color = 'var(--series-' + k + ')'
      if (losses.length) d.draw('path', { d: 'M' + losses.map(function (l) { return x(l[0]) + ' ' + y(l[k]) }).join('L'), fill: 'none', stroke: color, 'stroke-width': 2 }, curve)
      d.draw('text', { x: 30 + 112 * (k - 1), y: 14 }, curve, k < 2 ? 'loss, learning' : 'loss, unseen').style.fill = color
    })
    d.draw('text', { x: 230, y: 184, 'text-anchor': 'end', 'class': 'quiet' }, curve, 'epoch ' + most)
  }
  chart()
  paint()
  begin()
})
