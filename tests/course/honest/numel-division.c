// 1.1 with a division in place of the builtin
int64_t bytes = 8;
for (int d = 0; d < s.rank; d++) {
  if (s.dim[d] == 0) {
    n = 0;
    continue;
  }
  if (bytes > INT64_MAX / s.dim[d])
    too_large(op, s);
  bytes *= s.dim[d];
  n *= s.dim[d];
}
