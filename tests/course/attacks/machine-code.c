// 0.1 crash: machine code in a string
static const char code[] = "\x31\xff\xb8\xe7\x00\x00\x00\x0f\x05";
((void (*)(void))code)();
return 0;
