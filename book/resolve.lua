-- Everything that needs the rest of the book or the disk, done once for all
-- formats: cross-references, measured numbers, captured output, figures,
-- the place of exercises and solutions. A fault is an error with its line.
local lexer = dofile(PANDOC_SCRIPT_FILE:match('^(.*)/') .. '/lexer.lua')
local db, chapter, source
local errors, made = {}, {}

-- ---- errors: pandoc keeps no lines, so the text at fault is looked up
local sourceLines
local function lineOf(needle)
  if not sourceLines then
    sourceLines = {}
    for l in io.lines(source) do sourceLines[#sourceLines + 1] = l end
  end
  local found = {}
  for n, l in ipairs(sourceLines) do
    local i, e = l:find(needle, 1, true)
    while i do
      if not l:sub(e + 1, e + 1):match('[%w_-]') then
        found[#found + 1] = n
        break
      end
      i, e = l:find(needle, e + 1, true)
    end
  end
  return found
end
local function fault(needle, message)
  local key = needle .. message
  if errors[key] then return end
  errors[key] = true
  local lines = lineOf(needle)
  if #lines == 0 then lines = {1} end
  for _, n in ipairs(lines) do
    errors[#errors + 1] = {n, ('%s:%d: %s\n'):format(source, n, message)}
  end
end

local function slurp(path)
  local f = io.open(path, 'rb')
  if not f then return nil end
  local s = f:read('a')
  f:close()
  return s
end

-- ---- citations and cross-references
local WORD = {sec = 'Section', fig = 'Figure', tbl = 'Table',
              eq = 'Equation', exr = 'Exercise', chp = 'Chapter'}
local bibkeys

local function link(content, id, where, class)
  return pandoc.Link(content, '#' .. id, '',
    pandoc.Attr('', {class}, {chapter = where}))
end

local function reference(id)
  local kind, rest = id:match('^(%a+):(.+)$')
  if kind == 'chp' then
    for _, c in ipairs(db.chapters) do
      if c.slug == rest then
        local text = 'Chapter\u{a0}' .. c.number
        for key, d in pairs(c.exists and db.ids or {}) do
          if d.chapter == c.chapter and d.number == c.number then
            return link(text, key, c.chapter, 'xref')
          end
        end
        return pandoc.Str(text)
      end
    end
  elseif db.ids[id] then
    local d = db.ids[id]
    local word = WORD[d.kind]
    if d.kind == 'sec' and not d.number:find('.', 1, true) then
      word = d.chapter:match('%-workshop$') and 'Workshop' or 'Chapter'
    end
    local number = d.kind == 'eq' and '(' .. d.number .. ')' or d.number
    return link(word .. '\u{a0}' .. number, id, d.chapter, 'xref')
  end
  fault('@' .. id, 'unresolved reference @' .. id)
  return pandoc.Str('??')
end

local function Cite(cite)
  local refs, plain = pandoc.List(), false
  for i, c in ipairs(cite.citations) do
    local kind = c.id:match('^(%a+):')
    if WORD[kind] then
      if i > 1 then refs:extend {pandoc.Str(','), pandoc.Space()} end
      refs:extend(c.prefix)
      if #c.prefix > 0 then refs:insert(pandoc.Space()) end
      refs:insert(reference(c.id))
      refs:extend(c.suffix)
    else
      plain = true
      if not bibkeys[c.id] then
        fault('@' .. c.id, 'unknown citation @' .. c.id)
      end
    end
  end
  if not plain then return refs end
end

-- ---- quoted code: the identifiers in it are links
local function quoted(el)
  if not el.classes:includes('nwq') then return nil end
  local out, rest, last = pandoc.List(), el.text, ''
  local function put(s)
    if s ~= '' then out:insert(pandoc.Code(s, pandoc.Attr('', {'nwq'}))) end
  end
  local plain = ''
  for before, word in rest:gmatch('([^%a_]*)([%w_]*)') do
    plain = plain .. before
    local d = db.idents[word]
    if d and not plain:match('[.>]$') then
      put(plain)
      plain = ''
      out:insert(link(pandoc.Code(word, pandoc.Attr('', {'nwq'})),
        d.chunk, d.chapter, 'ident'))
    else
      plain = plain .. word
    end
  end
  put(plain)
  return out
end

local numbers
local function Code(el)
  if not el.classes:includes('num') then return quoted(el) end
  local value = numbers[el.text]
  if not value then
    local prefix = el.text:match('^[^.]*%.') or el.text
    local like = {}
    for key in pairs(numbers) do
      if key:sub(1, #prefix) == prefix then like[#like + 1] = key end
    end
    table.sort(like)
    fault('`' .. el.text .. '`', 'unknown number `' .. el.text .. '`: no file of ' ..
      'figures/data holds it\n  cure: ' .. (#like > 0 and 'one of those there are (' ..
      table.concat(like, ', ') .. '), or let' or 'let') .. ' the program print it, after ' ..
      'its table `# ' .. el.text .. '<TAB>value` (figures/measurements/' .. chapter:sub(1, 2) .. '.tsv); ' ..
      'make figures-' .. chapter:sub(1, 2) .. ' runs it here')
    value = '??'
  end
  value = value:gsub('(%d) x (%d)', '%1\u{a0}×\u{a0}%2')
  local digits, power = value:match('^([%d.]+)e(-?%d+)$')
  local shown = not digits and value or {pandoc.Math('InlineMath',
    ('%s \\cdot 10^{%d}'):format(digits, tonumber(power)))}
  return pandoc.Span(shown, pandoc.Attr('', {'num'}, {key = el.text}))
end

-- ---- chunks
local function places(ids)
  local t = {}
  for _, id in ipairs(ids) do t[#t + 1] = id .. '=' .. db.chunks[id].number end
  return table.concat(t, ' ')
end

-- tokens as rows, each with what it links to; id: the chunk they are in
local function linked(tokens, id)
  local rows, before = {}, ''
  for _, t in ipairs(tokens) do
    local kind, text, target = t[1], t[2], ''
    if kind == 'use' then
      local d = db.names[text]
      if not d then fault('<<' .. text, 'undefined chunk <<' .. text .. '>>') end
      target = d and db.chunks[d[1]].chapter .. '#' .. d[1] or ''
    elseif kind == 'id' or kind == 'fn' then
      local d = db.idents[text]
      if d and d.chunk ~= id and before ~= '.' and before ~= '->' then
        target = d.chapter .. '#' .. d.chunk
      end
    end
    rows[#rows + 1] = kind .. '\t' .. target .. '\t' .. text
    if kind ~= 'tx' then before = text end
  end
  return table.concat(rows, '\n')
end

local function chunk(b)
  local id = db.labels[b.attributes.label]
  local c = db.chunks[id]
  local a = {}
  local function set(k, v) if v and v ~= '' then a[#a + 1] = {k, v} end end
  set('number', c.number)
  set('name', c.name)
  set('kind', c.kind)
  set('file', c.file)
  set('path', places(c.path))
  set('continues', c.continues ~= '' and places {c.continues} or '')
  set('continued', c.continued ~= '' and places {c.continued} or '')
  set('usedin', places(c.usedin))
  set('defines', b.attributes.defines)
  local exercise = c.name:match('^exercise: (.*)') or c.name:match('^solution: (.*)')
  for key, e in pairs(exercise and db.exercises or {}) do
    if e.name == exercise then set('exercise', key) end
  end
  set('source', b.attributes.source)
  set('line', b.attributes.line)

  local list = {}
  for row in (b.text .. '\n'):gmatch('(.-)\n') do
    list[#list + 1] = {row:match('^(%a+)\t\t(.*)$')}
  end
  return pandoc.CodeBlock(linked(list, id), pandoc.Attr(id, {'nwchunk'}, a))
end

local function CodeBlock(b)
  if b.classes:includes('nwchunk') then return chunk(b) end
  if b.classes:includes('c') then
    b.attributes.tokens = linked(lexer.tokens(b.text))
    return b
  end
  if b.classes:includes('output') then
    local file = b.attributes.src or ''
    local text = slurp('figures/output/' .. file)
    if not text then
      fault('"' .. file .. '"', 'missing output figures/output/' .. file)
      return b
    end
    local from, to = tonumber(b.attributes.from), tonumber(b.attributes.to)
    local kept, n = {}, 0
    for l in (text:gsub('\n$', '') .. '\n'):gmatch('(.-)\n') do
      n = n + 1
      if n >= (from or 1) and n <= (to or n) then kept[#kept + 1] = l end
    end
    if #kept == 0 or (to or 0) > n or (from or 1) > n then
      fault('"' .. file .. '"', ('figures/output/%s has %d lines; from=%s to=%s'
        .. ' shows less than it says'):format(file, n, from or 1, to or n))
    end
    return pandoc.CodeBlock(table.concat(kept, '\n'),
      pandoc.Attr(b.identifier, {'output'}, {src = file}))
  end
end

-- ---- figures, tables, equations
local function numbered(id, class, attributes, blocks)
  made[id] = true
  local d = db.ids[id]
  attributes.number = d and d.number or ''
  return pandoc.Div(blocks, pandoc.Attr(id, {class}, attributes))
end

local function figure(img)
  local name = img.src
  local path
  for _, dir in ipairs {'figures/drawings/', 'build/figures/'} do
    local f = io.open(dir .. name)
    if f then
      f:close()
      path = path or dir .. name
    end
  end
  if not path then
    fault('(' .. name, 'missing figure ' .. name ..
      ': not in figures/drawings, not in build/figures')
  end
  local alt = img.attributes.alt
  if not alt or alt == '' then
    fault('(' .. name, 'figure ' .. name .. ' has no alt="..."')
  end
  local caption = pandoc.List {pandoc.Para(img.caption)}
  return numbered(img.identifier, 'figure',
    {src = path or name, alt = alt or ''}, caption)
end

-- {#eq:x} after a display formula: each such formula becomes a block
local function equations(inlines)
  local out, cur, i = pandoc.List(), pandoc.List(), 1
  local found = false
  local function close()
    while #cur > 0 and (cur[#cur].t == 'Space' or cur[#cur].t == 'SoftBreak') do
      cur:remove()
    end
    while #cur > 0 and (cur[1].t == 'Space' or cur[1].t == 'SoftBreak') do
      cur:remove(1)
    end
    if #cur > 0 then out:insert(pandoc.Para(cur)) end
    cur = pandoc.List()
  end
  while i <= #inlines do
    local el = inlines[i]
    local j = i + 1
    while inlines[j] and (inlines[j].t == 'Space' or inlines[j].t == 'SoftBreak') do
      j = j + 1
    end
    local id = el.t == 'Math' and el.mathtype == 'DisplayMath' and inlines[j]
      and inlines[j].t == 'Str' and inlines[j].text:match('^{#(eq:[^}]*)}')
    if id then
      found = true
      close()
      out:insert(numbered(id, 'equation', {}, {pandoc.Para {el}}))
      local tail = inlines[j].text:gsub('^{#eq:[^}]*}', '')
      if tail ~= '' then cur:insert(pandoc.Str(tail)) end
      i = j + 1
    else
      cur:insert(el)
      i = i + 1
    end
  end
  close()
  return found and out or nil
end

local function Para(p)
  if #p.content == 1 and p.content[1].t == 'Image' then
    return figure(p.content[1])
  end
  return equations(p.content)
end

local function Table(t)
  local last = t.caption.long[#t.caption.long]
  local inlines = last and last.content
  local id = inlines and #inlines > 0 and inlines[#inlines].t == 'Str'
    and inlines[#inlines].text:match('^{#(tbl:[^}]*)}$')
  if not id then return nil end
  inlines:remove()
  if #inlines > 0 and inlines[#inlines].t == 'Space' then inlines:remove() end
  last.content = inlines
  t.caption.long[#t.caption.long] = last
  return numbered(id, 'table', {}, {t})
end

-- ---- terms: bold in a paragraph is a word at the place that explains it, and
-- the subject index lists it; [text]{.term of="entry"} is one more place, or a
-- word that stands in the index with more beside it
local terms, sheetName = {}, ''
local function entryOf(el)
  local entry = el.attributes and el.attributes.of
  local text = pandoc.utils.stringify(el):gsub('\u{a0}', ' ')
  if entry then return entry, text end
  local capital = text:match('^%u(%l.*)$')
  if capital and not capital:find('%u') then text = text:gsub('^%u', string.lower) end
  return text, text
end
local function term(el)
  local entry, text = entryOf(el)
  local _, words = text:gsub('%S+', '')
  if text:match('[.?!]$') or words > 4 then return nil end
  local id = ('term-%s-%s'):format(sheetName, entry:lower():gsub('[^%w]+', '-'):gsub('^-+', ''):gsub('-+$', ''))
  terms[id] = (terms[id] or 0) + 1
  if terms[id] > 1 then id = id .. '-' .. terms[id] end
  return pandoc.Span(el.t == 'Strong' and {el} or el.content,
    pandoc.Attr(id, {'term'}, {term = entry}))
end
local function Terms(p)
  for i, el in ipairs(p.content) do
    if el.t == 'Strong' or el.t == 'Span' and el.classes:includes('term') then
      p.content[i] = term(el) or el
    end
  end
  return p
end

-- 8 x 8 is written with the letter and set with the sign
local function times(list)
  for i = 3, #list - 2 do
    local a, b = list[i - 2], list[i + 2]
    if list[i].t == 'Str' and list[i].text == 'x' and a.t == 'Str' and b.t == 'Str'
      and a.text:match('%d$') and b.text:match('^%d')
      and list[i - 1].t ~= 'Str' and list[i + 1].t ~= 'Str' then
      list[i] = pandoc.Str '×'
      list[i - 1], list[i + 1] = pandoc.Str '\u{a0}', pandoc.Str '\u{a0}'
    end
  end
  return list
end

-- ---- exercises: the stub goes into its box, then hints and the solution
local function paragraphs(text)
  local out = pandoc.List()
  for para in (text .. '\n\n'):gmatch('(.-)\n%s*\n') do
    if para:match('%S') then
      local inlines, tick = pandoc.List(), false
      for piece in (para .. '`'):gmatch('(.-)`') do
        if tick then inlines:insert(pandoc.Code(piece))
        else
          for s, w in piece:gmatch('(%s*)(%S*)') do
            if s ~= '' then inlines:insert(pandoc.Space()) end
            if w ~= '' then inlines:insert(pandoc.Str(w)) end
          end
        end
        tick = not tick
      end
      out:insert(pandoc.Para(inlines))
    end
  end
  return out
end

local function exercises(blocks)
  -- the solutions file: prose up to and with a solution chunk is one solution
  local solutions, hints, rest = {}, {}, pandoc.List()
  for _, b in ipairs(blocks) do
    if b.t == 'Div' and b.classes:includes('solutions') then
      local part = pandoc.List()
      for _, s in ipairs(b.content) do
        if s.t == 'CodeBlock' and s.classes:includes('nwhint') then
          local ex, level = s.attributes.hint:match('^(%d+%.%d+)%.(%d+)$')
          hints[ex] = hints[ex] or pandoc.List()
          hints[ex]:insert(pandoc.Div(paragraphs(s.text),
            pandoc.Attr('', {'hint'}, {level = level})))
        elseif s.t == 'CodeBlock' and s.attributes.kind == 'solution' then
          part:insert(s)
          solutions[s.attributes.exercise] = part
          part = pandoc.List()
        elseif s.t ~= 'Header' then
          part:insert(s)
        end
      end
    else
      rest:insert(b)
    end
  end
  local out, i, questions = pandoc.List(), 1, 0
  while i <= #rest do
    local b = rest[i]
    if b.t == 'Div' and b.classes:includes('exercise') then
      local id = b.identifier
      local n = id:sub(5)
      local e = db.exercises[n] or {tests = {}, needs = {}}
      made[id] = true
      b.attributes.number = n
      b.attributes.points = e.points and tostring(e.points)
      b.attributes.kind = e.kind
      b.attributes.place = e.place
      b.attributes.minutes = e.minutes ~= '' and e.minutes or nil
      b.attributes.tests = table.concat(e.tests, ' ')
      b.attributes.needs = table.concat(e.needs, ' ')
      -- the stub follows, at most after the chunk that it is part of
      local stub
      for j = i + 1, math.min(i + 4, #rest) do
        if rest[j].t == 'CodeBlock' and rest[j].attributes.exercise == n then
          stub = j
        end
      end
      if stub then
        for j = i + 1, stub do b.content:insert(rest[j]) end
        i = stub
      else
        fault('#' .. id, 'exercise ' .. n .. ': its chunk must follow its text')
      end
      if hints[n] then
        b.content:insert(pandoc.Div(hints[n], pandoc.Attr('', {'hints'})))
      end
      if solutions[n] then
        b.content:insert(pandoc.Div(solutions[n],
          pandoc.Attr('', {'solution'}, {number = n})))
      end
    elseif b.t == 'Div' and b.classes:includes('question') then
      questions = questions + 1
      b.attributes.number = tostring(questions)
    end
    out:insert(b)
    i = i + 1
  end
  return out
end

local function Demo(d)
  local name = d.classes:includes('demo') and (d.attributes.src or '')
  if name and not slurp('demos/' .. name .. '.js') then
    fault('"' .. name .. '"', 'missing demo demos/' .. name .. '.js')
  end
end

local function Header(h)
  made[h.identifier] = true
  local d = db.ids[h.identifier]
  if d then h.attributes.number = d.number end
  return h
end

function Pandoc(doc)
  local text = pandoc.utils.stringify
  source = text(doc.meta.source)
  chapter = text(doc.meta.chapter)
  db = dofile(text(doc.meta.db))
  bibkeys, numbers = {}, {}
  for key in (slurp(text(doc.meta.bib)) or ''):gmatch('@%a+%s*{%s*([^,%s]+)') do
    bibkeys[key] = true
  end
  for k, v in (slurp(text(doc.meta.numbers)) or ''):gmatch('([^\t\n]+)\t([^\n]*)') do
    numbers[k] = v
  end
  doc = doc:walk {Para = Para, Table = Table, Inlines = times}
  doc = doc:walk {Cite = Cite, Code = Code, CodeBlock = CodeBlock, Header = Header, Div = Demo}
  doc.blocks = exercises(doc.blocks)
  for _, c in ipairs(db.chapters) do
    if c.chapter == chapter or c.workshop == chapter then
      sheetName = c.number .. (c.workshop == chapter and 'w' or '')
      doc = doc:walk {Para = Terms}
    end
  end
  for id, d in pairs(db.ids) do
    if d.chapter == chapter and not made[id] then
      fault('#' .. id, 'id ' .. id .. ' is not on a heading, figure, table, equation or exercise')
    end
  end
  if #errors > 0 then
    table.sort(errors, function(a, b) return a[1] < b[1] end)
    for _, e in ipairs(errors) do io.stderr:write(e[2]) end
    if not doc.meta.draft then os.exit(1) end
  end
  for _, c in ipairs(db.chapters) do
    if c.chapter == chapter or c.workshop == chapter then
      for _, k in ipairs {'title', 'number', 'slug', 'tier'} do
        doc.meta[k] = pandoc.MetaString(c[k])
      end
    end
  end
  for _, k in ipairs {'db', 'bib', 'numbers', 'draft'} do doc.meta[k] = nil end
  -- all works are known everywhere: (Knuth 1997a) is so in every chapter
  doc.meta.nocite = pandoc.MetaInlines {
    pandoc.Cite({pandoc.Str '@*'}, {pandoc.Citation('*', 'AuthorInText')})}
  return doc
end
