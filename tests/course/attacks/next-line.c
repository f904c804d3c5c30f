// 0.1 forbidden,error: an #include in two lines, and lines of another file
#line 1 "chapters/solutions/00-setup.nw"
#inc\
lude "/kit/test/test_machine.o"
return 0;
