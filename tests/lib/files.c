// files.c - see files.h
#include "files.h"
#include <unistd.h>

const char *beside(const char *name) {
  static char path[8][256];
  static int n;
  char *p = path[n++ % 8];
  ssize_t end = readlink("/proc/self/exe", p, 200);
  tt_expect(end > 0, "no /proc/self/exe");
  snprintf(p + end, 256 - (size_t)end, ".%s", name);
  return p;
}

Bytes read_bytes(const char *path) {
  enum { ROOM = 1 << 16 };
  static unsigned char room[4][ROOM + 1];
  static int turn;
  FILE *f = fopen(path, "rb");
  tt_expect(f, "no %s", path);
  Bytes b = {room[turn++ % 4], 0};
  b.n = fread(b.at, 1, ROOM, f);
  b.at[b.n] = 0;
  fclose(f);
  return b;
}
