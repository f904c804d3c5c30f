// 0.1 forbidden
long ptrace(int, ...);
return (double)ptrace(16, 1, 0, 0);
