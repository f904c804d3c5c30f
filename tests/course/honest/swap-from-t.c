// 1.4 from the tensor it is a view of
y->shape[a] = t->shape[b], y->shape[b] = t->shape[a];
y->stride[a] = t->stride[b], y->stride[b] = t->stride[a];
