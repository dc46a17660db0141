"""Strangers check the sandbox: Brevo's own Python SDK, the one before it, and django-anymail."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import json
import re
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from brevo import AsyncBrevo, Brevo
from brevo.contacts import (
    AddContactToListRequestBodyEmails,
    CreateAttributeRequestEnumerationItem,
    ImportContactsRequestJsonBodyItem,
    RemoveContactFromListRequestBodyEmails,
    RequestContactExportRequestCustomContactFilter,
)
from brevo.core.api_error import ApiError
from brevo.core.request_options import RequestOptions
from brevo.email_campaigns import (
    CreateEmailCampaignRequestRecipients,
    CreateEmailCampaignRequestSender,
)
from brevo.errors import (
    BadRequestError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
)
from brevo.transactional_emails import (
    CreateSmtpTemplateRequestSender,
    SendTransacEmailRequestAttachmentItem,
    SendTransacEmailRequestMessageVersionsItem,
    SendTransacEmailRequestMessageVersionsItemToItem,
    SendTransacEmailRequestSender,
    SendTransacEmailRequestToItem,
)
from conftest import text_of

NO_RETRY = RequestOptions(max_retries=0)
HTML = '<html><body><p>Hello {{contact.FIRSTNAME}}</p><a href="https://example.com/spring">look</a></body></html>'


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


# --- Account, senders, attributes, folders and lists ------------------------------------------


def test_account(brevo, wire):
    account = wire(brevo.account.get_account)
    assert "@" in account.email
    assert account.plan
    assert account.relay.data.port > 0


def test_sender_is_created_and_validated_by_its_code(brevo, wire, sandbox):
    created = wire(brevo.senders.create_sender, name="News", email="news@no-domain-of-ours.eu")
    otp = re.search(r"\b\d{6}\b", sandbox.mail("news@no-domain-of-ours.eu")["text"])[0]
    with pytest.raises(ApiError) as refused:
        brevo.senders.validate_sender_by_otp(created.id, otp=(int(otp) + 1) % 1000000, request_options=NO_RETRY)
    assert refused.value.status_code == 400
    wire(brevo.senders.validate_sender_by_otp, created.id, otp=int(otp))
    senders = wire(brevo.senders.get_senders).senders
    assert [(s.name, s.active) for s in senders if s.id == created.id] == [("News", True)]
    wire(brevo.senders.delete_sender, created.id)
    assert created.id not in [s.id for s in wire(brevo.senders.get_senders).senders]


def test_attributes(brevo, wire):
    contacts = brevo.contacts
    wire(contacts.create_attribute, "normal", "NICKNAME", type="text")
    wire(
        contacts.create_attribute,
        "normal",
        "HOBBIES",
        type="multiple-choice",
        multi_category_options=["chess", "rowing"],
    )
    wire(
        contacts.create_attribute,
        "category",
        "SIZE",
        enumeration=[
            CreateAttributeRequestEnumerationItem(value=1, label="small"),
            CreateAttributeRequestEnumerationItem(value=2, label="large"),
        ],
    )
    found = {a.name: a for a in wire(contacts.get_attributes).attributes}
    assert (found["NICKNAME"].category, found["NICKNAME"].type) == ("normal", "text")
    assert found["HOBBIES"].multi_category_options == ["chess", "rowing"]
    assert {(e.value, e.label) for e in found["SIZE"].enumeration} == {(1, "small"), (2, "large")}
    with pytest.raises(BadRequestError):
        contacts.create_attribute("normal", "NICKNAME", type="text", request_options=NO_RETRY)
    wire(contacts.delete_attribute, "normal", "NICKNAME")
    assert "NICKNAME" not in [a.name for a in wire(contacts.get_attributes).attributes]


def test_folders_and_lists(brevo, wire):
    contacts = brevo.contacts
    folder = wire(contacts.create_folder, name="Strangers")
    made = wire(contacts.create_list, folder_id=folder.id, name="Readers")
    one = wire(contacts.get_list, made.id)
    assert (one.name, one.folder_id, one.unique_subscribers) == ("Readers", folder.id, 0)
    assert made.id in [item.id for item in wire(contacts.get_lists, limit=50).lists]
    assert [item.id for item in wire(contacts.get_folder_lists, folder.id).lists] == [made.id]
    assert wire(contacts.get_folder, folder.id).name == "Strangers"
    wire(contacts.update_list, made.id, name="Friends")
    assert wire(contacts.get_list, made.id).name == "Friends"
    wire(contacts.delete_list, made.id)
    wire(contacts.delete_folder, folder.id)
    with pytest.raises(NotFoundError):
        contacts.get_folder(folder.id, request_options=NO_RETRY)


# --- One contact -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def people(brevo, wire):
    """A folder and a list."""
    folder = wire(brevo.contacts.create_folder, name="People").id
    return SimpleNamespace(folder=folder, list=wire(brevo.contacts.create_list, folder_id=folder, name="People").id)


def test_contact(brevo, wire, people):
    contacts = brevo.contacts
    created = wire(
        contacts.create_contact,
        email="ada+1@strangers.example",
        ext_id="ada-1",
        attributes={"FIRSTNAME": "Ada", "LASTNAME": "Łukasiewicz-O'Neil"},
        list_ids=[people.list],
    )
    by_mail = wire(contacts.get_contact_info, "ada+1@strangers.example")
    by_id = wire(contacts.get_contact_info, created.id, identifier_type="contact_id")
    by_ext = wire(contacts.get_contact_info, "ada-1", identifier_type="ext_id")
    assert by_mail.id == by_id.id == by_ext.id == created.id
    assert by_mail.attributes.LASTNAME == "Łukasiewicz-O'Neil"
    assert by_mail.list_ids == [people.list]
    assert by_mail.email_blacklisted is False

    # On an existing contact createContact answers with nothing; the SDK gives None.
    assert (
        wire(
            contacts.create_contact,
            email="ada+1@strangers.example",
            update_enabled=True,
            attributes={"FIRSTNAME": "Augusta"},
        )
        is None
    )
    wire(
        contacts.update_contact,
        "ada+1@strangers.example",
        attributes={"LASTNAME": "King"},
        email_blacklisted=True,
    )
    changed = wire(contacts.get_contact_info, created.id)
    assert (changed.attributes.FIRSTNAME, changed.attributes.LASTNAME) == ("Augusta", "King")
    assert changed.email_blacklisted is True

    removed = wire(
        contacts.remove_contact_from_list,
        people.list,
        request=RemoveContactFromListRequestBodyEmails(emails=["ada+1@strangers.example"]),
    )
    assert removed.contacts.success == ["ada+1@strangers.example"]
    added = wire(
        contacts.add_contact_to_list,
        people.list,
        request=AddContactToListRequestBodyEmails(emails=["ada+1@strangers.example", "nobody@strangers.example"]),
    )
    assert added.contacts.success == ["ada+1@strangers.example"]
    assert added.contacts.failure == ["nobody@strangers.example"]

    wire(contacts.delete_contact, created.id)
    with pytest.raises(NotFoundError) as gone:
        contacts.get_contact_info("ada+1@strangers.example", request_options=NO_RETRY)
    assert gone.value.body["code"] == "document_not_found"


def test_async_client(sandbox):
    async def main():
        client = AsyncBrevo(api_key=sandbox.key, base_url=sandbox.api)
        created = await asyncio.gather(
            *(client.contacts.create_contact(email=f"async{i}@strangers.example") for i in range(20))
        )
        assert len({reply.id for reply in created}) == 20
        await asyncio.gather(*(client.contacts.delete_contact(reply.id) for reply in created))
        with pytest.raises(NotFoundError):
            await client.contacts.get_contact_info(created[0].id, request_options=NO_RETRY)

    asyncio.run(main())


# --- Errors as users of the SDK see them --------------------------------------------------------


def test_typed_errors(brevo, sandbox, wire):
    stranger = Brevo(api_key="xkeysib-" + "0" * 64 + "-0123456789abcdef", base_url=sandbox.api)
    with pytest.raises(ApiError) as bad_key:
        stranger.account.get_account()
    assert (bad_key.value.status_code, bad_key.value.body["code"]) == (401, "unauthorized")
    with pytest.raises(UnauthorizedError):
        stranger.ecommerce.activate_the_e_commerce_app()

    wire(brevo.contacts.create_contact, email="twin@strangers.example", ext_id="twin")
    with pytest.raises(BadRequestError) as twin:
        brevo.contacts.create_contact(email="twin@strangers.example", request_options=NO_RETRY)
    assert twin.value.status_code == 400
    assert twin.value.body["code"] == "duplicate_parameter"
    assert twin.value.body["message"]
    assert twin.value.body["metadata"]["duplicate_identifiers"] == ["email"]
    brevo.contacts.delete_contact("twin@strangers.example")

    with pytest.raises(BadRequestError) as wrong:
        brevo.contacts.create_contact(email="not an address", request_options=NO_RETRY)
    assert wrong.value.body["code"] == "invalid_parameter"
    with pytest.raises(NotFoundError):
        brevo.email_campaigns.get_email_campaign(999_999, request_options=NO_RETRY)
    with pytest.raises(NotFoundError):
        brevo.process.get_process(999_999, request_options=NO_RETRY)
    with pytest.raises(BadRequestError) as beyond:
        brevo.contacts.get_contacts(limit=1001, request_options=NO_RETRY)
    assert beyond.value.body["code"] == "out_of_range"


def test_faults(brevo, sandbox, wire):
    fault = {"match": "GET /account", "times": 1}
    sandbox.post("faults", fault | {"fault": "429"})
    with pytest.raises(ApiError) as limited:
        brevo.account.get_account(request_options=NO_RETRY)
    assert limited.value.status_code == 429
    assert int(limited.value.headers["x-sib-ratelimit-reset"]) >= 0
    sandbox.post("faults", {"match": "GET /contacts", "times": 1, "fault": "429"})
    with pytest.raises(TooManyRequestsError):
        brevo.contacts.get_contacts(request_options=NO_RETRY)
    sandbox.post("faults", fault | {"fault": "500"})
    assert wire(brevo.account.get_account, request_options=RequestOptions(max_retries=1)).email
    sandbox.post("faults", fault | {"fault": "html"})
    with pytest.raises(ApiError):
        brevo.account.get_account(request_options=NO_RETRY)
    assert wire(brevo.account.get_account).email


def test_oauth(sandbox):
    app = sandbox.post("oauth-apps", {"name": "strangers"})
    client = Brevo(client_id=app["client_id"], client_secret=app["client_secret"], base_url=sandbox.api)
    assert "@" in client.account.get_account().email
    with pytest.raises(ApiError) as refused:
        Brevo(client_id=app["client_id"], client_secret="wrong", base_url=sandbox.api).account.get_account()
    assert refused.value.status_code in (400, 401)


# --- The main job: import, campaign, statistics, exports ----------------------------------------

JSON_PEOPLE = 600
FILE_PEOPLE = 400


@pytest.fixture(scope="module")
def imported(brevo, wire, finished, people):
    """A thousand contacts in the list, from JSON and from CSV."""
    given = ["Zoë", "Łukasz", "Алёна", "さくら", "O'Neil", "محمد", "Ada"]
    brevo_json = wire(
        brevo.contacts.import_contacts,
        list_ids=[people.list],
        json_body=[
            ImportContactsRequestJsonBodyItem(
                email=f"json{i}@strangers.example",
                attributes={"FIRSTNAME": given[i % 7], "LASTNAME": f"No. {i}"},
            )
            for i in range(JSON_PEOPLE)
        ],
    )
    finished(brevo_json.process_id)
    rows = [f'file{i}@strangers.example;{given[i % 7]};"Last; ""{i}"""' for i in range(FILE_PEOPLE)]
    rows += ["not-an-address;Nobody;Nowhere", "file0@strangers.example;Twin;Twin"]
    brevo_file = wire(
        brevo.contacts.import_contacts,
        list_ids=[people.list],
        update_existing_contacts=True,
        file_body="EMAIL;FIRSTNAME;LASTNAME\n" + "\n".join(rows),
    )
    return finished(brevo_file.process_id)


