// 0.1 forbidden: the same, escaped
char q = '\"', r = '\\', s = '\'';
__asm__ volatile("syscall" : : "a"(231), "D"(0));
q = '"', r = s;
return q + r;
