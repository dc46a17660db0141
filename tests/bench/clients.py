"""One work done by one Python client: clients.py CLIENT WORK URL COUNT [CSV]; prints what it cost.

Works: `get` asks for the account, one call after the other; `send` sends mails, 64 at a time; `read`
reads the contacts of a list as objects; `import` imports a CSV file.
"""

from __future__ import annotations

import asyncio
import csv
import itertools
import json
import sys
import threading
import time

KEY = "xkeysib-" + "0123456789abcdef" * 4 + "-0123456789abcdef"
HEADERS = {"api-key": KEY, "content-type": "application/json", "accept": "application/json"}
AT_A_TIME = 64
PAGE = 500
# So many rows of the file make a body of just under 8 MB.
ROWS = 45_000
MAIL = {
    "sender": {"email": "shop@example.com", "name": "Shop"},
    "to": [{"email": "ada@example.com", "name": "Ada King"}],
    "subject": "Your order 4711 is on its way",
    "htmlContent": "<html><body>" + "<p>Thank you for your order.</p>" * 25 + "</body></html>",
    "tags": ["orders"],
}


class Ours:
    """brevo-native, blocking."""

    def __init__(self, url: str) -> None:
        from brevo_native import Brevo

        self.brevo = Brevo(api_key=KEY, base_url=url, pacing=False)
        self.account = self.brevo.account.get_account
        self.call = self.brevo.transactional_emails.send_transac_email

    def get(self) -> str:
        return self.account()["email"]

    def send(self) -> str:
        return self.call(
            sender=MAIL["sender"],
            to=MAIL["to"],
            subject=MAIL["subject"],
            html_content=MAIL["htmlContent"],
            tags=MAIL["tags"],
        )["messageId"]

    def read(self, count: int) -> int:
        contacts = self.brevo.contacts.get_contacts_from_list.iter(list_id=2)
        return sum(len(contact["email"]) > 0 for contact in itertools.islice(contacts, count))

    def import_(self, path: str) -> int:
        return self.brevo.contacts.import_file(path=path, list_ids=[2])["imported"]


class OursAsync:
    """brevo-native, asyncio."""

    async def open(self, url: str) -> None:
        from brevo_native import AsyncBrevo

        self.call = AsyncBrevo(api_key=KEY, base_url=url, pacing=False).transactional_emails.send_transac_email

    async def send(self) -> str:
        reply = await self.call(
            sender=MAIL["sender"],
            to=MAIL["to"],
            subject=MAIL["subject"],
            html_content=MAIL["htmlContent"],
            tags=MAIL["tags"],
        )
        return reply["messageId"]

    async def close(self) -> None:
        pass


class Official:
    """brevo-python 5.1.0, blocking."""

    def __init__(self, url: str) -> None:
        import httpx
        from brevo import Brevo
        from brevo.contacts import ImportContactsRequestJsonBodyItem

        self.item = ImportContactsRequestJsonBodyItem
        self.mail = official_mail()
        # By itself it keeps 20 connections, and calls fail when 64 threads close each other's sockets.
        limits = httpx.Limits(max_connections=AT_A_TIME, max_keepalive_connections=AT_A_TIME)
        self.brevo = Brevo(api_key=KEY, base_url=url, httpx_client=httpx.Client(limits=limits, timeout=60))

    def get(self) -> str:
        return self.brevo.account.get_account().email

    def send(self) -> str:
        return self.brevo.transactional_emails.send_transac_email(**self.mail).message_id

    def read(self, count: int) -> int:
        seen = 0
        while seen < count:
            page = self.brevo.contacts.get_contacts_from_list(2, limit=PAGE, offset=seen)
            seen += sum(len(contact.email) > 0 for contact in page.contacts)
        return seen

    def import_(self, path: str) -> int:
        def post(rows: list[dict]) -> int:
            body = [self.item(**row) for row in rows]
            return self.brevo.contacts.import_contacts(list_ids=[2], json_body=body).process_id

        return in_bodies(path, post, lambda process: self.brevo.process.get_process(process).status)


