'use strict'

const assert = require('node:assert/strict')
const { getEventListeners } = require('node:events')
const fs = require('node:fs')
const http = require('node:http')
const os = require('node:os')
const path = require('node:path')
const { File } = require('node:buffer') // a global from Node 20 on
const { Readable } = require('node:stream')
const { test } = require('node:test')
const { pathToFileURL } = require('node:url')
const { InvalidArgumentError } = require('..')
const { KEY, client, listen, serve } = require('./support/server.js')

const json = request => JSON.parse(request.body)

test('a call sends its arguments and gives the body', async t => {
  const { brevo, requests } = await serve(t, () => ({ status: 201, body: { id: 7 } }))
  const params = { email: 'zoë@example.com', listIds: [2], attributes: { FIRSTNAME: 'Zoë 🙂', AGE: 1.5 }, ext_id: undefined }
  assert.deepEqual(await brevo.contacts.createContact(params), { id: 7 })
  const [{ method, url, headers, body }] = requests
  assert.equal(`${method} ${url}`, 'POST /v3/contacts')
  assert.equal(headers['api-key'], KEY)
  assert.equal(String(body), '{"email":"zoë@example.com","listIds":[2],"attributes":{"FIRSTNAME":"Zoë 🙂","AGE":1.5}}')
})

test('raw gives status, headers, attempts and rate limit as well', async t => {
  const headers = { 'x-sib-ratelimit-limit': '10', 'x-sib-ratelimit-remaining': '9', 'x-sib-ratelimit-reset': '3', 'set-cookie': ['a=1', 'b=2'] }
  const { brevo } = await serve(t, () => ({ status: 200, headers, body: { email: 'a@b.c' } }))
  const reply = await brevo.account.getAccount.raw()
  assert.equal(reply.status, 200)
  assert.equal(reply.headers['set-cookie'], 'a=1, b=2')
  assert.deepEqual(reply.body, { email: 'a@b.c' })
  assert.equal(reply.attempts, 1)
  assert.deepEqual(reply.rateLimit, { limit: 10, remaining: 9, reset: 3 })
})

test('an empty reply is undefined, null is null', async t => {
  const { brevo } = await serve(t, ({ method }) => method === 'PUT' ? { status: 204 } : 'null')
  assert.equal(await brevo.contacts.updateContact({ identifier: 'a@b.c' }), undefined)
  assert.equal(await brevo.contacts.getContactInfo({ identifier: 'a@b.c' }), null)
})

test('parameters go by their wire names and by their names; null and undefined are left out', async t => {
  const { brevo, requests } = await serve(t, () => ({ contacts: [] }))
  await brevo.contacts.getContacts({ modifiedSince: 'x', segment_id: 3, sort: null, limit: undefined })
  assert.equal(requests[0].url, '/v3/contacts?modifiedSince=x&segmentId=3')
})

test('integers keep all digits, both ways', async t => {
  const body = '{"id":9007199254740993,"a":[-9223372036854775808,18446744073709551615],"small":12,"float":1.5,"text":"9007199254740993"}'
  const { brevo, requests } = await serve(t, () => body)
  assert.deepEqual(await brevo.contacts.getContactInfo({ identifier: 'a@b.c' }), {
    id: 9007199254740993n, a: [-9223372036854775808n, 18446744073709551615n], small: 12, float: 1.5, text: '9007199254740993'
  })
  await brevo.contacts.createContact({ email: 'a@b.c', listIds: [9007199254740993n, 1n] })
  assert.match(String(requests[1].body), /"listIds":\[9007199254740993,1\]/)
  await assert.rejects(brevo.contacts.createContact({ listIds: [2n ** 64n] }), { kind: 'invalid_argument', parameter: 'listIds[0]' })
})

