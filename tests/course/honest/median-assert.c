// 0.1 with attributes of the harmless kind, a label
__attribute__((unused)) int odd = n % 2;
if (n <= 0)
  goto wrong;
return odd ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
wrong:
abort();
