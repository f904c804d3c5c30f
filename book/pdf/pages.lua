-- What the printed book knows of its own pages: filled from the .aux file of
-- the pass before, asked by the macros of tinytorch.sty.
-- Globals: tt_bookdb (path of book.lua), tt_bound ("01-tensors:1-foundation
-- ...": the volume of each chapter), tt_front (the pages before the chapters,
-- in the first volume), tt_after (those behind them, in the last), tt_last and
-- tt_each (what is looked up in the last, in each), tt_this: the volume or the chapter that this file is.

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
  elseif kind == 'cite' then token.set_macro('tt@cited@' .. key, '', 'global')
  else
    local lists = kind == 'term' and terms or uses
    lists[key] = lists[key] or {}
    table.insert(lists[key], here)
  end
end
function M.begin() reading = false end

-- ---- the volumes: a tier of the book each. For the macros, of each page of
-- the book: tt@here@PAGE if it is in this file, else tt@file@PAGE and
-- tt@vol@PAGE, which file and volume it is in. A chapter that stands alone
-- leads nowhere else.
local roman = { 'I', 'II', 'III', 'IV', 'V', 'VI' }
local volumes, volume_of, this = {}, {}, nil
for chapter, name in tt_bound:gmatch('(%S+):(%S+)') do
  local v = volumes[#volumes]
  if not v or v.name ~= name then
    v = { name = name, number = roman[tonumber(name:match('^%d+'))], chapters = {} }
    volumes[#volumes + 1] = v
    if name == tt_this then this = v end
  end
  volume_of[chapter] = v
  for _, c in ipairs(book.chapters) do
    if c.chapter == chapter then
      v.chapters[#v.chapters + 1] = c
      if c.tier ~= '' then v.tier = c.tier end
    end
  end
end
for page in tt_front:gmatch('%S+') do volume_of[page] = volumes[1] end
for page in (tt_after .. ' ' .. tt_last):gmatch('%S+') do volume_of[page] = volumes[#volumes] end
local each = { bibliography = true, functions = true }
for page in tt_each:gmatch('%S+') do each[page] = true end
local function here(page)
  if not this then return page == tt_this end
  return volume_of[page] == this or each[page]
end
local function place(page)
  if here(page) then token.set_macro('tt@here@' .. page, '', 'global')
  elseif this and volume_of[page] then
    local v = volume_of[page]
    token.set_macro('tt@file@' .. page, 'tinytorch-' .. v.name .. '.pdf', 'global')
    token.set_macro('tt@vol@' .. page, v.number, 'global')
  end
end
for _, c in ipairs(book.chapters) do if c.exists then place(c.chapter) end end
for page in (tt_front .. ' ' .. tt_after .. ' ' .. tt_last .. ' ' .. tt_each .. ' bibliography functions'):gmatch('%S+') do place(page) end
if this then
  token.set_macro('ttvolume', this.number, 'global')
  token.set_macro('tttier', this.tier, 'global')
end

-- the chapter that a chunk is in
local function chapter_of(id)
  local chunk = book.chunks[id]
  return chunk and chunk.chapter:gsub('%-workshop$', '') or ''
end
local function known(id) return here(chapter_of(id)) end

local function page_of(id)
  if pages[id] then return pages[id].text end
  texio.write_nl('log', 'LaTeX Warning: Reference `' .. id
    .. "' undefined: no page yet")
  return '000'
end

-- ", p. 34" behind a chunk number, unless it is this very page
local current
function M.here(id) current = id end
function M.print_page(id)
  if not known(id) then
    if this then tex.sprint(('\\ttvol{%s}'):format(chapter_of(id))) end
    return
  end
  local page = page_of(id)
  if pages[current] and page == pages[current].text then return end
  tex.sprint(', p.\\nobreak\\thinspace ' .. page)
end

local function code(s)
  return '\\texttt{' .. s:gsub('_', '\\_\\ttbreak ') .. '}'
end
local function spread(n) return n // 2 end

-- where an identifier is defined, unless one looks at it: the page, or the
-- numeral of another volume
local function seen_from(id, ident)
  local def, now = book.idents[ident], pages[id]
  if not def or not now then return end
  local chapter = chapter_of(def.chunk)
  if not here(chapter) then
    return this and volume_of[chapter] and volume_of[chapter].number, chapter, def.chunk
  end
  local there = pages[def.chunk]
  if there and spread(there.number) ~= spread(now.number) then
    return there.text, chapter, def.chunk
  end
end

-- identifiers a chunk uses: recorded for the index, and in the margin the
-- place that defines them, those of this volume before the others
local shown = {}
local MOST = 6
function M.mini(id, used)
  local near, far = {}, {}
  for ident in used:gmatch('[^,]+') do
    tex.sprint(('\\ttrecord{use}{%s}'):format(ident))
    local where, chapter, chunk = seen_from(id, ident)
    local key = where and spread(pages[id].number) .. ident
    if where and not shown[key] then
      table.insert(here(chapter) and near or far, { key,
        ('\\ttminiline{%s}{%s}{%s}{%s}'):format(chapter, chunk, code(ident), where) })
    end
  end
  local list = {}
  for _, entry in ipairs(table.move(far, 1, #far, #near + 1, near)) do
    if #list == MOST then break end
    shown[entry[1]] = true
    list[#list + 1] = entry[2]
  end
  if #list > 0 then
    tex.sprint('\\ttmininote{' .. table.concat(list) .. '}')
  end
end

local function inputs(pages)
  for page in pages:gmatch('%S+') do tex.print(('\\input{\\tttexdir/%s.tex}'):format(page)) end
end
function M.front() if this == volumes[1] then inputs(tt_front) end end
function M.back()
  inputs(tt_each)
  if this == volumes[#volumes] then inputs(tt_last) end
end

-- ---- the volume, or the chapter that stands alone
function M.body()
  for _, c in ipairs(book.chapters) do
    if c.exists and here(c.chapter) then
      if this and c.tier ~= '' then
        tex.print(('\\gdef\\ttvolumeline{Volume %s\\quad %s}'):format(this.number, this.tier))
      end
      tex.print(('\\gdef\\ttmilestone{%s}'):format(c.milestone or ''))
      tex.print(('\\input{\\tttexdir/%s.tex}'):format(c.chapter))
    end
  end
  if this and this == volumes[#volumes] then inputs(tt_after) end
  -- behind all chapters, in smaller type, what is looked up: their
  -- workshops, then hints and solutions
  local function each(title, file)
    local begun
    for _, c in ipairs(book.chapters) do
      local name = c.exists and here(c.chapter) and file(c)
      if name and name ~= '' then
        if not begun then tex.print(title) end
        begun = true
        tex.print(('\\input{\\tttexdir/%s.tex}'):format(name))
      end
    end
  end
  tex.print('\\ttsmallertype')
  each(this and '\\ttworkshops' or '', function(c) return c.workshop end)
  each('\\ttsolutions', function(c)
    local name = c.chapter .. '-solutions'
    local f = io.open(token.get_macro('tttexdir') .. '/' .. name .. '.tex')
    local text = f and f:read('a') or ''
    if f then f:close() end
    return text:find('%S') and name
  end)
  tex.print('\\ttendsmallertype')
end

-- the volumes, each with its chapters
function M.volumes()
  for _, v in ipairs(volumes) do
    local names = {}
    for _, c in ipairs(v.chapters) do names[#names + 1] = c.number .. '\\enskip ' .. c.title:gsub('[&%%#_$]', '\\%0') end
    tex.print(('\\ttvolumeentry{%s}{%s}{tinytorch-%s.pdf}{%s}'):format(v.number, v.tier, v.name,
      table.concat(names, '\\par ')))
  end
end

-- "p. 34", of what has an anchor
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

-- those that are defined or used in this volume
function M.index_of_identifiers()
  local function key(s) return s:lower():gsub('^tt_', ''), nil end
  for _, ident in ipairs(sorted(book.idents, key)) do
    local chunk = book.idents[ident].chunk
    local chapter, others = chapter_of(chunk), {}
    for _, u in ipairs(uses[ident] or {}) do
      if not pages[chunk] or u.number ~= pages[chunk].number then
        others[#others + 1] = u
      end
    end
    if here(chapter) or #others > 0 then
      tex.print(('\\ttentry{%s}{\\ttlink{%s}{%s}{%s}}{%s}'):format(code(ident), chapter,
        chunk, here(chapter) and page_of(chunk) or volume_of[chapter] and volume_of[chapter].number or '', page_list(others)))
    end
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
       and c.number ~= '' and known(id) then first[id] = c end
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
