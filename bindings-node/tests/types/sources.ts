// What a job can be given to read.
import { createReadStream } from 'node:fs'
import type { ReadableStream } from 'node:stream/web'
import type { Brevo, ImportFileResult } from 'brevo-native'

interface Person { email: string, FIRSTNAME?: string }

export async function every (brevo: Brevo, people: AsyncIterable<Person>, stream: ReadableStream<Uint8Array>, table: { schema: { fields: object[] }, batches: object[] }): Promise<ImportFileResult> {
  const { contacts } = brevo
  await contacts.importFile({ path: 'people.csv', listIds: [2] }, { onProgress: true })
  await contacts.importFile({ source: 'people.csv', listIds: [2] }, { onProgress: ({ done }) => { console.log(done) } })
  await contacts.importFile({ source: new URL('file:///people.csv'), listIds: [2] })
  await contacts.importFile({ source: [{ email: 'ada@example.com' }], listIds: [2] })
  await contacts.importFile({ source: people, listIds: [2] })
  await contacts.importFile({ source: createReadStream('people.csv'), listIds: [2], format: 'csv' })
  await contacts.importFile({ source: stream, listIds: [2] })
  await contacts.importFile({ source: new Blob(['EMAIL']), listIds: [2] })
  await contacts.importFile({ source: Buffer.from('EMAIL'), listIds: [2] })
  await contacts.importFile({ source: table, listIds: [2] })
  await contacts.importFile({ source: table.batches, listIds: [2] })
  await contacts.importFile({ source: contacts.getContacts.iter(), listIds: [2] })
  // @ts-expect-error a number is no source
  await contacts.importFile({ source: 7, listIds: [2] })
  // @ts-expect-error neither are numbers
  return await contacts.importFile({ source: [7], listIds: [2] })
}
