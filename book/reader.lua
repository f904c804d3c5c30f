-- A pandoc reader for one chapter in noweb's token stream (and, after it, its
-- solutions). Prose is pandoc Markdown; a chunk becomes a CodeBlock .nwchunk
-- whose text is a list of tokens; [[x]] becomes Code .nwq. README.md has the
-- exact form. What needs the rest of the book is left to resolve.lua.
local here = PANDOC_SCRIPT_FILE and PANDOC_SCRIPT_FILE:match('^(.*)/') or '.'
local lexer = dofile(here .. '/lexer.lua')

-- Is the end of `text` inside inline code or $math$ ? Then [[ is text.
local function literal(text)
  local fence, i = nil, 1
  local math = false
  while i <= #text do
    local c = text:sub(i, i)
    if c == '\\' and not fence then
      i = i + 1
    elseif c == '`' and not math then
      local run = text:match('^`+', i)
      if not fence then fence = run elseif fence == run then fence = nil end
      i = i + #run - 1
    elseif c == '$' and not fence then
      if text:sub(i + 1, i + 1) == '$' then i = i + 1 end
      math = not math
    end
    i = i + 1
  end
  return fence ~= nil or math
end

local function code(text)
  local run = ''
  for ticks in text:gmatch('`+') do if #ticks > #run then run = ticks end end
  run = run .. '`'
  local pad = (text:match('^`') or text:match('`$')) and ' ' or ''
  return run .. pad .. text .. pad .. run .. '{.nwq}'
end

-- One source file -> Markdown with a placeholder for each chunk, the chunks.
local function read(tokens, chunks)
  local source = tokens:match('^@file ([^\n]*)')
  local md, para, line, fence = {}, '', 1, nil
  local cur, chunk, body, quote = '', nil, nil, nil

  local function endLine()
    local ticks, rest = cur:match('^ ? ? ?([`~][`~][`~]+)(.*)$')
    if fence then
      if ticks and ticks:sub(1, #fence) == fence and rest:match('^%s*$') then
        fence = nil
      end
    elseif ticks then fence = ticks end
    md[#md + 1] = cur
    para = (fence or cur == '') and '' or para .. cur .. '\n'
    cur = ''
  end

  for t in tokens:gmatch('[^\n]*') do
    local key, arg = t:match('^@(%a+) ?(.*)$')
    if key == 'begin' and arg:match('^code') then
      if cur ~= '' then endLine() end
      chunk, body = {source = source, line = line, defines = {}}, {}
    elseif key == 'end' and arg:match('^code') then
      chunk.text = table.concat(body):gsub('^\n', ''):gsub('\n$', '')
      chunk.key = 'nwchunk-' .. #chunks
      if chunk.name ~= 'exercises' and not chunk.name:match('^hidden tests: ') then
        chunks[#chunks + 1] = chunk
        chunks[chunk.key] = chunk
        md[#md + 1] = '\n~~~~~~~~ {.nwchunk key="' .. chunk.key .. '"}\n~~~~~~~~\n'
      end
      chunk, para = nil, ''
    elseif key == 'workshop' then
      line = tonumber(arg)
    elseif key == 'xref' then
      local what, label = arg:match('^(%a+) (.*)$')
      if chunk and what == 'label' and not chunk.label then
        chunk.label = label
      end
    elseif key == 'defn' then
      chunk.name = arg
    elseif key == 'use' then
      if chunk then body[#body + 1] = '\1' .. arg .. '\1'
      elseif quote then quote = quote .. '<<' .. arg .. '>>'
      else cur = cur .. '<<' .. arg .. '>>' end
    elseif key == 'index' then
      if arg == 'nl' then line = line + 1
      elseif chunk and arg:match('^defn ') then
        chunk.defines[#chunk.defines + 1] = arg:sub(6)
      end
    elseif key == 'text' then
      if chunk then body[#body + 1] = arg
      elseif quote then quote = quote .. arg
      else cur = cur .. arg end
    elseif key == 'quote' then
      if fence or literal(para .. cur) then cur = cur .. '[['
      else quote = '' end
    elseif key == 'endquote' then
      cur = cur .. (quote and code(quote) or ']]')
      quote = nil
    elseif key == 'nl' then
      line = line + 1
      if chunk then body[#body + 1] = '\n'
      elseif quote then quote = quote .. ' '
      else endLine() end
    end
  end
  return table.concat(md, '\n') .. '\n', source
end

local function list(t) return table.concat(t, ' ') end

local function codeBlock(c)
  local kind = c.name:match('^hint ') and 'hint'
            or c.name:match('^solution: ') and 'solution' or nil
  if kind == 'hint' then
    return pandoc.CodeBlock(c.text:gsub('\1([^\1]*)\1', '<<%1>>'),
      pandoc.Attr('', {'nwhint'}, {hint = c.name:sub(6)}))
  end
  local rows = {}
  for _, t in ipairs(lexer.tokens(c.text)) do
    rows[#rows + 1] = t[1] .. '\t\t' .. t[2]
  end
  return pandoc.CodeBlock(table.concat(rows, '\n'),
    pandoc.Attr('', {'nwchunk'}, {label = c.label, name = c.name,
      source = c.source, line = tostring(c.line), defines = list(c.defines)}))
end

-- sources: the chapter and, in the reader's edition, its solutions.
function Reader(sources, options)
  local blocks, meta = pandoc.List(), {}
  for i, s in ipairs(sources) do
    local chunks = {}
    local md, source = read(s.text, chunks)
    local doc = pandoc.read(md, 'markdown-implicit_figures')
    doc = doc:walk {
      CodeBlock = function(b)
        local c = chunks[b.attributes.key or '']
        return c and codeBlock(c)
      end
    }
    if i == 1 then
      blocks:extend(doc.blocks)
      meta.source = source
      meta.chapter = source:match('([^/]*)%.nw$') ..
        (s.text:match('^[^\n]*\n@workshop ') and '-workshop' or '')
    else
      blocks:insert(pandoc.Div(doc.blocks, pandoc.Attr('', {'solutions'})))
    end
  end
  return pandoc.Pandoc(blocks, meta)
end
