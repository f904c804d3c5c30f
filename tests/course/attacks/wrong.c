// 0.1 fail: wrong code
return value[0];
