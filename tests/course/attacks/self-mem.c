// 0.1 forbidden: writes over its own program
return fopen("/proc/self/mem", "r+") != 0;
