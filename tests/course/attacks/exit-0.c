// 0.1 early-exit: a pass for who ends the program well
exit(0);
