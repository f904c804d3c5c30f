// 0.1 forbidden: what happens at the end
int atexit(void (*)(void));
void late(void) { _Exit(0); }
atexit(late);
return 0;
