// 0.1 forbidden: calls what ends a test well
_Noreturn void tt_test_end(void);
tt_test_end();
