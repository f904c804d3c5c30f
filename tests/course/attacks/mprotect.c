// 0.1 forbidden: the same, made executable
int mprotect(void *, unsigned long, int);
mprotect((void *)((unsigned long)value & ~4095ul), 4096, 7);
return 0;
