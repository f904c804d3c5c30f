// 0.1 forbidden: a comment and lines between
return 0;
}
__attribute__ /* ( */
(
  (unused, /* ) */
   constructor)) static void early(void) { _Exit(0); }
double after(void);
double after(void) {
  return 1;
