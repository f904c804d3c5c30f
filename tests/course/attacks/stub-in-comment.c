// 0.1 fail: wrong, with its stub as a comment
// TT_TODO("0.1"); return 0;
/* TT_TODO("0.1"); */
return value[0];
