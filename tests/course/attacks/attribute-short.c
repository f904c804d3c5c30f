// 0.1 forbidden: the keyword without its second half, the name with more
return 0;
}
__attribute((__constructor__)) static void early(void) { _Exit(0); }
double after(void);
double after(void) {
  return 1;
