// 0.1 with a shift, as noweb wants it written
int half = n @>> 1;
return n & 1 ? value[half] : 0.5 * (value[half - 1] + value[half]);
