// What a program of ES modules does with the installed package. Prints what it did as JSON.
import fs from 'node:fs'
import { Brevo, BrevoError, DuplicateError, version } from 'brevo-native'

async function main () {
  const brevo = new Brevo()
  const folder = await brevo.contacts.createFolder({ name: 'Website' })
  const list = await brevo.contacts.createList({ name: 'Newsletter', folderId: folder.id })
  fs.writeFileSync('people.csv', 'EMAIL,FIRSTNAME\nada@example.com,Ada\nnonsense,Bob\nzoë@example.com,Zoë\n')
  const result = await brevo.contacts.importFile({ path: 'people.csv', listIds: [list.id], createAttributes: true })
  const duplicate = await brevo.contacts.createContact({ email: 'ada@example.com' }).catch(error => error)
  const people = []
  for await (const { email } of brevo.contacts.getContactsFromList.iter({ listId: list.id })) people.push(email)
  const sent = await brevo.transactionalEmails.sendTransacEmail({
    sender: { email: 'owner@sandbox.example' }, to: [{ email: 'ada@example.com' }], subject: 'Hello', textContent: 'Hello', attachment: ['people.csv']
  })
  console.log(JSON.stringify({
    version,
    imported: result.imported,
    rejected: result.rejected,
    people: people.sort(),
    duplicate: duplicate instanceof DuplicateError && duplicate instanceof BrevoError,
    sent: typeof sent.messageId
  }))
}
await main()
