// 0.1 leak: right, but never frees
double *volatile copy = malloc(sizeof *copy);
*copy = (value[(n - 1) / 2] + value[n / 2]) / 2;
return *copy;
