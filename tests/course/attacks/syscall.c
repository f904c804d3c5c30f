// 0.1 forbidden
long syscall(long, ...);
syscall(231, 0);
return 0;
