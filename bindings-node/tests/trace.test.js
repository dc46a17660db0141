// Events of node:diagnostics_channel.
'use strict'

const assert = require('node:assert/strict')
const { AsyncLocalStorage } = require('node:async_hooks')
const diagnostics = require('node:diagnostics_channel')
const { inspect } = require('node:util')
const { test } = require('node:test')
const { KEY, serve } = require('./support/server.js')

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error']
const channelOf = event => diagnostics.channel(`tracing:brevo-native:request:${event}`)

/** Everything that is told while a test runs: `[event, context]`, the context as it was then. */
function listen (t, events = EVENTS) {
  const heard = []
  for (const event of events) {
    const channel = channelOf(event)
    const note = (context, name) => {
      assert.equal(name, channel.name)
      heard.push([event, { ...context }, context])
    }
    channel.subscribe(note)
    t.after(() => channel.unsubscribe(note))
  }
  return heard
}

test('a call is told from its start to its end, with one object', async t => {
  const headers = { 'x-sib-ratelimit-limit': '10', 'x-sib-ratelimit-remaining': '9', 'x-sib-ratelimit-reset': '3' }
  const { brevo } = await serve(t, () => ({ status: 201, headers, body: { id: 7 } }))
  const heard = listen(t)
  const call = brevo.contacts.createContact({ email: 'a@b.c' })
  const begun = { operation: 'contacts.createContact', method: 'POST', path: '/contacts' }
  assert.deepEqual(heard.map(([event, facts]) => [event, facts]), [['start', begun], ['end', begun]])
  assert.deepEqual(await call, { id: 7 })
  const ended = { ...begun, status: 201, attempts: 1, rateLimit: { limit: 10, remaining: 9, reset: 3 } }
  assert.deepEqual(heard.slice(2).map(([event, facts]) => [event, facts]), [['asyncStart', ended], ['asyncEnd', ended]])
  assert.equal(new Set(heard.map(([,, context]) => context)).size, 1)
})

test('a failure is told with the error that the caller gets, bad arguments too', async t => {
  const { brevo } = await serve(t, () => ({ status: 404, body: { message: 'no' } }))
  const heard = listen(t)
  const cases = [
    [() => brevo.contacts.getContactInfo({ identifier: 'a@b.c' }), 404, '/contacts/{identifier}'],
    [() => brevo.contacts.getContactInfo({ identifier: NaN }), undefined, '/contacts/{identifier}'],
    [() => brevo.contacts.getContactInfo({}, { signal: AbortSignal.abort() }), undefined, '/contacts/{identifier}'],
    [() => brevo.contacts.getLists.iter().next(), 404, '/contacts/lists'],
    [() => brevo.contacts.importFile({ path: '/nonexistent.csv', listIds: [1] }), undefined, undefined]
  ]
  for (const [call, status, path] of cases) {
    heard.length = 0
    const error = await call().then(() => assert.fail(), error => error)
    assert.deepEqual(heard.map(([event]) => event), ['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    const context = heard[0][2]
    assert.equal(context.error, error)
    assert.deepEqual([context.operation, context.status, context.path], [error.operation, status, path])
  }
})

test('each page of iter and each job is a call; a listing that is left is told as given up', async t => {
  const { brevo } = await serve(t, ({ url }) => url.includes('offset=2') ? new Promise(() => {}) : { contacts: [{ id: 1 }], count: 9 })
  const heard = listen(t, ['start', 'asyncEnd'])
  const seen = []
  for await (const { id } of brevo.contacts.getContacts.iter({ limit: 1 })) if (seen.push(id) === 2) break
  await new Promise(setImmediate)
  assert.deepEqual(heard.map(([event]) => event).sort(), ['asyncEnd', 'asyncEnd', 'asyncEnd', 'start', 'start', 'start'])
  assert.equal(heard.at(-1)[1].error.kind, 'cancelled')
})

test('nothing personal or secret is told', async t => {
  const { brevo } = await serve(t, () => ({ status: 201, body: { key: `xkeysib-${'f'.repeat(64)}-secret` } }))
  const heard = listen(t)
  await brevo.contacts.createContact({ email: 'ada@example.com' }, { headers: { 'x-mine': 'mine' } })
  await brevo.contacts.createContact({ emial: 'ada@example.com' }).catch(() => {})
  const told = inspect(heard, { depth: 9, showHidden: true, getters: true })
  for (const text of [KEY.slice(8, 40), 'f'.repeat(64), 'ada@example.com', 'mine']) assert.ok(!told.includes(text), text)
})

test('without subscribers nothing is made; one event alone can be listened to', async t => {
  const { brevo } = await serve(t, () => ({ id: 1 }))
  for (const event of EVENTS) assert.equal(channelOf(event).hasSubscribers, false)
  await brevo.contacts.getList({ listId: 1 })
  const heard = listen(t, ['asyncEnd'])
  await brevo.contacts.getList({ listId: 1 })
  assert.deepEqual(heard.map(([event, { status }]) => [event, status]), [['asyncEnd', 200]])
})

test('node:diagnostics_channel takes them for a TracingChannel, whose stores hold in the call', { skip: !diagnostics.tracingChannel }, async t => {
  const { brevo } = await serve(t, () => ({ id: 1 }))
  const spans = new AsyncLocalStorage()
  const channel = diagnostics.tracingChannel('brevo-native:request')
  const seen = []
  const subscriber = Object.fromEntries(EVENTS.map(event => [event, ({ operation }) => seen.push([event, operation, spans.getStore()])]))
  channel.start.bindStore(spans, ({ operation }) => `span of ${operation}`)
  channel.subscribe(subscriber)
  t.after(() => {
    channel.start.unbindStore(spans)
    channel.unsubscribe(subscriber)
  })
  await brevo.contacts.getList({ listId: 1 })
  assert.deepEqual(seen.slice(0, 2), ['start', 'end'].map(event => [event, 'contacts.getList', 'span of contacts.getList']))
  assert.deepEqual(seen.slice(2).map(([event]) => event), ['asyncStart', 'asyncEnd'])
  assert.equal(spans.getStore(), undefined)
})
