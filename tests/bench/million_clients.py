"""A round trip in Python: million_clients.py CLIENT import|export LIST FILE [CHECKPOINT].

Prints how many contacts are done, now and then, and at last the result with the peak memory. With the official SDK
it is what a user writes who knows its documentation.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import sys
import time

from roundtrip import peak_kb

# So many people of the file make a body of 7 to 8 MB.
BODY = 25_000
PAGE = 500


def told(done: int) -> None:
    print(done, flush=True)


class Ours:
    """brevo-native."""

    def __init__(self, url: str, key: str) -> None:
        from brevo_native import Brevo

        self.contacts = Brevo(api_key=key, base_url=url, pacing=False).contacts

    def import_(self, list_id: int, path: str, checkpoint: str | None) -> dict:
        result = self.contacts.import_file(
            path=path,
            list_ids=[list_id],
            checkpoint_path=checkpoint,
            body_limit=int(os.environ.get("BODY_LIMIT", "8000000")),
            timeout=3600,
            progress=lambda progress: progress.stage == "send" and told(progress.done),
        )
        figures = {name: result[name] for name in ("rows", "imported", "resumed", "rejected")}
        return {**figures, "processes": len(result["processIds"])}

    def export(self, list_id: int, path: str, checkpoint: str | None) -> dict:
        result = self.contacts.export_list(
            list_id=list_id,
            path=path,
            checkpoint_path=checkpoint,
            timeout=3600,
            progress=lambda progress: told(progress.done),
        )
        return {"rows": result["rows"]}


class Official:
    """brevo-python."""

    def __init__(self, url: str, key: str) -> None:
        from brevo import Brevo

        self.brevo = Brevo(api_key=key, base_url=url, timeout=300)

    def import_(self, list_id: int, path: str, _: str | None) -> dict:
        from brevo.contacts import ImportContactsRequestJsonBodyItem

        done, processes = 0, []
        with open(path, encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            names = next(rows)[1:]
            while body := [
                ImportContactsRequestJsonBodyItem(email=row[0], attributes=dict(zip(names, row[1:])))
                for row in itertools.islice(rows, BODY)
            ]:
                reply = self.brevo.contacts.import_contacts(list_ids=[list_id], json_body=body)
                processes.append(reply.process_id)
                done += len(body)
                told(done)
        for process in processes:
            while self.brevo.process.get_process(process).status != "completed":
                time.sleep(0.5)
        return {"rows": done}

    def export(self, list_id: int, path: str, _: str | None) -> dict:
        done, names = 0, []
        with open(path, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            for attribute in self.brevo.contacts.get_attributes().attributes:
                names.append(attribute.name)
            rows.writerow(["EMAIL", *names])
            while True:
                page = self.brevo.contacts.get_contacts_from_list(list_id, limit=PAGE, offset=done, sort="asc")
                for contact in page.contacts:
                    rows.writerow([contact.email, *(getattr(contact.attributes, name, None) for name in names)])
                done += len(page.contacts)
                if len(page.contacts) < PAGE:
                    return {"rows": done}


def main(name: str, job: str, list_id: str, path: str, checkpoint: str | None = None) -> None:
    client = {"brevo-native": Ours, "brevo-python": Official}[name](
        os.environ["BREVO_API_URL"], os.environ["BREVO_API_KEY"]
    )
    work = client.import_ if job == "import" else client.export
    result = work(int(list_id), path, checkpoint)
    print(json.dumps({**result, "peak_kb": peak_kb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
