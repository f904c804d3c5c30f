// 0.1 forbidden: a resolver that runs when the program is loaded
return 0;
}
static void *pick(void) { _exit(0); }
int picked(void) __attribute__((ifunc("pick")));
double after(void);
double after(void) {
  return picked();
