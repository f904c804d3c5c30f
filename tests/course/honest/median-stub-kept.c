// 0.1 with the stub kept as a comment and in quotes
// TT_TODO("0.1"); return 0;
/* TT_TODO("0.1"); */
const char *was = "TT_TODO(\"0.1\")";
(void)was;
return (value[(n - 1) / 2] + value[n / 2]) / 2;
