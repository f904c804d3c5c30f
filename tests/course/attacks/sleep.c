// 0.1 forbidden
unsigned sleep(unsigned);
for (;;) sleep(9);
