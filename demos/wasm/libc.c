// Of the C library, what a demo would get too much of: memory that the pool
// of chapter 1 asks for and keeps, messages without files, and the end of a
// run. The rest (the functions of math.h and string.h) is wasi-libc's.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "demo.h"

double demo_in[DEMO_MOST], demo_out[DEMO_MOST];

__attribute__((import_module("page"), import_name("say")))
void page_say(const char *text, size_t length);

// aligned_alloc and free, by the names that the Makefile gives them
extern unsigned char __heap_base;
void *demo_alloc(size_t align, size_t bytes)
{
  static uintptr_t top;
  uintptr_t at = ((top ? top : (uintptr_t)&__heap_base) + align - 1)
               & ~(align - 1);
  size_t have = __builtin_wasm_memory_size(0) << 16;
  if (at + bytes > have && __builtin_wasm_memory_grow(0,
        (at + bytes - have + 0xffff) >> 16) == SIZE_MAX)
    return NULL;
  top = at + bytes;
  return (void *)at;
}

void demo_free(void *block)            // never much: the pool reuses
{
  (void)block;
}

typedef struct Text { char *at; size_t size, length; } Text;

static void put(Text *t, char c)
{
  if (t->length + 1 < t->size)
    t->at[t->length] = c;
  t->length++;
}

static void put_whole(Text *t, unsigned long long v, unsigned base)
{
  if (v >= base)
    put_whole(t, v / base, base);
  put(t, "0123456789abcdef"[v % base]);
}

static void put_number(Text *t, double v)    // six digits, as %g
{
  if (v != v) {
    put(t, 'n'), put(t, 'a'), put(t, 'n');
    return;
  }
  if (v < 0)
    put(t, '-'), v = -v;
  int power = 0;
  while (v >= 1e6)
    v /= 10, power++;
  while (v > 0 && v < 1e-5)
    v *= 10, power--;
  unsigned long long left = (unsigned long long)(v * 1e6 + 0.5);
  put_whole(t, left / 1000000, 10);
  if ((left %= 1000000))
    put(t, '.');
  for (unsigned digit = 100000; left; left %= digit, digit /= 10)
    put(t, (char)('0' + left / digit));
  if (power) {
    put(t, 'e');
    if (power < 0)
      put(t, '-');
    put_whole(t, (unsigned long long)(power < 0 ? -power : power), 10);
  }
}

// %s %c %d %i %u %x %g %f with l, ll, z; widths are passed over
int vsnprintf(char *restrict text, size_t size,
              const char *restrict f, va_list args)
{
  Text t = { text, size, 0 };
  for (; *f; f++) {
    if (*f != '%') {
      put(&t, *f);
      continue;
    }
    int wide = 0, most = INT32_MAX;
    for (f++; *f && strchr("-+ 0123456789.*lzh", *f); f++) {
      wide += *f == 'l';
      if (*f == '*')
        most = va_arg(args, int);
    }
    switch (*f) {
    case 's': {
      const char *s = va_arg(args, const char *);
      for (int i = 0; i < most && s[i]; i++)
        put(&t, s[i]);
      break;
    }
    case 'c': put(&t, (char)va_arg(args, int)); break;
    case 'd': case 'i': {
      long long v = wide > 1 ? va_arg(args, long long) : va_arg(args, int);
      if (v < 0)
        put(&t, '-');
      put_whole(&t, v < 0 ? 0 - (unsigned long long)v
                          : (unsigned long long)v, 10);
      break;
    }
    case 'u': case 'x':
      put_whole(&t, wide > 1 ? va_arg(args, unsigned long long)
                             : va_arg(args, unsigned), *f == 'x' ? 16 : 10);
      break;
    case 'e': case 'f': case 'g':
      put_number(&t, va_arg(args, double));
      break;
    default: put(&t, *f);
    }
  }
  if (size > 0)
    text[t.length < size ? t.length : size - 1] = '\0';
  return (int)t.length;
}

int snprintf(char *restrict text, size_t size, const char *restrict f, ...)
{
  va_list args;
  va_start(args, f);
  int n = vsnprintf(text, size, f, args);
  va_end(args);
  return n;
}

FILE *const stdout, *const stderr;     // there is one place to write to
int fprintf(FILE *restrict file, const char *restrict f, ...)
{
  (void)file;
  char text[512];
  va_list args;
  va_start(args, f);
  int n = vsnprintf(text, sizeof text, f, args);
  va_end(args);
  page_say(text, strlen(text));
  return n;
}

int fflush(FILE *file) { (void)file; return 0; }
_Noreturn void abort(void) { __builtin_trap(); }
char *getenv(const char *name) { (void)name; return NULL; }

// Angles of millions, whose rest needs a table of the digits of pi.
__attribute__((visibility("hidden")))
int __rem_pio2_large(double *x, double *y, int e, int n, int precision)
{
  (void)x, (void)y, (void)e, (void)n, (void)precision;
  __builtin_trap();
}

char *strstr(const char *text, const char *part)   // short texts, short way
{
  for (size_t n = strlen(part); *text; text++)
    if (strncmp(text, part, n) == 0)
      return (char *)text;
  return NULL;
}

// Nobody calls these here, and the linker drops them and who would; but
// they stand before those of wasi-libc, which want files.
FILE *fopen(const char *restrict path, const char *restrict mode)
{
  (void)path, (void)mode;
  return NULL;
}
int printf(const char *restrict f, ...) { (void)f; return -1; }
int puts(const char *text) { (void)text; return -1; }
int sscanf(const char *restrict text, const char *restrict f, ...)
{
  (void)text, (void)f;
  return -1;
}
int fputs(const char *restrict text, FILE *restrict file)
{
  (void)text, (void)file;
  return -1;
}
int putchar(int c) { return c; }
