// 0.2 exchanging in a while loop
uint32_t i = n;
while (i > 1) {
  i--;
  uint32_t j = (uint32_t)(tt_machine_random(&seed) % i), t = next[j];
  next[j] = next[i];
  next[i] = t;
}