test('identifiers beyond 2^53 travel whole: out of a page, into a path, a query, a body, a map, and out of errors', async t => {
  const id = 9007199254740993n
  const { brevo, requests } = await serve(t, ({ url }) => url.includes('/folders')
    ? { status: 404, body: '{"code":"document_not_found","message":"no folder 9007199254740993"}' }
    : `{"lists":[{"id":${id},"count":1}],"count":1,"id":${id}}`)
  const seen = []
  for await (const list of brevo.contacts.getLists.iter()) seen.push(list.id)
  assert.deepEqual(seen, [id])
  assert.equal((await brevo.contacts.getList({ listId: seen[0] })).id, id)
  await brevo.contacts.getContacts({ listIds: seen })
  await brevo.contacts.createContact({ attributes: new Map([['N', id]]) }, { extra: { more: id } })
  await assert.rejects(brevo.contacts.getFolder({ folderId: id }), { message: /9007199254740993/ })
  assert.deepEqual(requests.slice(1).map(({ url }) => url), [
    '/v3/contacts/lists/9007199254740993', '/v3/contacts?listIds=9007199254740993', '/v3/contacts', '/v3/contacts/folders/9007199254740993'
  ])
  assert.equal(String(requests[3].body), '{"attributes":{"N":9007199254740993},"more":9007199254740993}')
  assert.equal((await brevo.contacts.getList.raw({ listId: Number.MAX_SAFE_INTEGER })).body.id, id)
  // A number that has lost digits already cannot be told from one that has not; one beyond 64 bits can.
  await assert.rejects(brevo.contacts.getList({ listId: 1e30 }), { kind: 'invalid_argument', parameter: 'listId' })
})

test('dates become text: moments in full, days as days', async t => {
  const { brevo, requests } = await serve(t, () => ({}))
  const date = new Date('2026-12-01T09:00:00Z')
  await brevo.contacts.createContact({ attributes: { BORN: date } })
  assert.equal(json(requests[0]).attributes.BORN, '2026-12-01T09:00:00.000Z')
  await brevo.externalFeeds.getAllExternalFeeds({ startDate: date, endDate: '2026-12-02' })
  assert.match(requests[1].url, /startDate=2026-12-01&endDate=2026-12-02/)
})

test('what JSON would lose or change is refused, by name', async t => {
  const { brevo, requests } = await serve(t, () => ({}))
  const circular = { A: {} }
  circular.A.B = circular
  const deep = Array.from({ length: 200 }).reduce(inner => ({ inner }), 1)
  const cases = [
    [{ attributes: circular }, 'attributes.A.B', /holds itself/],
    [{ attributes: { A: NaN } }, 'attributes.A', /finite/],
    [{ attributes: { A: [1, Infinity] } }, 'attributes.A[1]', /finite/],
    [{ attributes: { A: () => {} } }, 'attributes.A', /function/],
    [{ attributes: { A: Symbol('a') } }, 'attributes.A', /symbol/],
    [{ attributes: { A: new Date(NaN) } }, 'attributes.A', /date/],
    [{ attributes: deep }, undefined, /nested more than 127 levels deep/],
    ['a@b.c', undefined, /must be an object, got a string/],
    [['a@b.c'], undefined, /must be an object, got an array/],
    [Buffer.from('a'), undefined, /must be an object, got bytes/]
  ]
  for (const [params, parameter, reason] of cases) {
    const refused = brevo.contacts.createContact(params)
    await assert.rejects(refused, error => {
      assert.ok(error instanceof InvalidArgumentError)
      assert.equal(error.operation, 'contacts.createContact')
      assert.equal(error.parameter, parameter)
      assert.match(error.reason, reason)
      return true
    })
  }
  assert.equal(requests.length, 0)
})

test('the same object may stand in two places; maps, sets and boxed values are understood', async t => {
  const { brevo, requests } = await serve(t, () => ({}))
  const shared = { a: 1 }
  const attributes = new Map([['X', new Set([1, 2])], ['Y', shared], ['Z', shared], ['B', Object('boxed')], ['U', new URL('https://a.b/c')]])
  await brevo.event.createEvent({ event_name: 'e', identifiers: { email_id: 'a@b.c' }, event_properties: attributes })
  assert.deepEqual(json(requests.at(-1)).event_properties, { X: [1, 2], Y: { a: 1 }, Z: { a: 1 }, B: 'boxed', U: 'https://a.b/c' })
})

