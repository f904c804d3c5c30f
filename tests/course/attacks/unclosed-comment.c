// 0.1 error: swallows what follows
return value[0]; /*
