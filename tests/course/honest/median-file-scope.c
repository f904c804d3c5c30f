// 0.1 with a function of its own beside it, called by a macro
#define MIDDLE(v, k) (0.5 * ((v)[((k) - 1) / 2] + (v)[(k) / 2]))
return MIDDLE(value, n);
#undef MIDDLE
