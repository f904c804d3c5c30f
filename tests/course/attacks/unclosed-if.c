// 0.1 error
#if 0
return value[0];