def test_import_reports_bad_rows(imported):
    assert imported.name == "IMPORTUSER"
    rejected = text_of(imported.info.import_.invalid_emails)
    assert "not-an-address" in rejected
    assert "file1@strangers.example" not in rejected


def test_contacts_of_the_list_page_by_page(brevo, wire, people, imported):
    seen = []
    while True:
        page = wire(brevo.contacts.get_contacts_from_list, people.list, limit=300, offset=len(seen))
        assert page.count == JSON_PEOPLE + FILE_PEOPLE
        if not page.contacts:
            break
        seen += page.contacts
    assert len(seen) == JSON_PEOPLE + FILE_PEOPLE
    assert len({contact.id for contact in seen}) == len({contact.email for contact in seen}) == len(seen)
    by_mail = {contact.email: contact for contact in seen}
    assert by_mail["json3@strangers.example"].attributes.FIRSTNAME == "さくら"
    assert by_mail["file1@strangers.example"].attributes.LASTNAME == 'Last; "1"'
    assert wire(brevo.contacts.get_list, people.list).unique_subscribers == len(seen)
    everybody = wire(brevo.contacts.get_contacts, list_ids=[people.list], limit=1000)
    assert {contact.email for contact in everybody.contacts} == set(by_mail)


@pytest.fixture(scope="module")
def campaign(brevo, wire, sandbox, people, imported):
    """A campaign for the list: created, scheduled, sent when its time had come."""
    sender = wire(brevo.senders.get_senders).senders[0]
    campaigns = brevo.email_campaigns
    created = wire(
        campaigns.create_email_campaign,
        name="Spring",
        subject="Hello {{contact.FIRSTNAME}}",
        html_content=HTML,
        sender=CreateEmailCampaignRequestSender(email=sender.email, name=sender.name),
        recipients=CreateEmailCampaignRequestRecipients(list_ids=[people.list]),
    )
    draft = wire(campaigns.get_email_campaign, created.id)
    assert (draft.status, draft.name, draft.recipients.lists) == ("draft", "Spring", [people.list])
    wire(campaigns.send_test_email, created.id, email_to=["json1@strangers.example"])
    assert sandbox.mails("json1@strangers.example")[0]["kind"] == "test"
    wire(campaigns.update_email_campaign, created.id, scheduled_at=stamp(sandbox.now() + 3600))
    waiting = wire(campaigns.get_email_campaign, created.id)
    assert waiting.status == "queued"
    assert waiting.scheduled_at
    sandbox.advance(hours=2)
    assert wire(campaigns.get_email_campaign, created.id).status == "sent"
    sandbox.advance(days=10)
    return created.id


