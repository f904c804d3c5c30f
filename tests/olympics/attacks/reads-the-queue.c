// unbuilt:it includes /dev/stdin	sprint open	-
// takes the judge's list of archives, so that nobody after it is scored
#include "/dev/stdin"
#include <tt/tt.h>
static const Entry entry = {NULL, NULL, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
