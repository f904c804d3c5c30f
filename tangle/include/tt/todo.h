// Made from chapters/00-setup.nw by tools/tangle: edit there.
// tt/todo.h - what stands where an exercise is not written yet
#ifndef TT_TODO_H
#define TT_TODO_H

#define TT_TODO(exercise) tt_todo(exercise, __FILE__, __LINE__)
__attribute__((noreturn))
void tt_todo(const char *exercise, const char *file, int line);
                                   // stops

#endif
