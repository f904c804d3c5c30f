// 1.7 in one expression
int64_t m = size_from_right(a, d);
int64_t k = size_from_right(b, d);
if (m == k || k == 1)
  r.dim[r.rank - d] = m;
else if (m == 1)
  r.dim[r.rank - d] = k;
else
  cannot_broadcast(op, a, b);
