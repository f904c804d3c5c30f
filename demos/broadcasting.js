// Broadcasting and strides: two shapes are chosen; each number of the sum
// shows which number of a's memory and which of b's were added, and why.
demo('broadcasting', WASM, function (d) {
  d.hint('Move through the rows and columns of the sum, and see which places of memory are read. Then add [4,3] and [4], and transpose a.')
  var shapes = [[3, 1], [4], [3, 4], [4, 3], [1, 4], [3], [1, 1], [2]]
  var names = shapes.map(function (s) { return '[' + s.join(',') + ']' })
  var top = d.row()
  var a = { name: 'a', color: 1 }, b = { name: 'b', color: 2 }, y = { name: 'a + b', color: 3 }
  ;[a, b].forEach(function (t, k) {
    t.select = d.select('Shape of ' + t.name, names, ask, top)
    t.select.value = k
    t.turn = d.check('transposed', ask, top)
    t.turn.setAttribute('aria-label', t.name + ' transposed')
  })
  var where = d.row()
  var row = d.slider('Row', 0, 2, 1, 1, look, where), column = d.slider('Column', 0, 3, 1, 2, look, where)
  var grids = d.row(), strips = d.row()
  d.status()

  function input(t) {
    var s = shapes[t.select.value]
    t.turn.disabled = s.length < 2
    return [s.length].concat(s, t.turn.checked && s.length > 1 ? 1 : 0)
  }
  function ask() { d.ask(input(a).concat(input(b)), show, refused) }
  function refused(e) {
    grids.textContent = strips.textContent = ''
    y.memory = null
    row.disabled = column.disabled = true
    d.say('The library says: ' + e.message)
  }
  function show(out) {
    var at = 1 + out[0], shape = out.slice(1, at)
    function stride() {
      var s = out.slice(at, at += shape.length)
      while (s.length < 2) s.unshift(0)
      return s
    }
    function memory() { var n = out[at++]; return out.slice(at, at += n) }
    a.stride = stride()
    b.stride = stride()
    a.memory = memory()
    b.memory = memory()
    y.memory = memory()
    y.shape = shape
    while (shape.length < 2) shape = [1].concat(shape)
    y.stride = [shape[1], 1]
    ;[row, column].forEach(function (s, k) {
      s.disabled = shape[k] < 2
      s.max = shape[k] - 1
      s.show()
    })
    grids.textContent = strips.textContent = ''
    ;[a, b, y].forEach(function (t) { grid(t, shape) })
    ;[a, b].forEach(strip)
    look()
  }
  function cell(svg, x, y0, w, h, text) {
    var g = d.draw('g', {}, svg)
    d.draw('rect', { x: x + 1, y: y0 + 1, width: w - 2, height: h - 2, rx: 3, fill: 'none', stroke: 'var(--rule-strong)' }, g)
    d.draw('text', { x: x + w / 2, y: y0 + h / 2 + 5, 'text-anchor': 'middle' }, g, text)
    return g
  }
  // a number that is nowhere: the same one again, by a stride of 0
  function pale(t, i, j) { return (i > 0 && !t.stride[0]) || (j > 0 && !t.stride[1]) }
  function grid(t, shape) {
    var svg = d.svg(40 * shape[1], 24 + 30 * shape[0], t.name + ' as ' + shape[0] + ' by ' + shape[1], grids)
    svg.style.width = 40 * shape[1] + 'px'
    d.draw('text', { x: 2, y: 14 }, svg, t.name)
    t.cells = []
    for (var i = 0; i < shape[0]; i++)
      for (var j = 0; j < shape[1]; j++) {
        var g = cell(svg, 40 * j, 24 + 30 * i, 40, 30, t.memory[i * t.stride[0] + j * t.stride[1]])
        if (pale(t, i, j)) {
          g.firstChild.setAttribute('stroke-dasharray', '3 3')
          g.lastChild.setAttribute('class', 'quiet')
        }
        t.cells.push(g)
        if (t === y) g.addEventListener('click', go(i, j))
      }
  }
  function go(i, j) {
    return function () {
      row.value = i
      column.value = j
      row.show()
      column.show()
      look()
    }
  }
  function strip(t) {
    var n = t.memory.length, svg = d.svg(Math.max(23 * n, 150), 50, t.name + ' in memory: ' + t.memory.join(', '), strips)
    svg.style.width = Math.max(23 * n, 150) + 'px'
    d.draw('text', { x: 2, y: 14 }, svg, t.name + ' in memory')
    t.places = t.memory.map(function (v, k) {
      var g = cell(svg, 23 * k, 22, 23, 26, v)
      g.lastChild.setAttribute('style', 'font-size: 11.5px')
      return g
    })
  }
  function mark(list, k, color) {
    list.forEach(function (g, i) {
      g.firstChild.setAttribute('fill', i === k ? 'color-mix(in srgb, var(--series-' + color + ') 30%, var(--bg))' : 'none')
      g.firstChild.setAttribute('stroke', i === k ? 'var(--series-' + color + ')' : 'var(--rule-strong)')
    })
  }
  function look() {
    if (!y.memory) return
    var i = Number(row.value), j = Number(column.value), wide = y.stride[0]
    ;[a, b, y].forEach(function (t) {
      t.at = i * t.stride[0] + j * t.stride[1]
      mark(t.cells, i * wide + j, t.color)
      if (t.places) mark(t.places, t.at, t.color)
    })
    function walk(t) { return t.name + ': ' + i + ' × ' + t.stride[0] + ' + ' + j + ' × ' + t.stride[1] + ' = place ' + t.at }
    d.say('Shape [' + y.shape.join(',') + ']. Row ' + i + ', column ' + j + ': ' + a.memory[a.at] + ' + ' + b.memory[b.at] + ' = ' +
      y.memory[y.at] + '. By the strides, ' + walk(a) + '; ' + walk(b) + '.')
  }
  ask()
})
