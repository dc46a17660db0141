'use strict'

const assert = require('node:assert/strict')
const { getEventListeners } = require('node:events')
const { Readable } = require('node:stream')
const { inspect } = require('node:util')
const { test } = require('node:test')
const brevoNative = require('..')
const { KEY, client, serve, serveRaw } = require('./support/server.js')

const { BrevoError, CancelledError, ConfigurationError, ConnectionError, DecodeError, InvalidArgumentError, TimeoutError } = brevoNative

test('answers become errors of their class, with everything that is known', async t => {
  const cases = [
    [400, { code: 'invalid_parameter', message: 'no' }, 'BadRequestError'],
    [401, { code: 'unauthorized', message: 'Key not found' }, 'UnauthorizedError'],
    [401, { code: 'unauthorized', message: 'We have detected you are using an unrecognised IP address 1.2.3.4' }, 'IpNotAuthorizedError'],
    [402, { code: 'not_enough_credits', message: 'no' }, 'NoCreditsError'],
    [403, { code: 'permission_denied', message: 'no' }, 'PermissionDeniedError'],
    [403, { code: 'account_under_validation', message: 'no' }, 'AccountNotActivatedError'],
    [404, { code: 'document_not_found', message: 'no' }, 'NotFoundError'],
    [400, { code: 'duplicate_parameter', message: 'no' }, 'DuplicateError'],
    [425, { code: 'too_early', message: 'no' }, 'ConflictError'],
    [429, { code: 'too_many_requests', message: 'no' }, 'RateLimitedError'],
    [500, { code: 'internal', message: 'no' }, 'ServerError']
  ]
  for (const [status, body, name] of cases) {
    const { brevo } = await serve(t, () => ({ status, body }))
    await assert.rejects(brevo.contacts.createContact({ email: 'a@b.c' }), error => {
      assert.equal(error.constructor, brevoNative[name], `${status} ${body.code}`)
      assert.ok(error instanceof BrevoError && error instanceof Error)
      assert.equal(error.name, name)
      assert.equal(error.status, status)
      assert.equal(error.code, body.code)
      assert.equal(error.reason, body.message)
      assert.equal(error.body, JSON.stringify(body))
      assert.equal(error.headers['content-type'], 'application/json')
      assert.equal(error.operation, 'contacts.createContact')
      assert.equal(error.attempts, 1)
      assert.match(error.message, /^contacts\.createContact: .* \(HTTP \d+, \w+\)$/)
      assert.ok(error.advice.length > 10)
      return true
    })
  }
})

test('there is one class for each kind', () => {
  const { kinds } = require('../lib/table.js')
  for (const [, pascal] of kinds) assert.ok(brevoNative[`${pascal}Error`].prototype instanceof BrevoError)
})

test('clashing identifiers and the time to wait are told', async t => {
  const duplicate = { code: 'duplicate_parameter', message: 'exists', metadata: { duplicate_identifiers: ['email', 'SMS'] } }
  const { brevo } = await serve(t, ({ method }) => method === 'POST'
    ? { status: 400, body: duplicate }
    : { status: 429, headers: { 'x-sib-ratelimit-reset': '7' }, body: { message: 'slow' } })
  await assert.rejects(brevo.contacts.createContact({ email: 'a@b.c' }), { kind: 'duplicate', duplicateIdentifiers: ['email', 'SMS'] })
  await assert.rejects(brevo.contacts.getContacts(), { kind: 'rate_limited', retryAfter: 7 })
})

test('texts of the library name things as Node does, texts of others stay as they are', async t => {
  const { Brevo } = brevoNative
  const said = 'use `list_ids` and list_ids, there is no such parameter'
  const { brevo } = await serve(t, () => ({ status: 400, body: { code: 'duplicate_parameter', message: said } }))
  await assert.rejects(brevo.contacts.createContact({ email: 'a@b.c' }), { reason: said, advice: /`updateEnabled`/ })
  await assert.rejects(brevo.contacts.createContact({ list_id: [1] }), { parameter: 'list_id', reason: /did you mean `listIds`\?$/ })
  await assert.rejects(brevo.emailCampaigns.createEmailCampaign({ recipients: { zzzzzzzzzzzzzzzz: 1 } }), { reason: /known are .*exclusionListIds/ })
  await assert.rejects(brevo.account.getAccount({}, { idempotencyKey: 'x' }), { parameter: 'options.idempotencyKey' })
  const settings = [
    [{ apiKey: KEY, base_ur: 'x' }, { parameter: 'base_ur', reason: /`baseUrl`/ }],
    [{ apiKeyFile: '/no/such/api_key' }, { message: /\/no\/such\/api_key/ }],
    [{ clientId: 'x' }, { message: /clientSecret/ }]
  ]
  for (const [given, error] of settings) assert.throws(() => new Brevo(given), error)
})

