// 0.1 with a function inside
double at(int i) { return value[i]; }
return (at((n - 1) / 2) + at(n / 2)) / 2;
