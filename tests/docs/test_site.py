"""The site that `make docs` has built, in headless Chromium and from the disk, as somebody would read it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sandbox import ROOT, TARGET

SITE = TARGET.parent / "site"
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The search stands in a shadow root of its own.
SEARCH = (
    "[...document.querySelectorAll('*')].find(e => e.shadowRoot && e.shadowRoot.querySelector('input'))?.shadowRoot"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    for option in [*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('chrome')}"]:
        options.add_argument(option)
    chrome = Chrome(options, Service("/usr/bin/chromedriver"))
    yield chrome
    chrome.quit()


def until(browser: Chrome, condition: Callable[[Chrome], Any]) -> Any:
    return WebDriverWait(browser, 30).until(condition)


def visit(browser: Chrome, page: str, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get((SITE / page).as_uri())


def found(browser: Chrome, query: str) -> list[str]:
    """Addresses of the first page of results, below the site."""
    visit(browser, "index.html")
    browser.find_element(By.CSS_SELECTOR, ".md-search__button").click()
    field = until(browser, lambda page: page.execute_script(f"return {SEARCH}?.querySelector('input')"))
    field.send_keys(query)
    links = f"return [...({SEARCH}).querySelectorAll('a')].map(link => link.href)"
    said = f"return ({SEARCH}).textContent"
    # Results are those of the whole query when each of them carries it.
    whole = f"return ({SEARCH}).querySelector('input').value"
    until(browser, lambda page: page.execute_script(whole) == query)

    def results(page: Chrome) -> list[str] | None:
        addresses = page.execute_script(links)
        carried = {re.sub(r".*[?]h=([^#]*).*", r"\1", address) for address in addresses}
        return addresses if len(carried) == 1 and len(carried.pop()) >= len(query) else None

    addresses = until(browser, results)
    assert "results" in browser.execute_script(said)
    return [re.sub(r"[?][^#]*", "", address).removeprefix(SITE.as_uri() + "/") for address in addresses]


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("create_contact", "reference/contacts.html#create_contact"),
        ("createContact", "reference/contacts.html#create_contact"),
        ("brevo_contacts_create_contact", "reference/contacts.html#create_contact"),
        ("ContactsApi.getContacts", "reference/contacts.html#get_contacts"),
        ("POST /contacts/lists", "reference/contacts.html#create_list"),
        ("/smtp/email", "reference/transactional_emails.html#send_transac_email"),
        ("Send a transactional email", "reference/transactional_emails.html#send_transac_email"),
        ("rate limit", "limits.html#rate-limits"),
    ],
)
def test_search_finds_it_first(browser: Chrome, query: str, page: str) -> None:
    assert found(browser, query)[0] == page


def test_every_operation_is_in_the_index_by_all_its_names() -> None:
    """The search finds what its index has, as the test above shows; this is the rest of the operations."""
    items = json.loads((SITE / "search.json").read_text(encoding="utf-8"))["items"]
    titles: dict[str, set[str]] = {}
    texts: dict[str, str] = {}
    for item in items:
        titles.setdefault(item["location"], set()).add(item["title"])
        texts[item["location"]] = texts.get(item["location"], "") + item["text"]
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    operations = {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and "operationId" in operation
    }
    assert len(operations) == 293
    for operation, request in operations.items():
        resource, name = operation.split(".")
        place = f"reference/{resource}.html#{name}"
        assert {name, request} <= titles[place], place
        assert f"brevo_{resource}_{name}" in texts[place], place


def test_a_language_chosen_once_is_chosen_everywhere(browser: Chrome) -> None:
    chosen = "return [...document.querySelectorAll('.tabbed-labels > .tabbed-label--active, .tabbed-labels > label')]"
    visit(browser, "jobs/send.html")
    browser.find_elements(By.CSS_SELECTOR, ".tabbed-labels > label")[1].click()
    visit(browser, "reference/contacts.html")
    shown = (
        "return [...document.querySelectorAll('.tabbed-set')].map(set => "
        "[...set.querySelectorAll(':scope > input')].findIndex(input => input.checked))"
    )
    until(browser, lambda page: set(page.execute_script(shown)) == {1})
    assert len(browser.execute_script(chosen)) >= 90
    visit(browser, "jobs/send.html")
    browser.find_elements(By.CSS_SELECTOR, ".tabbed-labels > label")[0].click()


@pytest.mark.parametrize("page", ["index.html", "reference/contacts.html", "migrating/python.html", "settings.html"])
def test_nothing_is_wider_than_a_phone(browser: Chrome, page: str) -> None:
    visit(browser, page, 390, 844)
    until(browser, lambda page: page.execute_script("return document.readyState") == "complete")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390


def test_the_system_chooses_light_or_dark(browser: Chrome) -> None:
    colour = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    shades = []
    for scheme in ("light", "dark"):
        visit(browser, "index.html", scheme=scheme)
        shades.append(sum(browser.execute_script(colour)))
    assert shades[0] > 600 > 150 > shades[1], shades


def test_nothing_comes_from_another_host(browser: Chrome) -> None:
    for page in ("index.html", "reference/types.html", "sandbox.html"):
        visit(browser, page)
        until(browser, lambda page: page.execute_script("return document.readyState") == "complete")
        names = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
        assert [name for name in names if not name.startswith(("file:", "data:"))] == []
