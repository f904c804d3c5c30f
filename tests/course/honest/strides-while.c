// 1.2 with pointers
int64_t step = 1, *end = t->stride + t->rank;
const int64_t *size = t->shape + t->rank;
while (end > t->stride) {
  *--end = step;
  step *= *--size;
}
