'use strict'

const assert = require('node:assert/strict')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { pipeline } = require('node:stream/promises')
const { test } = require('node:test')
const { RecordBatchReader, tableFromIPC } = require('apache-arrow')
const { DecodeError, NotFoundError } = require('..')
const { serve } = require('./support/server.js')

const ATTRIBUTES = {
  attributes: Object.entries({ NAME: 'text', SCORE: 'float', TAGS: 'multiple-choice', BORN: 'date', VIP: 'boolean' })
    .map(([name, type]) => ({ name, type, category: 'normal' }))
}

/** An account with these contacts in every list; the page that begins behind `broken` is refused. */
async function account (t, contacts, broken = Infinity) {
  const service = await serve(t, ({ url }) => {
    if (url === '/v3/contacts/attributes') return ATTRIBUTES
    const { searchParams } = new URL(url, 'http://x')
    const [offset, limit] = ['offset', 'limit'].map(name => Number(searchParams.get(name) ?? 0))
    if (offset >= broken) return { status: 404, body: { code: 'document_not_found', message: 'Gone' } }
    return { contacts: contacts.slice(offset, offset + limit), count: contacts.length }
  })
  return { ...service, contacts: service.brevo.contacts }
}

const many = count => Array.from({ length: count }, (_, i) => ({ id: i + 1, email: `p${i + 1}@example.com`, attributes: { SCORE: i / 2 } }))

const PEOPLE = [
  { id: 1, email: 'zoë@example.com', emailBlacklisted: true, createdAt: '1970-01-01T01:00:01.5+01:00', attributes: { NAME: 'Zoë 😀', SCORE: 1.5, TAGS: ['a', null], BORN: '1990-12-31', VIP: false } },
  { id: 2, attributes: { SCORE: '2.25', TAGS: [], NAME: { a: 1 } } },
  { id: 'x', attributes: { BORN: '2023-02-29', VIP: 'perhaps' } }
]

/** The values of a column, lists among them as arrays. */
const column = (table, name) => Array.from(table.getChild(name), value => value?.toArray ? Array.from(value) : value)

test('the rows of an export are columns', async t => {
  const { contacts, requests } = await account(t, PEOPLE)
  const given = contacts.exportList.arrow({ listId: 2 })
  assert.deepEqual([requests.length, given.unfit, given.error], [0, {}, undefined])
  const table = await tableFromIPC(given)
  const types = Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]))
  assert.deepEqual(types, {
    id: 'Int64',
    email: 'Utf8',
    emailBlacklisted: 'Bool',
    smsBlacklisted: 'Bool',
    whatsappBlacklisted: 'Bool',
    createdAt: 'Timestamp<MICROSECOND, UTC>',
    modifiedAt: 'Timestamp<MICROSECOND, UTC>',
    NAME: 'Utf8',
    SCORE: 'Float64',
    TAGS: 'List<Utf8>',
    BORN: 'Date32<DAY>',
    VIP: 'Bool'
  })
  assert.deepEqual(column(table, 'id'), [1n, 2n, null])
  assert.deepEqual(column(table, 'email'), ['zoë@example.com', null, null])
  assert.deepEqual(column(table, 'emailBlacklisted'), [true, null, null])
  assert.deepEqual(column(table, 'createdAt'), [1500, null, null])
  assert.deepEqual(column(table, 'NAME'), ['Zoë 😀', '{"a":1}', null])
  assert.deepEqual(column(table, 'SCORE'), [1.5, 2.25, null])
  assert.deepEqual(column(table, 'TAGS'), [['a', null], [], null])
  assert.deepEqual(column(table, 'BORN'), [Date.parse('1990-12-31'), null, null])
  assert.deepEqual(column(table, 'VIP'), [false, null, null])
  assert.deepEqual(given.unfit, { id: 1, BORN: 1, VIP: 1 })
  assert.equal(given.error, undefined)
})

