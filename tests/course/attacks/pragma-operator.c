// 0.1 forbidden: a pragma in the middle of a line
_Pragma("redefine_extname after tt_report_failure")
return 0;
