// tt_record.c - the record stream: one line a test, in the file that
// the environment variable TT_RECORDS names. Not Criterion's XML or
// JSON: a quote or a backslash in a message makes those invalid.
#define _GNU_SOURCE
#include "tt_report.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *tt_is_todo(const char *log) {
  const char *found = strstr(log, " is not written yet");
  if (!found) return NULL;
  while (found > log && found[-1] != '\n') found--;
  return strstr(found, ": exercise ") ? found : NULL;
}

// Bytes of the UTF-8 character at s; 0 if it is not one
static int utf8_length(const unsigned char *s) {
  int n = *s < 0x80 ? 1 : *s >= 0xc2 && *s < 0xe0 ? 2
        : (*s & 0xf0) == 0xe0 ? 3 : *s >= 0xf0 && *s < 0xf5 ? 4 : 0;
  for (int i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  return n;
}

static void put_escaped(FILE *f, const char *s) {
  for (int n; *s; s += n ? n : 1) {
    n = utf8_length((const unsigned char *)s);
    if (*s == '\t') fputs("\\t", f);
    else if (*s == '\n') fputs("\\n", f);
    else if (*s == '\\') fputs("\\\\", f);
    else if (n == 0 || (n == 1 && *s < ' ') || *s == 127) fputc('?', f);
    else fprintf(f, "%.*s", n, s);
  }
}

void tt_record_put(const char *suite, const char *name, const char *status,
                   double ms, const char *file, int line,
                   const char *message) {
  const char *path = getenv("TT_RECORDS");
  if (!path) return;
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  fprintf(f, "%s\t%s\t%s\t%.1f\t%s:%d\t", suite, name, status, ms, file,
          line);
  put_escaped(f, message);
  fputc('\n', f);
  fclose(f);
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0 || write(fd, text, size) != (ssize_t)size) {
    perror(path);                        // no record is a failed test
  }
  if (fd >= 0) close(fd);
  free(text);
}
