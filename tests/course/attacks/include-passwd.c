// 0.1 forbidden,error: what the grader's machine has
#include "/etc/passwd"
return 0;
