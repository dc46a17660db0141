'use strict'

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { Readable } = require('node:stream')
const { ReadableStream } = require('node:stream/web')
const { test } = require('node:test')
const { pathToFileURL } = require('node:url')
const arrow = require('apache-arrow')
const { CancelledError } = require('..')
const { serve } = require('./support/server.js')

const TYPES = { FIRSTNAME: 'text', AGE: 'float', BORN: 'date', VIP: 'boolean', COLOURS: 'multiple-choice' }
const ADA = { email: 'ada@example.com', attributes: { FIRSTNAME: 'Ada' } }
const CSV = 'EMAIL,FIRSTNAME\nada@example.com,Ada\n'

/** A service that takes imports; `sent()` gives the contacts that it got. */
async function importing (t, { status = 202, delay = 0 } = {}) {
  const attributes = Object.entries(TYPES).map(([name, type]) => ({
    name, type, category: 'normal', ...(type === 'multiple-choice' && { multiCategoryOptions: ['red', 'blue'] })
  }))
  const service = await serve(t, async ({ method, url }) => {
    if (url === '/v3/contacts/attributes') return { attributes }
    if (method !== 'POST') return { id: 7, status: 'completed' }
    if (delay) await new Promise(resolve => setTimeout(resolve, delay))
    return status === 202 ? { status, body: { processId: 7 } } : { status, body: { code: 'unauthorized', message: 'no' } }
  })
  const sent = () => service.requests.filter(({ method }) => method === 'POST')
    .flatMap(({ body }) => JSON.parse(String(body)).jsonBody)
  return { ...service, sent, importFile: (source, params, options) => service.brevo.contacts.importFile({ source, listIds: [2], ...params }, options) }
}

async function * later (items) {
  for (const item of items) yield item
}

const people = count => Array.from({ length: count }, (_, i) => ({ email: `${i}@example.com`, FIRSTNAME: 'x'.repeat(100) }))

test('rows, content and paths in every form', async t => {
  const { importFile, sent, requests } = await importing(t)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brevo-node-'))
  t.after(() => fs.rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'people.csv')
  fs.writeFileSync(file, CSV)
  const row = { email: 'ada@example.com', FIRSTNAME: 'Ada' }
  const table = arrow.tableFromArrays({ email: ['ada@example.com'], FIRSTNAME: ['Ada'] })
  const sources = {
    rows: () => [row],
    'rows in the form of the API': () => [ADA],
    'a generator': () => (function * () { yield row })(),
    'a set': () => new Set([row]),
    maps: () => [new Map(Object.entries(row))],
    'an async generator': () => later([row]),
    'a stream of objects': () => Readable.from([row]),
    'a stream of bytes': () => fs.createReadStream(file),
    'a stream of text': () => fs.createReadStream(file, { encoding: 'utf8', highWaterMark: 3 }),
    'a web stream': () => new Blob([CSV]).stream(),
    'a web stream of rows': () => new ReadableStream({ start (controller) { controller.enqueue(row); controller.close() } }),
    'a blob': () => new Blob([CSV]),
    bytes: () => Buffer.from(CSV),
    'a buffer': () => new Uint8Array(Buffer.from(CSV)).buffer,
    'lines of JSON': () => Buffer.from(JSON.stringify(row)),
    'pieces of text': () => ['EMAIL,FIRST', 'NAME\nada@example.com,Ada'],
    'UTF-16': () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(CSV.replaceAll(',', ';'), 'utf16le')]),
    'a path': () => file,
    'a file URL': () => pathToFileURL(file),
    'a table of Arrow': () => table,
    'a record batch': () => table.batches[0],
    'record batches': () => later(table.batches)
  }
  for (const [name, source] of Object.entries(sources)) {
    requests.length = 0
    const { rows, imported } = await importFile(source())
    assert.deepEqual([rows, imported, sent()], [1, 1, [ADA]], name)
  }
  requests.length = 0
  await importFile(undefined, { path: pathToFileURL(file) })
  assert.deepEqual(sent(), [ADA])
})

