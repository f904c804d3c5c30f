// 0.1 forbidden: fills the disk
FILE *f = fopen("/tmp/x", "w");
for (;;) fwrite(value, 8, 1, f);
