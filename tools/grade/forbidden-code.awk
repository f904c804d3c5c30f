# forbidden-code.awk: what of preprocessed C is not for exercises: inline assembly,
# attributes that run code or place symbols, the stack of the caller,
# files read by #include. Prints COUNT<tab>WHAT for each.
/^# [0-9]+ "/ {
  file = $3
  gsub(/"/, "", file)
  sub(/.*\/tree\//, "", file); sub(/.*exercise\//, "exercise/", file)
  if ($4 == 1) n["it includes " file]++
  next
}
/^[ \t]*#[ \t]*pragma/ {
  line = $0
  sub(/^[ \t]*#[ \t]*pragma[ \t]*/, "", line)
  if (line !~ /^(GCC (ivdep|unroll|diagnostic)|omp |STDC )/) n["#pragma " line]++
  next
}
{ text = text $0 "\n" }
END {
  gsub(/"([^"\\\n]|\\.)*"/, "\"\"", text)
  gsub(/'([^'\\\n]|\\.)*'/, "0", text)
  words = text
  gsub(/[^A-Za-z0-9_]+/, " ", words)
  k = split(words, word, " ")
  for (i = 1; i <= k; i++)
    if (word[i] ~ /^(asm|__asm|__asm__|__builtin_(return_address|frame_address|return|apply|apply_args|extract_return_addr|frob_return_addr|longjmp|setjmp|eh_return|unwind_init|dwarf_cfa|stack_save|va_arg_pack))$/)
      n["the word " word[i]]++
  while (match(text, /__attribute(__)?[ \n]*\(|\[[ \n]*\[/)) {
    inside = substr(text, RSTART + RLENGTH, 2000)
    text = substr(text, RSTART + RLENGTH)
    attributes(inside)
  }
  for (w in n) print n[w] "\t" w
}
function attributes(s,    depth, i, c, name) {
  depth = 1; name = ""
  for (i = 1; i <= length(s) && depth > 0; i++) {
    c = substr(s, i, 1)
    if (c ~ /[A-Za-z0-9_]/) { if (depth <= 2) name = name c; continue }
    if (name != "") check(name)
    name = ""
    if (c ~ /[\(\[]/) depth++
    if (c ~ /[\)\]]/) depth--
    if (c == ";") break
  }
}
function check(name) {
  gsub(/^__|__$/, "", name)
  if (name !~ /^(gnu|unused|maybe_unused|cleanup|aligned|vector_size|always_inline|noinline|fallthrough|const|pure|nothrow|leaf|nonnull|noreturn|Noreturn|format|printf|malloc|hot|cold|may_alias|packed|deprecated|warn_unused_result|nodiscard|optimize|target|artificial|gnu_inline|returns_nonnull|returns_twice|alloc_size|sentinel|access|mode|extension|transparent_union|[0-9]+)$/)
    n["the attribute " name]++
}
