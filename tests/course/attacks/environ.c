// 0.1 forbidden
extern char **environ;
return **environ;