test('keys such as __proto__ are data', async t => {
  const { brevo, requests } = await serve(t, () => '{"__proto__":{"polluted":1},"id":1}')
  const attributes = JSON.parse('{"__proto__": "text", "constructor": 2}')
  attributes.D = new Date(0)
  const body = await brevo.contacts.createContact({ attributes })
  assert.match(String(requests[0].body), /"__proto__":"text","constructor":2,"D":"1970/)
  assert.equal(body.polluted, undefined)
  assert.equal({}.polluted, undefined)
})

test('content is read wherever it stands', async t => {
  const { brevo, requests } = await serve(t, () => ({}))
  const source = { async * [Symbol.asyncIterator] () { yield Buffer.from('PDF') } }
  await brevo.transactionalEmails.sendTransacEmail({ ...MAIL, params: { A: source, B: [Buffer.from('PDF')] } })
  assert.deepEqual(json(requests[0]).params, { A: 'UERG', B: ['UERG'] })
})

test('arguments are not changed, and read before the call returns', async t => {
  const { brevo, requests } = await serve(t, () => ({}))
  const params = Object.freeze({ listIds: [1], attributes: Object.freeze({ D: new Date(0), N: 5n }) })
  const call = brevo.contacts.createContact(params)
  params.listIds.push(2)
  await call
  assert.deepEqual(json(requests[0]).listIds, [1])
  assert.equal(params.attributes.N, 5n)
})

const MAIL = { sender: { email: 'a@b.c' }, to: [{ email: 'd@e.f' }], subject: 's', textContent: 't' }

function fileOf (t, name, content) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brevo-node-'))
  t.after(() => fs.rmSync(folder, { recursive: true }))
  fs.writeFileSync(path.join(folder, name), content)
  return path.join(folder, name)
}

test('content inside arguments becomes base64, whatever holds it', async t => {
  const { brevo, requests } = await serve(t, () => ({ messageId: '<1>' }))
  const bytes = Buffer.from([0, 255, 128, 10])
  const chunks = () => [bytes.subarray(0, 1), bytes.subarray(1)]
  const local = fileOf(t, 'x.bin', bytes)
  const contents = [
    bytes,
    new Uint8Array(bytes),
    new DataView(bytes.buffer, bytes.byteOffset, 4),
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 4),
    new Blob([bytes]),
    new File([bytes], 'other.bin'),
    Readable.from(chunks()),
    fs.createReadStream(local),
    new ReadableStream({ start (controller) { chunks().forEach(chunk => controller.enqueue(chunk)); controller.close() } }),
    new Blob([bytes]).stream(),
    (async function * () { yield * chunks() })(),
    { async * [Symbol.asyncIterator] () { yield * chunks() } },
    pathToFileURL(local)
  ]
  const attachment = contents.map((content, i) => ({ name: `${i}.bin`, content }))
  await brevo.transactionalEmails.sendTransacEmail({ ...MAIL, attachment })
  const content = bytes.toString('base64')
  assert.deepEqual(json(requests[0]).attachment, contents.map((_, i) => ({ name: `${i}.bin`, content })))
})

test('attachments are paths, URLs, files and streams as they are', async t => {
  const { brevo, requests } = await serve(t, () => ({ messageId: '<1>' }))
  const local = fileOf(t, 'Rechnung été.pdf', 'PDF')
  const file = new File(['PDF'], 'Rechnung été.pdf')
  const attachment = Object.freeze([
    local, pathToFileURL(local), { path: local }, file, fs.createReadStream(local), { content: file }, { content: pathToFileURL(local) },
    { path: local, name: 'other.pdf' }, { content: fs.createReadStream(local), name: 'other.pdf' }, { content: 'UERG', name: 'other.pdf' },
    new URL('https://example.com/a.pdf'), { url: 'https://example.com/a.pdf', name: 'other.pdf' }
  ])
  await brevo.transactionalEmails.sendTransacEmail({ ...MAIL, attachment })
  const named = name => ({ name, content: 'UERG' })
  const url = 'https://example.com/a.pdf'
  const expected = [...Array(7).fill(named('Rechnung été.pdf')), ...Array(3).fill(named('other.pdf')), { url }, { url, name: 'other.pdf' }]
  assert.deepEqual(json(requests[0]).attachment, expected)

  const refused = [
    [[`${local}.none`], { kind: 'io', operation: 'transactionalEmails.sendTransacEmail', parameter: 'attachment[0]' }],
    [[local, pathToFileURL(`${local}.none`)], { kind: 'io', parameter: 'attachment[1]', reason: /ENOENT/ }],
    [[Buffer.from('no name')], { kind: 'invalid_argument', parameter: 'attachment[0]' }],
    [[{ content: Readable.from([5]), name: 'a.txt' }], { kind: 'invalid_argument', parameter: 'attachment[0].content', message: /number/ }],
    [[5], { kind: 'invalid_argument', parameter: 'attachment[0]' }],
    ['text', { kind: 'invalid_argument', parameter: 'attachment' }]
  ]
  for (const [attachment, error] of refused) await assert.rejects(brevo.transactionalEmails.sendTransacEmail({ ...MAIL, attachment }), error)
  assert.equal(requests.length, 1)
})

