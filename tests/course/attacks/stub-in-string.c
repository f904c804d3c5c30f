// 0.1 fail: wrong, with its stub in quotes
const char *was = "TT_TODO(\"0.1\"); return 0;";
return was[0];
