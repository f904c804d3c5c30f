-- Renders the AST of a chapter (book/README.md) for the LaTeX writer.
-- pandoc -f json -t latex -L book/pdf/latex.lua; the macros are those of
-- tinytorch.sty. Environment: BOOKDB, the path of book.lua; PART=solutions:
-- the hints and solutions of the chapter, which stand at the back.

local book = dofile(os.getenv 'BOOKDB')
local at_the_back = os.getenv 'PART' == 'solutions'
local lexer = dofile(PANDOC_SCRIPT_FILE:match('^(.*)/') .. '/../lexer.lua')
local List = pandoc.List

-- ---- text to TeX ---------------------------------------------------

local special = { ['\\'] = '\\textbackslash{}', ['{'] = '\\{',
  ['}'] = '\\}', ['$'] = '\\$', ['&'] = '\\&', ['#'] = '\\#',
  ['%'] = '\\%', ['_'] = '\\_', ['^'] = '\\textasciicircum{}',
  ['~'] = '\\textasciitilde{}' }

-- characters the text faces lack are set from the math font
local in_serif, in_mono = {}, {}
for c in ('ℓ™↑↓−∕ﬁﬂ'):gmatch(utf8.charpattern) do in_serif[c] = true end
for c in ('←↑→↓↔↕↖↗↘↙↞↠↣↥↦↧↭⇉⇑⇒⇓⇔⇧⇨∀∁∂∃∅∈∉∋∌∎∏∐∑−∕∘∙√∞∣∥∧∨∩∪∫∶∷∸∹∼≃≅≇≈≉≋≔≗≟≠≡≢≤≥≮≯≰≱≲≳≺≼⊂⊃⊄⊅⊆⊇⊈⊎⊑⊓⊔⊕⊖⊗⊙⊛⊢⊤⊥⊸⋆⋎⋐⋮⋯⋰⋱✓✗⟨⟩■□▪▫▲△▶▷▼▽◀◁◆◇○●'):gmatch(
  utf8.charpattern) do in_mono[c] = true end
local function symbols(s, there)
  if not s:find '[\xE2-\xF4]' then return s end
  return (s:gsub(utf8.charpattern, function(c)
    local n = utf8.codepoint(c)
    local box = n >= 0x2500 and n < 0x25A0 and there == in_mono
    if n < 0x2100 or there[c] or box then return nil end
    return '\\ttsymbol{' .. c .. '}'
  end))
end

local function tex(s)
  return symbols(s:gsub('[\\{}$&#%%_^~]', special), in_serif)
end

-- code in running text: may break after a separator when it is long
local function inline_code(s)
  local out = s:gsub('[\\{}$&#%%_^~]', special):gsub('[-`\'"]', function(c)
    return ('\\char%d{}'):format(c:byte()) end)
  out = symbols(out, in_mono)
  if #s > 9 then
    out = out:gsub('\\_%f[%w]', '\\_\\ttbreak{}')
             :gsub('([%[,(/.>=])%f[^%s%[,(/.>=]', '%1\\ttbreak{}')
  end
  return '\\texttt{' .. out .. '}'
end

-- code in a block: each blank a real space, so that copies keep them
local function block_code(s)
  s = s:gsub('[-\\{}$&#%%_^~ `\'"]', function(c)
    if c == ' ' then return '\\s{}' end
    return special[c] or ('\\char%d{}'):format(c:byte())
  end)
  return symbols(s, in_mono)
end

-- a name in which [[..]] is code
local function name_tex(name)
  local before, code, after = name:match('^(.-)%[%[(.-%]*)%]%](.*)$')
  if not before then return tex(name) end
  return tex(before) .. inline_code(code) .. name_tex(after)
end

local function columns(s) return utf8.len(s) or #s end
local function raw(s) return pandoc.RawBlock('latex', s) end
local function rawi(s) return pandoc.RawInline('latex', s) end
local function has(x, class) return x.classes:includes(class) end

-- the chapter of a page: a chapter that stands alone has its workshop along
local function base(page) return (page:gsub('%-workshop$', '')) end

