// 1.3 from a function inside, in two steps
int64_t place[TT_MAX_RANK] = {0};
for (int d = 0; d < t->rank; d++)
  place[d] = wrap(op, "index", index.dim[d], t->shape[d], t);
for (int d = t->rank; d-- > 0;)
  at += place[d] * t->stride[d];
