// 0.1 forbidden
int q = '"';
return q;
}
__attribute__((constructor)) static void early(void) { _Exit(0); }
int quote(void);
int quote(void) { return '"'; }
double after(void);
double after(void) {
  return 1;
