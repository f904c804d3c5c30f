// 0.1 forbidden: a variable that is a register
register long top __asm__("rsp");
return (double)top;
