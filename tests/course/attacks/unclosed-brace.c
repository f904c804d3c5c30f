// 0.1 error,fail
if (n) {
return value[0];
