// 0.1 forbidden
int socket(int, int, int);
return socket(2, 1, 0);