test('values of rows', async t => {
  const { importFile, sent } = await importing(t)
  const result = await importFile([
    { email: 'a@example.com', FIRSTNAME: 'A"da\n\u{1f600}', AGE: 36.5, BORN: new Date(0), VIP: true, COLOURS: ['red', 'blue'] },
    { email: 'b@example.com', FIRSTNAME: 75001, AGE: 2n ** 60n, COLOURS: new Set(['red']) },
    { email: 'c@example.com', FIRSTNAME: null, AGE: NaN, BORN: undefined },
    { email: 'd@example.com', AGE: Infinity, COLOURS: new Set() },
    { email: 'e@example.com', FIRSTNAME: 'half \ud83d' }
  ])
  const text = JSON.stringify(sent().map(({ attributes }) => attributes ?? null))
  assert.equal(text, JSON.stringify([
    { FIRSTNAME: 'A"da\n\u{1f600}', AGE: 36.5, BORN: '1970-01-01T00:00:00.000Z', VIP: true, COLOURS: ['red', 'blue'] },
    { FIRSTNAME: '75001', AGE: 2 ** 60, COLOURS: ['red'] },
    null,
    { COLOURS: [] }
  ]))
  assert.deepEqual(result.rejects.map(({ line }) => line), [5])
})

test('types of Arrow', async t => {
  const { importFile, sent, requests } = await importing(t)
  const { vectorFromArray: vector } = arrow
  const moment = Date.UTC(2026, 5, 30, 22, 30, 15, 250)
  const decimal = arrow.makeVector(arrow.makeData({
    type: new arrow.Decimal(2, 20, 128),
    length: 3,
    data: Uint32Array.from([3650, 0, 0, 0, 0xfffffffb, 0xffffffff, 0xffffffff, 0xffffffff, 1200, 0, 0, 0])
  }))
  const columns = {
    FIRSTNAME: [
      [vector(['Zoë', null, 'x'], new arrow.Utf8()), ['Zoë', undefined, 'x']],
      [vector(['a', 'b', 'a']), ['a', 'b', 'a']],
      [vector([32700, null, 3], new arrow.TimeSecond()), ['09:05:00', undefined, '00:00:03']],
      [vector([500_000n, 1n, 0n], new arrow.TimeMicrosecond()), ['00:00:00.5', '00:00:00.000001', '00:00:00']]
    ],
    AGE: [
      [vector([1, null, -3], new arrow.Int8()), [1, undefined, -3]],
      [vector([1n, 2n ** 62n, null], new arrow.Int64()), [1, 2 ** 62, undefined]],
      [vector([1.5, NaN, 36], new arrow.Float64()), [1.5, undefined, 36]],
      [decimal, [36.5, -0.05, 12]]
    ],
    VIP: [[vector([true, false, null], new arrow.Bool()), [true, false, undefined]]],
    BORN: [
      [vector([new Date(0), new Date(Date.UTC(1815, 11, 10)), null], new arrow.DateDay()), ['1970-01-01', '1815-12-10', undefined]],
      [vector([moment, 0, null], new arrow.TimestampMillisecond()), ['2026-06-30T22:30:15.25', '1970-01-01T00:00:00', undefined]],
      [vector([moment, null, null], new arrow.TimestampNanosecond('Europe/Paris')), ['2026-07-01T00:30:15.25+02:00', undefined, undefined]],
      [vector([moment - 250, null, null], new arrow.TimestampSecond('-05:30')), ['2026-06-30T17:00:15-05:30', undefined, undefined]]
    ],
    COLOURS: [
      [vector([['red', 'blue'], [], null], new arrow.List(new arrow.Field('item', new arrow.Utf8()))), [['red', 'blue'], [], undefined]]
    ]
  }
  const email = vector(['a@example.com', 'b@example.com', 'c@example.com'], new arrow.Utf8())
  for (const [name, cases] of Object.entries(columns)) {
    for (const [column, expected] of cases) {
      requests.length = 0
      await importFile(new arrow.Table({ email, [name]: column }))
      assert.deepEqual(sent().map(({ attributes }) => attributes?.[name]), expected, `${name}: ${column.type}`)
    }
  }
  const interval = vector([Int32Array.from([1, 2])], new arrow.IntervalDayTime())
  await assert.rejects(importFile(new arrow.Table({ email: email.slice(0, 1), AGE: interval })), { kind: 'invalid_argument', parameter: 'source.AGE' })
})

