// Prints the letters and numbers of Unicode as the text that the chapter on
// tokenization holds: words of letters, each a number in base 26 whose last
// digit is a capital. They come in pairs: how many code points are neither, then
// twice how many follow of one kind, plus 1 if they are numbers.
//   cc -o unicode tools/unicode.c -lutf8proc && ./unicode
// Needs libutf8proc-dev; its version is the first line, a comment.
#include <stdio.h>
#include <utf8proc.h>

static int column;

static void put(int n) {
  char digit[8];
  int k = 0;
  digit[k++] = (char)('A' + n % 26);
  while (n /= 26) digit[k++] = (char)('a' + n % 26);
  if (column + k > 62) printf("\"\n  \""), column = 0;
  for (column += k; k > 0;) putchar(digit[--k]);
}

static int kind(int c) {
  switch (utf8proc_category(c)) {
  case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO: return 1;
  case UTF8PROC_CATEGORY_ND: case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_NO: return 2;
  default: return 0;
  }
}

int main(void) {
  int runs = 0;
  printf("// Unicode %s\n  \"", utf8proc_unicode_version());
  for (int c = 0, from = 0, end; c < 0x110000; c = end) {
    for (end = c + 1; end < 0x110000 && kind(end) == kind(c); end++) continue;
    if (kind(c) == 0) continue;
    put(c - from), put((end - c) * 2 + (kind(c) == 2));
    from = end, runs++;
  }
  printf("\"\n// %d runs\n", runs);
}
