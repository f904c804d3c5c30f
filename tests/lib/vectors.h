// vectors.h - reading what tests/reference/*.py wrote: fields separated
// by a blank, lists by commas, "-" for an empty list, floats as the eight
// hexadecimal digits of their bits.
#ifndef VECTORS_H
#define VECTORS_H
#include "tt_test.h"

FILE   *open_reference(const char *name);       // it is there
char   *next_field(char **line);                // cut off, until a blank
int     list_of(const char *text, int64_t *list);   // how many
Shape   shape_of(const char *text);
float   float_of(const char *bits);
Tensor *reals_of(Shape s, const char *bits);    // one character between two
Tensor *ints_of(Shape s, const char *list);
Tensor *tensor_of(char *line);                  // a shape, then reals
#endif
