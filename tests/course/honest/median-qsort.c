// 0.1 with a copy that it sorts again
int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
double copy[n];
memcpy(copy, value, sizeof copy);
for (int i = 1; i < n; i++)
  for (int j = i; j > 0 && compare(&copy[j - 1], &copy[j]) > 0; j--) {
    double t = copy[j]; copy[j] = copy[j - 1]; copy[j - 1] = t;
  }
return (copy[(n - 1) / 2] + copy[n / 2]) / 2;
