'use strict'

const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { createInterface } = require('node:readline')
const { binary } = require('./binary.js')

/**
 * Starts a sandbox that ends with this process at the latest.
 *
 * @param {{port?: number, data?: string, options?: string[]}} [settings]
 */
async function start ({ port = 0, data = ':memory:', options = [] } = {}) {
  const command = ['serve', '--port', String(port), '--data', data, ...options]
  const child = spawn(binary(), command, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill()
  process.once('exit', kill)
  const ended = once(child, 'close').finally(() => process.removeListener('exit', kill))
  let said = ''
  child.stderr.on('data', text => { said += text })
  const lines = createInterface({ input: child.stdout })
  const url = await Promise.race([
    (async () => {
      for await (const line of lines) {
        const found = /^Dashboard\s+(\S+?)\/?$/.exec(line)
        if (found) return found[1]
      }
    })(),
    ended.then(([code]) => { throw new Error(`brevo-sandbox ended with ${code}: ${said.trim()}`) })
  ])
  // From here on it neither keeps this process alive nor waits for its output to be read.
  child.stdout.resume()
  for (const handle of [child, child.stdout, child.stderr]) handle.unref()

  async function post (path, body) {
    const reply = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) })
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
    return reply.json()
  }

  return {
    url,
    baseUrl: `${url}/v3`,
    post,
    makeKey: async (name = 'test') => (await post('/_sandbox/keys', { name })).key,
    stop: async () => {
      child.ref()
      child.kill()
      await ended.catch(() => {})
    }
  }
}

module.exports = { start }
