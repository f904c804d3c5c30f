// 0.1 forbidden: code that runs before main
return 0;
}
__attribute__((constructor)) static void early(void) { _exit(0); }
double after(void);
double after(void) {
  return 1;
