// 0.1 forbidden: a pointer among those that are called at the start
return 0;
}
static void early(void) { _exit(0); }
__attribute__((section(".init_array"), used)) static void (*p)(void) = early;
double after(void);
double after(void) {
  return 1;
