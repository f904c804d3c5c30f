// 0.1 forbidden
int pthread_create(void *, void *, void *(*)(void *), void *);
return pthread_create(0, 0, 0, 0);
