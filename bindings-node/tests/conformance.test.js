// The cases that all languages share. The recording server judges the requests; here the replies are compared. Of the
// cases of behaviour it judges the outcomes too (`tests/conformance/README.md`).
'use strict'

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { Brevo, BrevoError } = require('..')

const root = path.join(__dirname, '../..')
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target')
const key = 'xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-CONFORMANCE12345'

const folder = path.join(root, 'tests/conformance')
const cases = fs.readdirSync(folder).filter(name => name.endsWith('.json')).flatMap(name =>
  JSON.parse(fs.readFileSync(path.join(folder, name))).cases
    .map((content, i) => ({ name: `${path.basename(name, '.json')}:${i}`, ...content })))

/** In the manner of the table: a letter after a digit is raised too. */
const camel = snake => snake.replace(/_(.)/g, (_, letter) => letter.toUpperCase()).replace(/\d[a-z]/g, pair => pair.toUpperCase())
const decode = value => typeof value?.base64 === 'string' ? Buffer.from(value.base64, 'base64') : value

async function serve (t) {
  const recorder = spawn(path.join(target, 'debug/recorder'), ['node'], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => recorder.kill())
  const [line] = await once(recorder.stdout, 'data')
  return String(line).trim()
}

test('every case', async t => {
  const address = await serve(t)
  const brevo = new Brevo({ apiKey: key, baseUrl: address, pacing: false })
  process.on('warning', () => {})
  for (const { name, operation, arguments: params, files, reply, result } of cases) {
    for (const [parameter, file] of Object.entries(files)) {
      params[parameter] = { name: file.name, content: Buffer.from(file.content, 'base64') }
    }
    const [resource, method] = operation.split('.').map(camel)
    const options = { headers: { 'x-case': name } }
    const body = await brevo[resource][method](params, options)
    assert.deepEqual(body ?? null, decode(result), name)
    const raw = await brevo[resource][method].raw(params, options)
    assert.equal(raw.status, reply.status, name)
  }
  const report = await (await fetch(`${address}/_report`)).json()
  assert.deepEqual([report.missing, report.operations], [[], 293])
})

test('every behaviour', async t => {
  const address = await serve(t)
  const clients = new Map()
  const outcomes = {}
  const behaviours = await (await fetch(`${address}/_behaviours`)).json()
  // Few at a time, so that no call's timeout ends while others are begun.
  const waiting = behaviours.values()
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (const one of waiting) outcomes[one.name] = await outcome(one, clients)
  }))
  const report = await (await fetch(`${address}/_outcomes`, { method: 'POST', body: JSON.stringify(outcomes) })).json()
  assert.ok(report.cases > 0)
  assert.equal(report.wrong.length, 0, report.wrong.join('\n'))
})

/** Does what a case says, and tells what became of it. */
async function outcome ({ how, operation, arguments: params, options, settings, take, rows }, clients) {
  const entries = []
  const lists = how === 'iter' || how === 'rows'
  try {
    const key = JSON.stringify(settings)
    if (!clients.has(key)) clients.set(key, new Brevo(values(settings)))
    if (how === 'client') return { gives: 'null' }
    const [resource, method] = operation.split('.')
    const call = clients.get(key)[resource][method]
    if (how === 'job') {
      const given = rows === null ? values(params) : { ...values(params), source: oneByOne(values(rows)) }
      return { gives: JSON.stringify(told(await call(given))) }
    }
    if (lists) {
      for await (const entry of how === 'rows' ? call.iter(values(params)) : call.iter(values(params), values(options))) {
        if (entries.push(entry) === take) break
      }
      return { gives: JSON.stringify(told(entries)) }
    }
    const value = await (how === 'raw' ? call.raw : call)(values(params), values(options))
    return { gives: JSON.stringify(told(how === 'raw' ? { ...value, body: value.body ?? null } : value ?? null)) }
  } catch (error) {
    if (!(error instanceof BrevoError)) return { raises: error.name, text: String(error.stack) }
    const { kind, operation, parameter, status, code, reason, advice, retryAfter, attempts, duplicateIdentifiers, body } = error
    const fails = { kind, operation, parameter, status, code, message: reason, advice, retry_after: retryAfter, attempts, body }
    return { fails: { ...fails, duplicate_identifiers: duplicateIdentifiers, text: error.message }, ...(lists && { gives: JSON.stringify(told(entries)) }) }
  }
}

async function * oneByOne (rows) {
  for (const row of rows) {
    await null
    yield row
  }
}

/** Arguments as a caller writes them; JSON cannot hold some of them. */
function values (json) {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(values)
  if ('$integer' in json) return BigInt(json.$integer)
  if ('$float' in json) return Number(json.$float)
  if ('$utf16' in json) return String.fromCharCode(...json.$utf16.split(' ').map(unit => parseInt(unit, 16)))
  if ('$bytes' in json) return Buffer.from(json.$bytes, 'base64')
  if ('$nested' in json) {
    let inner = json.$nested.holds
    for (let i = 0; i < json.$nested.levels; ++i) inner = json.$nested.of === 'object' ? { a: inner } : [inner]
    return inner
  }
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, values(value)]))
}

/** A result as JSON. */
function told (value) {
  if (typeof value === 'bigint') return { $integer: String(value) }
  if (typeof value === 'number' && !Number.isFinite(value)) return { $float: String(value) }
  if (typeof value !== 'object' || value === null) return value
  if (Buffer.isBuffer(value)) return { $bytes: value.toString('base64') }
  if (Array.isArray(value)) return value.map(told)
  return Object.fromEntries(Object.entries(value).map(([key, value]) => [key, told(value)]))
}
