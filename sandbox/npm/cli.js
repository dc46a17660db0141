#!/usr/bin/env node
'use strict'

const { spawn } = require('node:child_process')
const { binary } = require('./binary.js')

let program
try {
  program = binary()
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
const child = spawn(program, process.argv.slice(2), { stdio: 'inherit' })
// Ctrl-C reaches both; what only this process gets is passed on.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
process.on('SIGINT', () => {})
child.on('error', error => {
  console.error(`brevo-sandbox: ${error.message}`)
  process.exitCode = 1
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)
})