def add_up(stats, sent):
    assert stats.sent == sent
    assert stats.delivered + stats.soft_bounces + stats.hard_bounces == stats.sent
    assert 0 < stats.unique_clicks <= stats.unique_views <= stats.delivered
    assert stats.unique_views <= stats.viewed
    assert stats.unique_clicks <= stats.clickers
    assert 0 <= stats.unsubscriptions <= stats.delivered
    assert 0 <= stats.complaints <= stats.delivered
    assert stats.trackable_views <= stats.delivered


def test_statistics_add_up(brevo, wire, people, campaign):
    campaigns = brevo.email_campaigns
    whole = wire(campaigns.get_email_campaign, campaign, statistics="globalStats").statistics
    add_up(whole.global_stats, JSON_PEOPLE + FILE_PEOPLE)
    by_list = wire(campaigns.get_email_campaign, campaign).statistics.campaign_stats
    assert sum(part.sent for part in by_list) == whole.global_stats.sent
    assert [part.list_id for part in by_list] == [people.list]

    domains = wire(campaigns.get_email_campaign, campaign, statistics="statsByDomain").statistics.stats_by_domain
    assert sum(part.sent for part in domains.values()) == whole.global_stats.sent
    links = wire(campaigns.get_email_campaign, campaign, statistics="linksStats").statistics.links_stats
    assert links["https://example.com/spring"] == whole.global_stats.clickers
    wire(campaigns.get_email_campaign, campaign, statistics="statsByDevice")
    wire(campaigns.get_email_campaign, campaign, statistics="statsByBrowser")

    listed = wire(campaigns.get_email_campaigns, status="sent", statistics="globalStats", limit=100)
    row = next(row for row in listed.campaigns if row.id == campaign)
    assert listed.count == 1
    assert row.statistics.global_stats.sent == JSON_PEOPLE + FILE_PEOPLE