class OfficialAsync:
    """brevo-python 5.1.0, asyncio."""

    async def open(self, url: str) -> None:
        from brevo import AsyncBrevo

        self.mail = official_mail()
        self.brevo = AsyncBrevo(api_key=KEY, base_url=url)

    async def send(self) -> str:
        return (await self.brevo.transactional_emails.send_transac_email(**self.mail)).message_id

    async def close(self) -> None:
        pass


def official_mail() -> dict:
    from brevo.transactional_emails import SendTransacEmailRequestSender, SendTransacEmailRequestToItem

    return {
        "sender": SendTransacEmailRequestSender(**MAIL["sender"]),
        "to": [SendTransacEmailRequestToItem(**MAIL["to"][0])],
        "subject": MAIL["subject"],
        "html_content": MAIL["htmlContent"],
        "tags": MAIL["tags"],
    }


class Sib:
    """sib-api-v3-sdk 7.6.0."""

    def __init__(self, url: str) -> None:
        import sib_api_v3_sdk as sdk

        configuration = sdk.Configuration()
        configuration.host = url
        configuration.api_key["api-key"] = KEY
        configuration.connection_pool_maxsize = AT_A_TIME
        self.sdk, client = sdk, sdk.ApiClient(configuration)
        self.accounts, self.mails = sdk.AccountApi(client), sdk.TransactionalEmailsApi(client)
        self.contacts, self.processes = sdk.ContactsApi(client), sdk.ProcessApi(client)

    def get(self) -> str:
        return self.accounts.get_account().email

    def send(self) -> str:
        mail = self.sdk.SendSmtpEmail(
            sender=MAIL["sender"],
            to=MAIL["to"],
            subject=MAIL["subject"],
            html_content=MAIL["htmlContent"],
            tags=MAIL["tags"],
        )
        return self.mails.send_transac_email(mail).message_id

    def read(self, count: int) -> int:
        seen = 0
        while seen < count:
            page = self.contacts.get_contacts_from_list(2, limit=PAGE, offset=seen)
            seen += sum(len(contact["email"]) > 0 for contact in page.contacts)
        return seen


class Urllib3:
    """urllib3 with orjson."""

    def __init__(self, url: str) -> None:
        import orjson
        import urllib3

        self.url, self.loads, self.dumps = url, orjson.loads, orjson.dumps
        self.pool = urllib3.PoolManager(maxsize=AT_A_TIME, headers=HEADERS)

    def call(self, method: str, path: str, body: object = None) -> dict:
        content = None if body is None else self.dumps(body)
        reply = self.pool.request(method, self.url + path, body=content)
        if reply.status >= 300:
            raise RuntimeError(reply.data)
        return self.loads(reply.data)

    def get(self) -> str:
        return self.call("GET", "/account")["email"]

    def send(self) -> str:
        return self.call("POST", "/smtp/email", MAIL)["messageId"]

    def read(self, count: int) -> int:
        seen = 0
        while seen < count:
            page = self.call("GET", f"/contacts/lists/2/contacts?limit={PAGE}&offset={seen}")
            seen += sum(len(contact["email"]) > 0 for contact in page["contacts"])
        return seen

    def import_(self, path: str) -> int:
        def post(rows: list[dict]) -> int:
            return self.call("POST", "/contacts/import", {"listIds": [2], "jsonBody": rows})["processId"]

        return in_bodies(path, post, lambda process: self.call("GET", f"/processes/{process}")["status"])


class Httpx(Urllib3):
    """httpx with orjson, blocking."""

    def __init__(self, url: str) -> None:
        import httpx
        import orjson

        self.url, self.loads, self.dumps = url, orjson.loads, orjson.dumps
        self.client = httpx.Client(headers=HEADERS)

    def call(self, method: str, path: str, body: object = None) -> dict:
        content = None if body is None else self.dumps(body)
        reply = self.client.request(method, self.url + path, content=content)
        reply.raise_for_status()
        return self.loads(reply.content)


