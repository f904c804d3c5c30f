# forbidden-code.awk: what of preprocessed C is not for exercises: inline
# assembly, attributes that run code or place symbols, the stack of the
# caller, files read by #include. Prints COUNT<tab>WHAT for each.
#   gawk -f tools/ccode.awk -f forbidden-code.awk FILE
# Run by the grader, and at home by tools/course/refused.
BEGIN {
  words("asm __asm __asm__ _Pragma", "")
  words("return_address frame_address return apply apply_args extract_return_addr " \
    "frob_return_addr longjmp setjmp eh_return unwind_init dwarf_cfa dwarf_sp_column " \
    "init_dwarf_reg_size_table stack_save stack_restore va_arg_pack va_arg_pack_len " \
    "nonlocal_goto update_setjmp_buf init_trampoline adjust_trampoline init_heap_trampoline " \
    "___clear_cache __clear_cache call_with_static_chain set_thread_pointer thread_pointer",
    "__builtin_")
  attribute_names = "gnu|unused|maybe_unused|cleanup|aligned|vector_size|always_inline|" \
    "noinline|fallthrough|const|pure|nothrow|leaf|nonnull|noreturn|Noreturn|format|printf|" \
    "malloc|hot|cold|may_alias|packed|deprecated|warn_unused_result|nodiscard|optimize|target|" \
    "artificial|gnu_inline|returns_nonnull|returns_twice|alloc_size|sentinel|access|mode|" \
    "extension|transparent_union|[0-9]+"
}
/^# [0-9]+ "/ {
  file = $3
  gsub(/"/, "", file)
  sub(/.*\/tree\//, "", file); sub(/.*exercise\//, "exercise/", file)
  if ($4 == 1 && (file !~ /^\/usr\/(include|lib\/gcc)\/[A-Za-z0-9_.\/+-]*\.h$/ || file ~ /\.\./))
    n["it includes " file]++             # the C library's headers are free
  next
}
{ text = text $0 "\n" }
END {
  # digraphs and trigraphs are what they stand for
  text = c_code(trigraphs(text))
  gsub(/<:/, "[", text); gsub(/:>/, "]", text); gsub(/<%/, "{", text); gsub(/%>/, "}", text)
  gsub(/%:/, "#", text)
  if (text ~ /\\[uU]/) n["a name with \\u"]++
  k = split(text, line, "\n")
  text = ""
  for (i = 1; i <= k; i++) {
    if (line[i] ~ /^[ \t]*#/) directive(line[i])
    else text = text line[i] "\n"
  }
  k = patsplit(text, token, /[A-Za-z_$\200-\377][A-Za-z0-9_$\200-\377]*|[^ \t\n]/)
  for (i = 1; i <= k; i++) {
    if (token[i] in forbidden)
      n["the word " token[i]]++
    else if (token[i] ~ /^__attribute(__)?$/) attributes(i + 1)
    else if (token[i] == "[" && token[i + 1] == "[") attributes(i)
  }
  for (w in n) print n[w] "\t" w
}
function trigraphs(s) {
  if (!index(s, "??")) return s
  gsub(/\?\?\(/, "[", s); gsub(/\?\?\)/, "]", s); gsub(/\?\?</, "{", s); gsub(/\?\?>/, "}", s)
  gsub(/\?\?=/, "#", s)
  return s
}
function directive(s,    name) {
  sub(/^[ \t]*#[ \t]*/, "", s)
  name = s; sub(/[^a-z_].*/, "", name)
  if (name == "pragma") {
    sub(/^pragma[ \t]*/, "", s)
    if (s !~ /^(GCC (ivdep|unroll|diagnostic)|omp |STDC )/) n["#pragma " s]++
  }
}
# the names of a list that begins at token i: those right within it
function attributes(i,    depth) {
  for (; i <= k; i++) {
    if (token[i] ~ /^[(\[]$/) depth++
    else if (token[i] ~ /^[)\]]$/) { if (--depth <= 0) return }
    else if (depth <= 2 && token[i] ~ /^[A-Za-z_]/) check(token[i])
    else if (token[i] == ";") return
  }
}
function check(name) {
  gsub(/^__|__$/, "", name)
  if (name !~ "^(" attribute_names ")$") n["the attribute " name]++
}
function words(list, prefix,    n, i, word) {
  n = split(list, word, " ")
  for (i = 1; i <= n; i++) forbidden[prefix word[i]]
}
