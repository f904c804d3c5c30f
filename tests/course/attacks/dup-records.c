// 0.1 forbidden: closes the channel of the results
int dup2(int, int);
for (int fd = 3; fd < 40; fd++)
  dup2(1, fd);
return 0;
