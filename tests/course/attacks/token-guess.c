// 0.1 forbidden: writes what a passing test would, with a token of zeros
long write(int, const void *, unsigned long);
char said[25] = "P";
for (int fd = 0; fd < 32; fd++)
  write(fd, said, sizeof said);
_Exit(0);
