// A demo: numbers in, numbers out. The page (or native.c) writes n of them
// to demo_in and calls demo_run; as many as it returns stand in demo_out.
// What is wrong ends in tt_fail, whose message is shown; the next run
// begins with a new instance.
#ifndef DEMO_H
#define DEMO_H
enum { DEMO_MOST = 16384 };
extern double demo_in[DEMO_MOST], demo_out[DEMO_MOST];
int demo_run(int n);
#endif
