// The cases that all languages share: what each operation puts on the wire, and what it makes of the reply.
'use strict'

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { resources } = require('../lib/table.js')
const { serve } = require('./support/server.js')

const folder = path.join(__dirname, '../../tests/conformance')
const cases = fs.readdirSync(folder).filter(name => name.endsWith('.json'))
  .flatMap(name => JSON.parse(fs.readFileSync(path.join(folder, name))).cases)

/** In the manner of the table: a letter after a digit is raised too. */
const camel = snake => snake.replace(/_(.)/g, (_, letter) => letter.toUpperCase()).replace(/\d[a-z]/g, pair => pair.toUpperCase())
const id = ({ operation }) => operation.split('.').map(camel).join('.')
const decode = value => typeof value?.base64 === 'string' ? Buffer.from(value.base64, 'base64') : value

/** The parts of a multipart body. */
function parts ({ headers, body }) {
  const boundary = /boundary=(.*)$/.exec(headers['content-type'])[1]
  return body.toString('latin1').split(`--${boundary}`).slice(1, -1).map(part => {
    const [head, ...rest] = part.slice(2, -2).split('\r\n\r\n')
    const content = Buffer.from(rest.join('\r\n\r\n'), 'latin1')
    const text = Buffer.from(head, 'latin1').toString()
    const name = /name="([^"]*)"/.exec(text)[1]
    const plain = /filename="([^"]*)"/.exec(text)?.[1]
    const encoded = /filename\*=utf-8''([^;\s]*)/i.exec(text)?.[1]
    const filename = encoded ? decodeURIComponent(encoded) : plain
    return filename ? { name, filename, content: content.toString('base64') } : { name, text: content.toString() }
  })
}

test('every operation of the table has a case', () => {
  const operations = resources.flatMap(({ name, operations }) => operations.map(row => `${name}.${row.name}`))
  assert.deepEqual([...new Set(cases.map(id))].sort(), operations.sort())
})

test('every case', async t => {
  let current
  const { brevo, requests } = await serve(t, () => ({ ...current.reply, body: decode(current.reply.body) }))
  process.on('warning', () => {})
  for (current of cases) {
    const { operation, arguments: params, files, expect, result } = current
    for (const [name, { name: fileName, content }] of Object.entries(files)) {
      params[name] = { name: fileName, content: Buffer.from(content, 'base64') }
    }
    const [resource, name] = id(current).split('.')
    const before = requests.length
    const body = await brevo[resource][name](params)
    assert.equal(requests.length, before + 1, operation)
    const request = requests.at(-1)
    const query = expect.query === '' ? '' : `?${expect.query}`
    // Tokens are fetched beside the API, not below it.
    const base = operation.startsWith('o_auth.') ? '' : '/v3'
    assert.equal(`${request.method} ${request.url}`, `${expect.method} ${base}${expect.path}${query}`, operation)
    assert.equal(request.headers['content-type']?.split(';')[0] ?? null, expect.headers['content-type'], operation)
    if (expect.multipart) assert.deepEqual(parts(request), expect.multipart, operation)
    else assert.equal(String(request.body), expect.body ?? '', operation)
    assert.deepEqual(body ?? null, decode(result), operation)
  }
})
