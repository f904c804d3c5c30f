// A valley, five ways down, and the learning rate to drag.
demo('valley', WASM, function (d) {
  d.hint('Drag the learning rate of gradient descent to where it begins to climb: 2 divided by the steepness. Then see what turning the valley does to Adam.')
  var rules = ['Gradient descent', 'Momentum', 'Nesterov', 'RMSprop', 'Adam'], own = [0.038, 0.01, 0.01, 0.25, 0.6], steps = 60
  var top = d.row(), next = d.row()
  var rule = d.select('Rule', rules, function () { rate.value = Math.log10(own[rule.value]); rate.show(); ask() }, top)
  var turned = d.check('turned by 45°', ask, top)
  var rate = d.slider('Learning rate', -3, 0.5, 0.01, Math.log10(own[0]), ask, next, function (v) { return Math.pow(10, v).toPrecision(2) })
  var steep = d.slider('Steep across', 1, 100, 1, 50, ask, next)
  var walk = d.button('Walk', function () { timer ? stop() : go() }, next)
  var R = 12, S = 24, timer = 0, at = steps, path = []
  var map = d.svg(2 * R * S, 240, 'The path down the valley', d.row())
  d.status()

  function ask() {
    stop()
    d.ask([Number(rule.value), Math.pow(10, rate.value), Number(steep.value), turned.checked ? 1 : 0, steps], function (out) {
      path = []
      for (var i = 0; i < out.length; i += 3) path.push(out.slice(i, i + 3))
      draw(steps)
    })
  }
  // one step after the other; at once where no motion is wanted
  function go() {
    if (d.calm) return draw(steps)
    var k = 0
    walk.textContent = 'Stop'
    timer = setInterval(function () {
      if (d.closed || k > steps) return stop()
      draw(k++, true)
    }, 150)
  }
  function stop() {
    if (!timer) return
    clearInterval(timer)
    timer = 0
    walk.textContent = 'Walk'
    draw(at)
  }
  function height(v) { return isFinite(v) ? (v >= 1e4 || (v < 0.001 && v > 0) ? v.toExponential(1).replace('e+', ' · 10^').replace('e-', ' · 10^−') : String(Number(v.toPrecision(3)))) : 'infinite' }
  function draw(k, quiet) {
    at = k
    map.textContent = ''
    // of 1/2 (x^2 + steep y^2): lines of one height, in the valley's own axes
    var tall = turned.checked ? 2 * R * S : 240
    map.setAttribute('viewBox', '0 0 ' + 2 * R * S + ' ' + tall)
    var scale = turned.checked ? S : S * 3
    function px(v) { return R * S + v * S }
    function py(v) { return tall / 2 - v * scale }
    var lines = d.draw('g', { transform: 'translate(' + R * S + ' ' + tall / 2 + ')' + (turned.checked ? ' rotate(-45)' : '') }, map)
    ;[1, 3, 10, 30, 65].forEach(function (h) {
      d.draw('ellipse', { rx: Math.sqrt(2 * h) * S, ry: Math.sqrt(2 * h / steep.value) * scale, fill: 'var(--series-3)', 'fill-opacity': 0.07, stroke: 'var(--rule-strong)' }, lines)
    })
    var seen = path.slice(0, k + 1).filter(function (p) { return Math.abs(p[0]) < 1e4 && Math.abs(p[1]) < 1e4 })
    var line = 'M' + seen.map(function (p) { return px(p[0]).toFixed(1) + ' ' + py(p[1]).toFixed(1) }).join('L')
    d.draw('path', { d: line, fill: 'none', stroke: 'var(--series-1)', 'stroke-width': 2, 'stroke-linejoin': 'round' }, map)
    seen.forEach(function (p, i) { d.draw('circle', { cx: px(p[0]), cy: py(p[1]), r: i === k ? 6 : 3, fill: 'var(--series-1)' }, map) })
    d.draw('path', { d: 'M' + (R * S - 6) + ' ' + tall / 2 + 'h12m-6-6v12', stroke: 'currentColor' }, map)
    var loss = path[k][2], first = path[0][2]
    if (!quiet || k === steps) d.say(rules[rule.value] + ', learning rate ' + Math.pow(10, rate.value).toPrecision(2) + ': after ' + k + ' steps the loss is ' +
      height(loss) + ', at the start ' + height(first) + '. ' + (!(loss <= first) ? 'Each step is too long: it climbs.' : loss < first / 1000 ? 'It is at the bottom.' : 'It is on its way.'))
  }
  ask()
})
