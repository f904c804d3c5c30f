// 0.1 fail,crash,early-exit: a main of one's own
return 0;
}
int main(void) { puts("1 passed, 0 failed"); return 0; }
double after(void);
double after(void) {
  return 1;
