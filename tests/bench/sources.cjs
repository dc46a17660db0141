// `sources.cjs KIND ROWS URL`: imports that many rows of a kind of source, for sources.py to look at its memory.
'use strict'

const { readSync } = require('node:fs')
const { Readable } = require('node:stream')
const { Brevo } = require('brevo-native')

const [kind, count, baseUrl] = process.argv.slice(2)

function row (number) {
  return {
    EMAIL: `person.${number}@subscribers.example.com`,
    FIRSTNAME: ['Zoë', 'Jürgen', 'Нина', 'さくら'][number % 4],
    LASTNAME: "Łukasiewicz-O'Neil",
    CITY: ['Paris', 'Kraków', 'São Paulo'][number % 3],
    SCORE: number / 2,
    NOTE: 'a text of some length that an integration has written once upon a time'
  }
}

function * rows (count) {
  for (let number = 0; number < count; number++) yield row(number)
}

async function * awaited (count) {
  for (let number = 0; number < count; number++) {
    if (number % 1000 === 0) await new Promise(resolve => setImmediate(resolve))
    yield row(number)
  }
}

// What V8 takes for rows, whoever asks for them, it has taken then: its room for new objects grows when some of them
// live on for a while.
const FIRST = 500_000
const AT_ONCE = 20_000

async function main () {
  const make = { iterable: rows, 'async iterable': awaited, stream: count => Readable.from(awaited(count)) }[kind]
  let some = []
  for await (const row of make(FIRST)) if (some.push(row) === AT_ONCE) some = []
  const source = make(Number(count))
  console.log('ready')
  readSync(0, Buffer.alloc(1))
  const { imported } = await new Brevo({ baseUrl, pacing: false }).contacts.importFile({ source, listIds: [1], timeout: 600 })
  console.log(imported)
}

main()
