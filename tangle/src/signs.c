// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// Signs as a hand may draw them.
#include "tt/olympics.h"
#include <math.h>

static const char *const digits[TT_SIGNS] = {
  "50 71 83 86 78 59 38 26 23 31 50", "32 50 59",
  "22 31 50 71 73 55 37 29 79", "21 40 61 72 63 44|44 65 77 68 49 28",
  "60 26 86|63 69", "70 30 34 53 75 77 59 28",
  "60 33 26 38 59 77 75 54 26", "20 80 49",
  "54 32 50 72 54 27 59 87 54", "72 54 32 50 72 69",
};

void tt_digit_signs(Sign sign[TT_SIGNS])
{
  for (int i = 0; i < TT_SIGNS; i++) {
    sign[i].n = 0;
    for (const char *c = digits[i]; *c; c += c[2] ? 3 : 2)
      sign[i].at[sign[i].n++] = (PenPoint){
        c[0] - '0', c[1] - '0', c == digits[i] || c[-1] == '|' };
  }
}

void tt_new_signs(Sign sign[TT_SIGNS], Generator *g)
{
  for (int i = 0; i < TT_SIGNS; i++) {
    Sign s = { .n = 4 + (int)(tt_random(g) % 3) };
    for (int k = 0; k < s.n;) {
      PenPoint p = { (double)(tt_random(g) % 10),
                     (double)(tt_random(g) % 10), k == 0 };
      s.at[k] = p;
      if (k == 0 || hypot(p.x - s.at[k - 1].x,
                          p.y - s.at[k - 1].y) >= 4)
        k++;
    }
    sign[i] = s;
  }
}

static double between(double low, double high, Generator *g)
{
  return low + (high - low) * (double)(tt_random(g) >> 11) * 0x1p-53;
}

static void by_hand(Sign *s, Generator *g)
{
  double turn = between(-0.3, 0.3, g), slant = between(-0.25, 0.25, g);
  double wide = between(1.5, 2.3, g), high = between(1.7, 2.4, g);
  double right = between(12, 16, g), down = between(12, 16, g);
  for (int i = 0; i < s->n; i++) {
    PenPoint *p = &s->at[i];
    double x = wide * (p->x - 4.5 + between(-0.9, 0.9, g));
    double y = high * (p->y - 4.5 + between(-0.9, 0.9, g));
    x -= slant * y;
    p->x = right + x * cos(turn) - y * sin(turn);
    p->y = down + x * sin(turn) + y * cos(turn);
  }
}

static double away(double x, double y, const PenPoint *a,
                   const PenPoint *b)  // of a line
{
  double dx = b->x - a->x, dy = b->y - a->y, d = dx * dx + dy * dy;
  double t = d > 0 ? ((x - a->x) * dx + (y - a->y) * dy) / d : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  return hypot(x - a->x - t * dx, y - a->y - t * dy);
}

void tt_draw_sign(const Sign *s, Generator *g,
                  uint8_t pixel[TT_SIGN_PIXELS])
{
  Sign drawn = *s;
  by_hand(&drawn, g);
  double width = between(0.8, 1.8, g);
  for (int i = 0; i < TT_SIGN_PIXELS; i++) {
    double x = i % TT_SIGN_SIDE, y = i / TT_SIGN_SIDE, d = HUGE_VAL;
    for (int k = 1; k < drawn.n; k++)
      if (!drawn.at[k].lifted)
        d = fmin(d, away(x, y, &drawn.at[k - 1], &drawn.at[k]));
    double ink = fmax(0, fmin(1, width + 0.5 - d));
    ink = 255 * ink + between(-60, 60, g);
    pixel[i] = (uint8_t)fmax(0, fmin(255, ink));
  }
}
