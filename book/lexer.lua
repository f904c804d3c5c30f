-- A lexer for C: enough to color and to link. Takes the source of a chunk in
-- which \1NAME\1 stands for a chunk reference, returns tokens {kind, text}
-- that never span a line.
local M = {}

local function set(s)
  local t = {}
  for w in s:gmatch('%S+') do t[w] = true end
  return t
end
local KEYWORD = set [[break case continue default do else for goto if return
  switch while sizeof alignof _Alignof typeof __typeof__ __attribute__
  _Generic _Static_assert static_assert asm]]
local TYPE = set [[auto bool char const double enum extern float inline int
  long register restrict short signed static struct typedef union unsigned
  void volatile _Bool _Noreturn _Thread_local _Atomic thread_local size_t
  ptrdiff_t ssize_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t
  uint64_t intptr_t uintptr_t FILE va_list]]

function M.tokens(source)
  local out, i, n = {}, 1, #source
  local bol = true                         -- only blanks since the line began
  local function add(kind, text)
    -- cut at line ends and at references inside comments and strings
    local rest = text
    while rest ~= '' do
      local a, b, name = rest:find('\1([^\1]*)\1')
      local nl = rest:find('\n', 1, true)
      if nl and (not a or nl < a) then
        if nl > 1 then out[#out + 1] = {kind, rest:sub(1, nl - 1)} end
        out[#out + 1] = {'nl', ''}
        rest = rest:sub(nl + 1)
      elseif a then
        if a > 1 then out[#out + 1] = {kind, rest:sub(1, a - 1)} end
        out[#out + 1] = {'use', name}
        rest = rest:sub(b + 1)
      else
        out[#out + 1] = {kind, rest}
        rest = ''
      end
    end
  end
  local function try(pattern)
    local _, e = source:find('^' .. pattern, i)
    return e and source:sub(i, e)
  end
  while i <= n do
    local c = source:sub(i, i)
    local text, kind
    if c == '\n' then
      text, kind, bol = c, 'tx', true
    elseif c:match('%s') then
      text, kind = try('[^%S\n]+'), 'tx'
    elseif c == '\1' then
      text, kind, bol = try('\1[^\1]*\1'), 'tx', false
    elseif source:sub(i, i + 1) == '//' then
      text, kind = try('[^\n]*'), 'co'
    elseif source:sub(i, i + 1) == '/*' then
      local _, e = source:find('*/', i + 2, true)
      text, kind = source:sub(i, e or n), 'co'
    elseif c == '#' and bol then
      text, kind = try('#[ ]*%a*'), 'pp'
      if text:match('include') then
        add(kind, text)
        i = i + #text
        add('tx', try('[ ]*'))
        i = i + #try('[ ]*')
        text, kind = try('<[^>\n]*>') or try('"[^"\n]*"') or '', 'st'
      end
      bol = false
    elseif c == '"' or c == "'" then
      local j = i + 1
      while j <= n do
        local d = source:sub(j, j)
        if d == '\\' then j = j + 1 elseif d == c or d == '\n' then break end
        j = j + 1
      end
      text, kind, bol = source:sub(i, math.min(j, n)), 'st', false
      if text:sub(-1) == '\n' then text = text:sub(1, -2) end
    elseif c:match('%d') or (c == '.' and source:match('^%d', i + 1)) then
      text = source:match('^0[xX][%x.]+[pP]?[+-]?%w*', i)
          or source:match('^[%d.]+[eE][+-]?%d+%a*', i)
          or source:match('^[%w.]+', i)
      kind, bol = 'dv', false
    elseif c:match('[%a_]') then
      text, bol = try('[%w_]+'), false
      kind = KEYWORD[text] and 'kw' or TYPE[text] and 'dt'
          or source:match('^[ ]*%(', i + #text) and 'fn' or 'id'
    elseif c == '-' and source:sub(i, i + 1) == '->' then
      text, kind, bol = '->', 'op', false
    else
      text, kind, bol = c, c:match('[%p]') and 'op' or 'tx', false
      if c:byte() >= 0x80 then text, kind = try('[\128-\255]+'), 'tx' end
    end
    add(kind, text)
    i = i + math.max(#text, text == '' and 0 or 1)
    if text == '' and kind ~= 'st' then i = i + 1 end
  end
  -- neighbors of one kind become one token: smaller pages
  local merged = {}
  for _, t in ipairs(out) do
    local last = merged[#merged]
    if last and last[1] == t[1] and (t[1] == 'tx' or t[1] == 'op')
        and not (t[2] == '.' or t[2] == '->' or last[2] == '.' or last[2] == '->') then
      last[2] = last[2] .. t[2]
    else
      merged[#merged + 1] = t
    end
  end
  return merged
end

return M
