// 0.1 forbidden,error: an attribute of C23
return 0;
}
[[gnu::constructor]] static void early(void) { _Exit(0); }
double after(void);
double after(void) {
  return 1;
