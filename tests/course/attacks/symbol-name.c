// 0.1 forbidden: a name for the linker
double after(void) __asm__("tt_report_failure");
return 0;
