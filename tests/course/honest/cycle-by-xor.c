// 0.2 exchanging without a third variable
if (n < 2)
  return;
for (uint32_t i = n - 1; i >= 1; --i) {
  uint64_t r = tt_machine_random(&seed);
  uint32_t j = (uint32_t)(r - r / i * i);
  next[i] ^= next[j];
  next[j] ^= next[i];
  next[i] ^= next[j];
}
