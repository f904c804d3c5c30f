{ next }
