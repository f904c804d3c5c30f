// 0.1 forbidden: turns the output into something else
freopen("/tmp/x", "w", stdout);
return 0;
