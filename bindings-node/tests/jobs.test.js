'use strict'

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { test } = require('node:test')
const { promisify } = require('node:util')
const { CancelledError } = require('..')
const { KEY, serve } = require('./support/server.js')

function folderOf (t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brevo-node-'))
  t.after(() => fs.rmSync(folder, { recursive: true }))
  return folder
}

const ATTRIBUTES = { attributes: [{ name: 'FIRSTNAME', category: 'normal', type: 'text' }] }

/** A service that takes imports, whose processes end when `done` says so. */
function importing (t, done = () => true) {
  return serve(t, ({ method, url }) => {
    if (url === '/v3/contacts/attributes') return ATTRIBUTES
    if (method === 'POST') return { status: 202, body: { processId: 78 } }
    return { id: 78, name: 'import', status: done() ? 'completed' : 'in_process' }
  })
}

test('importFile imports, and reports progress and rejected rows', async t => {
  const { brevo, requests } = await importing(t)
  const file = path.join(folderOf(t), 'people.csv')
  fs.writeFileSync(file, 'EMAIL,FIRSTNAME\nada@example.com,Ada\nnonsense,Bob\nzoë@example.com,Zoë 🙂\n')
  const stages = new Set()
  const result = await brevo.contacts.importFile({ path: file, listIds: [2] }, { onProgress: ({ stage, done }) => done >= 0 && stages.add(stage) })
  assert.equal(result.rows, 3)
  assert.equal(result.rejected, 1)
  assert.equal(result.rejects[0].line, 3)
  assert.deepEqual(result.processIds, [78])
  assert.ok(stages.has('send') && stages.has('wait'), [...stages].join())
  assert.match(String(requests.find(({ method }) => method === 'POST').body), /Zoë 🙂/)
})

test('broken rows are told with line and reason, and kept in a file; the others are imported', async t => {
  const { brevo, requests } = await importing(t)
  const folder = folderOf(t)
  const [file, rejectsPath] = ['people.csv', 'rejects.csv'].map(name => path.join(folder, name))
  fs.writeFileSync(file, 'EMAIL,FIRSTNAME\nada@example.com,Ada\nbob@example.com,"Bob\ncy@example.com\ndi@example.com,Di\n')
  const result = await brevo.contacts.importFile({ path: file, listIds: [2], rejectsPath })
  assert.deepEqual([result.rows, result.imported], [4, 2])
  assert.deepEqual(result.rejects.map(({ line, reason }) => [line, reason]), [[3, 'a quote is opened and never closed'], [4, 'fields are missing']])
  assert.match(fs.readFileSync(rejectsPath, 'utf8'), /^3,a quote is opened and never closed,"bob@example\.com,""Bob"\r\n4,fields are missing,cy@example\.com\r\n/m)
  assert.match(String(requests.find(({ method }) => method === 'POST').body), /ada@.*di@/)
})

