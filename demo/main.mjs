// The main job in Node: contacts in, a campaign out, the list and the figures as CSV.
import { execSync } from 'node:child_process'
import path from 'node:path'

import { Brevo, BrevoError } from 'brevo-native'

const [folder, people] = process.argv.slice(2)
const later = process.env.BREVO_DEMO_LATER // Set by the sandbox demo: a command that lets time pass.
const live = !later
const onProgress = ({ stage, done, total }) => process.stderr.write(`\r  ${stage}: ${done} of ${total ?? '?'}   `)

async function main (brevo) {
  const account = await brevo.account.getAccount()
  console.log(`connected as ${account.email}`)
  const home = await brevo.contacts.createFolder({ name: 'brevo-native demo (Node)' })
  const list = await brevo.contacts.createList({ name: 'Newsletter', folderId: home.id })
  try {
    await brevo.contacts.createContact({
      email: 'grace.hopper@example.com',
      attributes: { FIRSTNAME: 'Grace', LASTNAME: 'Hopper' },
      listIds: [list.id],
      updateEnabled: true
    })
    const done = await brevo.contacts.importFile({
      path: people,
      listIds: [list.id],
      columns: { 'Signed up': 'SIGNED_UP' },
      createAttributes: !live,
      updateExistingContacts: true,
      rejectsPath: path.join(folder, 'rejects.csv')
    }, { onProgress })
    console.log(`\nimported ${done.imported} of ${done.rows} rows; ${done.rejected} rejected, first of them:`)
    for (const { line, reason } of done.rejects.slice(0, 3)) console.log(`  line ${line}: ${reason}`)

    const { senders: [sender] } = await brevo.senders.getSenders()
    const campaign = await brevo.emailCampaigns.createEmailCampaign({
      name: 'Spring (Node)',
      subject: 'Spring is here, {{ contact.FIRSTNAME }}',
      sender: { id: sender.id },
      htmlContent: "<html><body><h1>Hello {{ contact.FIRSTNAME }}</h1><a href='https://example.com/'>Read on</a></body></html>",
      recipients: { listIds: [list.id] },
      ...(live ? {} : { scheduledAt: process.env.BREVO_DEMO_AT })
    })
    let state = await brevo.emailCampaigns.getEmailCampaign({ campaignId: campaign.id })
    console.log(`campaign ${campaign.id} is ${state.status}`)
    if (!live) {
      execSync(later)
      state = await brevo.emailCampaigns.getEmailCampaign({ campaignId: campaign.id })
      console.log(`two days later it is ${state.status}`)
    }

    const exported = await brevo.contacts.exportList(
      { listId: list.id, path: path.join(folder, 'list.csv') }, { onProgress })
    const figures = await brevo.emailCampaigns.exportStatistics(
      { path: path.join(folder, 'statistics.csv'), campaignIds: [campaign.id] })
    console.log(`\nexported ${exported.rows} people and the figures of ${figures.rows} campaign`)
    if (live) await brevo.emailCampaigns.deleteEmailCampaign({ campaignId: campaign.id })
  } finally {
    if (live) { // What the demo made goes: its people (all at example domains), the list and the folder.
      const made = []
      for await (const contact of brevo.contacts.getContactsFromList.iter({ listId: list.id })) made.push(contact)
      for (const { id, email } of made) {
        if (email?.includes('@example.')) await brevo.contacts.deleteContact({ identifier: id, identifierType: 'contact_id' })
      }
      await brevo.contacts.deleteList({ listId: list.id })
      await brevo.contacts.deleteFolder({ folderId: home.id })
    }
  }
}

try {
  await main(new Brevo())
} catch (error) {
  if (!(error instanceof BrevoError)) throw error
  console.error(`${error.kind}: ${error.message}`)
  process.exitCode = 1
}
