// 0.1 forbidden,error
#include_next "exercise/0.2.c"
return 0;
