// 1.2 each from its right neighbor
int last = t->rank - 1;
if (last >= 0)
  t->stride[last] = 1;
for (int d = last - 1; d >= 0; d--)
  t->stride[d] = t->stride[d + 1] * t->shape[d + 1];