-- the chapter and the id of a target "01-tensors#chunk-views"
local function link(target, text)
  local chapter, id = target:match('^(.-)#(.*)$')
  if not id then return text end
  return ('\\ttlink{%s}{%s}{%s}'):format(base(chapter), id, text)
end

-- ---- blocks of code ------------------------------------------------

local FITS, SMALL = 72, 92       -- columns at 7.8 pt, at 6.1 pt

-- a line that the next one belongs to, or that belongs to the one before
local function opens(l)
  local s = l.text or ''
  return s:match '{%s*$' or s:match '[(,]%s*$' or s:match '^%s*do%s*$' or s:match '^%s*else'
    or s:match '%)%s*$' -- if (..), for (..), a function's first line
end
local function closes(l) return (l.text or ''):match '^%s*[})][;,]?%s*$' end

-- lines: list of {columns, indent, TeX, long}; number: of the chunk, or what
-- else goes on over the page
local function code_block(lines, style, number)
  local widest = 0
  for _, l in ipairs(lines) do
    if not l.name then widest = math.max(widest, l.columns) end
  end
  local size = widest <= FITS and '{7.8}{9.9}'
    or ('{%.2f}{%.2f}'):format(7.8 * FITS / math.min(widest, SMALL),
                               9.9 * FITS / math.min(widest, SMALL))
  local limit = math.max(FITS, math.min(widest, SMALL))
  local out = { '\\ttcode' .. style .. size }
  for i, l in ipairs(lines) do
    local long = l.columns > limit or (l.name and l.columns > limit - 8)
    out[#out + 1] = long and ('\\ttw{%d}{%s}'):format(l.indent,
        (l.tex:gsub('[,/%]]', '%0\\ttx{}')))
      or ('\\ttl{%s}'):format(l.tex)
    -- no page break after the first two lines or before the last
    if i < #lines then
      if i == 1 and number then
        out[#out] = out[#out] .. ('\\ttgoeson{%s}'):format(number)
      end
      out[#out + 1] = (i < 3 or i > #lines - 2 or opens(l)
        or closes(lines[i + 1])) and '\\ttn'
        or l.columns == 0 and '\\tte' or '\\ttb'
    elseif number and i > 1 then
      out[#out] = out[#out] .. '\\ttgoeson{}'
    end
  end
  out[#out + 1] = '\\ttendcode'
  return table.concat(out, '\n')
end

-- a run of one shade is a rule of its tone
local tone = { ['░'] = 22, ['▒'] = 45, ['▓'] = 70, ['█'] = 100 }
local function shades(s)
  if not s:find '\xE2\x96' then return s end
  local out, last, n = {}, nil, 0
  local function flush()
    if last then out[#out + 1] = ('\\ttshade{%d}{%d}'):format(tone[last], n) end
    last, n = nil, 0
  end
  for c in s:gmatch(utf8.charpattern) do
    if c ~= last then flush() end
    if tone[c] then last, n = c, n + 1 else out[#out + 1] = c end
  end
  flush()
  return table.concat(out)
end

local function new_line()
  return { columns = 0, indent = 0, tex = '', text = '' }
end

-- typed: each line is a command, or goes on with the one before; else
-- only those after a prompt
local function plain_lines(text, typed)
  local lines, goes_on = {}, false
  for line in (text .. '\n'):gmatch('(.-)\n') do
    local command = line:match('^%$ (.*)')
      or typed and line ~= '' and not goes_on and line
    goes_on = line:sub(-1) == '\\'
    lines[#lines + 1] = { columns = columns(command or line)
      + (command and 2 or 0), indent = #line:match('^ *'),
      tex = command and '\\ttprompt{' .. block_code(command) .. '}'
        or shades(block_code(line)) }
  end
  return lines
end

local colored = { kw = true, dt = true, co = true, st = true, dv = true,
  pp = true }

-- tokens, one a line: KIND <tab> TARGET <tab> TEXT
local function token_lines(text)
  local lines, line, used, seen = {}, new_line(), {}, {}
  for token in (text .. '\n'):gmatch('(.-)\n') do
    local kind, target, t = token:match('^(%a+)\t([^\t]*)\t(.*)$')
    if kind == 'nl' then
      lines[#lines + 1], line = line, new_line()
    elseif kind == 'use' then
      local id = target:match('#(.*)$')
      local number = id and book.chunks[id] and book.chunks[id].number or ''
      line.tex = line.tex .. link(target, ('\\ttuse{%s}{%s}'):format(
        name_tex(t), number))
      line.columns = line.columns + math.ceil(columns(t) * .75) + 6
      line.name = true
    elseif kind then
      local code = block_code(t)
      if line.columns == 0 then line.indent = #t:match('^ *') end
      if colored[kind] then code = ('\\%s{%s}'):format(kind, code) end
      if target ~= '' then
        code = link(target, '\\ttident{' .. code .. '}')
        if book.idents[t] and not seen[t] then
          seen[t] = true
          used[#used + 1] = t
        end
      end
      line.tex, line.columns = line.tex .. code, line.columns + columns(t)
      if kind ~= 'co' then line.text = line.text .. t end
    end
  end
  if line.columns > 0 then lines[#lines + 1] = line end
  return lines, used
end

local function c_lines(text)
  local rows = {}
  for _, token in ipairs(lexer.tokens(text)) do
    rows[#rows + 1] = token[1] .. '\t\t' .. token[2]
  end
  return (token_lines(table.concat(rows, '\n')))
end

-- "id=1.5 id=1.9" as a list of numbers, each with its page
local function chunk_refs(list)
  local refs = {}
  for id, number in (list or ''):gmatch('(%S-)=(%S+)') do
    local chunk = book.chunks[id]
    refs[#refs + 1] = ('\\ttchunkref{%s}{%s}{%s}'):format(
      chunk and base(chunk.chapter) or '', id, number)
  end
  if #refs > 1 then
    local last = table.remove(refs)
    return table.concat(refs, ', ') .. ' and ' .. last
  end
  return refs[1] or ''
end

-- the file, where the line of the name has room for it
local function outline(a, name)
  if a.kind == 'root' or not a.file then return '' end
  if 4.2 * columns(name) + 3.9 * columns(a.file) + 45 > 338 then
    return '', '\\texttt{' .. tex(a.file) .. '}'
  end
  return '\\texttt{' .. tex(a.file) .. '}'
end

local function chunk(block)
  local a, id = block.attributes, block.identifier
  local lines, used = token_lines(block.text)
  local foot = {}
  if a.continues then
    foot[#foot + 1] = 'Continues ' .. chunk_refs(a.continues) .. '.' end
  if a.continued then
    foot[#foot + 1] = 'Continued in ' .. chunk_refs(a.continued) .. '.' end
  if a.usedin then
    foot[#foot + 1] = 'Used in ' .. chunk_refs(a.usedin) .. '.' end
  local names, defined = {}, {}
  for ident in (a.defines or ''):gmatch('%S+') do
    names[#names + 1] = inline_code(ident)
    defined[#defined + 1] = ident
  end
  if #names > 0 then
    foot[#foot + 1] = 'Defines ' .. table.concat(names, ', ') .. '.' end
  local name = a.name or ''
  if a.kind == 'exercise' or a.kind == 'solution' then
    name = name:gsub('^' .. a.kind .. ': *', '')
  end
  local place, below = outline(a, name)
  if below then table.insert(foot, 1, 'In ' .. below .. '.') end
  local foreign = {}
  local mine = {}
  for _, d in ipairs(defined) do mine[d] = true end
  for _, u in ipairs(used) do
    if not mine[u] then foreign[#foreign + 1] = u end
  end
  local head = ('\\ttchunkhead{%s}{%s}{%s}{%s}{%s}{%s}'):format(id,
    a.kind == 'root' and '\\texttt{' .. tex(name) .. '}' or name_tex(name),
    a.number or '', a.continues and '+' or '', place, a.kind or 'part')
  return raw(table.concat({
    head,
    ('\\ttmini{%s}{%s}'):format(id, table.concat(foreign, ',')),
    code_block(lines, a.kind == 'exercise' and '[accent]' or '', a.number),
    '\\ttchunkfoot{' .. table.concat(foot, ' ') .. '}' }, '\n'))
end

-- ---- the walk ------------------------------------------------------

local heads = { 'section', 'subsection', 'subsubsection', 'paragraph' }

local function wrap(before, content, after)
  local out = List { raw(before) }
  out:extend(content)
  out:insert(raw(after))
  return out
end

-- blocks of a short text as inlines, paragraphs parted by \par
local function flat(blocks)
  local out = List {}
  for i, b in ipairs(blocks) do
    if b.t ~= 'Para' and b.t ~= 'Plain' then return nil end
    if i > 1 then out:insert(rawi '\\par ') end
    out:extend(b.content)
  end
  return out
end

local labels = { goals = 'What you will be able to do',
  summary = 'What to keep',
  pytorch = 'How PyTorch does it', history = 'History' }

local divs = {}

function divs.figure(d)
  local a = d.attributes
  local content = List { rawi(('\\ttfigure{%s}{%s}{%s}{'):format(
    d.identifier, a.number:match('%d+$'),
    a.src:gsub('^.*/', ''):gsub('%.svg$', ''), nil)) }
  local caption = flat(d.content)
  for _, x in ipairs(caption) do            -- its first sentence
    if x.t == 'Str' and x.text:match '%.$' then
      content:insert(pandoc.Str(x.text:sub(1, -2)))
      break
    end
    content:insert(x)
  end
  content:insert(rawi '}{')
  content:extend(caption)
  content:insert(rawi '}')
  return pandoc.Plain(content)
end

function divs.table(d)
  return wrap(('\\tttable{%s}{%s}'):format(d.identifier,
    d.attributes.number:match('%d+$')), d.content, '\\ttendtable')
end

function divs.equation(d)
  local math = d.content[1].content[1]
  return raw(('\\begin{ttequation}{%s}{%s}%s\\end{ttequation}'):format(
    d.identifier, d.attributes.number:match('%d+$'), math.text))
end

function divs.exercise(d)
  local a, text, after = d.attributes, List {}, List {}
  for _, b in ipairs(d.content) do
    local later = b.t == 'Div' and (has(b, 'hints') or has(b, 'solution'))
    if later then after:insert(b) else text:insert(b) end
  end
  local points = tonumber(a.points)
  local out = wrap(('\\begin{ttexercise}{%s}{%s}{%s}{%s}'):format(
    d.identifier, a.number, tex(a.title or ''), (points and
    ('%d point%s'):format(points, points == 1 and '' or 's') or '') ..
    (a.minutes and (', %s minutes'):format(a.minutes) or '')),
    text, '\\end{ttexercise}')
  if (a.place or '') ~= '' then
    local test = a.tests ~= '' and ('; %s checks it'):format(
      inline_code('make test EX=' .. a.number)) or ''
    out:insert(#out, raw(('\\ttcheck{%s opens %s%s.}'):format(
      inline_code('make edit EX=' .. a.number), tex(a.place), test)))
  end
  if at_the_back then
    if #after == 0 then return List {} end
    after:insert(1, raw(('\\ttsolutionhead{%s}{%s}{%s}'):format(
      d.identifier, a.number, tex(a.title or ''))))
    return after
  end
  if #after > 0 then
    out:insert(#out, raw(('\\ttsolved{%s}{%s}'):format(d.identifier,
      #after > 1 and 'Hints and solution' or has(after[1], 'hints') and 'Hints' or 'Solution')))
  end
  return out
end

local efforts = { 'an evening', 'a weekend', 'a project' }
divs['open-exercise'] = function(d)
  local a = d.attributes
  local number = a.number or ''
  local grade = tonumber(a.grade) or 1
  return wrap(('\\begin{ttopen}{%s}{%s}{%s}{%s}'):format(d.identifier, number,
    tex(a.title or ''), ('\\textcolor{accent}{%s} \\textcolor{muted}{%s}')
      :format(('\\ttgrade'):rep(grade), efforts[grade])),
    d.content, '\\end{ttopen}')
end

-- a small text whose first paragraph begins with a label
local function run_in(label, content)
  local first = content[1]
  if first and first.t == 'Para' then
    first.content:insert(1, rawi('\\ttrunin{' .. label .. '}'))
  else
    content:insert(1, pandoc.Para { rawi('\\ttrunin{' .. label .. '}') })
  end
  return wrap('\\begin{ttsmalltext}', content, '\\end{ttsmalltext}')
end
function divs.hints(d) return d.content end
function divs.hint(d)
  return run_in('Hint ' .. (d.attributes.level or ''), d.content)
end
function divs.solution(d)
  local out = run_in('Solution', d.content)
  out:insert(1, raw '\\begin{ttsolution}')
  out:insert(raw '\\end{ttsolution}')
  return out
end
function divs.question(d)
  return run_in('Question ' .. (d.attributes.number or ''), d.content)
end
function divs.answer(d) return run_in('Answer', d.content) end
for class, label in pairs(labels) do
  divs[class] = function(d)
    return wrap(('\\begin{ttbox}{%s}'):format(label), d.content,
      '\\end{ttbox}')
  end
end

local title                       -- of the chapter

local function header(h)
  local number = h.attributes.number
  local content = List { }
  if h.level == 1 and has(h, 'workshop') then
    return pandoc.Plain { rawi(('\\ttchapter{%s}{%s}{Workshop: %s}'):format(
      number, h.identifier, tex(title))) }
  elseif h.level == 1 and number then
    content:insert(rawi(('\\ttchapter{%s}{%s}{'):format(
      number, h.identifier)))
  elseif h.level == 1 then
    content:insert(rawi(('\\ttfreechapter{%s}{'):format(h.identifier)))
  else
    local command = heads[h.level - 1] or 'paragraph'
    content:insert(rawi(number
      and ('\\ttheading{%s}{%s}{%s}{'):format(command, number:match('%d+$'),
        h.identifier)
      or ('\\ttfreeheading{%s}{%s}{'):format(command, h.identifier)))
  end
  content:extend(h.content)
  content:insert(rawi '}')
  return pandoc.Plain(content)
end

local function code(b)
  if has(b, 'nwchunk') then return chunk(b) end
  local shown = has(b, 'output') or has(b, 'sh')
  local style = shown and '[output]' or '[fence]'
  local lines = has(b, 'c') and c_lines(b.text)
    or plain_lines(b.text, has(b, 'sh'))
  return raw('\\ttbefore\n' .. code_block(lines, style,
    has(b, 'output') and 'The output' or has(b, 'sh') and 'What was typed') .. '\n\\ttafter')
end

-- a note stands beside the beginning of the paragraph before it, or of the
-- one after it where there is none
local function notes(blocks)
  local out, waiting = List {}, List {}
  for _, b in ipairs(blocks) do
    if b.t == 'Div' and has(b, 'aside') then
      local text = flat(b.content) or
        pandoc.utils.blocks_to_inlines(b.content)
      local note = List { rawi '\\ttnote{' }
      note:extend(text)
      note:insert(rawi '}')
      local last = out[#out]
      if last and last.t == 'Para' then
        local content = note
        content:extend(last.content)
        out[#out] = pandoc.Para(content)
      else
        waiting:extend(note)
      end
    elseif b.t == 'Para' and #waiting > 0 then
      waiting:extend(b.content)
      out:insert(pandoc.Para(waiting))
      waiting = List {}
    else
      out:insert(b)
    end
  end
  if #waiting > 0 then out:insert(pandoc.Plain(waiting)) end
  return out
end

local inlines = {
  Link = function(l)
    local id = l.target:match('^#(.*)$')
    if not id then return nil end
    local out = List { rawi(l.attributes.chapter == 'bibliography' and '\\ttrecord{cite}{' .. id .. '}' or ''), rawi(('\\%s{%s}{%s}{'):format(
      has(l, 'ident') and 'ttlink' or 'ttxref', base(l.attributes.chapter or ''),
      id)) }
    out:extend(l.content)
    out:insert(rawi '}')
    return out
  end,
  Str = function(s)
    if s.text:find '[\xE2-\xF4]' then
      local out = symbols(s.text, in_serif)
      if out ~= s.text then return rawi(tex(s.text)) end
    end
  end,
  Code = function(c) return rawi(inline_code(c.text)) end,
  Span = function(s)
    if s.identifier == '' then return s.content end
    local out = List { rawi(('\\ttanchor{%s}'):format(s.identifier)) }
    if s.attributes.term then
      out:insert(rawi(('\\ttrecord{term}{%s}'):format(s.attributes.term)))
    end
    out:extend(s.content)
    return out
  end,
  Cite = function(c) return c.content end,
}

local render

local div
function div(d)
  for class, f in pairs(divs) do
    if has(d, class) then
      local made = f(d)
      return made.t and List { made } or render(made)
    end
  end
  if d.identifier == '' then return render(d.content) end
  if d.identifier == 'refs' then      -- a volume lists what it cites
    local out = List {}
    for _, work in ipairs(d.content) do
      out:extend(wrap(('\\ifcsname tt@cited@%s\\endcsname'):format(work.identifier), div(work), '\\fi'))
    end
    return out
  end
  local first = d.content[1]
  local anchor = rawi(('\\tthang{%s}'):format(d.identifier))
  if first and first.t == 'Para' then first.content:insert(1, anchor)
  else d.content:insert(1, pandoc.Plain { anchor }) end
  return wrap('\\begin{ttitem}', render(d.content), '\\end{ttitem}')
end

function render(list)
  local out = List {}
  for _, b in ipairs(notes(list)) do
    if b.t == 'Header' then out:insert(header(b))
    elseif b.t == 'CodeBlock' then out:insert(code(b))
    elseif b.t == 'Div' then out:extend(div(b))
    else
      if b.t == 'BulletList' or b.t == 'OrderedList' then
        b.content = b.content:map(render)
      elseif b.t == 'BlockQuote' then
        b.content = render(b.content)
      elseif b.t == 'Para' and out[#out] and out[#out].t ~= 'Para' then
        -- a sentence that goes on after a formula or a block of code
        local first = b.content[1]
        if first and first.t == 'Str' and first.text:match '^%l' then
          b.content:insert(1, rawi '\\noindent{}')
        end
      end
      out:insert(b)
    end
  end
  return out
end

-- Of the page of all functions a volume has the headers that it builds: the
-- first reference below a heading tells the chapter.
local function by_volume(blocks)
  local out, open = List {}, false
  for i, b in ipairs(blocks) do
    if b.t == 'Header' and b.level == 2 then
      if open then out:insert(raw '\\fi') else out:insert(raw '\\ttofvolume') end
      blocks[i + 1]:walk { RawInline = function(l)
        open = l.text:match '^\\ttxref{(.-)}' or open
      end }
      out:insert(raw(('\\ifcsname tt@here@%s\\endcsname'):format(open)))
    end
    out:insert(b)
  end
  if open then out:insert(raw '\\fi') end
  return out
end

return { inlines, { Pandoc = function(doc)
  local function meta(key)
    return doc.meta[key] and pandoc.utils.stringify(doc.meta[key]) or ''
  end
  title = meta 'title'
  if at_the_back then
    local kept = List {}
    for _, b in ipairs(doc.blocks) do
      if b.t == 'Div' and has(b, 'exercise') then kept:extend(render { b }) end
    end
    if #kept > 0 then
      kept:insert(1, raw(('\\ttsolutionsof{%s}{%s}'):format(meta 'number', tex(title))))
    end
    return pandoc.Pandoc(kept, doc.meta)
  end
  local blocks = meta 'chapter' == 'functions' and by_volume(doc.blocks) or doc.blocks
  return pandoc.Pandoc(render(blocks), doc.meta)
end } }