test('content that cannot be read is named', async t => {
  const { brevo, requests } = await serve(t, () => ({}))
  async function * broken () {
    yield Buffer.from('a')
    throw new Error('disk on fire')
  }
  const call = brevo.transactionalEmails.sendTransacEmail({ attachment: [{ name: 'a.txt', content: broken() }] })
  await assert.rejects(call, { kind: 'invalid_argument', parameter: 'attachment[0].content', message: /disk on fire/ })
  assert.equal(requests.length, 0)
})

test('files are sent as multipart, from bytes, blobs, streams, paths and base64', async t => {
  const { brevo, requests } = await serve(t, () => ({ id: '1' }))
  const name = fileOf(t, 'people.csv', 'EMAIL\na@b.c\n')
  const content = Buffer.from('EMAIL\na@b.c\n')
  const files = [
    name,
    new URL(`file://${name}`),
    { path: name },
    { name: 'people.csv', content },
    { name: 'people.csv', content: content.toString('base64') },
    { name: 'people.csv', content: new Blob([content]) },
    { name: 'people.csv', content: new Blob([content]).stream() },
    new File([content], 'people.csv'),
    fs.createReadStream(name)
  ]
  for (const file of files) await brevo.companies.importCompaniesCreationAndUpdation({ file, mapping: { company_id: 1 } })
  assert.equal(requests.length, files.length)
  for (const { headers, body } of requests) {
    assert.match(headers['content-type'], /^multipart\/form-data; boundary=/)
    assert.match(String(body), /name="file"; filename="people\.csv"/)
    assert.ok(String(body).includes('EMAIL\na@b.c\n'))
  }
  await assert.rejects(brevo.companies.importCompaniesCreationAndUpdation({ file: `${name}.none` }), { kind: 'io' })
})

test('bytes come as a Buffer', async t => {
  const bytes = Buffer.from([0x25, 0x50, 0, 255])
  const { brevo } = await serve(t, () => bytes)
  const body = await brevo.inboundParsing.getInboundEmailAttachment({ downloadToken: 'x' })
  assert.ok(Buffer.isBuffer(body))
  assert.deepEqual(body, bytes)
})

test('options of one call', async t => {
  const { brevo, requests } = await serve(t, () => ({ messageId: '<1>' }))
  const mail = { sender: { email: 'a@b.c' }, to: [{ email: 'd@e.f' }], subject: 's', textContent: 't' }
  const options = { idempotencyKey: '0aa2f5a6-1b0b-4f6b-9d5e-0f5c7b2a9e11', headers: { 'x-mine': '1' }, extra: { newField: 10n }, timeout: 5, maxRetries: 1 }
  await brevo.transactionalEmails.sendTransacEmail(mail, options)
  assert.equal(requests[0].headers['x-mine'], '1')
  assert.match(String(requests[0].body) + JSON.stringify(requests[0].headers), /0aa2f5a6-1b0b-4f6b-9d5e-0f5c7b2a9e11/)
  assert.equal(json(requests[0]).newField, 10)
  await assert.rejects(brevo.account.getAccount({}, { retries: 1 }), { kind: 'invalid_argument', parameter: 'options.retries' })
  await assert.rejects(brevo.account.getAccount({}, 5), { kind: 'invalid_argument', parameter: 'options' })
  await assert.rejects(brevo.account.getAccount({}, { signal: true }), { kind: 'invalid_argument', parameter: 'options.signal' })
})