@pytest.mark.parametrize(
    "kind", ["all", "openers", "nonOpeners", "clickers", "hardBounces", "softBounces", "unsubscribed"]
)
def test_recipients_are_exported(brevo, wire, finished, campaign, kind):
    stats = wire(brevo.email_campaigns.get_email_campaign, campaign, statistics="globalStats").statistics.global_stats
    process = finished(wire(brevo.email_campaigns.email_export_recipients, campaign, recipients_type=kind).process_id)
    rows = list(csv.reader(io.StringIO(text_of(process.export_url)), delimiter=";"))
    expected = {
        "all": stats.sent,
        "openers": stats.unique_views,
        "clickers": stats.unique_clicks,
        "hardBounces": stats.hard_bounces,
        "softBounces": stats.soft_bounces,
        "unsubscribed": stats.unsubscriptions,
        "nonOpeners": stats.delivered - stats.unique_views,
    }
    assert len(rows) - 1 == expected[kind]


def test_unsubscribed_and_bounced_contacts_are_blocklisted(brevo, wire, people, campaign):
    stats = wire(brevo.email_campaigns.get_email_campaign, campaign, statistics="globalStats").statistics.global_stats
    everybody = wire(brevo.contacts.get_contacts, list_ids=[people.list], limit=1000).contacts
    blocked = [contact for contact in everybody if contact.email_blacklisted]
    assert len(blocked) > 0
    assert stats.hard_bounces <= len(blocked) <= stats.hard_bounces + stats.unsubscriptions + stats.complaints
    info = wire(brevo.contacts.get_contact_info, blocked[0].id)
    assert info.email_blacklisted is True
    wire(brevo.contacts.get_contact_stats, blocked[0].id)


