// 0.1 forbidden,error: the same with a trigraph
__as??/
m__ volatile("syscall" : : "a"(231), "D"(0));
return 0;
