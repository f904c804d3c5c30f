// 0.1 forbidden,error
#include "/proc/self/environ"
return 0;
