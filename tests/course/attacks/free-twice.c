// 0.1 crash,fail
free(value + 1);
return (value[(n - 1) / 2] + value[n / 2]) / 2;
