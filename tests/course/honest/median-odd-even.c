// 0.1 by cases
if (n % 2 == 1)
  return value[n / 2];
double low = value[n / 2 - 1], high = value[n / 2];
return low + (high - low) / 2;
