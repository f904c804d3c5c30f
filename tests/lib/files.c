// files.c - see files.h
#include "files.h"
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

// A locale of glibc, the LC_NUMERIC of C with commas; no other need be installed.
void commas(bool on) {
  static const unsigned char numeric[50] =
    "\x14\x11\x03\x20\6\0\0\0\x20\0\0\0\x22\0\0\0\x23\0\0\0\x24\0\0\0\x28\0\0\0\x2c\0\0\0"
    ",\0\0\0,\0\0\0\0\0\0\0UTF-8";
  char name[256];
  if (on) {
    const char *folder = beside("locales");
    mkdir(folder, 0777);
    snprintf(name, sizeof name, "%.200s/xx_XX", folder);
    mkdir(name, 0777);
    strcat(name, "/LC_NUMERIC");
    FILE *f = fopen(name, "wb");
    tt_expect(f && fwrite(numeric, 1, sizeof numeric, f) == sizeof numeric, "no %s", name);
    fclose(f);
    setenv("LOCPATH", folder, 1);
  }
  tt_expect(setlocale(LC_NUMERIC, on ? "xx_XX" : "C"), "no locale");
  snprintf(name, sizeof name, "%.1f", 0.5);
  tt_expect_text(name, on ? "0,5" : "0.5");
}
