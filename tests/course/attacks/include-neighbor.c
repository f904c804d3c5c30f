// 0.1 forbidden,error: another exercise's solution
void other(unsigned *next, unsigned n, unsigned long seed) {
#include "exercise/0.2.c"
}
return 0;