test('exportList writes the file', async t => {
  const contacts = Array.from({ length: 700 }, (_, id) => ({ id, email: `${id}@example.com`, attributes: { FIRSTNAME: `"N", ${id}` } }))
  const { brevo } = await serve(t, ({ url }) => {
    if (url === '/v3/contacts/attributes') return ATTRIBUTES
    const { searchParams } = new URL(url, 'http://x')
    const offset = Number(searchParams.get('offset') ?? 0)
    return { contacts: contacts.slice(offset, offset + Number(searchParams.get('limit'))), count: contacts.length }
  })
  const file = path.join(folderOf(t), 'list.csv')
  const result = await brevo.contacts.exportList({ listId: 2, path: file })
  assert.equal(result.rows, 700)
  const lines = fs.readFileSync(file, 'utf8').trim().split(/\r?\n/)
  assert.equal(lines.length, 701)
  assert.match(lines[700], /699@example\.com.*"""N"", 699"/)
})

/** A list of so many contacts; the page that begins behind `broken` is refused. */
function listing (t, total, broken = Infinity) {
  return serve(t, ({ url }) => {
    if (url === '/v3/contacts/attributes') return ATTRIBUTES
    const { searchParams } = new URL(url, 'http://x')
    const [offset, limit] = ['offset', 'limit'].map(name => Number(searchParams.get(name) ?? 0))
    if (offset >= broken) return { status: 404, body: { code: 'document_not_found', message: 'Gone' } }
    const count = Math.max(0, Math.min(limit, total - offset))
    return { contacts: Array.from({ length: count }, (_, i) => ({ id: offset + i + 1, attributes: { FIRSTNAME: 'N', OTHER: 1 } })), count: total }
  })
}

test('iter of an export gives the rows, and is a page ahead', async t => {
  const { brevo, requests } = await listing(t, 1200)
  const rows = brevo.contacts.exportList.iter({ listId: 2, attributes: ['FIRSTNAME'] })
  assert.equal(requests.length, 0)
  assert.deepEqual((await rows.next()).value, { id: 1, attributes: { FIRSTNAME: 'N' } })
  const pages = () => requests.filter(({ url }) => url.includes('limit=')).length
  for (let i = 0; i < 200 && pages() < 2; i++) await new Promise(resolve => setTimeout(resolve, 10))
  await new Promise(resolve => setTimeout(resolve, 100))
  assert.equal(pages(), 2)
  let last = 1
  for await (const { id } of rows) assert.equal(id, ++last)
  assert.equal(last, 1200)
})

test('iter of an export ends with its error, its signal, or when it is left', async t => {
  const { brevo, requests } = await listing(t, 5000, 700)
  let seen = 0
  await assert.rejects(async () => {
    for await (const row of brevo.contacts.exportList.iter({ listId: 2 })) seen = row.id
  }, { kind: 'not_found', operation: 'contacts.getContactsFromList' })
  assert.equal(seen, 980)
  const controller = new AbortController()
  await assert.rejects(async () => {
    for await (const { id } of brevo.contacts.exportList.iter({ listId: 2 }, { signal: controller.signal })) if (id === 500) controller.abort()
  }, { kind: 'cancelled' })
  for await (const { id } of brevo.contacts.exportList.iter({ listId: 2 })) if (id === 3) break
  await new Promise(resolve => setTimeout(resolve, 100))
  const count = requests.length
  await new Promise(resolve => setTimeout(resolve, 100))
  assert.equal(requests.length, count)
})

test('rows of an export tell their progress', async t => {
  const { brevo, url } = await listing(t, 1200)
  const told = []
  const onProgress = ({ stage, done, total }) => told.push([stage, done, total])
  const wanted = [['read', 500, 1200], ['read', 980, 1200], ['read', 1200, 1200]]
  // Only the newest is told to who was away, the last one always.
  const check = () => {
    assert.deepEqual(told, wanted.filter(([, done]) => told.some(progress => progress[1] === done)))
    assert.deepEqual(told.splice(0).at(-1), wanted.at(-1))
  }
  const { exportList } = brevo.contacts
  let count = 0
  for await (const row of exportList.iter({ listId: 2 }, { onProgress })) count += row.id > 0
  assert.equal(count, 1200)
  check()
  for await (const piece of exportList.arrow({ listId: 2 }, { onProgress })) assert.ok(piece.length > 0)
  check()
  const enough = new Error('enough')
  const stop = () => { throw enough }
  count = 0
  await assert.rejects(async () => {
    for await (const row of exportList.iter({ listId: 2 }, { onProgress: stop })) count = row.id
  }, enough)
  assert.ok(count <= 500)
  await assert.rejects(exportList.iter({ listId: 2 }, { onProgress: 1 }).next(), { parameter: 'options.onProgress' })
  const program = `
    const { Brevo } = require(${JSON.stringify(path.join(__dirname, '..'))})
    const { exportList } = new Brevo({ apiKey: ${JSON.stringify(KEY)}, baseUrl: process.argv[1], pacing: false }).contacts
    const read = async rows => { for await (const row of rows) if (!row) break }
    read(exportList.iter({ listId: 2 }, { onProgress: true })).then(() => read(exportList.arrow({ listId: 2 }, { onProgress: true })))`
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', program, url])
  assert.deepEqual(stderr.trim().split('\n').map(line => line.split(',')[0]), ['read 100%: 1', 'read 100%: 1'], stderr)
})

test('iter of an export refuses what speaks of a file', async t => {
  const { brevo, requests } = await listing(t, 1)
  const { exportList, importFile } = brevo.contacts
  for (const [params, options, parameter] of [
    [{ listId: 2, path: 'x.csv' }, undefined, 'path'],
    [{ listId: 2, checkpointPath: 'x' }, undefined, 'checkpointPath'],
    [{}, undefined, 'listId'],
    [{ listId: 2 }, { timeout: 1 }, 'options.timeout']
  ]) {
    await assert.rejects(exportList.iter(params, options).next(), { kind: 'invalid_argument', parameter, operation: 'contacts.exportList' })
  }
  assert.equal(importFile.iter, undefined)
  assert.equal(requests.length, 0)
})

test('mistakes are told like those of operations', async t => {
  const { brevo, requests } = await importing(t)
  const { importFile } = brevo.contacts
  const cases = [
    [() => importFile({ path: '/nonexistent.csv', listIds: [1] }), { kind: 'io', operation: 'contacts.importFile' }],
    [() => importFile({ pathh: 'x' }), { kind: 'invalid_argument', parameter: 'pathh' }],
    [() => importFile({ path: 'x', listIds: ['1'] }), { kind: 'invalid_argument', parameter: 'listIds[0]' }],
    [() => importFile({ path: 'x' }, { timeout: 1 }), { kind: 'invalid_argument', parameter: 'options.timeout' }],
    [() => importFile({ path: 'x' }, { onProgress: 1 }), { kind: 'invalid_argument', parameter: 'options.onProgress' }],
    [() => importFile(), { kind: 'invalid_argument' }]
  ]
  for (const [call, error] of cases) await assert.rejects(call, error)
  assert.ok(requests.every(({ method }) => method === 'GET'))
  assert.equal(importFile.name, 'importFile')
  assert.match(importFile.doc, /CSV/)
})

test('a job ends with its signal, or with what onProgress throws', async t => {
  const { brevo } = await importing(t, () => false)
  const controller = new AbortController()
  const waiting = brevo.process.waitForProcess({ processId: 78 }, { signal: controller.signal, onProgress: () => controller.abort() })
  await assert.rejects(waiting, error => error instanceof CancelledError && error.operation === 'process.waitForProcess')
  const mine = new Error('mine')
  await assert.rejects(brevo.process.waitForProcess({ processId: 78 }, { onProgress: () => { throw mine } }), error => error === mine)
})