test('iter gives the entries of all pages, each page asked for once', async t => {
  const all = Array.from({ length: 2500 }, (_, id) => ({ id }))
  const { brevo, requests } = await serve(t, ({ url }) => {
    const { searchParams } = new URL(url, 'http://x')
    const offset = Number(searchParams.get('offset') ?? 0)
    return { contacts: all.slice(offset, offset + Number(searchParams.get('limit'))), count: all.length }
  })
  const seen = []
  for await (const contact of brevo.contacts.getContacts.iter({ sort: 'asc' })) seen.push(contact.id)
  assert.deepEqual(seen, all.map(({ id }) => id))
  assert.deepEqual(requests.map(({ url }) => url), ['', '&offset=1000', '&offset=2000'].map(rest => `/v3/contacts?limit=1000${rest}&sort=asc`))
})

test('iter asks for the next page while the entries of one are used, and for no more than one', async t => {
  const arrived = []
  let wake
  const { brevo, requests } = await serve(t, ({ url }) => {
    arrived.push(url)
    wake?.()
    return { contacts: [{ id: arrived.length }, { id: -arrived.length }], count: 1e6 }
  })
  const pages = brevo.contacts.getContacts.iter({ limit: 2 })
  assert.equal((await pages.next()).value.id, 1)
  if (arrived.length < 2) await new Promise(resolve => { wake = resolve })
  await new Promise(resolve => setTimeout(resolve, 50))
  assert.equal(requests.length, 2)
  await pages.return()
  assert.deepEqual(await pages.next(), { value: undefined, done: true })
  assert.equal(requests.length, 2)
})

