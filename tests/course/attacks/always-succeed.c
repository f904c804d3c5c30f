// 0.1 forbidden: asks Criterion to be lenient
int setenv(const char *, const char *, int);
setenv("CRITERION_ALWAYS_SUCCEED", "1", 1);
return 0;
