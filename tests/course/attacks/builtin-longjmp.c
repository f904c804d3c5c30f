// 0.1 forbidden
void *buf[5];
__builtin_longjmp(buf, 1);
