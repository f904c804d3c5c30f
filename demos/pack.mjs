// node demos/pack.mjs NAME.js [NAME.wasm]: a script as it is shipped, without
// comments; WASM in it is the program, packed. (From a folder a page can load
// nothing but scripts.)
import fs from 'node:fs'
import zlib from 'node:zlib'
const [view, wasm] = process.argv.slice(2)
const script = fs.readFileSync(view, 'utf8').replace(/^ *\/\/ .*\n/gm, '').replace(/ +\/\/ .*$/gm, '').replace(/^ +/gm, '')
const packed = wasm && zlib.deflateRawSync(fs.readFileSync(wasm), { level: 9 }).toString('base64')
process.stdout.write(wasm ? script.replace(/\bWASM\b/, `'${packed}'`) : script)
