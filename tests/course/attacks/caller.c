// 0.1 forbidden: finds its way back into the test
return (double)(unsigned long)__builtin_return_address(0);
