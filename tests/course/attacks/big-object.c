// 0.1 error,fail: an object of gigabytes
static char big[1u << 31] = {1};
return big[n];