test('what cannot be a source is refused', async t => {
  const { importFile, sent, brevo } = await importing(t)
  const cases = [
    [7, 'source', /expected a path, content or an iterable of rows, got a number/],
    [ADA, 'source', /got a single object/],
    [[ADA, 7], 'source[1]', /a row must be an object, got a number/],
    [[ADA, [1]], 'source[1]', /got an array/],
    [[ADA, 'text'], 'source[1]', /cannot be mixed/],
    [[{ email: 'a@b.co', AGE: () => 1 }], 'source[0].AGE', /a function cannot be sent/],
    [[{ email: 'a@b.co', AGE: 2n ** 70n }], 'source[0].AGE', /64 bits/],
    [[], 'path', /there are no rows/],
    [new URL('https://example.com/people.csv'), 'source', /file/]
  ]
  for (const [source, parameter, reason] of cases) {
    await assert.rejects(importFile(source), error => error.kind === 'invalid_argument' && error.parameter === parameter && reason.test(error.reason), String(reason))
  }
  await assert.rejects(importFile([ADA], { path: 'people.csv' }), { kind: 'invalid_argument', parameter: 'path' })
  await assert.rejects(brevo.process.waitForProcess({ processId: 7, source: [] }), { parameter: 'source' })
  assert.deepEqual(sent(), [])
})

test('what a source throws is what the promise is rejected with, when all on its way has come to its end', async t => {
  const { importFile, sent, requests } = await importing(t)
  const mine = new Error('mine')
  const sources = [
    function * () { yield * people(5000); throw mine },
    async function * () { yield * people(5000); throw mine }
  ]
  for (const source of sources) {
    requests.length = 0
    await assert.rejects(importFile(source(), { bodyLimit: 100_000 }), error => error === mine)
    assert.ok(sent().length > 1000)
  }
  const stream = new Readable({ read () { this.destroy(mine) } })
  await assert.rejects(importFile(stream), error => error === mine)
})

test('rows are asked for as they are needed, and the source is let go of when the job ends', async t => {
  const { importFile, sent } = await importing(t, { delay: 200 })
  let made = 0
  let ahead
  const result = await importFile(async function * () {
    for (const person of people(20_000)) {
      if (++made === 20_000) ahead = made - sent().length
      yield { ...person, AGE: made }
    }
  }(), { bodyLimit: 200_000 })
  assert.equal(result.imported, 20_000)
  assert.ok(ahead < 10_000, String(ahead))

  const refused = await importing(t, { status: 401 })
  let closed = 0
  const endless = async function * () {
    try {
      for (let i = 0; ; i++) yield { email: `${i}@example.com`, FIRSTNAME: 'x'.repeat(200) }
    } finally {
      closed++
    }
  }
  await assert.rejects(refused.importFile(endless(), { bodyLimit: 100_000 }), { status: 401 })
  const controller = new AbortController()
  const waiting = importFile(endless(), { bodyLimit: 100_000 }, { signal: controller.signal })
  setTimeout(() => controller.abort(), 300)
  await assert.rejects(waiting, error => error instanceof CancelledError)
  const stream = new Readable({ read () {} })
  stream.push(CSV)
  const stuck = importFile(stream, {}, { signal: AbortSignal.timeout(200) })
  await assert.rejects(stuck, error => error instanceof CancelledError)
  await new Promise(resolve => setTimeout(resolve, 50))
  assert.equal(closed, 2)
  assert.ok(stream.destroyed)
})

test('progress tells how many rows there are, and is shown where that is wished', async t => {
  const { importFile, url } = await importing(t)
  const told = []
  await importFile(people(3), {}, { onProgress: progress => told.push(progress) })
  const read = told.find(({ stage }) => stage === 'read')
  assert.deepEqual([read.done, read.total], [3, 3])
  const program = `
    const { Brevo } = require(${JSON.stringify(path.join(__dirname, '..'))})
    const brevo = new Brevo({ apiKey: ${JSON.stringify('xkeysib-' + '0123456789abcdef'.repeat(4) + '-AbCdEfGhIjKlMnOp')}, baseUrl: process.argv[1], pacing: false })
    const source = [{ email: 'a@example.com' }]
    brevo.contacts.importFile({ source, listIds: [2] }, { onProgress: true }).then(() => process.stderr.write('over\\n'))`
  const child = spawn(process.execPath, ['-e', program, url])
  let text = ''
  child.stderr.on('data', data => { text += data })
  await new Promise(resolve => child.on('close', resolve))
  assert.deepEqual(text.trim().split('\n').map(line => line.split(':')[0]), ['read 100%', 'send', 'wait 100%', 'over'], text)
})
