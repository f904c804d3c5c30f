// 0.1 error,broken: a shift that noweb takes for a chunk
return value[n << 1 >> 2];
