// 0.1 error
return value[0] +;
