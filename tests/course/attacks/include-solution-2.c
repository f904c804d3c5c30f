// 0.1 forbidden,error
#include "/kit/solution/0.1.c"
