// 0.1 forbidden: exit_group without the C library
__asm__ volatile("syscall" : : "a"(231), "D"(0));
return 0;
