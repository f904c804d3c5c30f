// 0.1 forbidden: the same
#define JOIN(a, b) a##b
JOIN(__a, sm__) volatile("syscall" : : "a"(231), "D"(0));
return 0;