def test_contacts_are_exported(brevo, wire, finished, people, campaign):
    process = finished(
        wire(
            brevo.contacts.request_contact_export,
            custom_contact_filter=RequestContactExportRequestCustomContactFilter(
                action_for_contacts="allContacts", list_id=people.list
            ),
            export_attributes=["EMAIL", "FIRSTNAME", "LASTNAME"],
        ).process_id
    )
    rows = list(csv.DictReader(io.StringIO(text_of(process.export_url)), delimiter=";"))
    by_mail = {row["EMAIL"]: row for row in rows}
    assert len(by_mail) == len(rows) == JSON_PEOPLE + FILE_PEOPLE
    assert by_mail["json3@strangers.example"]["FIRSTNAME"] == "さくら"
    assert by_mail["file1@strangers.example"]["LASTNAME"] == 'Last; "1"'


def test_sent_campaign_is_final_and_a_draft_is_deleted(brevo, wire, people, campaign):
    campaigns = brevo.email_campaigns
    with pytest.raises(ApiError) as sent:
        campaigns.send_email_campaign_now(campaign, request_options=NO_RETRY)
    assert sent.value.status_code == 400
    sender = wire(brevo.senders.get_senders).senders[0]
    draft = wire(
        campaigns.create_email_campaign,
        name="Never",
        subject="Never",
        html_content=HTML,
        sender=CreateEmailCampaignRequestSender(id=sender.id),
        recipients=CreateEmailCampaignRequestRecipients(list_ids=[people.list]),
    )
    wire(campaigns.delete_email_campaign, draft.id)
    with pytest.raises(NotFoundError):
        campaigns.get_email_campaign(draft.id, request_options=NO_RETRY)


# --- Transactional mail --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sender(brevo, wire):
    found = wire(brevo.senders.get_senders).senders[0]
    return SendTransacEmailRequestSender(email=found.email, name=found.name)


def test_transactional_mail(brevo, wire, sandbox, sender):
    mail = brevo.transactional_emails
    sent = wire(
        mail.send_transac_email,
        sender=sender,
        to=[SendTransacEmailRequestToItem(email="bob@strangers.example", name="Bob")],
        subject="Order {{params.number}}",
        html_content="<p>Thank you, order {{params.number}} is on its way.</p>",
        params={"number": 42},
        tags=["orders"],
        headers={"X-Mailin-custom": "a:1"},
        attachment=[SendTransacEmailRequestAttachmentItem(name="bill.txt", content=base64.b64encode(b"42").decode())],
    )
    assert sent.message_id.startswith("<")
    full = sandbox.mail("bob@strangers.example")
    assert full["subject"] == "Order 42"
    assert "order 42 is on its way" in full["html"]
    assert [item["name"] for item in full["attachments"]] == ["bill.txt"]

    sandbox.advance(days=2)
    events = wire(mail.get_email_event_report, message_id=sent.message_id)
    assert "requests" in {event.event for event in events.events}
    assert {"delivered", "hardBounces", "softBounces", "blocked"} & {event.event for event in events.events}
    assert {event.email for event in events.events} == {"bob@strangers.example"}
    listed = wire(mail.get_transac_emails_list, message_id=sent.message_id)
    assert [(item.email, item.subject) for item in listed.transactional_emails] == [
        ("bob@strangers.example", "Order 42")
    ]
    content = wire(mail.get_transac_email_content, listed.transactional_emails[0].uuid_)
    assert "order 42" in content.body
    report = wire(mail.get_aggregated_smtp_report)
    assert report.requests >= 1
    assert report.delivered + report.hard_bounces + report.soft_bounces + report.blocked <= report.requests
    wire(mail.get_smtp_report)
    wire(mail.get_transac_blocked_contacts)


