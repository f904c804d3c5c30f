// 0.1 forbidden: leaves a process behind that rewrites the results
int fork(void);
if (fork() == 0) for (;;) {}
return 0;
