// The page of the backend: the struct of all kernels as it is tangled, and of
// each kernel what its header says, the chunk that puts it there, and the
// backends that have one of their own.
//   node backend.mjs TREE WEAVEDIR > backend.nw
// TREE is the tangled C. A kernel of which the header says nothing, or that
// no chunk holds, is a fault.
import fs from 'node:fs'

const [tree, weave] = process.argv.slice(2)
const header = `${tree}/include/tt/backend.h`
const book = JSON.parse(fs.readFileSync(`${weave}/book.json`, 'utf8'))
const faults = []

const text = fs.readFileSync(header, 'utf8')
const struct = text.match(/^typedef struct Backend \{\n[^]*?^\} Backend;$/m)?.[0] ?? ''
const slots = []
let about = ''
for (const line of struct.split('\n')) {
  const name = line.match(/^  \w+ \(\*(\w+)\)\((?!void\))/)?.[1]
  if (name) {
    if (!about) faults.push(`${header}: it says nothing about the kernel ${name}; a comment above it does`)
    slots.push({ name, about })
  }
  about = /^  \/\/ /.test(line) ? `${about} ${line.slice(5)}`.trim() : ''
}

// the chunks of the open list, in the order in which they are tangled
const LIST = 'open: backend kernels'
const ids = book.names[LIST] ?? []
const pieces = [...new Set(ids.map(i => book.chunks[i].chapter))].flatMap(page => {
  const out = []
  let chunk
  for (const row of fs.readFileSync(`${weave}/tok/${page}.tok`, 'utf8').split('\n')) {
    if (row === `@defn ${LIST}`) out.push(chunk = [''])
    else if (row.startsWith('@end code')) chunk = undefined
    else if (row.startsWith('@text ') && chunk) chunk[0] += row.slice(6)
  }
  return out
})
for (const s of slots) {
  const at = pieces.findIndex(([t]) => t.includes(`(*${s.name})(`))
  if (at < 0 || pieces.length !== ids.length) faults.push(`${header}: no chunk <<${LIST}>> holds ${s.name}`)
  else s.chunk = ids[at]
}

// the tables of kernels, in the order of the library
const tables = []
const src = `${tree}/src`
for (const f of fs.readdirSync(src).filter(f => f.endsWith('.c')).sort()) {
  const text = fs.readFileSync(`${src}/${f}`, 'utf8')
  // a row of the table may be a macro, defined before it
  const rows = Object.fromEntries([...text.matchAll(/^#define (\w+) (\.\w+ = .*)$/gm)].map(m => m.slice(1)))
  const c = text.replace(/\w+/g, w => Object.hasOwn(rows, w) ? rows[w] : w)
  for (const [, body] of c.matchAll(/^(?:const )?Backend \w+ = \{([^]*?)^\};$/gm)) {
    const name = body.match(/\.name = (?:"([a-z0-9-]+)|(\w+))/)
    tables.push({ name: name?.[1] ?? 'simd', has: new Set([...body.matchAll(/\.(\w+) = /g)].map(m => m[1])) })
  }
}
// in the order in which the library lists them
const listed = fs.readFileSync(`${src}/naive.c`, 'utf8').match(/\bbackends\[\] = \{([^}]*)\}/)?.[1] ?? ''
const rank = t => listed.indexOf(`&tt_${t.name}`)
tables.sort((a, b) => rank(a) - rank(b))
const own = s => [...new Set(tables.filter(t => t.name !== 'naive' && t.has.has(s.name)).map(t => t.name))]
if (!slots.length) faults.push(`${header}: no struct Backend with kernels`)
if (faults.length) {
  console.error(faults.join('\n'))
  process.exit(1)
}

const plain = s => s.replace(/[\][\\`*_{}<>|$^~#@"'-]/g, '\\$&')
const sentence = s => /^[a-z]{3,} /.test(s) ? s[0].toUpperCase() + s.slice(1) : s
const link = id => `[${book.chunks[id].number}](#${id}){.xref chapter="${book.chunks[id].chapter}"}`
const chapters = new Set(slots.map(s => book.chunks[s.chunk].chapter.slice(0, 2))).size

process.stdout.write(`# Every kernel

A kernel computes with bare numbers: pointers, sizes and strides. The library
calls all of its ${slots.length} kernels through one struct, the backend (@chp:tensors), to
which ${chapters} chapters add, so each of them prints only its own lines. This page has
the struct as a whole, in the way that the compiler sees it, and then the kernels one by one.

## The struct {#every-kernel-struct}

\`\`\`c
${struct.replace(/@<<|<</g, '@<<')}
\`\`\`

If you write a backend of your own, fill in the kernels that you have. The others stay
[[NULL]], and are taken from \`base\` when the backend is chosen; @chp:acceleration loads one from a file.

## The kernels {#every-kernel-list}

The number leads to the piece of code that puts the kernel into the struct. The text before it says
what the kernel is for, and the version of \`naive\` is near. Other backends
that have a version of their own are named in the last column.

| Kernel | It computes | Chunk | Also in |
|:-------------|:--------------|:-----------|:---------|
${slots.map(s => `| \`${s.name}\` | ${plain(sentence(s.about))} | ${link(s.chunk)} | ${own(s).map(n => `\`${n}\``).join(', ')} |`).join('\n')}
`)
