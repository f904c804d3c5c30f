// 0.1 forbidden,error: the solution, by its file
#include "exercise/0.1.c"
