// 0.1 crash,fail,early-exit,timeout: all the memory there is
for (;;) {
  char *volatile p = malloc(1 << 24);
  memset(p, 1, 1 << 24);
}