test('a listing that is left ends the call ahead, and leaves no listener', async t => {
  let closed
  const gone = new Promise(resolve => { closed = resolve })
  const server = http.createServer((incoming, outgoing) => {
    if (incoming.url.includes('offset')) incoming.socket.on('close', closed)
    else outgoing.end('{"contacts":[{"id":1}],"count":9}')
  })
  const brevo = client(await listen(t, server))
  const { signal } = new AbortController()
  for await (const { id } of brevo.contacts.getContacts.iter({ limit: 1 }, { signal })) {
    assert.equal(id, 1)
    await new Promise(resolve => server.once('request', resolve))
    break
  }
  await gone
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('iter can be left early, and tells errors where they are met', async t => {
  const twoPages = () => {
    let calls = 0
    return serve(t, () => ++calls < 3 ? { contacts: [{ id: calls }] } : { status: 404, body: { code: 'document_not_found', message: 'gone' } })
  }
  const { brevo: left } = await twoPages()
  for await (const { id } of left.contacts.getContacts.iter({ limit: 1 })) {
    assert.equal(id, 1)
    break
  }
  const { brevo } = await twoPages()
  const seen = []
  await assert.rejects(async () => {
    for await (const { id } of brevo.contacts.getContacts.iter({ limit: 1 })) seen.push(id)
  }, { kind: 'not_found', operation: 'contacts.getContacts' })
  assert.deepEqual(seen, [1, 2])
  await assert.rejects(brevo.contacts.getContacts.iter({ limits: 1 }).next(), { kind: 'invalid_argument', parameter: 'limits' })
  await assert.rejects(brevo.contacts.getContacts.iter({ limit: 0 }).next(), { kind: 'invalid_argument', parameter: 'limit' })
  assert.equal(brevo.contacts.createContact.iter, undefined)
})

test('iter gives what the pages hold, whatever their entries are', async t => {
  const attributes = [{}, { FIRSTNAME: 'Zoë', LASTNAME: 'Łukasz 🙂' }, { LASTNAME: 'x"\\\n', FIRSTNAME: '' }, { 'КЛЮЧ "ключ"': 'Привет', 12: [[{ a: 1 }], 2] }, { a: { b: { c: { d: { e: {} } } } }, constructor: 1, toString: null }]
  const entries = Array.from({ length: 900 }, (_, id) => ({
    id, email: id % 3 ? `${id}@example.com` : null, listIds: [id, 2].slice(id % 2), attributes: attributes[id % 5], ...(id % 7 === 0 && { extra: 1.5e300, on: false })
  }))
  const pages = [
    JSON.stringify({ count: 5e5, contacts: entries }),
    JSON.stringify({ contacts: entries.slice(0, 3), count: 5e5 }, null, 2),
    '{"contacts":[1,"two",null,[3],{}],"count":500000}',
    '{"contacts":[{"id":9007199254740993},{"__proto__":{"a":1}}],"count":500000}',
    '{"contacts":[{"__proto__":{"a":1},"a":2,"a":3}],"count":500000}',
    Buffer.from('{"contacts":[{"name":"Jos\xe9"},{"name":"\\ud83d"}],"count":500000}', 'latin1'),
    '{"contacts":null,"count":500000}'
  ]
  const expected = [
    ...entries, ...entries.slice(0, 3), 1, 'two', null, [3], {}, { id: 9007199254740993n }, JSON.parse('{"__proto__":{"a":1}}'),
    JSON.parse('{"__proto__":{"a":1},"a":3}'), { name: 'Jos\ufffd' }, { name: '\ufffd' }
  ]
  const { brevo } = await serve(t, () => pages.shift())
  const seen = []
  for await (const entry of brevo.contacts.getContacts.iter({ limit: 1 })) seen.push(entry)
  assert.deepEqual(seen, expected)
  assert.deepEqual(seen.map(entry => JSON.stringify(entry?.attributes)), expected.map(entry => JSON.stringify(entry?.attributes)))
  assert.equal({}.a, undefined)
})

test('a page that is no JSON is told like any such reply', async t => {
  const { brevo } = await serve(t, () => '{"contacts":[{"id":1}')
  await assert.rejects(brevo.contacts.getContacts.iter().next(), { kind: 'decode', status: 200, body: '{"contacts":[{"id":1}' })
})

test('a listing answers in the order of what it is asked, and can be ended by hand', async t => {
  const { brevo, requests } = await serve(t, ({ url }) => ({ contacts: url.includes('offset=4') ? [] : [{ id: requests.length }, { id: -requests.length }] }))
  const listing = () => brevo.contacts.getContacts.iter({ limit: 2 })
  const all = listing()
  assert.equal(all[Symbol.asyncIterator](), all)
  const answers = await Promise.all(Array.from({ length: 6 }, () => all.next()))
  assert.deepEqual(answers.map(({ value, done }) => done ? value : value.id), [1, -1, 2, -2, undefined, undefined])

  const left = listing()
  assert.deepEqual(await Promise.all([left.next(), left.return('end'), left.next()]).then(all => all.map(({ done, value }) => [done, value?.id ?? value])),
    [[false, 4], [true, 'end'], [true, undefined]])
  const mine = new Error('mine')
  const thrown = listing()
  await thrown.next()
  await assert.rejects(thrown.throw(mine), error => error === mine)
  assert.deepEqual(await thrown.next(), { value: undefined, done: true })

  const { brevo: idle, requests: none } = await serve(t, () => ({ contacts: [] }))
  const unused = idle.contacts.getContacts.iter()
  assert.deepEqual(await unused.return(5), { value: 5, done: true })
  assert.deepEqual(await unused.next(), { value: undefined, done: true })
  await assert.rejects(idle.contacts.getContacts.iter().throw(mine), error => error === mine)
  assert.equal(none.length, 0)
})

test('each operation knows its name and its documentation', async t => {
  const { brevo } = await serve(t, () => ({}))
  const { createContact } = brevo.contacts
  assert.equal(createContact.name, 'createContact')
  assert.match(createContact.doc, /^Creates a contact/)
  assert.match(createContact.doc, /listIds: /)
  assert.match(brevo.contacts.updateBatchContacts.doc, /`importContacts`/)
  assert.equal(brevo.contacts.createContact, createContact)
  assert.ok('createContact' in brevo.contacts && !('createContacts' in brevo.contacts))
  await createContact({ email: 'a@b.c' })
})

test('many calls at once', async t => {
  const { brevo } = await serve(t, ({ url }) => ({ url }))
  const replies = await Promise.all(Array.from({ length: 500 }, (_, listId) => brevo.contacts.getList({ listId })))
  assert.ok(replies.every(({ url }, listId) => url === `/v3/contacts/lists/${listId}`))
})

test('a deprecated operation warns once', async t => {
  const { brevo } = await serve(t, () => ({}))
  const warnings = []
  const listener = warning => warnings.push(warning)
  process.on('warning', listener)
  t.after(() => process.off('warning', listener))
  for (let i = 0; i < 2; i++) await brevo.contacts.updateBatchContacts({ contacts: [] })
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(warnings.length, 1)
  assert.equal(warnings[0].name, 'DeprecationWarning')
  assert.match(warnings[0].message, /^contacts\.updateBatchContacts: use `importContacts`/)
})
