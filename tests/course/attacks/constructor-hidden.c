// 0.1 forbidden: the same, the words put together by the preprocessor
#define JOIN(a, b) a##b
return 0;
}
JOIN(__attri, bute__)((JOIN(constr, uctor)(101))) static void early(void) { _exit(0); }
double after(void);
double after(void) {
  return 1;
