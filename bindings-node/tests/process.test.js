'use strict'

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const path = require('node:path')
const { test } = require('node:test')
const { Worker } = require('node:worker_threads')
const { KEY, serve, serveRaw } = require('./support/server.js')

const root = path.join(__dirname, '..')

/** Runs a program in its own process, with a client of that address as `brevo`. */
function run (brevoUrl, program, { type = 'commonjs', flags = [] } = {}) {
  const load = type === 'module'
    ? "import { Brevo, NotFoundError } from 'brevo-native'"
    : "const { Brevo, NotFoundError } = require('brevo-native')"
  const text = `${load}\nconst brevo = new Brevo({ maxRetries: 0 })\n${program}`
  const child = spawn(process.execPath, [...flags, `--input-type=${type}`, '--eval', text], {
    cwd: root, env: { ...process.env, BREVO_API_KEY: KEY, BREVO_API_URL: brevoUrl }
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { output += data })
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  return new Promise(resolve => child.on('close', code => {
    clearTimeout(late)
    resolve({ code, output })
  }))
}

const address = brevo => /http:[^,]*/.exec(String(brevo))[0]

test('ESM and CJS, and the process ends by itself', async t => {
  const { brevo } = await serve(t, () => ({ id: 5 }))
  const program = 'brevo.contacts.getList({ listId: 5 }).then(list => console.log(list.id, typeof NotFoundError))'
  for (const type of ['commonjs', 'module']) {
    assert.deepEqual(await run(address(brevo), program, { type }), { code: 0, output: '5 function\n' })
  }
})

test('ESM exports what CJS exports', async () => {
  const esm = await import('../index.mjs')
  const cjs = require('..')
  assert.deepEqual(Object.keys(esm).sort(), Object.keys(cjs).sort())
  for (const name of Object.keys(cjs)) assert.equal(esm[name], cjs[name])
})

test('a client alone does not keep the process alive, nor does a call that was given up', async t => {
  const brevo = await serveRaw(t, () => {})
  assert.deepEqual(await run(address(brevo), ''), { code: 0, output: '' })
  const program = 'brevo.account.getAccount({}, { signal: AbortSignal.timeout(50) }).catch(error => console.log(error.name))'
  const withTimer = `setTimeout(() => {}, 100)\n${program}`
  assert.deepEqual(await run(address(brevo), withTimer), { code: 0, output: 'CancelledError\n' })
})

test('process.exit in the middle of calls', async t => {
  const brevo = await serveRaw(t, () => {})
  const program = 'for (let i = 0; i < 20; i++) brevo.account.getAccount()\nsetTimeout(() => process.exit(3), 50)'
  assert.deepEqual(await run(address(brevo), program), { code: 3, output: '' })
})

test('listings make their entries in programs that allow no code from texts, or freeze what objects inherit', async t => {
  const contacts = Array.from({ length: 1000 }, (_, id) => ({ id, attributes: { toString: id } }))
  const { brevo } = await serve(t, () => ({ contacts, count: 1000 }))
  const program = `
    async function main () {
      let same = 0
      for await (const { id, attributes } of brevo.contacts.getContacts.iter({ limit: 5 })) {
        same += attributes.toString === id
        if (id === 999) break
      }
      console.log(same)
    }
    main()
  `
  for (const flags of [[], ['--disallow-code-generation-from-strings'], ['--frozen-intrinsics', '--no-warnings']]) {
    assert.deepEqual(await run(address(brevo), program, { flags }), { code: 0, output: '1000\n' })
  }
})

test('the event loop goes on while calls wait', async t => {
  const { brevo } = await serve(t, () => new Promise(resolve => setTimeout(resolve, 1000, {})))
  let ticks = 0
  const timer = setInterval(() => { ticks++ }, 5)
  t.after(() => clearInterval(timer))
  await Promise.all(Array.from({ length: 20 }, () => brevo.account.getAccount()))
  assert.ok(ticks > 10, `${ticks} ticks`)
})

test('clients in worker threads, ended in the middle of calls as well', async t => {
  const { brevo } = await serve(t, ({ url }) => url.endsWith('/1') ? { id: 1 } : new Promise(() => {}))
  const program = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { Brevo } = require(workerData.root)
    const brevo = new Brevo(workerData.settings)
    for (let i = 0; i < 10; i++) brevo.contacts.getList({ listId: 2 }).catch(() => {})
    brevo.contacts.getList({ listId: 1 }).then(list => parentPort.postMessage(list.id), error => parentPort.postMessage(error.message))
  `
  const settings = { apiKey: KEY, baseUrl: address(brevo), pacing: false }
  for (let round = 0; round < 3; round++) {
    const workers = [1, 2].map(() => new Worker(program, { eval: true, workerData: { root, settings } }))
    const answers = await Promise.all(workers.map(worker => new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })))
    assert.deepEqual(answers, [1, 1])
    await Promise.all(workers.map(worker => worker.terminate()))
  }
  assert.deepEqual(await brevo.contacts.getList({ listId: 1 }), { id: 1 })
})

test('clients that are no longer used are freed', async t => {
  const { brevo } = await serve(t, () => ({ id: 1 }))
  const program = `
    let freed = 0
    const registry = new FinalizationRegistry(() => freed++)
    async function use () {
      const client = new Brevo()
      registry.register(client)
      await client.contacts.getList({ listId: 1 })
    }
    async function main () {
      for (let i = 0; i < 20; i++) await use()
      for (let i = 0; i < 20 && freed < 15; i++) {
        gc()
        await new Promise(resolve => setTimeout(resolve, 10))
      }
      console.log(freed >= 15)
    }
    main()
  `
  const setUp = "require('node:v8').setFlagsFromString('--expose-gc')\nconst gc = require('node:vm').runInNewContext('gc')\n"
  assert.deepEqual(await run(address(brevo), setUp + program), { code: 0, output: 'true\n' })
})
