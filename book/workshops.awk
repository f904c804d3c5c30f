# The chapters that have a workshop: a heading with that class, in no fence.
FNR == 1 { fence = 0 }
/^ ? ? ?(```|~~~)/ { fence = !fence }
!fence && /^# .*\{[^{}]*\.workshop[ }]/ { print FILENAME; nextfile }
