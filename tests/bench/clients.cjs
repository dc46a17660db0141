// One work done by one Node client: clients.cjs CLIENT WORK URL COUNT [CSV]; prints what it cost.
// The works are those of clients.py.
'use strict'

const { createReadStream, readFileSync } = require('node:fs')
const http = require('node:http')
const readline = require('node:readline')

const KEY = `xkeysib-${'0123456789abcdef'.repeat(4)}-0123456789abcdef`
const AT_A_TIME = 64
const PAGE = 1_000
const ROWS = 45_000
const MAIL = {
  sender: { email: 'shop@example.com', name: 'Shop' },
  to: [{ email: 'ada@example.com', name: 'Ada King' }],
  subject: 'Your order 4711 is on its way',
  htmlContent: `<html><body>${'<p>Thank you for your order.</p>'.repeat(25)}</body></html>`,
  tags: ['orders']
}
const HEADERS = { 'api-key': KEY, 'content-type': 'application/json', accept: 'application/json' }

function ours (url) {
  const { Brevo } = require('brevo-native')
  const brevo = new Brevo({ apiKey: KEY, baseUrl: url, pacing: false })
  return {
    get: async () => (await brevo.account.getAccount()).email,
    send: async () => (await brevo.transactionalEmails.sendTransacEmail(MAIL)).messageId,
    async read (count) {
      let seen = 0
      for await (const contact of brevo.contacts.getContacts.iter()) {
        seen += contact.email.length > 0
        if (seen === count) break
      }
      return seen
    },
    import: async path => (await brevo.contacts.importFile({ path, listIds: [2] })).imported
  }
}

function official (url) {
  const { BrevoClient } = require('@getbrevo/brevo')
  const brevo = new BrevoClient({ apiKey: KEY, baseUrl: url })
  return {
    get: async () => (await brevo.account.getAccount()).email,
    send: async () => (await brevo.transactionalEmails.sendTransacEmail(MAIL)).messageId,
    read: count => pages(count, offset => brevo.contacts.getContacts({ limit: PAGE, offset })),
    import: path => inBodies(path,
      async jsonBody => (await brevo.contacts.importContacts({ listIds: [2], jsonBody })).processId,
      async processId => (await brevo.process.getProcess({ processId })).status)
  }
}

// A client of one's own, over a function that makes one request and gives the reply's text.
function plain (request) {
  const call = async (method, path, body) => JSON.parse(await request(method, path, body && JSON.stringify(body)))
  return {
    get: async () => (await call('GET', '/account')).email,
    send: async () => (await call('POST', '/smtp/email', MAIL)).messageId,
    read: count => pages(count, offset => call('GET', `/contacts?limit=${PAGE}&offset=${offset}`)),
    import: path => inBodies(path,
      async jsonBody => (await call('POST', '/contacts/import', { listIds: [2], jsonBody })).processId,
      async id => (await call('GET', `/processes/${id}`)).status)
  }
}

function undici (url) {
  const { Agent, request } = require('undici')
  const dispatcher = new Agent({ connections: AT_A_TIME })
  return plain(async (method, path, body) => {
    const reply = await request(url + path, { method, headers: HEADERS, body, dispatcher })
    const text = await reply.body.text()
    if (reply.statusCode >= 300) throw new Error(text)
    return text
  })
}

function nodeHttp (url) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_A_TIME })
  return plain((method, path, body) => new Promise((resolve, reject) => {
    const length = body ? { 'content-length': Buffer.byteLength(body) } : {}
    const request = http.request(url + path, { method, agent, headers: { ...HEADERS, ...length } }, reply => {
      const parts = []
      reply.on('data', part => parts.push(part))
      reply.on('end', () => {
        const text = Buffer.concat(parts).toString()
        if (reply.statusCode >= 300) reject(new Error(text))
        else resolve(text)
      })
    })
    request.on('error', reject)
    request.end(body)
  }))
}

async function pages (count, page) {
  let seen = 0
  while (seen < count) {
    for (const contact of (await page(seen)).contacts) seen += contact.email.length > 0
  }
  return seen
}

async function inBodies (path, post, status) {
  let header; let rows = []; let done = 0
  const processes = []
  const flush = async () => {
    done += rows.length
    processes.push(await post(rows))
    rows = []
  }
  // The file of the bench has no quoted fields, so that no CSV library is needed.
  for await (const line of readline.createInterface({ input: createReadStream(path, 'utf8') })) {
    const cells = line.split(';')
    if (!header) { header = cells; continue }
    const attributes = {}
    for (let i = 1; i < cells.length; i++) attributes[header[i]] = cells[i]
    rows.push({ email: cells[0], attributes })
    if (rows.length === ROWS) await flush()
  }
  if (rows.length) await flush()
  for (const id of processes) {
    while (await status(id) !== 'completed') await new Promise(resolve => setTimeout(resolve, 1000))
  }
  return done
}

async function manyAtATime (send, count) {
  let next = 0
  const work = async () => { while (next++ < count) await send() }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
}

async function cost (work) {
  const cpu = process.cpuUsage()
  const start = process.hrtime.bigint()
  await work()
  const wall = Number(process.hrtime.bigint() - start) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  console.log(JSON.stringify({ cpu: (user + system) / 1e6, wall, peak_kb: peakKb() }))
}

// Not `maxRSS`: that begins with the peak of the process that started this one.
function peakKb () {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
}

function expect (found, expected) {
  if (found !== expected) throw new Error(`${found} instead of ${expected}`)
}

async function main ([name, work, url, times, path]) {
  const client = { 'brevo-native': ours, '@getbrevo/brevo': official, undici, 'node http': nodeHttp }[name](url)
  const count = Number(times)
  expect(await client.get(), 'owner@example.com')
  if (work === 'get') {
    for (let i = 0; i < 50; i++) await client.get()
    await cost(async () => { for (let i = 0; i < count; i++) await client.get() })
  } else if (work === 'send') {
    await manyAtATime(client.send, AT_A_TIME)
    await cost(() => manyAtATime(client.send, count))
  } else if (work === 'read') {
    await cost(async () => expect(await client.read(count), count))
  } else {
    await cost(async () => expect(await client.import(path), count))
  }
  process.exit(0)
}

main(process.argv.slice(2))
