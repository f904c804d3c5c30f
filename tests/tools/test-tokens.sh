#!/bin/bash
# Does chapter 10 agree with others? Its runs of letters and numbers with utf8proc, where
# that is installed; its tokens with OpenAI's code for GPT-2, one by one, where npm's
# package tiktoken is: TT_TIKTOKEN names its folder, for example after
#   npm install --prefix /tmp/peer tiktoken@1.0.22   TT_TIKTOKEN=/tmp/peer/node_modules/tiktoken
# What is absent is skipped with a word. Last line: N passed, N failed, N skipped.
set -eu
passed=0 failed=0 skipped=0
ok() { passed=$((passed + 1)); echo "passed: $*"; }
no() { failed=$((failed + 1)); echo "failed: $*"; }
skip() { skipped=$((skipped + 1)); echo "skipped: $*"; }
summary() { echo "$passed passed, $failed failed, $skipped skipped"; [ $failed = 0 ]; }
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CC=${CC:-cc}

if $CC -o "$work/unicode" tools/unicode.c -lutf8proc 2> "$work/log"; then
  "$work/unicode" | grep '^  "' > "$work/theirs"
  if [ "$("$work/unicode" | sed -n '1s/.* //p')" != 15.0.0 ]; then
    skip "runs of Unicode: this utf8proc has another version than 15.0.0"
  else
    if sed 's/;$//' chapters/10-tokenization.nw | grep -Fxf "$work/theirs" | cmp - "$work/theirs"; then
      ok 'runs of Unicode, as utf8proc has them'
    else no 'runs of Unicode: utf8proc has others'; fi
  fi
else
  skip "runs of Unicode: no libutf8proc-dev"
fi

peer=${TT_TIKTOKEN:-}
if [ ! -f "$peer/encoders/gpt2.json" ]; then
  skip "tokens of GPT-2: TT_TIKTOKEN names no folder of npm's tiktoken"
  summary
  exit
fi
cat > "$work/peer.cjs" <<'JS'
const fs = require('fs'), [dir, work, plays] = process.argv.slice(2);
const { get_encoding } = require(dir), e = get_encoding('gpt2');
const ranks = JSON.parse(fs.readFileSync(dir + '/encoders/gpt2.json', 'utf8')).bpe_ranks;
const lines = [];
for (const line of ranks.split('\n')) {
  const [, first, ...tokens] = line.split(' ');
  tokens.forEach((t, i) => lines.push(t + ' ' + (Number(first) + i)));
}
fs.writeFileSync(work + '/gpt2.tiktoken', lines.join('\n') + '\n');
const space = [9, 10, 11, 12, 13, 32, 0x85, 0xa0, 0x1680, 0x2000, 0x2003, 0x200a, 0x200b, 0x2028,
  0x2029, 0x202f, 0x205f, 0x2060, 0x3000, 0xfeff].map(c => String.fromCodePoint(c));
const part = ['the', ' ', "'s", "'ll", "'S", "don't", '1999', '\u00bd', '\u0661', '\u00e9', 'e\u0301',
  'a\u0300\u0301\u0302', '\u4e16\u754c', '\u3053\u3093', '\ud55c\uad6d', '\u{1f600}', '\u{1f468}\u200d\u{1f469}',
  '\u{1f1e9}\u{1f1ea}', '\u{1d4b3}', '!?', '---', '\r\n', '\t', '\0', '\u0e01\u0e34', '\u0928\u093f', '\u01c5',
  '\u2160', '_', '$', "'", ...space];
let seed = 1;
const next = n => (seed = (seed * 48271) % 2147483647) % n;
let nasty = '';
for (let i = 0; i < 200000; i++) nasty += part[next(part.length)];
// this tiktoken crashes on a million of them, and takes the square of the time for letters
const texts = { nasty, caret: '^'.repeat(20000), blanks: ' '.repeat(5000) + 'x' };
let run = '';
for (let i = 0; i < 20000; i++) run += 'etaoinshrdlu'[next(12)];
texts.letters = run;
if (plays) texts.plays = fs.readFileSync(plays, 'utf8');
for (const [name, text] of Object.entries(texts)) {
  fs.writeFileSync(`${work}/${name}.txt`, text);
  fs.writeFileSync(`${work}/${name}.ids`, e.encode(text, [], []).join('\n') + '\n');
}
JS
cat > "$work/ours.c" <<'C'
#include <stdio.h>
#include <tt/tt.h>
int main(int argc, char **argv) {
  Tokenizer *t = tt_load_tiktoken(argv[1]);
  Tensor *text = tt_read_bytes(argv[argc - 1]);
  Tensor *ids = tt_encode(t, text->data, tt_numel(text));
  for (int64_t i = 0; i < tt_numel(ids); i++) printf("%d\n", ((int32_t *)ids->data)[i]);
}
C
plays=${TT_DATA:-$HOME/.cache/tinytorch}/text/tinyshakespeare.txt
[ -f "$plays" ] || { skip "the plays: make data has not fetched tinyshakespeare"; plays=; }
node "$work/peer.cjs" "$(cd "$peer" && pwd)" "$work" "$plays"
read -ra libs <<< "${LDLIBS:--lz -lm}"
$CC -O2 -Itangle/include "$work/ours.c" build/lib/libtinytorch.a "${libs[@]}" -lpthread -o "$work/ours"
for text in "$work"/*.txt; do
  name=$(basename "$text" .txt)
  "$work/ours" "$work/gpt2.tiktoken" "$text" > "$work/got"
  if cmp "$work/got" "$work/$name.ids"; then
    ok "$name: $(wc -l < "$work/got") tokens, as tiktoken $(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$peer/package.json") has them"
  else no "$name: other tokens than tiktoken's"; fi
done
many() { if [ "$(wc -l < "$2")" = "$3" ]; then ok "$1: $3 tokens"; else no "$1: not $3 tokens"; fi; }
[ -z "$plays" ] || many 'the plays' "$work/plays.ids" 338025
head -c 1000000 /dev/zero | tr '\0' '^' > "$work/million"
"$work/ours" "$work/gpt2.tiktoken" "$work/million" > "$work/got"
many 'a million ^ without a blank' "$work/got" 250000
summary
