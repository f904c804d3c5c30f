// 0.1 forbidden: a character constant that a poor reader takes for a string
char q = '"';
__asm__ volatile("syscall" : : "a"(231), "D"(0));
q = '"';
return q;
