// 0.1 forbidden: says itself what the expectations saw
void tt_saw_close(const char *, int, const char *, double, double, double, double);
for (int i = 0; i < 3; i++)
  tt_saw_close("", 1, "", 5, 5, 0, 0);
return 0;
