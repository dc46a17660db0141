// The npm packages as their users get them: in empty folders, without a network, under every Node that is there.
'use strict'

const assert = require('node:assert/strict')
const { execFile, execFileSync, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { after, before, test } = require('node:test')
const registry = require('./registry.js')

const root = path.join(__dirname, '../../..')
const dist = process.env.DIST ?? path.join(root, 'target/dist')
const programs = path.join(__dirname, 'programs')
const { version, devDependencies } = require('../../../bindings-node/package.json')
const platform = 'linux-x64-gnu'
const NEWEST_GLIBC = '2.17'
const CODE = [
  'LICENSE', 'README.md', 'base.d.ts', 'index.d.mts', 'index.d.ts', 'index.js', 'index.mjs', 'lib/arguments.js', 'lib/arrow.js', 'lib/client.js', 'lib/columns.js',
  'lib/errors.js', 'lib/listing.js', 'lib/native.js', 'lib/port.js', 'lib/source.js', 'lib/table.js', 'lib/trace.js',
  'package.json', 'types.d.ts'
]

/** The machine's Node, and those of `package.json`. */
const others = path.join(__dirname, 'node_modules')
const nodes = [process.execPath, ...fs.readdirSync(others).filter(name => /^node\d+$/.test(name)).map(name => path.join(others, name, 'bin/node'))]

const folders = []
let shared
let store

function folder () {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'brevo-npm-'))
  folders.push(made)
  return made
}

function run (command, options = {}) {
  const [program, ...rest] = command
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8', timeout: 120_000, ...options })
  assert.equal(status, options.status ?? 0, `${command.join(' ')}\n${stdout}${stderr}`)
  return { stdout, stderr }
}

/** npm with nothing of this machine's: its own cache, its own registry. */
async function npm (cwd, ...rest) {
  const env = {
    PATH: process.env.PATH, HOME: cwd, npm_config_cache: path.join(cwd, '.cache'), npm_config_registry: store.url,
    npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false'
  }
  // Not spawnSync: the registry answers in this process.
  return new Promise((resolve, reject) => execFile('npm', rest, { cwd, env }, (error, stdout, stderr) =>
    error ? reject(new Error(`npm ${rest.join(' ')}\n${stdout}${stderr}`)) : resolve(stdout)))
}

async function installed (...rest) {
  const cwd = folder()
  await npm(cwd, 'install', ...(rest.length === 0 ? ['brevo-native'] : rest))
  return cwd
}

const tgz = name => path.join(dist, `${name}-${version}.tgz`)
const load = (cwd, status) => run([process.execPath, '-e', "require('brevo-native')"], { cwd, status }).stderr

before(async () => {
  store = await registry.serve(dist)
  shared = await installed('brevo-native', 'brevo-sandbox')
})

after(() => {
  store.close()
  for (const made of folders) fs.rmSync(made, { recursive: true })
})

test('the packages hold what belongs in them, and nothing else', () => {
  const contents = name => execFileSync('tar', ['-tzf', tgz(name)], { encoding: 'utf8' }).trim().split('\n').map(entry => entry.slice('package/'.length)).sort()
  assert.deepEqual(contents('brevo-native'), CODE)
  assert.deepEqual(contents(`brevo-native-${platform}`), ['LICENSE', 'README.md', `brevo-native.${platform}.node`, 'package.json'])
  assert.deepEqual(contents('brevo-sandbox'), ['LICENSE', 'README.md', 'binary.js', 'cli.js', 'index.d.mts', 'index.d.ts', 'index.js', 'index.mjs', 'package.json'])
  assert.deepEqual(contents(`brevo-sandbox-${platform}`), ['LICENSE', 'README.md', 'brevo-sandbox', 'package.json'])
  for (const { manifest } of Object.values(store.packages)) {
    assert.equal(manifest.version, version, manifest.name)
    for (const key of ['private', 'scripts', 'dependencies', 'devDependencies']) assert.equal(manifest[key], undefined, `${manifest.name}: ${key}`)
    assert.equal(manifest.engines.node, '>= 18')
  }
  const { 'brevo-native': code, [`brevo-native-${platform}`]: addon } = store.packages
  assert.deepEqual(code.manifest.optionalDependencies, { [`brevo-native-${platform}`]: version })
  assert.deepEqual([addon.manifest.os, addon.manifest.cpu, addon.manifest.libc], [['linux'], ['x64'], ['glibc']])
})

test(`the binaries ask for no glibc later than ${NEWEST_GLIBC}, and for no library beside it`, () => {
  const binaries = [`brevo-native-${platform}/brevo-native.${platform}.node`, `brevo-sandbox-${platform}/brevo-sandbox`]
  for (const binary of binaries) {
    const file = path.join(shared, 'node_modules', binary)
    const { stdout: versions } = run(['readelf', '--version-info', '--wide', file])
    const asked = [...versions.matchAll(/GLIBC_([\d.]+)/g)].map(([, text]) => text)
    assert.ok(asked.length > 0)
    const compare = new Intl.Collator('en', { numeric: true }).compare
    for (const text of asked) assert.ok(compare(text, NEWEST_GLIBC) <= 0, `${binary} asks for ${text}`)
    const { stdout: dynamic } = run(['readelf', '--dynamic', '--wide', file])
    for (const [, library] of dynamic.matchAll(/NEEDED.*\[(.*)\]/g)) assert.match(library, /^(lib(c|m|dl|rt|pthread|util|gcc_s)|ld-linux-x86-64)\.so\.\d$/)
  }
})

