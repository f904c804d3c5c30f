// 0.1 error: a macro that grows without end
#define A(x) x x x x x x x x x x x x x x x x
#define B(x) A(A(A(A(x))))
return B(B(B(1 +))) 1;
