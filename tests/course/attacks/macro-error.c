// 0.1 error: makes the book's own lines fail, to read them in the message
#define uint32_t 7
return value[0];
