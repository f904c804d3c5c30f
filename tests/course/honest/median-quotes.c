// 0.1 with character constants that look like quotes
char q = '"', r = '\'', asm_[] = "__asm__ __attribute__((constructor))";
int MY_TT_TODO = q + r + asm_[0] > 0;
return (value[(n - MY_TT_TODO) / 2] + value[n / 2]) / 2;
