// 0.1 forbidden: names given to other names
return 0;
}
#pragma weak tt_report_failure = nothing
void nothing(void);
void nothing(void) {}
double after(void);
double after(void) {
  return 1;
