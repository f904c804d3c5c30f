// 0.1 fail: a long message, with tabs and escapes
fprintf(stderr, "\tpass\n\033[2J%0*d", 9000, 1);
abort();
