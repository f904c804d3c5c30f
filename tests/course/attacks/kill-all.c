// 0.1 forbidden
int kill(int, int);
kill(-1, 9);
return 0;
