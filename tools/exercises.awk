# exercises.awk: a noweb filter that decides which text an exercise has.
# Usage: gawk -v mode=M -v student=NN -f ccode.awk -f exercises.awk stream stream
# (twice the same file: whether a stub is still one shows in its body).
#
#   reference  the solution, always
#   auto       the solution only while the stub says TT_TODO
#   student    as auto, but chapter NN as it stands
#
# left="NAME|NAME" (or ALL) keeps these stubs in any mode; skip="NN NN"
# gives the solutions in these chapters, whatever is written there.
#
# Chunks are renamed, never dropped: noweb counts lines as it reads.
# An open list that has no entry yet gets an empty one.

/^@file /  { chapter = $2; sub(/.*\//, "", chapter)
             chapter = substr(chapter, 1, 2) }
/^@begin / { exercise = solution = "" }
/^@defn exercise: / { exercise = substr($0, 17) }
/^@defn solution: / { solution = substr($0, 17) }

NR == FNR {
  if (exercise != "" && /^@(text|nl)/)
    text[exercise] = text[exercise] (/^@nl/ ? "\n" : substr($0, 7))
  if (solution != "") solved[solution]
  if (/^@defn open: /) have[substr($0, 7)]
  if (/^@use open: /) want[substr($0, 6)]
  next
}
/^@defn exercise: / && given(exercise) { $0 = "@defn stub: " exercise }
/^@defn solution: / && given(solution) { $0 = "@defn exercise: " solution }
{ print }

END {
  for (list in want)
    if (!(list in have))
      printf "@begin code 0\n@defn %s\n@nl\n@end code 0\n", list
}


function given(name) {              # does the book give its solution?
  if (!(name in solved) || left == "ALL" || index("|" left "|", "|" name "|")) return 0
  if (mode == "reference" || index(" " skip " ", " " chapter " ")) return 1
  return c_todo(text[name]) && (mode == "auto" || chapter != student)
}
