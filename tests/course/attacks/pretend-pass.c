// 0.1 early-exit: prints what a record looks like
puts("machine.median_takes_the_middle\tpass\t0.1\t0\t");
exit(0);
