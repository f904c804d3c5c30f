// 0.1 forbidden,error: another word for #include
#import "/etc/passwd"
return 0;
