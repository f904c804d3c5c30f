// 0.1 forbidden
int fork(void);
for (;;) fork();
