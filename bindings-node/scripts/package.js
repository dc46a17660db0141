// Lays out the npm packages and packs them: `node scripts/package.js BUILT DIST [PLATFORM]`.
//
// brevo-native and brevo-sandbox hold no binary. Each names a package for every folder of `npm/` as optional
// dependency, of which npm installs the one whose `os`, `cpu` and `libc` fit. BUILT holds what cargo built for
// PLATFORM. To add a platform, add its folder, build for it, and call this once more.
'use strict'

const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '../..')
const [built, dist, platform = 'linux-x64-gnu'] = process.argv.slice(2)
if (!dist) throw new Error('call: node scripts/package.js BUILT DIST [PLATFORM]')

const platforms = fs.readdirSync(path.join(__dirname, '../npm'))
const fits = read('bindings-node/npm', platform, 'package.json')
const windows = platform.startsWith('win32')
const library = windows ? 'brevo_node.dll' : `libbrevo_node.${platform.startsWith('darwin') ? 'dylib' : 'so'}`
const program = `brevo-sandbox${windows ? '.exe' : ''}`

function read (...names) {
  return JSON.parse(fs.readFileSync(path.join(root, ...names), 'utf8'))
}

/** Packs what `fill` puts into a folder, and gives the main facts of its manifest. */
function pack (manifest, fill) {
  const stage = path.join(dist, 'staged', manifest.name)
  fs.rmSync(stage, { recursive: true, force: true })
  fs.mkdirSync(stage, { recursive: true })
  fill(stage)
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(stage, 'LICENSE'))
  fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const packed = execFileSync('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', path.resolve(dist)], { cwd: stage })
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(packed)
  fs.rmSync(stage, { recursive: true })
  console.log(`${filename}: ${size} bytes, ${unpackedSize} in ${entryCount} files when installed`)
}

/** The package of that folder, and the package of the platform with its one binary. */
function packBoth (folder, { binary, name, mode, what }) {
  const manifest = read(folder, 'package.json')
  for (const key of ['private', 'scripts', 'devDependencies']) delete manifest[key]
  const { version, license, engines } = manifest
  const optionalDependencies = Object.fromEntries(platforms.map(place => [`${manifest.name}-${place}`, version]))
  pack({ ...manifest, optionalDependencies }, stage => {
    const left = new Set(['node_modules', 'tests', 'src', 'npm', 'scripts'].map(name => path.join(root, folder, name)))
    const filter = source => !left.has(source) && !source.endsWith('.node')
    fs.cpSync(path.join(root, folder), stage, { recursive: true, filter })
  })
  const description = `${what} of ${manifest.name} for ${platform}. Installed by it, not by itself.`
  const entry = name.endsWith('.node') ? { main: name } : {}
  pack({ name: `${manifest.name}-${platform}`, version, description, license, ...fits, engines, files: [name], ...entry }, stage => {
    fs.copyFileSync(path.join(built, binary), path.join(stage, name))
    fs.chmodSync(path.join(stage, name), mode)
    fs.writeFileSync(path.join(stage, 'README.md'), `# ${manifest.name}-${platform}\n\n${description}\n`)
  })
}

packBoth('bindings-node', { binary: library, name: `brevo-native.${platform}.node`, mode: 0o644, what: 'The addon' })
packBoth('sandbox/npm', { binary: program, name: program, mode: 0o755, what: 'The program' })
fs.rmSync(path.join(dist, 'staged'), { recursive: true, force: true })