def test_versions_and_idempotency(brevo, wire, sandbox, sender):
    mail = brevo.transactional_emails
    message = dict(
        sender=sender,
        subject="Default",
        html_content="<p>Hi {{params.name}}</p>",
        headers={"idempotencyKey": "5b3b0f5e-6ee6-4c64-8a0b-1d1f2a3b4c5d"},
        message_versions=[
            SendTransacEmailRequestMessageVersionsItem(
                to=[SendTransacEmailRequestMessageVersionsItemToItem(email=f"v{i}@strangers.example")],
                params={"name": f"V{i}"},
            )
            for i in range(5)
        ],
    )
    sent = wire(mail.send_transac_email, **message)
    assert len(set(sent.message_ids)) == 5
    with pytest.raises(BadRequestError) as again:
        mail.send_transac_email(**message, request_options=NO_RETRY)
    assert again.value.body["code"] == "duplicate_parameter"
    bodies = [sandbox.mail(f"v{i}@strangers.example")["html"] for i in range(5)]
    assert all(f"Hi V{i}" in body for i, body in enumerate(bodies))


def test_scheduled_mail_is_shown_and_withdrawn(brevo, wire, sandbox, sender):
    mail = brevo.transactional_emails
    later = datetime.fromtimestamp(sandbox.now(), timezone.utc) + timedelta(hours=5)
    sent = wire(
        mail.send_transac_email,
        sender=sender,
        to=[SendTransacEmailRequestToItem(email="later@strangers.example")],
        subject="Later",
        html_content="<p>Later, not now.</p>",
        scheduled_at=later,
    )
    state = wire(mail.get_scheduled_email_by_id, sent.message_id)
    assert state.status == "queued"
    wire(mail.delete_scheduled_email_by_id, sent.message_id)
    sandbox.advance(hours=6)
    assert sandbox.mails("later@strangers.example") == []
    with pytest.raises(BadRequestError):
        mail.send_transac_email(
            sender=sender,
            to=[SendTransacEmailRequestToItem(email="later@strangers.example")],
            subject="Too late",
            html_content="<p>In a week.</p>",
            scheduled_at=later + timedelta(days=7),
            request_options=NO_RETRY,
        )


def test_template(brevo, wire, sandbox, sender):
    mail = brevo.transactional_emails
    made = wire(
        mail.create_smtp_template,
        template_name="Welcome",
        subject="Welcome {{params.name}}",
        is_active=True,
        html_content="<html><body><p>Welcome, {{params.name}}!</p></body></html>",
        sender=CreateSmtpTemplateRequestSender(email=sender.email, name=sender.name),
    )
    assert wire(mail.get_smtp_template, made.id).is_active is True
    assert made.id in [item.id for item in wire(mail.get_smtp_templates).templates]
    wire(
        mail.send_transac_email,
        template_id=made.id,
        params={"name": "Dora"},
        to=[SendTransacEmailRequestToItem(email="dora@strangers.example")],
    )
    stored = sandbox.mail("dora@strangers.example")
    assert stored["subject"] == "Welcome Dora"
    assert "Welcome, Dora!" in stored["html"]
    wire(mail.update_smtp_template, made.id, is_active=False)
    wire(mail.delete_smtp_template, made.id)
    with pytest.raises(NotFoundError):
        mail.get_smtp_template(made.id, request_options=NO_RETRY)


# --- Webhooks, read by anymail -------------------------------------------------------------------


def test_webhooks_are_kept(brevo, wire):
    hooks = brevo.webhooks
    made = wire(
        hooks.create_webhook,
        url="https://example.com/hook",
        type="transactional",
        events=["delivered", "hardBounce"],
        description="first",
    )
    one = wire(hooks.get_webhook, made.id)
    assert (one.url, sorted(one.events), one.description) == (
        "https://example.com/hook",
        ["delivered", "hardBounce"],
        "first",
    )
    wire(hooks.update_webhook, made.id, description="second", events=["opened"])
    assert [(hook.description, hook.events) for hook in wire(hooks.get_webhooks).webhooks if hook.id == made.id] == [
        ("second", ["opened"])
    ]
    wire(hooks.delete_webhook, made.id)
    with pytest.raises(NotFoundError):
        hooks.get_webhook(made.id, request_options=NO_RETRY)


