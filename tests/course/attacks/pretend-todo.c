// 0.1 todo: claims to be unwritten in the middle of a test
fprintf(stderr, "chapters/00-setup.nw:1: exercise 0.1 is not written yet\n");
abort();
