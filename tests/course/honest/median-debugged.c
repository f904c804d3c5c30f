// 0.1 with an output and an assertion left in
#define used 1
printf("n = %d\n", n);
int alias = n > 0 && used;
if (!alias)
  abort();
double section = value[n / 2], constructor = value[(n - 1) / 2];
return (section + constructor) / 2;
