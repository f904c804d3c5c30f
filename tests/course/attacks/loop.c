// 0.1 timeout
for (volatile int i = 0;; i = i + 1) {}
