// 1.2 each product anew
for (int d = 0; d < t->rank; d++) {
  t->stride[d] = 1;
  for (int e = d + 1; e < t->rank; e++)
    t->stride[d] *= t->shape[e];
}
