// The cases that all languages share. The recording server judges the requests; here the replies are compared.
'use strict'

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { Brevo } = require('..')

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

test('every case', async t => {
  const recorder = spawn(path.join(target, 'debug/recorder'), { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => recorder.kill())
  const [line] = await once(recorder.stdout, 'data')
  const address = String(line).trim()
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
