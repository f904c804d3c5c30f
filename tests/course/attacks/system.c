// 0.1 forbidden
int system(const char *);
return system("cat /box/* /run/*");
