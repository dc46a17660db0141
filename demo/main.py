"""The main job in Python: contacts in, a campaign out, the list and the figures as CSV."""

import os
import subprocess
import sys
from pathlib import Path

from brevo_native import Brevo, BrevoError, Progress

folder, people = Path(sys.argv[1]), sys.argv[2]
live = "BREVO_DEMO_LATER" not in os.environ  # Set by the sandbox demo: a command that lets time pass.


def show(progress: Progress) -> None:
    print(f"\r  {progress.stage}: {progress.done} of {progress.total or '?'}   ", end="", file=sys.stderr)


def main(brevo: Brevo) -> None:
    account = brevo.account.get_account()
    print(f"connected as {account.email}")
    home = brevo.contacts.create_folder(name="brevo-native demo (Python)")
    people_list = brevo.contacts.create_list(name="Newsletter", folder_id=home.id)
    try:
        brevo.contacts.create_contact(
            email="ada.lovelace@example.com",
            attributes={"FIRSTNAME": "Ada", "LASTNAME": "Lovelace"},
            list_ids=[people_list.id],
            update_enabled=True,
        )
        done = brevo.contacts.import_file(
            path=people,
            list_ids=[people_list.id],
            columns={"Signed up": "SIGNED_UP"},
            create_attributes=not live,
            rejects_path=str(folder / "rejects.csv"),
            progress=show,
        )
        print(f"\nimported {done.imported} of {done.rows} rows; {done.rejected} rejected, first of them:")
        for reject in done.rejects[:3]:
            print(f"  line {reject.line}: {reject.reason}")

        sender = brevo.senders.get_senders().senders[0]
        campaign = brevo.email_campaigns.create_email_campaign(
            name="Spring (Python)",
            subject="Spring is here, {{ contact.FIRSTNAME }}",
            sender={"id": sender.id},
            html_content="<html><body><h1>Hello {{ contact.FIRSTNAME }}</h1><a href='https://example.com/'>Read on</a></body></html>",
            recipients={"listIds": [people_list.id]},
            **({} if live else {"scheduled_at": os.environ["BREVO_DEMO_AT"]}),
        )
        state = brevo.email_campaigns.get_email_campaign(campaign_id=campaign.id)
        print(f"campaign {campaign.id} is {state.status}")
        if not live:
            subprocess.run(os.environ["BREVO_DEMO_LATER"], shell=True, check=True, stdout=subprocess.DEVNULL)
            state = brevo.email_campaigns.get_email_campaign(campaign_id=campaign.id)
            print(f"two days later it is {state.status}")

        exported = brevo.contacts.export_list(list_id=people_list.id, path=str(folder / "list.csv"), progress=show)
        figures = brevo.email_campaigns.export_statistics(
            path=str(folder / "statistics.csv"), campaign_ids=[campaign.id]
        )
        print(f"\nexported {exported.rows} people and the figures of {figures.rows} campaign")
        if live:
            brevo.email_campaigns.delete_email_campaign(campaign_id=campaign.id)
    finally:
        if live:  # What the demo made goes: its people (all at example domains), the list and the folder.
            made = list(brevo.contacts.get_contacts_from_list.iter(list_id=people_list.id))
            for contact in made:
                if "@example." in (contact.email or ""):
                    brevo.contacts.delete_contact(identifier=contact.id or 0, identifier_type="contact_id")
            brevo.contacts.delete_list(list_id=people_list.id)
            brevo.contacts.delete_folder(folder_id=home.id)


try:
    with Brevo() as client:
        main(client)
except BrevoError as error:
    sys.exit(f"{error.kind}: {error}")
