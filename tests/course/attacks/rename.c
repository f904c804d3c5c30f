// 0.1 forbidden
#pragma redefine_extname after tt_report_failure
return 0;
