// Made from chapters/10-tokenization.nw by tools/tangle: edit there.
// What tokenizers learn from this book, and what they cost.
//   vocabulary --compression   bytes for a token, by size
//   vocabulary --learned       tokens by length
//   vocabulary --merges        some of them, to read
//   vocabulary --languages     one sentence in seven languages
//   vocabulary --hostile       a text without a blank
//   vocabulary --speed         of training and encoding
#include <time.h>
#include "booktext.h"

static double cpu(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static Tokenizer *trained(const Book *b, int32_t size)
{
  return tt_bpe_train(b->text, b->last, (BpeOptions){ .size = size });
}

static double ratio(const Tokenizer *t, const char *text, int64_t n)
{
  TT_SCOPE;
  return (double)n / (double)tt_numel(tt_encode(t, text, n));
}

static void compression(void)
{
  Book b = read_book();
  printf("size\tlearned\tunseen\n");
  double seen = 0, new = 0, before = 0;
  for (int32_t size = 256; size <= 8192; size *= 2) {
    TT_SCOPE;
    Tokenizer *t = trained(&b, size);
    before = new;
    seen = ratio(t, b.text, b.last);
    new = ratio(t, b.text + b.last, b.n - b.last);
    printf("%d\t%.3f\t%.3f\n", t->size, seen, new);
  }
  printf("# compression.last\t%.0f\n", 100 * (new / before - 1));
}

enum { SIZE = 8192, LONGEST = 16 };

static void learned(void)
{
  Book b = read_book();
  const Tokenizer *t = trained(&b, SIZE);
  int count[2][LONGEST + 1] = {{0}};
  for (int32_t k = 0; k < 1000; k++)
    for (int late = 0; late < 2; late++) {
      int32_t id = late ? t->size - 1000 + k : 256 + k;
      int64_t n = t->piece(t, id).n;
      count[late][n < LONGEST ? n : LONGEST]++;
    }
  printf("bytes\tfirst\tlast\n");
  for (int n = 2; n <= LONGEST; n++)
    printf("%d\t%d\t%d\n", n, count[0][n], count[1][n]);
}

static void print_piece(Piece p)       // in quotes, fit for a line
{
  printf(" '");
  for (int64_t i = 0; i < p.n; i++)
    if (p.at[i] == '\n')
      printf("\\n");
    else
      putchar(p.at[i] >= 32 && p.at[i] < 127 ? p.at[i] : '?');
  printf("'");
}

static void merges(void)
{
  Book b = read_book();
  const Tokenizer *t = trained(&b, SIZE);
  int32_t from[] = { 0, 100, 1000, 7000 };
  for (int k = 0; k < 4; k++) {
    printf("merge %d:", from[k]);
    for (int32_t i = 0; i < 5; i++)
      print_piece(t->piece(t, 256 + from[k] + i));
    printf("\n");
  }
}

static void speed(void)
{
  Book b = read_book();
  double train = 1e9, encode = 1e9;
  for (int k = 0; k < 5; k++) {
    TT_SCOPE;
    double start = cpu();
    Tokenizer *t = trained(&b, 8256);
    double middle = cpu();
    tt_encode(t, b.text, b.n);
    double end = cpu();
    train = middle - start < train ? middle - start : train;
    encode = end - middle < encode ? end - middle : encode;
  }
  printf("# train.bytes\t%.1f\n", (double)b.last / 1e6);
  printf("# train.seconds\t%.2f\n", train);
  printf("# encode.rate\t%.0f\n", (double)b.n / encode / 1e6);
}

enum { LETTERS = 26 };

// the loop: look at all pairs, merge the best one, look again
static void loop(int32_t *row, int64_t n, const int32_t *rank)
{
  for (;;) {
    int64_t best = -1;
    for (int64_t i = 0; i + 1 < n; i++) {
      if (row[i] >= LETTERS || row[i + 1] >= LETTERS)
        continue;
      if (best < 0 || rank[row[i] * LETTERS + row[i + 1]]
                      < rank[row[best] * LETTERS + row[best + 1]])
        best = i;
    }
    if (best < 0)
      return;
    row[best] = LETTERS;
    memmove(row + best + 1, row + best + 2,
            (size_t)(n - best - 2) * sizeof *row);
    n--;
  }
}

static double loop_time(const char *text, int64_t n)
{
  int32_t rank[LETTERS * LETTERS];
  for (int32_t k = 0; k < LETTERS * LETTERS; k++)
    rank[k] = k * 7 % (LETTERS * LETTERS);
  int32_t *row = malloc((size_t)n * sizeof *row);
  if (!row)
    exit(1);
  for (int64_t i = 0; i < n; i++)
    row[i] = text[i] - 'a';
  double start = cpu();
  loop(row, n, rank);
  free(row);
  return cpu() - start;
}

static double encode_time(const Tokenizer *t, const char *text,
                          int64_t n)
{
  double best = 1e9;
  for (int k = 0; k < 3; k++) {
    TT_SCOPE;
    double start = cpu();
    tt_encode(t, text, n);
    double end = cpu() - start;
    best = end < best ? end : best;
  }
  return best;
}

static void hostile(void)
{
  Book b = read_book();
  const Tokenizer *t = trained(&b, SIZE);
  int64_t most = 1 << 22;
  char *text = malloc((size_t)most);
  if (!text)
    exit(1);
  uint64_t state = 1;
  for (int64_t i = 0; i < most; i++)
    text[i] = (char)('a' + tt_machine_random(&state) % LETTERS);
  double time = 0, before = 0;
  printf("bytes\theap\tloop\n");
  for (int64_t n = 1 << 10; n <= most; n *= 2) {
    before = time;
    time = encode_time(t, text, n);
    printf("%lld\t%.3g", (long long)n, time * 1e3);
    if (n <= 1 << 15)
      printf("\t%.3g", loop_time(text, n) * 1e3);
    printf("\n");
  }
  printf("# hostile.doubling\t%.1f\n", time / before);
  printf("# hostile.seconds\t%.1f\n", time);
  free(text);
}

static const char *const article[][2] = {
  { "English", "All human beings are born free and equal in "
    "dignity and rights. They are endowed with reason and conscience "
    "and should act towards one another in a spirit of brotherhood." },
  { "Spanish", "Todas las personas nacen libres e iguales en "
    "dignidad y derechos y, dotadas como est\u00e1n de raz\u00f3n y "
    "conciencia, deben comportarse fraternalmente los unos con los "
    "otros." },
  { "French", "Tous les \u00eatres humains naissent libres et "
    "\u00e9gaux en dignit\u00e9 et en droits. Ils sont dou\u00e9s de "
    "raison et de conscience et doivent agir les uns envers les autres "
    "dans un esprit de fraternit\u00e9." },
  { "German", "Alle Menschen sind frei und gleich an W\u00fcrde und "
    "Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und "
    "sollen einander im Geist der Br\u00fcderlichkeit begegnen." },
  { "Arabic",
    "\u064a\u0648\u0644\u062f \u062c\u0645\u064a\u0639 \u0627\u0644"
    "\u0646\u0627\u0633 \u0623\u062d\u0631\u0627\u0631\u064b\u0627 "
    "\u0645\u062a\u0633\u0627\u0648\u064a\u0646 \u0641\u064a \u0627"
    "\u0644\u0643\u0631\u0627\u0645\u0629 \u0648\u0627\u0644\u062d"
    "\u0642\u0648\u0642. \u0648\u0642\u062f \u0648\u0647\u0628"
    "\u0648\u0627 \u0639\u0642\u0644\u0627\u064b \u0648\u0636\u0645"
    "\u064a\u0631\u064b\u0627\u060c \u0648\u0639\u0644\u064a\u0647"
    "\u0645 \u0623\u0646 \u064a\u0639\u0627\u0645\u0644 \u0628"
    "\u0639\u0636\u0647\u0645 \u0628\u0639\u0636\u064b\u0627 \u0628"
    "\u0631\u0648\u062d \u0627\u0644\u0625\u062e\u0627\u0621." },
  { "Japanese",
    "\u3059\u3079\u3066\u306e\u4eba\u9593\u306f\u3001\u751f\u307e"
    "\u308c\u306a\u304c\u3089\u306b\u3057\u3066\u81ea\u7531\u3067"
    "\u3042\u308a\u3001\u304b\u3064\u3001\u5c0a\u53b3\u3068\u6a29"
    "\u5229\u3068\u306b\u3064\u3044\u3066\u5e73\u7b49\u3067\u3042"
    "\u308b\u3002\u4eba\u9593\u306f\u3001\u7406\u6027\u3068\u826f"
    "\u5fc3\u3068\u3092\u6388\u3051\u3089\u308c\u3066\u304a\u308a"
    "\u3001\u4e92\u3044\u306b\u540c\u80de\u306e\u7cbe\u795e\u3092"
    "\u3082\u3063\u3066\u884c\u52d5\u3057\u306a\u3051\u308c\u3070"
    "\u306a\u3089\u306a\u3044\u3002" },
  { "Chinese",
    "\u4eba\u4eba\u751f\u800c\u81ea\u7531\uff0c\u5728\u5c0a\u4e25"
    "\u548c\u6743\u5229\u4e0a\u4e00\u5f8b\u5e73\u7b49\u3002\u4ed6"
    "\u4eec\u8d4b\u6709\u7406\u6027\u548c\u826f\u5fc3\uff0c\u5e76"
    "\u5e94\u4ee5\u5144\u5f1f\u5173\u7cfb\u7684\u7cbe\u795e\u76f8"
    "\u5bf9\u5f85\u3002" },
};
enum { LANGUAGES = sizeof article / sizeof *article };
static void languages(void)
{
  Book b = read_book();
  const Tokenizer *t = trained(&b, SIZE);
  printf("language\tbytes\ttokens\n");
  double english = 0, worst = 0;
  for (int k = 0; k < LANGUAGES; k++) {
    const char *text = article[k][1];
    double n = (double)tt_count_tokens(t, text, -1, 0);
    printf("%s\t%zu\t%.0f\n", article[k][0], strlen(text), n);
    english = k ? english : n;
    worst = n > worst ? n : worst;
  }
  printf("# languages.english\t%.0f\n", english);
  printf("# languages.worst\t%.1f\n", worst / english);
}

int main(int argc, char **argv)
{
  struct { const char *name; void (*run)(void); } mode[] = {
    { "--compression", compression }, { "--learned", learned },
    { "--merges", merges }, { "--languages", languages },
    { "--hostile", hostile }, { "--speed", speed } };
  for (int k = 0; k < 6; k++)
    if (argc > 1 && strcmp(argv[1], mode[k].name) == 0)
      return mode[k].run(), tt_clear(), 0;
  fprintf(stderr, "usage: vocabulary --compression|--learned|--merges|"
          "--languages|--hostile|--speed\n");
  return 2;
}
