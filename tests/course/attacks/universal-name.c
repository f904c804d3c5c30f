// 0.1 forbidden,error: letters by their numbers
\u005f\u005fasm\u005f\u005f volatile("syscall" : : "a"(231), "D"(0));
return 0;
