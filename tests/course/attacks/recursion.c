// 0.1 crash: no end of the stack
return tt_machine_median(value, n) + 1;
