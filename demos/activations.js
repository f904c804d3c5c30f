// Activations: a chain of layers of one number each; what comes out, and
// what is left of the slope.
demo('activations', WASM, function (d) {
  d.hint('Put twelve sigmoids one behind the other. What is left of the slope? Which function keeps it, and with which weight does it grow without end?')
  var names = ['relu', 'leaky relu', 'sigmoid', 'tanh', 'gelu', 'silu'], points = 161
  var top = d.row(), below = d.row()
  var f = d.select('Function', names, ask, top)
  f.value = 2
  var layers = d.slider('Layers', 1, 12, 1, 1, ask, top)
  var weight = d.slider('Weight', 0.25, 4, 0.25, 1, ask, below, function (v) { return v.toFixed(2) })
  var x = d.slider('x', -4, 4, 0.1, 1, ask, below, function (v) { return v.toFixed(1) })
  var plots = d.row()
  d.status()
  var W = 300, H = 220, L = 44, R = 8, T = 26, B = 26
  var curve = d.svg(W, H, 'The result of the chain and its slope, over x', plots)
  var decay = d.svg(W, H, 'The slope after each layer', plots)
  curve.style.width = decay.style.width = W + 'px'

  function ask() { d.ask([f.value, layers.value, weight.value, x.value].map(Number), show) }
  function line(svg, pairs, style) {
    var path = pairs.map(function (p, i) { return (i ? 'L' : 'M') + p[0].toFixed(1) + ' ' + p[1].toFixed(1) }).join('')
    d.draw('path', { d: path, fill: 'none', stroke: style, 'stroke-width': 2, 'stroke-linejoin': 'round' }, svg)
  }
  function text(svg, x, y, anchor, words, style) {
    var t = d.draw('text', { x: x, y: y, 'text-anchor': anchor, 'class': style ? '' : 'quiet' }, svg, words)
    if (style) t.style.fill = style
  }
  function rule(svg, x1, y1, x2, y2) { d.draw('path', { d: 'M' + x1 + ' ' + y1 + 'L' + x2 + ' ' + y2, stroke: 'var(--rule-strong)' }, svg) }
  function short(v) {
    var s = Math.abs(v) >= 0.001 && Math.abs(v) < 10000 || v === 0 ? String(Number(v.toPrecision(3))) : v.toExponential(1)
    return s.replace('-', '−').replace(/e[+]?/, ' · 10^').replace('^-', '^−')
  }
  function show(out) {
    var y = out.slice(0, points), slope = out.slice(points, 2 * points), at = [], left = []
    for (var i = 2 * points; i < out.length; i += 2) { at.push(out[i]); left.push(out[i + 1]) }
    var low = Math.max(-4, Math.min.apply(null, y.concat(slope, 0))), high = Math.min(8, Math.max.apply(null, y.concat(slope, 1)))
    function px(v) { return L + (v + 4) / 8 * (W - L - R) }
    function py(v) { return H - B - (Math.max(low, Math.min(high, v)) - low) / (high - low) * (H - T - B) }
    curve.textContent = decay.textContent = ''
    rule(curve, L, py(0), W - R, py(0))
    rule(curve, px(0), T, px(0), H - B)
    ;[-4, 0, 4].forEach(function (v) { text(curve, px(v), H - 8, v < 0 ? 'start' : v ? 'end' : 'middle', short(v)) })
    text(curve, L - 6, py(high) + 5, 'end', short(Number(high.toPrecision(2))))
    if (py(low) - py(0) > 16 || py(0) - py(high) > 16) text(curve, L - 6, py(0) + 5, 'end', '0')
    function pairs(v) { return v.map(function (v, i) { return [px(-4 + 8 * i / (points - 1)), py(v)] }) }
    line(curve, pairs(slope), 'var(--series-2)')
    line(curve, pairs(y), 'var(--series-1)')
    text(curve, L, 15, 'start', 'result', 'var(--series-1)')
    text(curve, L + 58, 15, 'start', 'slope', 'var(--series-2)')
    var last = at.length - 1, v = Number(x.value)
    d.draw('circle', { cx: px(v), cy: py(at[last]), r: 4.5, fill: 'var(--series-1)' }, curve)
    d.draw('circle', { cx: px(v), cy: py(left[last]), r: 4.5, fill: 'var(--series-2)' }, curve)

    // powers of ten from 2 down to -8
    function ly(v) { return T + (2 - Math.max(-8, Math.min(2, Math.log10(Math.abs(v) || 1e-9)))) / 10 * (H - T - B) }
    function lx(k) { return L + 10 + k / 12 * (W - L - R - 16) }
    ;[1, 1e-4, 1e-8].forEach(function (v) {
      rule(decay, L, ly(v), W - R, ly(v))
      text(decay, L - 6, ly(v) + 5, 'end', v === 1 ? '1' : v === 1e-4 ? '10⁻⁴' : '10⁻⁸')
    })
    ;[0, 6, 12].forEach(function (k) { text(decay, lx(k), H - 8, 'middle', String(k)) })
    text(decay, L, 15, 'start', 'slope after each layer', 'var(--series-2)')
    var dots = [[lx(0), ly(1)]].concat(left.map(function (v, k) { return [lx(k + 1), ly(v)] }))
    line(decay, dots, 'var(--series-2)')
    dots.forEach(function (p) { d.draw('circle', { cx: p[0], cy: p[1], r: 3.5, fill: 'var(--series-2)' }, decay) })
    d.say(names[f.value] + ', ' + layers.value + (layers.value === '1' ? ' layer' : ' layers') + ': x = ' + short(v) + ' becomes ' + short(at[last]) +
      '. A small change of x comes out ' + (left[last] === 0 ? 'not at all.' : short(left[last]) + ' times as large.'))
  }
  ask()
})
