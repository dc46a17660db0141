// The servers of the README, as they stand there, each with the installed packages and a sandbox.
'use strict'

const assert = require('node:assert/strict')
const { execFileSync, spawn } = require('node:child_process')
const fs = require('node:fs')
const net = require('node:net')
const os = require('node:os')
const path = require('node:path')
const { test } = require('node:test')

const root = path.join(__dirname, '../../..')
const dist = process.env.DIST ?? path.join(root, 'target/dist')
const tools = path.join(root, 'bindings-node/node_modules')
const blocks = [...fs.readFileSync(path.join(root, 'bindings-node/README.md'), 'utf8').matchAll(/^```(javascript|typescript)\n(.*?)^```$/gms)]

/** A folder with the frameworks and the packages. */
function prepared (t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brevo-servers-'))
  t.after(() => fs.rmSync(folder, { recursive: true }))
  const modules = path.join(folder, 'node_modules')
  fs.mkdirSync(modules)
  const theirs = path.join(__dirname, 'node_modules')
  for (const name of fs.readdirSync(theirs).filter(name => name[0] !== '.')) fs.symlinkSync(path.join(theirs, name), path.join(modules, name))
  for (const file of fs.readdirSync(dist).filter(name => name.endsWith('.tgz'))) {
    const place = path.join(modules, file.replace(/-\d.*$/, ''))
    fs.mkdirSync(place)
    execFileSync('tar', ['-xzf', path.join(dist, file), '--strip-components', '1', '-C', place])
  }
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}')
  return folder
}

async function freePort () {
  const server = net.createServer()
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Asks until the server is up. */
async function post (url, body, child) {
  for (;;) {
    try {
      const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      return { status: reply.status, body: await reply.json() }
    } catch (error) {
      if (child.exitCode !== null) throw error
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}

test('the README shows servers of three frameworks', () => assert.equal(blocks.length, 3))

for (const [, language, code] of blocks) {
  const [, framework] = /from '(express|fastify|@nestjs\/core)'/.exec(code)
  test(`${framework}: a contact is made, a second one clashes, a bad one is refused`, { timeout: 120_000 }, async t => {
    const folder = prepared(t)
    if (language === 'typescript') {
      fs.writeFileSync(path.join(folder, 'server.ts'), code)
      const compilerOptions = {
        strict: true, target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', experimentalDecorators: true, emitDecoratorMetadata: true,
        skipLibCheck: true, types: ['node'], typeRoots: [path.join(tools, '@types')]
      }
      fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['server.ts'] }))
      execFileSync(process.execPath, [path.join(tools, 'typescript/bin/tsc'), '--project', folder], { stdio: 'inherit' })
    } else {
      fs.writeFileSync(path.join(folder, 'server.js'), code)
    }
    const { start } = require(path.join(folder, 'node_modules/brevo-sandbox'))
    const sandbox = await start()
    t.after(() => sandbox.stop())
    const port = await freePort()
    const env = { ...process.env, PORT: String(port), BREVO_API_URL: sandbox.baseUrl, BREVO_API_KEY: await sandbox.makeKey() }
    const child = spawn(process.execPath, ['server.js'], { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] })
    t.after(() => child.kill())
    const url = `http://127.0.0.1:${port}/subscribe`
    const made = await post(url, { email: 'ada@example.com', firstName: 'Ada' }, child)
    assert.equal(made.status, 201)
    assert.equal(typeof made.body.id, 'number')
    assert.equal((await post(url, { email: 'ada@example.com' }, child)).status, 409)
    const refused = await post(url, { email: 5 }, child)
    assert.equal(refused.status, 400)
    assert.match(refused.body.message, /contacts\.createContact: email: expected text, got a whole number/)
  })
}
