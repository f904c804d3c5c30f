// 0.1 early-exit
_Exit(0);
