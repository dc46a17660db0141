// Compiled with `tsc --strict`, never run: what a program in TypeScript may write, and what it may not.
import { createReadStream } from 'node:fs'
import { Brevo, BrevoError, CancelledError, DuplicateError, RateLimitedError, version } from 'brevo-native'
import type { CallOptions, ErrorKind, FileInput, Progress, RawReply, Settings } from 'brevo-native'

const settings: Settings = { apiKey: 'xkeysib-...', timeout: 5, maxRetries: 2 }
const brevo = new Brevo(settings)
new Brevo()
new Brevo('xkeysib-...')
// @ts-expect-error: no such setting
new Brevo({ apikey: 'x' })

export async function calls (): Promise<void> {
  const created = await brevo.contacts.createContact({
    email: 'ada@example.com', listIds: [2, 3n], attributes: { FIRSTNAME: 'Ada' }
  })
  const id: number | null | undefined = created?.id
  const reply = await brevo.contacts.getContactInfo.raw({ identifier: 'ada@example.com' })
  const header: string | undefined = reply.headers['x-sib-ratelimit-remaining']
  const email: string | null | undefined = reply.body.email
  const whole: RawReply<typeof reply.body> = reply
  for await (const contact of brevo.contacts.getContactsFromList.iter({ listId: 2 })) use(contact.email)
  const options: CallOptions = { timeout: 1, signal: AbortSignal.timeout(10) }
  await brevo.account.getAccount(null, options)
  await brevo.account.getAccount()
  const bytes: Buffer = await brevo.inboundParsing.getInboundEmailAttachment({ downloadToken: 'x' })
  const files: FileInput[] = ['people.csv', new URL('file:///people.csv'), Buffer.from('x'), new Blob(['x']), createReadStream('x'), { path: 'x' }, { name: 'x.csv', content: Buffer.from('x') }]
  for (const file of files) await brevo.companies.importCompaniesCreationAndUpdation({ file, mapping: {} })
  const doc: string = brevo.contacts.createContact.doc
  use(id, header, email, whole, bytes, doc, version)
}

export async function jobs (): Promise<void> {
  const onProgress = ({ stage, done, total }: Progress): void => use(stage, done, total)
  const result = await brevo.contacts.importFile({ path: 'people.csv', listIds: [2] }, { onProgress })
  use(result)
  // @ts-expect-error: jobs have their own options
  await brevo.contacts.importFile({ path: 'people.csv' }, { maxRetries: 1 })
}

export async function mistakes (): Promise<void> {
  // @ts-expect-error: misspelt
  await brevo.contacts.createContact({ emial: 'ada@example.com' })
  // @ts-expect-error: wrong type
  await brevo.contacts.createContact({ listIds: ['2'] })
  // @ts-expect-error: a required parameter is missing
  await brevo.contacts.getList()
  // @ts-expect-error: a required parameter is missing
  await brevo.contacts.getList({})
  // @ts-expect-error: this does not list
  brevo.contacts.createContact.iter()
  // @ts-expect-error: no such option
  await brevo.account.getAccount({}, { retries: 1 })
  // @ts-expect-error: errors come from the library only
  new BrevoError()
}

export function errors (error: unknown): string {
  if (error instanceof DuplicateError) return error.duplicateIdentifiers.join()
  if (error instanceof RateLimitedError) return `${error.retryAfter?.toFixed()} ${error.headers?.['x']}`
  if (error instanceof CancelledError) return String(error.cause)
  if (error instanceof BrevoError) {
    const kind: ErrorKind = error.kind
    return `${kind} ${error.status} ${error.code} ${error.advice} ${error.parameter?.length}`
  }
  return ''
}

function use (..._: unknown[]): void {}
