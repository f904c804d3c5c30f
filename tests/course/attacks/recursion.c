// 0.1 crash: no end of the stack
return machine_median(value, n) + 1;
