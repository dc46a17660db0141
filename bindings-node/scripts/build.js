// Builds the addon and puts it beside the package. Arguments go to cargo (`npm run build -- --release`).
'use strict'

const { spawnSync } = require('node:child_process')
const { copyFileSync, renameSync } = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..')
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, '../target')

/** Builds the addon and gives its path. */
function build () {
  const command = ['build', '-p', 'brevo-node', '--message-format=json-render-diagnostics', ...process.argv.slice(2)]
  const { status, error, stdout } = spawnSync('cargo', command, {
    cwd: root, stdio: ['inherit', 'pipe', 'inherit'], maxBuffer: 1 << 28
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
  const messages = stdout.toString().split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line))
  const artifact = messages.find(message => message.reason === 'compiler-artifact' && message.target.name === 'brevo_node')
  return artifact.filenames.find(name => /\.(so|dylib|dll)$/.test(name))
}

// BUILT: the whole workspace has just been built, and a build of this package alone would compile its
// dependencies anew with other features.
const library = process.env.BUILT ? path.join(target, 'debug', 'libbrevo_node.so') : build()
const libc = { linux: process.report.getReport().header.glibcVersionRuntime ? '-gnu' : '-musl', win32: '-msvc' }[process.platform] ?? ''
const addon = path.join(root, `brevo-native.${process.platform}-${process.arch}${libc}.node`)
// Never written in place: a process that runs may have it mapped.
copyFileSync(library, `${addon}.new`)
renameSync(`${addon}.new`, addon)
console.log(path.basename(addon))
