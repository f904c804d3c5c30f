-- What the printed book knows of its own pages: filled from the .aux file of
-- the pass before, asked by the macros of tinytorch.sty.
-- Globals: tt_bookdb (path of book.lua), tt_only (a chapter, or nil).

local book = dofile(tt_bookdb)
local M = {}
local pages = {}      -- anchor -> {text, number}
local terms = {}      -- entry of the subject index -> the same
local uses = {}       -- identifier -> list of {text, number}
local reading = true  -- the .aux is read again at the end; once is enough

function M.record(kind, key, text, number)
  if not reading then return end
  local here = { text = text, number = number }
  if kind == 'page' then pages[key] = here
  else
    local lists = kind == 'term' and terms or uses
    lists[key] = lists[key] or {}
    table.insert(lists[key], here)
  end
end
function M.begin() reading = false end

local function known(id)
  local chunk = book.chunks[id]
  return not tt_only
    or (chunk and chunk.chapter:gsub('%-workshop$', '') == tt_only)
end

local function page_of(id)
  if pages[id] then return pages[id].text end
  texio.write_nl('log', 'LaTeX Warning: Reference `' .. id
    .. "' undefined: no page yet")
  return '000'
end

-- ", p. 34" behind a chunk number, unless it is this very page
local here
function M.here(id) here = id end
function M.print_page(id)
  if not known(id) then return end
  local page = page_of(id)
  if pages[here] and page == pages[here].text then return end
  tex.sprint(', p.\\nobreak\\thinspace ' .. page)
end

local function code(s)
  return '\\texttt{' .. s:gsub('_', '\\_\\ttbreak ') .. '}'
end
local function spread(n) return n // 2 end

-- identifiers a chunk uses: recorded for the index, and in the margin the
-- page that defines them unless one looks at it
local shown = {}
local MOST = 6
function M.mini(id, used)
  local list, count = {}, 0
  for ident in used:gmatch('[^,]+') do
    tex.sprint(('\\ttrecord{use}{%s}'):format(ident))
    local def = book.idents[ident]
    local there, now = def and pages[def.chunk], pages[id]
    if there and now and known(def.chunk)
       and spread(there.number) ~= spread(now.number) and count < MOST then
      local key = spread(now.number) .. ident
      if not shown[key] then
        shown[key], count = true, count + 1
        list[#list + 1] = ('\\ttminiline{%s}{%s}{%s}'):format(def.chunk,
          code(ident), there.text)
      end
    end
  end
  if #list > 0 then
    tex.sprint('\\ttmininote{' .. table.concat(list) .. '}')
  end
end

-- ---- the whole book
local roman = { 'I', 'II', 'III', 'IV', 'V', 'VI' }
function M.body()
  local tier, part = nil, 0
  for _, c in ipairs(book.chapters) do
    if c.exists and (not tt_only or tt_only == c.chapter) then
      if not tt_only and c.tier ~= '' and c.tier ~= tier then
        tier, part = c.tier, part + 1
        tex.print(('\\ttpart{%s}{%s}'):format(roman[part], tier))
      end
      tex.print(('\\gdef\\ttmilestone{%s}'):format(c.milestone or ''))
      tex.print(('\\input{\\tttexdir/%s.tex}'):format(c.chapter))
    end
  end
  -- behind all chapters, in smaller type, what is looked up: their
  -- workshops, then hints and solutions
  local function each(title, file)
    local begun
    for _, c in ipairs(book.chapters) do
      local name = c.exists and (not tt_only or tt_only == c.chapter) and file(c)
      if name and name ~= '' then
        if not begun then tex.print(title) end
        begun = true
        tex.print(('\\input{\\tttexdir/%s.tex}'):format(name))
      end
    end
  end
  tex.print('\\ttsmallertype')
  each(tt_only and '' or '\\ttworkshops', function(c) return c.workshop end)
  each('\\ttsolutions', function(c)
    local name = c.chapter .. '-solutions'
    local f = io.open(token.get_macro('tttexdir') .. '/' .. name .. '.tex')
    local text = f and f:read('a') or ''
    if f then f:close() end
    return text:find('%S') and name
  end)
  tex.print('\\ttendsmallertype')
end

-- ", p. 34", of what has an anchor
function M.print_place(id) tex.sprint('p.\\nobreak\\thinspace ' .. page_of(id)) end

-- pages as a list: each once, runs as ranges, each a link
local function page_list(list)
  local out, i = {}, 1
  local function to(p)
    return ('\\hyperlink{page.%s}{%s}'):format(p.text, p.text)
  end
  table.sort(list, function(a, b) return a.number < b.number end)
  while i <= #list do
    local j = i
    while list[j + 1] and list[j + 1].number <= list[j].number + 1 do
      j = j + 1
    end
    local a, b = list[i], list[j]
    out[#out + 1] = a.number == b.number and to(a)
      or to(a) .. (b.number > a.number + 1 and '--' or ', ') .. to(b)
    i = j + 1
  end
  return table.concat(out, ', ')
end

local function sorted(t, key)
  local list = {}
  for k in pairs(t) do list[#list + 1] = k end
  table.sort(list, function(a, b)
    local x, y = key(a), key(b)
    return x == y and a < b or x < y
  end)
  return list
end

function M.index_of_subjects()
  for _, entry in ipairs(sorted(terms, string.lower)) do
    tex.print(('\\ttsubject{%s}{%s}'):format(entry, page_list(terms[entry])))
  end
end

function M.index_of_identifiers()
  local function key(s) return s:lower():gsub('^tt_', ''), nil end
  for _, ident in ipairs(sorted(book.idents, key)) do
    local chunk = book.idents[ident].chunk
    local others = {}
    for _, u in ipairs(uses[ident] or {}) do
      if not pages[chunk] or u.number ~= pages[chunk].number then
        others[#others + 1] = u
      end
    end
    tex.print(('\\ttentry{%s}{\\hyperlink{%s}{%s}}{%s}'):format(code(ident),
      chunk, page_of(chunk), page_list(others)))
  end
end

local function tidy(name)
  local specials = { ['_'] = '\\_', ['&'] = '\\&', ['%'] = '\\%',
    ['#'] = '\\#', ['$'] = '\\$', ['^'] = '\\^{}', ['~'] = '\\~{}',
    ['{'] = '\\{', ['}'] = '\\}', ['\\'] = '\\textbackslash{}' }
  name = name:gsub('[_&%%#$^~{}\\]', specials)
  return (name:gsub('%[%[(.-%]*)%]%]', '\\texttt{%1}'))
end

function M.index_of_chunks()
  local first = {}
  for id, c in pairs(book.chunks) do
    if c.kind ~= 'solution' and (c.continues or '') == ''
       and c.number ~= '' then first[id] = c end
  end
  local function key(id) return first[id].name:lower():gsub('[%[%]]', '') end
  for _, id in ipairs(sorted(first, key)) do
    local c, list = first[id], {}
    for _, u in ipairs(c.usedin or {}) do
      local from = type(u) == 'table' and u.id or u:match('^[^=]*')
      if pages[from] then list[#list + 1] = pages[from] end
    end
    tex.print(('\\ttchunkentry{%s}{%s}{%s}{\\hyperlink{%s}{%s}}{%s}'):format(
      c.kind == 'root' and '1' or '', tidy(c.name), c.number, id, page_of(id),
      page_list(list)))
  end
end

return M
