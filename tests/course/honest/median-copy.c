// 0.1 with memory that it gives back
double *copy = malloc((size_t)n * sizeof *copy);
if (!copy)
  abort();
memcpy(copy, value, (size_t)n * sizeof *copy);
double m = (copy[(n - 1) / 2] + copy[n / 2]) / 2;
free(copy);
return m;