test('a listing is columns, a batch for each page', async t => {
  const { contacts, requests, brevo } = await account(t, many(2500))
  const given = contacts.getContacts.arrow({ limit: 1000 }, { headers: { 'x-seen': 'yes' } })
  const reader = await RecordBatchReader.from(given)
  await reader.open()
  assert.ok(['id', 'email', 'attributes', 'listIds'].every(name => reader.schema.fields.some(field => field.name === name)))
  const sizes = []
  for await (const batch of reader) sizes.push(batch.numRows)
  assert.deepEqual(sizes, [1000, 1000, 500])
  assert.ok(requests.every(({ headers }) => headers['x-seen'] === 'yes'))
  const again = await tableFromIPC(contacts.getContacts.arrow({ limit: 1000 }))
  assert.equal(again.getChild('id').get(2499), 2500n)
  assert.equal(again.getChild('attributes').get(1), '{"SCORE":0.5}')
  assert.equal((await tableFromIPC(brevo.senders.getSenders.arrow())).numRows, 0)
})

test('columns go into a file', async t => {
  const { contacts } = await account(t, many(1500))
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brevo-node-'))
  t.after(() => fs.rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'contacts.arrows')
  await pipeline(contacts.exportContacts.arrow(), fs.createWriteStream(file))
  const table = tableFromIPC(fs.readFileSync(file))
  assert.deepEqual(Array.from(table.getChild('id'), Number), many(1500).map(({ id }) => id))
  assert.deepEqual(Array.from(table.getChild('SCORE')), many(1500).map(({ attributes }) => attributes.SCORE))
})

test('each reading begins anew, also several at once', async t => {
  const { contacts } = await account(t, many(700))
  const given = contacts.exportList.arrow({ listId: 2 })
  const tables = await Promise.all([1, 2, 3, 4].map(() => tableFromIPC(given)))
  assert.deepEqual(tables.map(({ numRows }) => numRows), [700, 700, 700, 700])
})

test('an error ends the columns, and is kept', async t => {
  const { contacts } = await account(t, many(5000), 700)
  const given = contacts.exportList.arrow({ listId: 2 })
  await assert.rejects(tableFromIPC(given), { kind: 'not_found', operation: 'contacts.getContactsFromList' })
  assert.ok(given.error instanceof NotFoundError)
  const service = await serve(t, () => '{"contacts": [{"id": 1}, ')
  const broken = service.brevo.contacts.getContacts.arrow()
  await assert.rejects(tableFromIPC(broken), DecodeError)
  assert.ok(broken.error instanceof DecodeError)
})

test('columns end by their signal, or when they are left', async t => {
  const { contacts, requests } = await account(t, many(20_000))
  const controller = new AbortController()
  const given = contacts.exportContacts.arrow({}, { signal: controller.signal })
  let count = 0
  await assert.rejects(async () => {
    for await (const piece of given) if (piece.length > 0 && ++count === 3) controller.abort(new Error('enough'))
  }, { kind: 'cancelled' })
  assert.equal(given.error.cause.message, 'enough')
  await assert.rejects(tableFromIPC(given), { kind: 'cancelled' })
  for await (const piece of contacts.getContacts.arrow()) if (piece) break
  await new Promise(resolve => setTimeout(resolve, 100))
  const seen = requests.length
  await new Promise(resolve => setTimeout(resolve, 100))
  assert.equal(requests.length, seen)
})

test('mistakes are refused before anything is sent', async t => {
  const { contacts, requests } = await account(t, [])
  const refused = { kind: 'invalid_argument' }
  for (const [given, expected] of [
    [contacts.exportList.arrow({ listId: 2, path: 'x.csv' }), { parameter: 'path', operation: 'contacts.exportList' }],
    [contacts.exportList.arrow({}), { parameter: 'listId' }],
    [contacts.exportList.arrow({ listId: 2 }, { timeout: 1 }), { parameter: 'options.timeout' }],
    [contacts.getContacts.arrow({ limit: 'x' }), { parameter: 'limit', operation: 'contacts.getContacts' }],
    [contacts.getContacts.arrow({ limt: 1 }), { parameter: 'limt' }],
    [contacts.getContacts.arrow({}, { timeout: 'x' }), { parameter: 'options.timeout' }]
  ]) {
    await assert.rejects(tableFromIPC(given), { ...refused, ...expected })
    assert.equal(given.error.parameter, expected.parameter)
  }
  assert.deepEqual([contacts.createContact.arrow, contacts.importFile.arrow], [undefined, undefined])
  assert.equal(requests.length, 0)
})
