// 0.1 forbidden: jumps over the rest of the test
int setjmp(void *);
_Noreturn void longjmp(void *, int);
longjmp(value, 1);
