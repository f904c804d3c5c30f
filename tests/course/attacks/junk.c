// 0.1 forbidden: writes into every open file
long write(int, const void *, unsigned long);
for (int fd = 3; fd < 40; fd++)
  write(fd, "machine\tmedian\tpass\n", 20);
return 0;
