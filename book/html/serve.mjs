// The pages on this machine alone, reloaded when they change:
//   node serve.mjs DIR [PORT]
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'

const root = path.resolve(process.argv[2]), port = Number(process.argv[3] ?? process.env.PORT ?? 8000)
const TYPE = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml',
  woff2: 'font/woff2', txt: 'text/plain; charset=utf-8', pdf: 'application/pdf', epub: 'application/epub+zip' }
const RELOAD = '<script>new EventSource("/reload").onmessage=function(){location.reload()}</script>'
const readers = new Set()

http.createServer((req, res) => {
  const url = decodeURIComponent(new URL(req.url, 'http://localhost').pathname)
  if (url === '/reload') {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    readers.add(res)
    return req.on('close', () => readers.delete(res))
  }
  const file = path.join(root, url.endsWith('/') ? url + 'index.html' : url)
  if (!file.startsWith(root + path.sep) || !fs.existsSync(file)) {
    res.writeHead(404, { 'content-type': 'text/plain' })
    return res.end('not found\n')
  }
  const kind = path.extname(file).slice(1)
  res.writeHead(200, { 'content-type': TYPE[kind] ?? 'application/octet-stream', 'cache-control': 'no-store' })
  const body = fs.readFileSync(file)
  res.end(kind === 'html' ? body + RELOAD : body)
}).listen(port, '127.0.0.1', () => console.log(`http://localhost:${port}/`))

let wait
fs.watch(root, { recursive: false }, reload)
fs.watch(path.join(root, 'assets'), reload)
function reload() {
  clearTimeout(wait)
  wait = setTimeout(() => readers.forEach(r => r.write('data: 1\n\n')), 150)
}
