// 0.1 forbidden
return 0;
}
void nothing(void) {}
void tt_report_failure(void) __attribute__((alias("nothing")));
double after(void);
double after(void) {
  return 1;
