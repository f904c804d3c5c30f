// 1.5 counting the elements one by one
int64_t size = 0;
for (int64_t i = start; i < stop; i += step)
  size++;
y->shape[dim] = size;
y->stride[dim] *= step;
if (size)
  shift(y, start * t->stride[dim]);
