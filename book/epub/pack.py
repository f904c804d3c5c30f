#!/usr/bin/python3
"""An EPUB packed again, so that the same book makes the same bytes: every
file in it has the time that the book says of itself (pandoc writes the time
of the run). usage: pack.py IN OUT, with SOURCE_DATE_EPOCH"""
import os, sys, time, zipfile

when = time.gmtime(max(int(os.environ['SOURCE_DATE_EPOCH']), 315532800))[:6]  # a zip begins in 1980
with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], 'w') as new:
    for entry in old.infolist():
        same = zipfile.ZipInfo(entry.filename, when)
        same.external_attr = 0o644 << 16
        same.compress_type = entry.compress_type
        new.writestr(same, old.read(entry))