class HttpxAsync:
    """httpx with orjson, asyncio."""

    async def open(self, url: str) -> None:
        import httpx
        import orjson

        self.url, self.loads, self.dumps = url + "/smtp/email", orjson.loads, orjson.dumps
        self.client = httpx.AsyncClient(headers=HEADERS)

    async def send(self) -> str:
        reply = await self.client.post(self.url, content=self.dumps(MAIL))
        reply.raise_for_status()
        return self.loads(reply.content)["messageId"]

    async def close(self) -> None:
        await self.client.aclose()


class Aiohttp:
    """aiohttp with orjson."""

    async def open(self, url: str) -> None:
        import aiohttp
        import orjson

        self.url, self.loads, self.dumps = url + "/smtp/email", orjson.loads, orjson.dumps
        self.client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=AT_A_TIME),
            headers=HEADERS,
        )

    async def send(self) -> str:
        async with self.client.post(self.url, data=self.dumps(MAIL)) as reply:
            reply.raise_for_status()
            return self.loads(await reply.read())["messageId"]

    async def close(self) -> None:
        await self.client.close()


def in_bodies(path: str, post: object, status: object) -> int:
    """Imports a file as a user writes it: rows to entries, entries to bodies, processes awaited."""
    done, processes = 0, []
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter=";")
        while rows := list(itertools.islice(reader, ROWS)):
            entries = [{"email": row.pop("EMAIL"), "attributes": row} for row in rows]
            processes.append(post(entries))
            done += len(entries)
    for process in processes:
        while status(process) != "completed":
            time.sleep(1)
    return done


def with_threads(send: object, count: int) -> None:
    numbers, failures = itertools.count(), []

    def work() -> None:
        try:
            while next(numbers) < count:
                send()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(AT_A_TIME)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


async def with_tasks(send: object, count: int) -> None:
    numbers = iter(range(count))

    async def work() -> None:
        for _ in numbers:
            await send()

    await asyncio.gather(*(work() for _ in range(AT_A_TIME)))


class Cost:
    """Time on the clock and of the processor, all threads, from entering to leaving."""

    def __enter__(self) -> None:
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def __exit__(self, kind: object, *_: object) -> None:
        cpu, wall = time.process_time() - self.cpu, time.perf_counter() - self.wall
        if kind is None:
            print(json.dumps({"cpu": cpu, "wall": wall, "peak_kb": peak_kb()}))


def peak_kb() -> int:
    """Peak memory. `ru_maxrss` will not do: it begins with that of the process that started this one."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


async def in_loop(client: object, url: str, count: int) -> None:
    await client.open(url)
    await with_tasks(client.send, AT_A_TIME)
    with Cost():
        await with_tasks(client.send, count)
    await client.close()


def main(name: str, work: str, url: str, count: int, path: str = "") -> None:
    kind = {
        "brevo-native": Ours,
        "brevo-native async": OursAsync,
        "brevo-python": Official,
        "brevo-python async": OfficialAsync,
        "sib-api-v3-sdk": Sib,
        "urllib3+orjson": Urllib3,
        "httpx+orjson": Httpx,
        "httpx+orjson async": HttpxAsync,
        "aiohttp+orjson": Aiohttp,
    }[name]
    if hasattr(kind, "open"):
        assert work == "send"
        asyncio.run(in_loop(kind(), url, count))
        return
    client = kind(url)
    if work == "get":
        for _ in range(50):
            assert client.get() == "owner@example.com"
        with Cost():
            for _ in range(count):
                client.get()
    elif work == "send":
        with_threads(client.send, AT_A_TIME)
        with Cost():
            with_threads(client.send, count)
    elif work == "read":
        client.read(PAGE)
        with Cost():
            assert client.read(count) == count
    else:
        client.get()
        with Cost():
            assert client.import_(path) == count


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), *sys.argv[5:])
