// 0.1 forbidden: hides a leak by the harness's own counter
void tt_grade_free(void *p);
tt_grade_free(value);
return 0;
