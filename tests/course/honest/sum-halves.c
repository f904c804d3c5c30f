// 1.8 two running sums
double even = 0, odd = 0;
for (int64_t i = 0; i + 1 < n; i += 2)
  even += (double)x[i], odd += (double)x[i + 1];
if (n % 2)
  even += (double)x[n - 1];
s += even + odd;
