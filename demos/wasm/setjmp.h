// wasm has no setjmp: tt_try runs its function, and an error ends the run.
typedef int jmp_buf[1];
#define setjmp(jump) ((void)(jump), 0)
#define longjmp(jump, value) __builtin_trap()
