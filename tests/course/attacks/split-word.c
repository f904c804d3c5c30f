// 0.1 forbidden: a word in two lines
__as\
m__ volatile("syscall" : : "a"(231), "D"(0));
return 0;
