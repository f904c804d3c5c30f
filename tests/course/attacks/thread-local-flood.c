// 0.1 crash,fail,error,early-exit,timeout: more memory for each thread than there is
static _Thread_local char much[1 << 30];
memset(much, 1, sizeof much);
return 0;
