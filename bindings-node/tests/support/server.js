// Local servers for the tests.
'use strict'

const http = require('node:http')
const net = require('node:net')
const { Brevo } = require('../..')

const KEY = `xkeysib-${'0123456789abcdef'.repeat(4)}-AbCdEfGhIjKl7890`

/** Closes what a test opened, when it ends. */
function listen (t, server) {
  const sockets = new Set()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  t.after(() => {
    server.close()
    sockets.forEach(socket => socket.destroy())
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}/v3`)))
}

function client (baseUrl, settings) {
  return new Brevo({ apiKey: KEY, baseUrl, maxRetries: 0, pacing: false, ...settings })
}

/**
 * A client of an HTTP server. `answer` gets each request with its body, and gives what to answer: an object
 * `{status, headers, body}`, or just the body. What is no text or buffer is sent as JSON.
 */
async function serve (t, answer, settings) {
  const requests = []
  const server = http.createServer(async (incoming, outgoing) => {
    const chunks = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { method, url, headers } = incoming
    const request = { method, url, headers, body: Buffer.concat(chunks) }
    requests.push(request)
    const given = await answer(request)
    const { status = 200, headers: extra, body } = Number.isInteger(given?.status) ? given : { body: given }
    const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
    outgoing.writeHead(status, { 'content-type': 'application/json', ...extra })
    outgoing.end(raw ? body : JSON.stringify(body))
  })
  server.keepAliveTimeout = 0 // on a busy machine its five seconds end between the calls of one test
  const url = await listen(t, server)
  return { brevo: client(url, settings), requests, url }
}

/** A client of a server that does with the connection what it likes, once a request has come. */
async function serveRaw (t, answer, settings) {
  const server = net.createServer(socket => socket.once('data', () => answer(socket)))
  return client(await listen(t, server), settings)
}

module.exports = { KEY, client, listen, serve, serveRaw }