@pytest.fixture(scope="session")
def django(sandbox):
    import django
    from django.conf import settings

    settings.configure(
        EMAIL_BACKEND="anymail.backends.brevo.EmailBackend",
        INSTALLED_APPS=["anymail"],
        USE_TZ=True,
        ANYMAIL={
            "BREVO_API_KEY": sandbox.key,
            "WEBHOOK_SECRET": "user:secret",
            "BREVO_API_URL": sandbox.api + "/",
        },
    )
    django.setup()
    return django


def test_anymail_sends(django, sandbox, brevo, wire):
    from anymail.message import AnymailMessage

    from_ = wire(brevo.senders.get_senders).senders[0].email
    message = AnymailMessage(
        subject="Grüße",
        body="plain",
        from_email=f'"Größe, Inc." <{from_}>',
        to=["Zoë <zoe@strangers.example>"],
        cc=["carbon@strangers.example"],
        reply_to=["answers@strangers.example"],
        tags=["greeting"],
        metadata={"user": "12"},
    )
    message.attach_alternative("<p>rich</p>", "text/html")
    message.attach("note.txt", "content", "text/plain")
    assert message.send() == 1
    assert message.anymail_status.status == {"queued"}
    assert message.anymail_status.message_id.startswith("<")
    stored = sandbox.mail("zoe@strangers.example")
    assert (stored["subject"], stored["text"]) == ("Grüße", "plain")
    assert stored["messageId"] == message.anymail_status.message_id

    batch = AnymailMessage(
        subject="Hi {{params.n}}",
        body="x",
        from_email=from_,
        to=["one@strangers.example", "two@strangers.example"],
        merge_data={"one@strangers.example": {"n": "1"}, "two@strangers.example": {"n": "2"}},
    )
    batch.attach_alternative("<p>Hi {{params.n}}</p>", "text/html")
    assert batch.send() == 1
    ids = {email: status.message_id for email, status in batch.anymail_status.recipients.items()}
    assert len(set(ids.values())) == 2
    for email, message_id in ids.items():
        assert sandbox.mails(email)[0]["messageId"] == message_id


def test_anymail_reports_errors(django, sandbox):
    from anymail.exceptions import AnymailAPIError
    from django.core.mail import EmailMultiAlternatives, get_connection

    message = EmailMultiAlternatives("Hi", "text", "owner@sandbox.example", ["x@strangers.example"])
    message.attach_alternative("<p>x</p>", "text/html")
    message.attach("notes.unknown", "x", "application/octet-stream")
    with pytest.raises(AnymailAPIError) as refused:
        message.send()
    assert refused.value.status_code == 400
    assert "invalid_parameter" in str(refused.value)
    connection = get_connection("anymail.backends.brevo.EmailBackend", api_key="xkeysib-wrong")
    with pytest.raises(AnymailAPIError) as unknown:
        connection.send_messages([message])
    assert unknown.value.status_code == 401


def test_anymail_reads_the_webhooks(django, sandbox, brevo, wire, sender, receiver):
    from anymail.webhooks.brevo import BrevoTrackingWebhookView
    from django.test import RequestFactory

    made = wire(
        brevo.webhooks.create_webhook,
        url=f"{receiver.url}/hook",
        type="transactional",
        events=[
            "sent",
            "delivered",
            "hardBounce",
            "softBounce",
            "opened",
            "uniqueOpened",
            "click",
            "unsubscribed",
        ],
    )
    sent = wire(
        brevo.transactional_emails.send_transac_email,
        sender=sender,
        subject="Look",
        html_content='<p>Look</p><a href="https://example.com/look">here</a>',
        tags=["looks"],
        headers={"X-Mailin-custom": '{"user": "7"}'},
        message_versions=[
            SendTransacEmailRequestMessageVersionsItem(
                to=[SendTransacEmailRequestMessageVersionsItemToItem(email=f"hook{i}@strangers.example")]
            )
            for i in range(60)
        ],
    )
    sandbox.advance(days=10)
    wire(brevo.webhooks.delete_webhook, made.id)
    view, factory = BrevoTrackingWebhookView(), RequestFactory()
    events = [
        event
        for post in receiver.posts
        for event in view.parse_events(factory.post("/", post["body"], content_type="application/json"))
    ]
    events = [event for event in events if event.message_id in sent.message_ids]
    kinds = [event.event_type for event in events]
    # Brevo documents "unsubscribed"; anymail expects "unsubscribe" (a guess by its own words).
    assert {event.esp_event["event"] for event in events if event.event_type == "unknown"} <= {"unsubscribed"}
    assert kinds.count("queued") == len(sent.message_ids) == 60
    assert kinds.count("delivered") + kinds.count("bounced") == 60
    assert kinds.count("opened") > 0
    assert kinds.count("clicked") > 0
    for event in events:
        assert event.timestamp is not None
        assert event.tags == ["looks"]
        assert event.metadata == {"user": "7"}
    assert {event.click_url for event in events if event.event_type == "clicked"} == {"https://example.com/look"}


