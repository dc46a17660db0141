// What a program in TypeScript does with the installed packages.
import { Brevo, CancelledError, NotFoundError, type Progress, type Settings } from 'brevo-native'
import { start, type Sandbox } from 'brevo-sandbox'

const stages = new Set<string>()

export async function main (): Promise<void> {
  const sandbox: Sandbox = await start()
  const settings: Settings = { apiKey: await sandbox.makeKey('typed'), baseUrl: sandbox.baseUrl }
  const brevo = new Brevo(settings)
  const list = await brevo.contacts.createList({ name: 'Newsletter', folderId: (await brevo.contacts.createFolder({ name: 'Website' })).id! })
  const onProgress = ({ stage }: Progress): void => { stages.add(stage) }
  const result = await brevo.contacts.importFile({ path: 'people.csv', listIds: [list.id!] }, { onProgress })
  const people: string[] = []
  for await (const contact of brevo.contacts.getContacts.iter()) if (contact.email) people.push(contact.email)
  const errors: string[] = []
  for (const signal of [undefined, AbortSignal.abort()]) {
    try {
      await brevo.contacts.getContactInfo({ identifier: 'nobody@example.com' }, { signal })
    } catch (error) {
      if (error instanceof NotFoundError || error instanceof CancelledError) errors.push(error.name)
    }
  }
  await sandbox.stop()
  console.log(JSON.stringify({ imported: result.imported, stages: [...stages].length > 0, people: people.sort(), errors }))
}
main()
