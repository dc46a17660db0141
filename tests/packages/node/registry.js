// A registry for npm that holds nothing but the packages of a folder.
'use strict'

const { execFileSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')

/** Serves the `.tgz` files of a folder; gives the server's address. */
async function serve (folder) {
  const packages = {}
  for (const file of fs.readdirSync(folder).filter(name => name.endsWith('.tgz'))) {
    const content = fs.readFileSync(path.join(folder, file))
    const manifest = JSON.parse(execFileSync('tar', ['-xzOf', path.join(folder, file), 'package/package.json']))
    packages[manifest.name] = { file, content, manifest }
  }
  const server = http.createServer((request, response) => {
    const { host } = request.headers
    const name = decodeURIComponent(request.url.slice(1))
    const tarball = Object.values(packages).find(({ file }) => file === name)
    if (tarball) return response.end(tarball.content)
    if (!packages[name]) return response.writeHead(404).end('{}')
    const { file, content, manifest } = packages[name]
    const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`
    const version = { ...manifest, dist: { tarball: `http://${host}/${file}`, integrity } }
    response.end(JSON.stringify({ name, 'dist-tags': { latest: manifest.version }, versions: { [manifest.version]: version } }))
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close(), packages }
}

module.exports = { serve }
