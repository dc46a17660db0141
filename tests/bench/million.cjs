// A round trip in Node, as million_clients.py: million.cjs CLIENT import|export LIST FILE.
'use strict'

const { createReadStream, createWriteStream, readFileSync } = require('node:fs')
const { once } = require('node:events')

const BODY = 25_000
const PAGE = 500
const { BREVO_API_URL: baseUrl, BREVO_API_KEY: apiKey } = process.env

function ours () {
  const { Brevo } = require('brevo-native')
  const { contacts } = new Brevo({ apiKey, baseUrl, pacing: false })
  return {
    async import (listId, path) {
      const { rows, imported, rejected, unfitCells } = await contacts.importFile({ path, listIds: [listId], timeout: 3600 })
      return { rows, imported, rejected, unfitCells }
    },
    async export (listId, path) {
      return { rows: (await contacts.exportList({ listId, path, timeout: 3600 })).rows }
    }
  }
}

function official () {
  const { BrevoClient } = require('@getbrevo/brevo')
  const { parse } = require('csv-parse')
  const brevo = new BrevoClient({ apiKey, baseUrl, timeoutInSeconds: 300 })
  return {
    async import (listId, path) {
      let body = []; let rows = 0
      const processes = []
      const flush = async () => {
        const { processId } = await brevo.contacts.importContacts({ listIds: [listId], jsonBody: body })
        processes.push(processId)
        rows += body.length
        body = []
      }
      for await (const { EMAIL: email, ...attributes } of createReadStream(path).pipe(parse({ columns: true }))) {
        body.push({ email, attributes })
        if (body.length === BODY) await flush()
      }
      if (body.length) await flush()
      for (const processId of processes) {
        while ((await brevo.process.getProcess({ processId })).status !== 'completed') {
          await new Promise(resolve => setTimeout(resolve, 500))
        }
      }
      return { rows }
    },
    async export (listId, path) {
      const cell = value => {
        const text = value === undefined || value === null ? '' : String(value)
        return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
      }
      const names = (await brevo.contacts.getAttributes()).attributes.map(attribute => attribute.name)
      const file = createWriteStream(path)
      file.write(['EMAIL', ...names].join(',') + '\n')
      let rows = 0
      while (true) {
        const { contacts } = await brevo.contacts.getContactsFromList({ listId, limit: PAGE, offset: rows, sort: 'asc' })
        let text = ''
        for (const { email, attributes } of contacts) {
          text += [email, ...names.map(name => attributes[name])].map(cell).join(',') + '\n'
        }
        if (!file.write(text)) await once(file, 'drain')
        rows += contacts.length
        if (contacts.length < PAGE) break
      }
      file.end()
      await once(file, 'finish')
      return { rows }
    }
  }
}

async function main ([name, job, listId, path]) {
  const client = name === 'brevo-native' ? ours() : official()
  const result = await client[job](Number(listId), path)
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  console.log(JSON.stringify({ ...result, peak_kb: peak }))
  process.exit(0)
}

main(process.argv.slice(2))
