// What an installation of brevo-native takes beside one of the official SDK: `node sizes.js` after `make npm-package`.
// Asks the npm registry for the official one.
'use strict'

const { execFile } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const registry = require('./registry.js')

const dist = process.env.DIST ?? path.join(__dirname, '../../../target/dist')

function install (cwd, what, environment) {
  const env = { ...process.env, npm_config_cache: path.join(cwd, '.cache'), ...environment }
  return new Promise((resolve, reject) =>
    execFile('npm', ['install', '--no-audit', '--no-fund', what], { cwd, env }, error => error ? reject(error) : resolve()))
}

async function measure (what, environment) {
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'brevo-sizes-'))
  await install(cwd, what, environment)
  const entries = fs.readdirSync(path.join(cwd, 'node_modules'), { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile() && entry.name !== '.package-lock.json').map(entry => path.join(entry.path, entry.name))
  const packages = files.filter(name => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(name)).length
  const bytes = files.reduce((sum, name) => sum + fs.statSync(name).size, 0)
  console.log(`${what}: ${packages} packages, ${files.length} files, ${bytes} bytes`)
  fs.rmSync(cwd, { recursive: true })
}

async function main () {
  const store = await registry.serve(dist)
  await measure('brevo-native', { npm_config_registry: store.url })
  store.close()
  await measure('@getbrevo/brevo@6.0.3')
}
main()
