// Strangers check the sandbox: Brevo's own Node SDK, and nodemailer with its Brevo transport.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import http from "node:http";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { Brevo, BrevoClient, BrevoError } from "@getbrevo/brevo";
import nodemailer from "nodemailer";
import BrevoTransport from "nodemailer-brevo-transport";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, "target");
const binary = process.env.BREVO_SANDBOX ?? path.join(target, "debug", "brevo-sandbox");
const JSON_PEOPLE = 600;
const FILE_PEOPLE = 400;
const HTML =
  '<html><body><p>Hello {{contact.FIRSTNAME}}</p><a href="https://example.com/spring">look</a></body></html>';
const noRetry = { maxRetries: 0 };

let child, base, key, brevo;

async function sandbox(path, body) {
  const reply = await fetch(`${base}/_sandbox/${path}`, body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(reply.ok, `${path}: ${reply.status}`);
  const text = await reply.text();
  return text && JSON.parse(text);
}

const advance = (days) => sandbox("clock", { advance: days * 86_400 });
const now = async () => new Date((await sandbox("clock")).now);
const mails = async (email) => (await sandbox(`mails?email=${encodeURIComponent(email)}`)).mails;
const mail = async (email) => sandbox(`mails/${(await mails(email))[0].uuid}`);

// What the sandbox answers must be its state, never a reply made up from a schema.
async function watchedFetch(...request) {
  const reply = await fetch(...request);
  assert.equal(reply.headers.get("x-brevo-sandbox"), null, `made up: ${request[0]}`);
  return reply;
}

const connect = (options) => new BrevoClient({ baseUrl: `${base}/v3`, fetch: watchedFetch, ...options });

async function finished(processId) {
  for (let turn = 0; turn < 100; turn++) {
    const state = await brevo.process.getProcess({ processId });
    if (["completed", "failed", "cancelled"].includes(state.status)) {
      assert.equal(state.status, "completed");
      return state;
    }
    await sleep(100);
  }
  assert.fail(`process ${processId} did not end`);
}

async function table(url) {
  const text = (await (await fetch(url)).text()).replace(/^\uFEFF/, "");
  return text.trimEnd().split(/\r?\n/).map((line) => line.split(";"));
}

before(async () => {
  child = spawn(binary, ["serve", "--port", "0", "--seed", "7"], { stdio: ["ignore", "pipe", "inherit"] });
  base = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the sandbox ended with ${code}`)));
    child.stdout.once("data", (text) => resolve(/http:\/\/[^/\s]+/.exec(text)[0]));
  });
  child.stdout.resume();
  key = (await sandbox("keys", { name: "strangers" })).key;
  brevo = connect({ apiKey: key });
});

after(() => child?.kill());

describe("@getbrevo/brevo 6.0.3", () => {
  let folderId, listId, campaignId, global;

  test("account, with status and headers", async () => {
    const { data, rawResponse } = await brevo.account.getAccount().withRawResponse();
    assert.match(data.email, /@/);
    assert.equal(rawResponse.status, 200);
    assert.ok(Number(rawResponse.headers.get("x-sib-ratelimit-remaining")) >= 0);
  });

  test("a sender is created, validated by its code, and deleted", async () => {
    const { id } = await brevo.senders.createSender({ name: "News", email: "news@no-domain-of-ours.eu" });
    const otp = Number(/\b\d{6}\b/.exec((await mail("news@no-domain-of-ours.eu")).text)[0]);
    await brevo.senders.validateSenderByOtp({ senderId: id, otp });
    const { senders } = await brevo.senders.getSenders();
    assert.equal(senders.find((sender) => sender.id === id).active, true);
    await brevo.senders.deleteSender({ senderId: id });
  });

  test("attributes, folder, list", async () => {
    await brevo.contacts.createAttribute({
      attributeCategory: "normal", attributeName: "NICKNAME", type: "text",
    });
    await brevo.contacts.createAttribute({
      attributeCategory: "category", attributeName: "SIZE",
      enumeration: [{ value: 1, label: "small" }, { value: 2, label: "large" }],
    });
    const { attributes } = await brevo.contacts.getAttributes();
    assert.equal(attributes.find((one) => one.name === "NICKNAME").type, "text");
    assert.equal(attributes.find((one) => one.name === "SIZE").enumeration.length, 2);
    await brevo.contacts.deleteAttribute({ attributeCategory: "normal", attributeName: "NICKNAME" });

    folderId = (await brevo.contacts.createFolder({ name: "Strangers" })).id;
    listId = (await brevo.contacts.createList({ name: "Readers", folderId })).id;
    const list = await brevo.contacts.getList({ listId });
    assert.deepEqual([list.name, list.folderId, list.uniqueSubscribers], ["Readers", folderId, 0]);
  });

  test("one contact", async () => {
    const email = "ada+1@strangers.example";
    const created = await brevo.contacts.createContact({
      email, ext_id: "ada-1", listIds: [listId], attributes: { FIRSTNAME: "Ada", LASTNAME: "Łukasiewicz-O'Neil" },
    });
    const found = await brevo.contacts.getContactInfo({ identifier: email });
    assert.equal(found.id, created.id);
    assert.equal(found.attributes.LASTNAME, "Łukasiewicz-O'Neil");
    assert.deepEqual(found.listIds, [listId]);
    const byExt = await brevo.contacts.getContactInfo({ identifier: "ada-1", identifierType: "ext_id" });
    assert.equal(byExt.id, created.id);
    const again = await brevo.contacts.createContact({
      email, updateEnabled: true, attributes: { FIRSTNAME: "Augusta" },
    });
    assert.equal(again, undefined);
    await brevo.contacts.updateContact({ identifier: email, attributes: { LASTNAME: "King" } });
    const { attributes } = await brevo.contacts.getContactInfo({ identifier: created.id });
    assert.deepEqual([attributes.FIRSTNAME, attributes.LASTNAME], ["Augusta", "King"]);
    await brevo.contacts.deleteContact({ identifier: email });
  });

  test("errors are typed", async () => {
    await assert.rejects(brevo.contacts.getContactInfo({ identifier: "nobody@strangers.example" }, noRetry), (error) => {
      assert.ok(error instanceof Brevo.NotFoundError);
      assert.equal(error.statusCode, 404);
      assert.equal(error.body.code, "document_not_found");
      return true;
    });
    await brevo.contacts.createContact({ email: "twin@strangers.example" });
    await assert.rejects(brevo.contacts.createContact({ email: "twin@strangers.example" }, noRetry), (error) => {
      assert.ok(error instanceof Brevo.BadRequestError);
      assert.equal(error.body.code, "duplicate_parameter");
      assert.deepEqual(error.body.metadata.duplicate_identifiers, ["email"]);
      return true;
    });
    await brevo.contacts.deleteContact({ identifier: "twin@strangers.example" });
    await assert.rejects(brevo.contacts.getContacts({ limit: 1001 }, noRetry), (error) => {
      assert.ok(error instanceof Brevo.BadRequestError);
      assert.equal(error.body.code, "out_of_range");
      return true;
    });
    const stranger = connect({ apiKey: `xkeysib-${"0".repeat(64)}-0123456789abcdef` });
    await assert.rejects(stranger.account.getAccount(), (error) => {
      assert.ok(error instanceof BrevoError);
      assert.deepEqual([error.statusCode, error.body.code], [401, "unauthorized"]);
      return true;
    });
  });

  test("faults: limit, server error, page of a proxy", async () => {
    const fault = { match: "GET /contacts", times: 1 };
    await sandbox("faults", { ...fault, fault: "429" });
    await assert.rejects(brevo.contacts.getContacts({}, noRetry), Brevo.TooManyRequestsError);
    await sandbox("faults", { ...fault, fault: "500" });
    assert.ok((await brevo.contacts.getContacts({}, { maxRetries: 1 })).contacts);
    await sandbox("faults", { ...fault, fault: "html" });
    await assert.rejects(brevo.contacts.getContacts({}, noRetry), BrevoError);
  });

  test("import from JSON and CSV; bad rows are reported", async () => {
    const given = ["Zoë", "Łukasz", "Алёна", "さくら", "O'Neil", "محمد", "Ada"];
    const json = await brevo.contacts.importContacts({
      listIds: [listId],
      jsonBody: Array.from({ length: JSON_PEOPLE }, (_, i) => ({
        email: `json${i}@strangers.example`, attributes: { FIRSTNAME: given[i % 7], LASTNAME: `No. ${i}` },
      })),
    });
    await finished(json.processId);
    const rows = Array.from({ length: FILE_PEOPLE }, (_, i) =>
      `file${i}@strangers.example;${given[i % 7]};"Last; ""${i}"""`);
    rows.push("not-an-address;Nobody;Nowhere");
    const file = await brevo.contacts.importContacts({
      listIds: [listId], fileBody: `EMAIL;FIRSTNAME;LASTNAME\n${rows.join("\n")}`,
    });
    const done = await finished(file.processId);
    assert.equal(done.name, "IMPORTUSER");
    const rejected = await table(done.info.import.invalid_emails);
    assert.ok(rejected.flat().includes("not-an-address"));
  });

  test("contacts of the list, page by page", async () => {
    const seen = [];
    for (;;) {
      const page = await brevo.contacts.getContactsFromList({ listId, limit: 300, offset: seen.length });
      assert.equal(page.count, JSON_PEOPLE + FILE_PEOPLE);
      if (page.contacts.length === 0) break;
      seen.push(...page.contacts);
    }
    assert.equal(new Set(seen.map((contact) => contact.email)).size, JSON_PEOPLE + FILE_PEOPLE);
    const one = seen.find((contact) => contact.email === "file1@strangers.example");
    assert.equal(one.attributes.LASTNAME, 'Last; "1"');
  });

  test("a campaign is created, scheduled, and sent when its time comes", async () => {
    const { senders } = await brevo.senders.getSenders();
    const { name, email } = senders[0];
    campaignId = (await brevo.emailCampaigns.createEmailCampaign({
      name: "Spring", subject: "Hello {{contact.FIRSTNAME}}", htmlContent: HTML,
      sender: { name, email }, recipients: { listIds: [listId] },
    })).id;
    assert.equal((await brevo.emailCampaigns.getEmailCampaign({ campaignId })).status, "draft");
    await brevo.emailCampaigns.updateEmailCampaign({
      campaignId, scheduledAt: new Date((await now()).getTime() + 3_600_000).toISOString(),
    });
    assert.equal((await brevo.emailCampaigns.getEmailCampaign({ campaignId })).status, "queued");
    await advance(2 / 24);
    assert.equal((await brevo.emailCampaigns.getEmailCampaign({ campaignId })).status, "sent");
  });

  test("its statistics add up", async () => {
    await advance(10);
    const found = await brevo.emailCampaigns.getEmailCampaign({ campaignId, statistics: "globalStats" });
    global = found.statistics.globalStats;
    assert.equal(global.sent, JSON_PEOPLE + FILE_PEOPLE);
    assert.equal(global.delivered + global.softBounces + global.hardBounces, global.sent);
    assert.ok(0 < global.uniqueClicks && global.uniqueClicks <= global.uniqueViews);
    assert.ok(global.uniqueViews <= global.delivered && global.uniqueViews <= global.viewed);
    assert.ok(global.uniqueClicks <= global.clickers);
    const links = await brevo.emailCampaigns.getEmailCampaign({ campaignId, statistics: "linksStats" });
    assert.equal(links.statistics.linksStats["https://example.com/spring"], global.clickers);
    const listed = await brevo.emailCampaigns.getEmailCampaigns({ status: "sent", statistics: "globalStats" });
    assert.deepEqual(listed.campaigns.find((row) => row.id === campaignId).statistics.globalStats.sent, global.sent);
  });

  test("its recipients are exported", async () => {
    const expected = { all: global.sent, openers: global.uniqueViews, clickers: global.uniqueClicks,
      hardBounces: global.hardBounces, softBounces: global.softBounces, unsubscribed: global.unsubscriptions };
    for (const [recipientsType, count] of Object.entries(expected)) {
      const { processId } = await brevo.emailCampaigns.emailExportRecipients({ campaignId, recipientsType });
      const rows = await table((await finished(processId)).export_url);
      assert.equal(rows.length - 1, count, recipientsType);
    }
  });

  test("contacts are exported", async () => {
    const { processId } = await brevo.contacts.requestContactExport({
      customContactFilter: { actionForContacts: "allContacts", listId },
      exportAttributes: ["EMAIL", "FIRSTNAME"],
    });
    const [head, ...rows] = await table((await finished(processId)).export_url);
    assert.equal(rows.length, JSON_PEOPLE + FILE_PEOPLE);
    const [email, first] = [head.indexOf("EMAIL"), head.indexOf("FIRSTNAME")];
    assert.equal(rows.find((row) => row[email] === "json3@strangers.example")[first], "さくら");
  });

  test("transactional mail, its events, and withdrawing a scheduled one", async () => {
    const [sender] = (await brevo.senders.getSenders()).senders;
    const from = { name: sender.name, email: sender.email };
    const { messageId } = await brevo.transactionalEmails.sendTransacEmail({
      sender: from, to: [{ email: "bob@strangers.example", name: "Bob" }], subject: "Order {{params.number}}",
      htmlContent: "<p>Order {{params.number}} is on its way.</p>", params: { number: 42 }, tags: ["orders"],
      attachment: [{ name: "bill.txt", content: Buffer.from("42").toString("base64") }],
    });
    const stored = await mail("bob@strangers.example");
    assert.equal(stored.subject, "Order 42");
    assert.equal(stored.messageId, messageId);
    const { messageIds } = await brevo.transactionalEmails.sendTransacEmail({
      sender: from, subject: "Hi", htmlContent: "<p>Hi {{params.name}}</p>",
      messageVersions: [1, 2, 3].map((i) => ({ to: [{ email: `v${i}@strangers.example` }], params: { name: `V${i}` } })),
    });
    assert.equal(new Set(messageIds).size, 3);
    assert.match((await mail("v2@strangers.example")).html, /Hi V2/);

    const scheduledAt = new Date((await now()).getTime() + 5 * 3_600_000).toISOString();
    const later = await brevo.transactionalEmails.sendTransacEmail({
      sender: from, to: [{ email: "later@strangers.example" }], subject: "Later", htmlContent: "<p>Later</p>", scheduledAt,
    });
    const state = await brevo.transactionalEmails.getScheduledEmailById({ identifier: later.messageId });
    assert.equal(state.status, "queued");
    await brevo.transactionalEmails.deleteScheduledEmailById({ identifier: later.messageId });
    await advance(1);
    assert.deepEqual(await mails("later@strangers.example"), []);
    const { events } = await brevo.transactionalEmails.getEmailEventReport({ messageId });
    assert.ok(events.some((event) => event.event === "requests"));
  });

  test("webhooks", async () => {
    const { id } = await brevo.webhooks.createWebhook({
      url: "https://example.com/hook", type: "transactional", events: ["delivered", "hardBounce"],
    });
    const one = await brevo.webhooks.getWebhook({ webhookId: id });
    assert.deepEqual(one.events.toSorted(), ["delivered", "hardBounce"]);
    const { webhooks } = await brevo.webhooks.getWebhooks();
    assert.ok(webhooks.some((hook) => hook.id === id));
    await brevo.webhooks.deleteWebhook({ webhookId: id });
    await assert.rejects(brevo.webhooks.getWebhook({ webhookId: id }, noRetry), Brevo.NotFoundError);
  });

  test("everything is deleted again", async () => {
    await brevo.contacts.deleteList({ listId });
    await brevo.contacts.deleteFolder({ folderId });
    await assert.rejects(brevo.contacts.getList({ listId }, noRetry), Brevo.NotFoundError);
  });
});

describe("nodemailer-brevo-transport 2.2.1", () => {
  // The transport has no setting for the address; these two fields are what it sends with.
  function transport(apiKey) {
    const brevoTransport = new BrevoTransport({ apiKey });
    brevoTransport.apiURL = new URL(`${base}/v3/smtp/email`);
    brevoTransport.request = http.request;
    return nodemailer.createTransport(brevoTransport);
  }

  test("sends", async () => {
    const from = (await brevo.senders.getSenders()).senders[0].email;
    const info = await transport(key).sendMail({
      from: `"Größe, Inc." <${from}>`, to: "Zoë <zoe@strangers.example>, two@strangers.example",
      cc: "carbon@strangers.example", subject: "Grüße", text: "plain", html: "<p>rich</p>",
      attachments: [{ filename: "note.txt", content: "content" }],
    });
    const stored = await mail("zoe@strangers.example");
    assert.equal(stored.messageId, info.messageId);
    assert.deepEqual([stored.subject, stored.text], ["Grüße", "plain"]);
    assert.equal((await mail("carbon@strangers.example")).messageId, info.messageId);
  });

  test("reports errors", async () => {
    await assert.rejects(
      transport(`xkeysib-${"0".repeat(64)}-0123456789abcdef`).sendMail({
        from: "a@strangers.example", to: "b@strangers.example", subject: "x", html: "<p>x</p>",
      }),
      /unauthorized.*401/,
    );
    await assert.rejects(
      transport(key).sendMail({ from: "a@strangers.example", to: "b@strangers.example", html: "<p>x</p>" }),
      /missing_parameter.*400/,
    );
  });
});
