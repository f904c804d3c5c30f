// 0.1 forbidden
void *dlsym(void *, const char *);
return dlsym(0, "tt_test_end") != 0;
