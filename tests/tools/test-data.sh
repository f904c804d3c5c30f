#!/bin/sh
# make data: files come whole or not at all, from a server here and from
# file://; what a break leaves is used; a mirror that lies is left; and
# without a network there is one sentence.
set -u
home=$(cd "${0%/*}/../.." && pwd)
work=$(mktemp -d)
trap 'kill $server 2> /dev/null; rm -rf "$work"' EXIT
server=
cd "$work" || exit
. "$home/tests/lib/check.sh"
export TT_DATA="$work/data" TT_DATA_TABLE="$work/table.tsv"
get() { timeout 60 "$home/tools/get-data" "$@"; }

# ---- a set, its archive, and a server that goes on in the middle of a file
mkdir -p web/box
seq 1 30000 > web/numbers
printf one > web/box/a.bin; printf two > web/box/b.bin
mkfifo web/box/pipe
tar -C web -czf web/box.tar.gz --exclude=pipe box
rm web/box/pipe
echo '<html>This page has moved.</html>' > web/page
cat > server.py <<'END'
import http.server, os, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind, _, name = self.path[1:].partition("/")
        try:
            data = open("web/" + name, "rb").read()
        except OSError:
            return self.send_error(404)
        at = 0
        asked = self.headers.get("Range")
        with open("asked", "a") as f:
            f.write("%s %s\n" % (self.path, asked))
        if asked and kind != "stubborn":
            at = int(asked[6:-1])
        self.send_response(206 if at else 200)
        self.send_header("Content-Length", str(len(data) - at))
        self.end_headers()
        rest = data[at:]
        if kind == "breaks":
            rest = rest[:50000]
        if kind == "slow":
            self.wfile.write(rest[:70000])
            self.wfile.flush()
            time.sleep(30)
        self.wfile.write(rest)
    def log_message(self, *a):
        pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(s.server_port, flush=True)
s.serve_forever()
END
python3 server.py > port &
server=$!
while ! [ -s port ]; do sleep 0.1; done
at=http://127.0.0.1:$(cat port)
bytes=$(wc -c < web/numbers)
row() { # SET FILE OF ADDRESS...
  set=$1 to=$2 of=$3; shift 3
  printf '%s\t%s\tsha256:%s\t%s\t%s\n' "$set" "$to" "$(sha256sum < "web/$of" | cut -d ' ' -f 1)" \
    "$(wc -c < "web/$of")" "$*"
}
table() { printf 'set\tfile\tchecksum\tbytes\taddresses\n' > table.tsv; row "$@" >> table.tsv; }

# ---- whole
table numbers n/numbers numbers "$at/plain/numbers"
check 'a file comes' get
check '... with its bytes' alike data/n/numbers web/numbers
check '... and nothing else is there' same "$(ls data/n)" numbers
: > asked
check 'what is there is not asked for' get
check '... indeed' same "$(cat asked)" ''
echo damaged >> data/n/numbers
check 'what is damaged comes again' get
check '... whole' alike data/n/numbers web/numbers
check 'a set by name' get numbers
check 'no such set' exits 1 get letters
check '... says which there are' has log 'no set is called letters; there are numbers'

# ---- from the disk
rm -r data
table numbers n/numbers numbers "file://$work/web/numbers"
check 'file://' get
check '... with its bytes' alike data/n/numbers web/numbers
rm data/n/numbers; head -c 1000 web/numbers > data/n/numbers.part
check 'file:// goes on' get
check '... to the same bytes' alike data/n/numbers web/numbers

# ---- breaks
rm -r data
table numbers n/numbers numbers "$at/breaks/numbers"
check 'a connection that breaks is an error' exits 1 get
check '... with bytes and cure' has log "it broke off after 50000 of $bytes bytes"
check '... and gives no file its name' same "$(ls data/n)" numbers.part
: > asked
check 'the next time goes on' exits 1 get
check '... where it was' same "$(cat asked)" '/breaks/numbers bytes=50000-'
check '... further' same "$(wc -c < data/n/numbers.part)" 100000
check 'and on' exits 1 get
check 'to the end' get
check '... with the right bytes' alike data/n/numbers web/numbers

rm data/n/numbers; head -c 1000 web/numbers > data/n/numbers.part
table numbers n/numbers numbers "$at/stubborn/numbers"
check 'a server that cannot go on begins anew' get
check '... with the right bytes' alike data/n/numbers web/numbers

rm data/n/numbers; head -c 1000 web/page > data/n/numbers.part
table numbers n/numbers numbers "$at/plain/numbers"
check 'the beginning of something else' get
check '... is thrown away' alike data/n/numbers web/numbers

# killed midway, again: whole
rm -r data
table numbers n/numbers numbers "$at/slow/numbers"
"$home/tools/get-data" > /dev/null 2>&1 &
loader=$!
i=0
while [ $i -lt 100 ] && ! [ -s data/n/numbers.part ]; do sleep 0.1; i=$((i + 1)); done
kill -9 $loader 2> /dev/null
wait $loader 2> /dev/null
check 'killed: no file has its name' same "$(ls data/n)" numbers.part
table numbers n/numbers numbers "$at/plain/numbers"
check 'again: it comes' get
check '... whole' alike data/n/numbers web/numbers

# ---- mirrors
rm -r data
cp web/page web/moved
table numbers n/numbers numbers "$at/plain/moved" "$at/plain/nowhere" "$at/plain/numbers"
check 'a page of excuses and a dead mirror: the next' get
check '... and nothing else' same "$(ls data/n)" numbers
check '... has it' alike data/n/numbers web/numbers
rm -r data
head -c "$bytes" /dev/zero > web/zeros
table numbers n/numbers numbers "$at/plain/zeros"
check 'other bytes of the same length are refused' exits 1 get
check '... by their checksum' has log 'other bytes than those of sha256:'
check '... and nothing stays behind' same "$(ls data/n)" ''

# ---- an archive
rm -r data
table box box.tar.gz box.tar.gz "$at/plain/box.tar.gz"
check 'an archive is unpacked' get
check '... file by file' same "$(cat data/box/a.bin data/box/b.bin)" onetwo
rm data/box/a.bin
check '... and again where one is missing' get
check '... it is there' same "$(cat data/box/a.bin)" one

# ---- a server that is away, and no network at all
kill $server; wait $server 2> /dev/null; server=
rm -r data
table numbers n/numbers numbers "$at/plain/numbers"
check 'a server that is away: an error' exits 1 get
check '... and what to do' has log "\`make data\` goes on where it broke off"
check '... no traceback' lacks log Traceback
printf '%s\n' "numbers	n/numbers	sha256:00	9	http://no.invalid/1 http://no.invalid/2" \
  "more	n/more	sha256:00	9	http://no.invalid/3" > table.tsv
check 'without a network: an error' exits 1 get
check '... of one sentence' same "$("$home/tools/get-data" 2>&1 > /dev/null | wc -l)" 1
check '... that says so, and what to do' has log 'so 2 files are missing; with one, `make data`'

# ---- the table of the book
unset TT_DATA_TABLE
check 'each row has its five fields' test -z "$(awk -F '\t' 'NF != 5 || (FNR > 1 && \
  $3 !~ /^(md5:[0-9a-f]+|sha256:[0-9a-f]+)$/) || (FNR > 1 && $4 !~ /^[0-9]+$/)' "$home/tools/data.tsv")"
check 'no place twice' test -z "$(cut -f 2 "$home/tools/data.tsv" | sort | uniq -d)"
summary
