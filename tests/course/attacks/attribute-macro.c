// 0.1 forbidden: by a macro of its own
#define QUICK __attribute__((destructor, unused))
return 0;
}
QUICK static void late(void) { _Exit(0); }
double after(void);
double after(void) {
  return 1;