test('from files alone, offline', async () => {
  const cwd = await installed('--offline', tgz('brevo-native'), tgz(`brevo-native-${platform}`))
  assert.equal(load(cwd), '')
  assert.deepEqual(fs.readdirSync(path.join(cwd, 'node_modules')).filter(name => name[0] !== '.').sort(), ['brevo-native', `brevo-native-${platform}`])
})

test('by name, and again from the lock file', async () => {
  const cwd = await installed()
  fs.rmSync(path.join(cwd, 'node_modules'), { recursive: true })
  await npm(cwd, 'ci')
  assert.equal(load(cwd), '')
})

test('programs of both kinds do the main job, under each Node', () => {
  const majors = new Set()
  for (const node of nodes) {
    majors.add(run([node, '-p', 'process.versions.node.split(".")[0]']).stdout.trim())
    for (const program of ['common.cjs', 'modules.mjs']) {
      const cwd = path.join(shared, path.basename(program, path.extname(program)))
      fs.rmSync(cwd, { recursive: true, force: true })
      fs.mkdirSync(cwd)
      fs.copyFileSync(path.join(programs, program), path.join(cwd, program))
      const start = `
        import { execFile } from 'node:child_process'
        import { start } from 'brevo-sandbox'
        const sandbox = await start()
        const env = { ...process.env, BREVO_API_URL: sandbox.baseUrl, BREVO_API_KEY: await sandbox.makeKey() }
        const done = execFile(process.execPath, ['${program}'], { env }, error => { process.exitCode = error ? 1 : 0 })
        done.stdout.pipe(process.stdout)
        done.stderr.pipe(process.stderr)`
      fs.writeFileSync(path.join(cwd, 'start.mjs'), start)
      const told = JSON.parse(run([node, 'start.mjs'], { cwd }).stdout)
      assert.deepEqual(told, {
        version, imported: 2, rejected: 1, people: ['ada@example.com', 'zoë@example.com'], duplicate: true, sent: 'string'
      })
    }
  }
  if (process.platform === 'linux' && process.arch === 'x64') {
    for (const major of ['18', '20', '22']) assert.ok(majors.has(major), `no Node ${major} was there`)
  }
})

test('programs in TypeScript compile strictly, whatever looks for modules, and run', () => {
  assert.ok(devDependencies.typescript)
  const tools = path.join(root, 'bindings-node/node_modules')
  for (const [module, moduleResolution, type] of [['node16', 'node16', 'commonjs'], ['node16', 'node16', 'module'], ['nodenext', 'nodenext', 'module'], ['esnext', 'bundler', 'module']]) {
    const cwd = path.join(shared, `typed-${moduleResolution}-${type}`)
    fs.mkdirSync(cwd)
    fs.copyFileSync(path.join(programs, 'typed.ts'), path.join(cwd, 'typed.ts'))
    fs.writeFileSync(path.join(cwd, 'people.csv'), 'EMAIL\nada@example.com\n')
    fs.writeFileSync(path.join(cwd, 'package.json'), JSON.stringify({ type }))
    fs.writeFileSync(path.join(cwd, 'tsconfig.json'), JSON.stringify({
      compilerOptions: {
        strict: true, exactOptionalPropertyTypes: false, target: 'es2022', module, moduleResolution, skipLibCheck: false,
        types: ['node'], typeRoots: [path.join(tools, '@types')]
      }
    }))
    run([process.execPath, path.join(tools, 'typescript/bin/tsc'), '--project', '.'], { cwd })
    const told = JSON.parse(run([process.execPath, 'typed.js'], { cwd }).stdout)
    assert.deepEqual(told, { imported: 1, stages: true, people: ['ada@example.com'], errors: ['NotFoundError', 'CancelledError'] })
  }
})

test('an installation that cannot work says what to do', async () => {
  const omitted = await installed('--omit=optional', 'brevo-native')
  const said = load(omitted, 1)
  assert.match(said, /without the package brevo-native-linux-x64-gnu/)
  const [, advice] = /or add it by name: npm install (\S+)/.exec(said)
  await npm(omitted, 'install', advice)
  assert.equal(load(omitted), '')

  const addon = cwd => path.join(cwd, 'node_modules', `brevo-native-${platform}`, `brevo-native.${platform}.node`)
  fs.writeFileSync(addon(omitted), 'no addon')
  assert.match(load(omitted, 1), /cannot load its addon on linux-x64.*Remove node_modules and install again/)

  const elsewhere = `Object.defineProperty(process, 'arch', { value: 'mips' }); require('brevo-native')`
  const { stderr } = run([process.execPath, '-e', elsewhere], { cwd: omitted, status: 1 })
  assert.match(stderr, /has no build for linux-mips-gnu; there are builds for linux-x64-gnu/)

  const stale = await installed()
  const manifest = path.join(stale, 'node_modules/brevo-native/package.json')
  fs.writeFileSync(manifest, fs.readFileSync(manifest, 'utf8').replace(`"version": "${version}"`, '"version": "9.9.9"'))
  assert.ok(load(stale, 1).includes(`brevo-native 9.9.9 found the addon of version ${version}`))
})

test('brevo-sandbox runs as a command, and says what is missing', async () => {
  const { stdout } = run(['npx', '--no-install', 'brevo-sandbox', '--version'], { cwd: shared })
  assert.equal(stdout.trim(), `brevo-sandbox ${version}`)
  const omitted = await installed('--omit=optional', 'brevo-sandbox')
  const { stderr } = run([process.execPath, 'node_modules/brevo-sandbox/cli.js', 'serve'], { cwd: omitted, status: 1 })
  assert.match(stderr, /npm install --save-dev brevo-sandbox-linux-x64-gnu/)
})
