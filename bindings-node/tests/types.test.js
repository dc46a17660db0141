// The declarations tell the truth: they compile, and name exactly what is there at run time.
'use strict'

const assert = require('node:assert/strict')
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const brevoNative = require('..')
const { KEY, client } = require('./support/server.js')
const { kinds, resources } = require('../lib/table.js')

const read = name => fs.readFileSync(path.join(__dirname, '..', name), 'utf8')

test('tsc --strict takes the samples, and a program that names every operation', () => {
  const lines = ["import { Brevo } from 'brevo-native'", `const brevo = new Brevo('${KEY}')`, 'export const all = [']
  for (const { name, operations, jobs } of resources) {
    for (const row of [...operations, ...jobs]) {
      const call = `brevo.${name}.${row.name}`
      lines.push(`  ${call}, ${call}.doc,${row.index === undefined ? ` ${call}.raw,` : ''}`)
      if (row.lists || row.rows) lines.push(`  ${call}.iter,`)
      else lines.push('  // @ts-expect-error', `  ${call}.iter,`)
    }
  }
  fs.writeFileSync(path.join(__dirname, 'types/every.ts'), `${lines.join('\n')}\n]\n`)
  const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '--project', path.join(__dirname, 'types')], { encoding: 'utf8' })
  assert.equal(status, 0, stdout)
})

test('the declarations name nothing that is not there', () => {
  const brevo = client('http://127.0.0.1:1')
  const declared = read('index.d.ts').split('export interface ').slice(1).map(text => text.split('\nexport ')[0])
  let count = 0
  for (const text of declared) {
    const resource = resources.find(({ type }) => text.startsWith(`${type}Resource {`))
    for (const [, name, kind] of text.matchAll(/^ {2}readonly (\w+): (Operation|ListOperation|Job|Export)</gm)) {
      const call = brevo[resource.name][name]
      assert.equal(call.name, name)
      assert.equal('iter' in call, kind === 'ListOperation' || kind === 'Export', name)
      assert.equal('raw' in call, kind === 'Operation' || kind === 'ListOperation', name)
      count++
    }
  }
  assert.equal(count, resources.flatMap(({ operations, jobs }) => [...operations, ...jobs]).length)
})

test('every export and every kind of error is declared', () => {
  const base = read('base.d.ts')
  for (const name of Object.keys(brevoNative).filter(name => name !== 'Brevo')) {
    assert.match(base, new RegExp(`export (class|const) ${name}\\b`))
  }
  for (const [kind] of kinds) assert.ok(base.includes(`  | '${kind}'`), kind)
})