test('replies that are no JSON', async t => {
  const html = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>hello</html>' }
  for (const answer of [html, '{"id": 1', '"\\']) {
    const { brevo } = await serve(t, () => answer)
    await assert.rejects(brevo.account.getAccount(), error => {
      assert.ok(error instanceof DecodeError)
      assert.equal(error.status, 200)
      assert.equal(typeof error.body, 'string')
      return true
    })
  }
  const { brevo: lenient } = await serve(t, () => Buffer.from([0x22, 0xff, 0x22]))
  assert.equal(await lenient.account.getAccount(), '\ufffd')
  const { brevo } = await serve(t, () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>bad gateway</html>' }))
  await assert.rejects(brevo.account.getAccount(), { kind: 'server', status: 502, code: undefined, body: '<html>bad gateway</html>' })
})

test('content is refused where text is wanted, and nothing is sent', async t => {
  const { brevo, requests } = await serve(t, () => ({}))
  const bytes = Buffer.from('x')
  const mail = { sender: { email: 'a@b.c' }, to: [{ email: 'd@e.f' }], textContent: 't' }
  const send = params => brevo.transactionalEmails.sendTransacEmail({ ...mail, ...params })
  const cases = [
    [() => send({ subject: bytes }), 'subject', 'expected text, got bytes'],
    [() => send({ subject: new Uint8Array(2) }), 'subject', 'expected text, got bytes'],
    [() => send({ subject: new Uint8Array(2).buffer }), 'subject', 'expected text, got bytes'],
    [() => send({ subject: new Blob(['x']) }), 'subject', 'expected text, got content of a file'],
    [() => send({ subject: Readable.from(['x']) }), 'subject', 'expected text, got content of a file'],
    [() => send({ to: [{ email: 'a@b.c' }, { email: 'd@e.f', name: bytes }] }), 'to[1].name', 'expected text, got bytes'],
    [() => send({ attachment: [{ name: bytes, content: 'eA==' }] }), 'attachment[0].name', 'expected text, got bytes'],
    [() => send({ tags: [bytes] }), 'tags[0]', 'expected text, got bytes'],
    [() => send({ template_id: bytes }), 'template_id', 'expected a whole number of 64 bits, got bytes'],
    [() => brevo.contacts.createContact({ attributes: { NAME: bytes } }), 'attributes.NAME', /^expected .*text.*, got bytes$/],
    [() => brevo.contacts.importFile({ path: bytes, listIds: [1] }), 'path', 'expected text, got bytes'],
    [() => brevo.contacts.exportContacts({ path: bytes }), 'path', 'expected text, got bytes']
  ]
  for (const [call, parameter, reason] of cases) {
    await assert.rejects(call, error => {
      assert.ok(error instanceof InvalidArgumentError, inspect(error))
      assert.equal(error.parameter, parameter)
      assert.match(error.reason, reason instanceof RegExp ? reason : new RegExp(`^${reason}$`))
      return true
    })
  }
  assert.equal(requests.length, 0)
})

test('wrong, missing and misspelt arguments are named, and nothing is sent', async t => {
  const { brevo, requests } = await serve(t, () => ({}))
  const cases = [
    [() => brevo.contacts.createContact({ email: 5 }), 'email', /expected text, got a whole number/],
    [() => brevo.contacts.createContact({ listIds: [1, 'x'] }), 'listIds[1]', /expected a whole number/],
    [() => brevo.contacts.createContact({ emial: 'a@b.c' }), 'emial', /did you mean `email`/],
    [() => brevo.contacts.createContact({ zzzzzzzzzzzz: 1 }), 'zzzzzzzzzzzz', /known are .*listIds/],
    [() => brevo.contacts.getContactInfo(), 'identifier', /required/],
    [() => brevo.transactionalEmails.sendTransacEmail({ to: [{ emial: 'a@b.c' }] }), 'to[0].emial', /did you mean `email`/],
    [() => brevo.account.getAccount({}, { maxRetrys: 1 }), 'options.maxRetrys', /known are .*maxRetries/]
  ]
  for (const [call, parameter, message] of cases) {
    await assert.rejects(call, error => {
      assert.ok(error instanceof InvalidArgumentError)
      assert.equal(error.parameter, parameter)
      assert.match(error.message, message)
      return true
    })
  }
  assert.equal(requests.length, 0)
})

test('servers that hang, hang up, talk rubbish or stop in the middle', async t => {
  const hanging = await serveRaw(t, () => {}, { timeout: 0.3 })
  await assert.rejects(hanging.account.getAccount(), TimeoutError)
  await assert.rejects(hanging.account.getAccount({}, { timeout: 0.05 }), TimeoutError)
  const answers = [
    socket => socket.resetAndDestroy(),
    socket => socket.end(),
    socket => socket.end('rubbish\r\n\r\n'),
    socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id"')
  ]
  for (const answer of answers) {
    const brevo = await serveRaw(t, answer)
    await assert.rejects(brevo.contacts.createContact({ email: 'a@b.c' }), error => {
      assert.ok(error instanceof ConnectionError || error instanceof DecodeError, error.name)
      return true
    })
  }
  await assert.rejects(client('http://127.0.0.1:1/v3').account.getAccount(), error => {
    assert.ok(error instanceof ConnectionError)
    assert.ok(error.cause instanceof Error)
    return true
  })
})

test('reads are repeated, and the attempts are counted', async t => {
  let calls = 0
  const { brevo } = await serve(t, () => ++calls < 3 ? { status: 503, body: {} } : { id: calls }, { maxRetries: 3 })
  const reply = await brevo.contacts.getList.raw({ listId: 1 })
  assert.deepEqual(reply.body, { id: 3 })
  assert.equal(reply.attempts, 3)
})

test('a signal gives up on a call', async t => {
  const brevo = await serveRaw(t, () => {})
  const early = AbortSignal.abort(new Error('never mind'))
  await assert.rejects(brevo.account.getAccount({}, { signal: early }), error => {
    assert.ok(error instanceof CancelledError)
    assert.equal(error.cause.message, 'never mind')
    return true
  })
  const controller = new AbortController()
  const call = brevo.account.getAccount({}, { signal: controller.signal })
  setTimeout(() => controller.abort(), 20)
  await assert.rejects(call, error => error instanceof CancelledError && error.cause.name === 'AbortError')
  await assert.rejects(brevo.contacts.getContacts.iter({}, { signal: AbortSignal.timeout(20) }).next(), error =>
    error instanceof CancelledError && error.cause.name === 'TimeoutError')
})

test('a signal counts before, while content is read, and during a call; after it nothing happens, and no listener is left', async t => {
  const { brevo, requests } = await serve(t, ({ method }) => method === 'GET' ? { id: 1 } : new Promise(() => {}))
  const controller = new AbortController()
  const { signal } = controller
  const left = () => getEventListeners(signal, 'abort').length
  assert.deepEqual(await brevo.contacts.getList({ listId: 1 }, { signal }), { id: 1 })
  await assert.rejects(brevo.contacts.getList({ listId: 'x' }, { signal }), { kind: 'invalid_argument' })
  await assert.rejects(brevo.contacts.importFile({ path: '/nonexistent', listIds: [1] }, { signal }), { kind: 'io' })
  for await (const _ of brevo.contacts.getLists.iter({}, { signal })) assert.fail(_)
  assert.equal(left(), 0)

  const endless = new Readable({ read () {} })
  async function * stuck () { yield await new Promise(() => {}) }
  const calls = [endless, stuck()].map(content =>
    brevo.transactionalEmails.sendTransacEmail({ attachment: [{ name: 'a.txt', content }] }, { signal }))
  const sent = brevo.contacts.createContact({ email: 'a@b.c' }, { signal })
  while (!requests.some(({ method }) => method === 'POST')) await new Promise(resolve => setTimeout(resolve, 5))
  const mine = new Error('never mind')
  controller.abort(mine)
  await Promise.all([...calls, sent].map(call => assert.rejects(call, error => error instanceof CancelledError && error.cause === mine)))
  assert.ok(endless.destroyed)
  assert.equal(left(), 0)

  const before = requests.length
  const unread = Readable.from(['x'])
  await assert.rejects(brevo.transactionalEmails.sendTransacEmail({ attachment: [{ name: 'a.txt', content: unread }] }, { signal }), CancelledError)
  await assert.rejects(brevo.contacts.getLists.iter({}, { signal }).next(), CancelledError)
  assert.ok(!unread.readableDidRead)
  assert.equal(requests.length, before)
  assert.equal(left(), 0)
})

test('a signal closes the connection', async t => {
  let closed
  const gone = new Promise(resolve => { closed = resolve })
  const controller = new AbortController()
  const brevo = await serveRaw(t, socket => {
    socket.on('close', closed)
    controller.abort()
  })
  await assert.rejects(brevo.account.getAccount({}, { signal: controller.signal }), CancelledError)
  await gone
})

test('the stack leads to the caller', async t => {
  const { brevo } = await serve(t, () => ({ status: 404, body: { message: 'no' } }))
  async function theCaller () {
    await brevo.contacts.getList({ listId: 1 })
  }
  async function theIteratingCaller () {
    for await (const _ of brevo.contacts.getLists.iter()) assert.fail(_)
  }
  await assert.rejects(theCaller(), error => /at async theCaller/.test(error.stack))
  await assert.rejects(theIteratingCaller(), error => /at async theIteratingCaller/.test(error.stack))
})

test('settings that cannot work are refused at once', () => {
  const { Brevo } = brevoNative
  const cases = [
    [`xsmtpsib-${'a'.repeat(64)}-abcdefghijklmnop`, /SMTP/i],
    ['abcdEFGH12345678', /v2/],
    [Buffer.from(JSON.stringify({ api_key: KEY })).toString('base64'), /MCP/],
    ['nonsense', /key/],
    [{ apiKey: 7 }, /^apiKey: expected text/],
    [{ apiKey: Buffer.from(KEY) }, /^apiKey: expected text, got bytes/],
    [{ apiKey: KEY, baseUrl: 'http://api.example.com/v3' }, /^baseUrl: .*https/],
    [{ apiKey: KEY, maxRetries: -1 }, /^maxRetries: /],
    [{ apiKey: KEY, baseUrl: 'not an address' }, /baseUrl: /],
    [{ apiKey: KEY, proxi: 'x' }, /proxi/],
    [{ apiKey: KEY, timeout: 'long' }, /timeout/],
    [{ apiKeyFile: '/nonexistent/key' }, /key/]
  ]
  for (const [settings, message] of cases) {
    assert.throws(() => new Brevo(settings), error => {
      assert.ok(error instanceof ConfigurationError, inspect(error))
      assert.match(error.message, message)
      assert.ok(!inspect(error).includes('a'.repeat(20)))
      return true
    })
  }
  for (const settings of [5, [KEY], Buffer.from(KEY)]) assert.throws(() => new Brevo(settings), BrevoError)
})

test('keys come from the environment', t => {
  const { Brevo } = brevoNative
  const before = process.env.BREVO_API_KEY
  t.after(() => before === undefined ? delete process.env.BREVO_API_KEY : process.env.BREVO_API_KEY = before)
  process.env.BREVO_API_KEY = ` ${KEY}\n`
  assert.match(String(new Brevo()), /7890/)
  delete process.env.BREVO_API_KEY
  assert.throws(() => new Brevo(), error => error instanceof ConfigurationError && /BREVO_API_KEY/.test(error.message + error.advice))
})

test('the key is shown nowhere', async t => {
  const { brevo } = await serve(t, () => ({ status: 401, body: { message: 'Key not found' } }))
  const error = await brevo.account.getAccount().catch(error => error)
  const shown = [brevo, brevo.account, brevo.account.getAccount, error]
    .flatMap(value => [inspect(value, { depth: 9, showHidden: true, getters: true }), String(value), JSON.stringify(value), value.stack])
    .join('\n')
  assert.ok(!shown.includes(KEY.slice(8, 40)))
  assert.match(inspect(brevo), /^Brevo\(http:.*xkeysib-\.\.\.7890\)$/)
  assert.equal(String(brevo), inspect(brevo))
})
