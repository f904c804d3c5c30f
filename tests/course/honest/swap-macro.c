// 1.4 with a macro
#define SWAP(array) do { int64_t kept = (array)[a]; \
  (array)[a] = (array)[b]; (array)[b] = kept; } while (0)
SWAP(y->shape);
SWAP(y->stride);
#undef SWAP
