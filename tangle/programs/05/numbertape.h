// Made from chapters/05-autograd.nw by tools/tangle: edit there.
// A tape of numbers, and a wrong and a right way back along it.
typedef struct Line {
  double value, grad;                // gradient of the result
  int    from[2];                    // lines, or -1
  double local[2];                   // derivatives for those
} Line;
static Line tape[100];
static int  lines;

static int put(double value, int a, double da, int b, double db)
{
  tape[lines] = (Line){ value, 0, { a, b }, { da, db } };
  return lines++;
}

static int number(double v)
{
  return put(v, -1, 0, -1, 0);
}

static int add(int a, int b)
{
  return put(tape[a].value + tape[b].value, a, 1, b, 1);
}

static int mul(int a, int b)
{
  double x = tape[a].value, y = tape[b].value;
  return put(x * y, a, y, b, x);
}

static void back_wrong(int result)
{
  tape[result].grad = 1;
  for (int i = result; i >= 0; i--)
    for (int j = 0; j < 2; j++)
      if (tape[i].from[j] >= 0)
        tape[tape[i].from[j]].grad = tape[i].grad * tape[i].local[j];
}

static void back(int result)
{
  tape[result].grad = 1;
  for (int i = result; i >= 0; i--)
    for (int j = 0; j < 2; j++)
      if (tape[i].from[j] >= 0)
        tape[tape[i].from[j]].grad += tape[i].grad * tape[i].local[j];
}
