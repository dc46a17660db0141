"""One work done by one Python client: clients.py CLIENT WORK URL COUNT [CSV]; prints what it cost.

Works: `get` asks for the account, one call after the other; `send` sends mails, 64 at a time; `read`
reads contacts as objects, `arrow` as a table of pyarrow; `import` imports a CSV file.

Every client is used as it is at its best: connections are kept, pools are as large as the work needs, JSON is
orjson's, nothing is made twice.
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
PAGE = 1_000
# So many rows of the file make a body of just under 8 MB.
ROWS = 45_000
# What the stub has.
CONTACTS = 200_000
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
        contacts = self.brevo.contacts.get_contacts.iter()
        return sum(len(contact["email"]) > 0 for contact in itertools.islice(contacts, count))

    def arrow(self, count: int) -> object:
        import pyarrow

        assert count == CONTACTS
        return pyarrow.table(self.brevo.contacts.export_contacts.arrow())

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
            page = self.brevo.contacts.get_contacts(limit=PAGE, offset=seen)
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
        # The pool of its own is the cheapest: with 64 connections kept, each call looks through more of them.
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
            page = self.contacts.get_contacts(limit=PAGE, offset=seen)
            seen += sum(len(contact["email"]) > 0 for contact in page.contacts)
        return seen

    def import_(self, path: str) -> int:
        def post(rows: list[dict]) -> int:
            body = self.sdk.RequestContactImport(list_ids=[2], json_body=rows)
            return self.contacts.import_contacts(body).process_id

        return in_bodies(path, post, lambda process: self.processes.get_process(process).status)


class Urllib3:
    """urllib3 with orjson."""

    def __init__(self, url: str) -> None:
        import orjson
        import urllib3

        self.loads, self.dumps = orjson.loads, orjson.dumps
        # The pool of one host: a PoolManager would look at the address with every call.
        self.pool = urllib3.connection_from_url(url, maxsize=AT_A_TIME, headers=HEADERS)
        self.base = urllib3.util.parse_url(url).path

    def text(self, method: str, path: str, content: bytes | None = None) -> bytes:
        reply = self.pool.request(method, self.base + path, body=content)
        if reply.status >= 300:
            raise RuntimeError(reply.data)
        return reply.data

    def call(self, method: str, path: str, body: object = None) -> dict:
        return self.loads(self.text(method, path, None if body is None else self.dumps(body)))

    def get(self) -> str:
        return self.call("GET", "/account")["email"]

    def send(self) -> str:
        return self.call("POST", "/smtp/email", MAIL)["messageId"]

    def read(self, count: int) -> int:
        seen = 0
        while seen < count:
            page = self.call("GET", f"/contacts?limit={PAGE}&offset={seen}")
            seen += sum(len(contact["email"]) > 0 for contact in page["contacts"])
        return seen

    def arrow(self, count: int) -> object:
        """Rows made flat, since columns are what is wanted, and given to pyarrow page by page."""
        import pyarrow

        tables = []
        for offset in range(0, count, PAGE):
            contacts = self.call("GET", f"/contacts?limit={PAGE}&offset={offset}")["contacts"]
            for contact in contacts:
                contact |= contact.pop("attributes")
            tables.append(pyarrow.Table.from_pylist(contacts))
        return pyarrow.concat_tables(tables)

    def import_(self, path: str) -> int:
        def post(rows: list[dict]) -> int:
            return self.call("POST", "/contacts/import", {"listIds": [2], "jsonBody": rows})["processId"]

        return in_bodies(path, post, lambda process: self.call("GET", f"/processes/{process}")["status"])


class Urllib3Arrow(Urllib3):
    """urllib3, with pyarrow as the reader of JSON."""

    def arrow(self, count: int) -> object:
        import pyarrow
        from pyarrow import json as reader

        tables = []
        for offset in range(0, count, PAGE):
            text = self.text("GET", f"/contacts?limit={PAGE}&offset={offset}")
            options = reader.ReadOptions(use_threads=False, block_size=len(text) + 1)
            page = reader.read_json(pyarrow.BufferReader(text), read_options=options)
            contacts = pyarrow.Table.from_struct_array(page["contacts"].combine_chunks().flatten())
            at = contacts.schema.get_field_index("attributes")
            attributes = pyarrow.Table.from_struct_array(contacts["attributes"].combine_chunks())
            contacts = contacts.remove_column(at)
            for name in attributes.column_names:
                contacts = contacts.append_column(name, attributes[name])
            tables.append(contacts)
        return pyarrow.concat_tables(tables)


class Httpx(Urllib3):
    """httpx with orjson, blocking."""

    def __init__(self, url: str) -> None:
        import httpx
        import orjson

        self.url, self.loads, self.dumps = url, orjson.loads, orjson.dumps
        limits = httpx.Limits(max_connections=AT_A_TIME, max_keepalive_connections=AT_A_TIME)
        self.client = httpx.Client(headers=HEADERS, limits=limits)

    def text(self, method: str, path: str, content: bytes | None = None) -> bytes:
        reply = self.client.request(method, self.url + path, content=content)
        reply.raise_for_status()
        return reply.content


class HttpxAsync:
    """httpx with orjson, asyncio."""

    async def open(self, url: str) -> None:
        import httpx
        import orjson

        self.url, self.loads, self.dumps = url + "/smtp/email", orjson.loads, orjson.dumps
        # With its own pool, as above.
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
        rows = csv.reader(file, delimiter=";")
        names = next(rows)[1:]
        while body := [
            {"email": row[0], "attributes": dict(zip(names, row[1:], strict=True))}
            for row in itertools.islice(rows, ROWS)
        ]:
            processes.append(post(body))
            done += len(body)
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
        "urllib3+pyarrow": Urllib3Arrow,
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
    elif work == "arrow":
        import pyarrow

        client.get()
        with Cost():
            table = client.arrow(count)
            assert (table.num_rows, table["CITY"].null_count) == (count, 0), table.schema
        assert isinstance(table, pyarrow.Table)
    else:
        client.get()
        with Cost():
            assert client.import_(path) == count


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), *sys.argv[5:])