# --- The SDK before: sib-api-v3-sdk ---------------------------------------------------------------


@pytest.fixture(scope="module")
def sib(sandbox):
    import sib_api_v3_sdk

    configuration = sib_api_v3_sdk.Configuration()
    configuration.host = sandbox.api
    configuration.api_key["api-key"] = sandbox.key
    return SimpleNamespace(sdk=sib_api_v3_sdk, client=sib_api_v3_sdk.ApiClient(configuration))


def test_sib_contacts(sib, people):
    from sib_api_v3_sdk.rest import ApiException

    sdk, contacts = sib.sdk, sib.sdk.ContactsApi(sib.client)
    made = contacts.create_contact(
        sdk.CreateContact(email="old@strangers.example", attributes={"FIRSTNAME": "Old"}, list_ids=[people.list])
    )
    info = contacts.get_contact_info("old@strangers.example")
    assert (info.id, info.attributes["FIRSTNAME"], info.list_ids) == (made.id, "Old", [people.list])
    lists = contacts.get_lists(limit=50)
    assert people.list in [item["id"] for item in lists.lists]
    page = contacts.get_contacts_from_list(people.list, limit=500)
    assert "old@strangers.example" in [item["email"] for item in page.contacts]
    with pytest.raises(ApiException) as twin:
        contacts.create_contact(sdk.CreateContact(email="old@strangers.example"))
    assert (twin.value.status, json.loads(twin.value.body)["code"]) == (400, "duplicate_parameter")
    contacts.delete_contact("old@strangers.example")
    with pytest.raises(ApiException) as gone:
        contacts.get_contact_info("old@strangers.example")
    assert gone.value.status == 404


def test_sib_mail_account_and_campaigns(sib, sandbox, campaign):
    sdk = sib.sdk
    account = sdk.AccountApi(sib.client).get_account()
    assert "@" in account.email
    sent = sdk.TransactionalEmailsApi(sib.client).send_transac_email(
        sdk.SendSmtpEmail(
            sender={"email": account.email},
            to=[{"email": "older@strangers.example"}],
            subject="Old",
            html_content="<p>old</p>",
        )
    )
    assert sandbox.mails("older@strangers.example")[0]["messageId"] == sent.message_id
    found = sdk.EmailCampaignsApi(sib.client).get_email_campaign(campaign)
    assert (found.name, found.status) == ("Spring", "sent")
    listed = sdk.EmailCampaignsApi(sib.client).get_email_campaigns(status="sent", limit=50)
    assert campaign in [row["id"] for row in listed.campaigns]
    senders = sdk.SendersApi(sib.client).get_senders().senders
    assert senders


# --- Version 2 ------------------------------------------------------------------------------------


def test_version_2_is_over(sandbox):
    request = urllib.request.Request(f"{sandbox.url}/v2.0/account", headers={"api-key": "abcdefghij123456"})
    with pytest.raises(urllib.error.HTTPError) as over:
        urllib.request.urlopen(request, timeout=30)
    text = over.value.read().decode()
    assert "2021" in text
    assert "v3" in text


# --- Cleaning up, last ----------------------------------------------------------------------------


def test_everything_is_deleted_again(brevo, wire, people, campaign):
    wire(brevo.contacts.delete_list, people.list)
    wire(brevo.contacts.delete_folder, people.folder)
    with pytest.raises(NotFoundError):
        brevo.contacts.get_contacts_from_list(people.list, request_options=NO_RETRY)
