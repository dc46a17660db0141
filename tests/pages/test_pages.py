"""The sandbox's pages, used in headless Chromium as a person would. With SCREENSHOTS=1 the pictures in docs/images
are taken anew."""

from __future__ import annotations

import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sandbox import ROOT, Sandbox, sandbox

V3_KEY = re.compile(r"xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}")
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
    "--force-device-scale-factor=1",
]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    options = ChromeOptions()
    for option in [*OPTIONS, f"--user-data-dir={tmp_path}"]:
        options.add_argument(option)
    chrome = Chrome(options, Service("/usr/bin/chromedriver"))
    yield chrome
    chrome.quit()


@pytest.fixture
def local() -> Iterator[Sandbox]:
    with sandbox() as running:
        yield running


def picture(browser: Chrome, name: str) -> None:
    if os.environ.get("SCREENSHOTS"):
        folder = ROOT / "docs" / "images"
        folder.mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(folder / f"{name}.png"))


def click(browser: Chrome, element: str) -> None:
    browser.find_element(By.ID, element).click()


def until(browser: Chrome, condition: Callable[[Chrome], object]) -> None:
    """Waits; a page that is just being loaded anew breaks a look at it, and is looked at again."""
    WebDriverWait(browser, 20, ignored_exceptions=[WebDriverException]).until(condition)


def wait_for(browser: Chrome, element: str) -> None:
    until(browser, lambda page: page.find_element(By.ID, element).is_displayed())


def rows(browser: Chrome) -> list[str]:
    """The keys of the table, read at one moment."""
    script = "return [...document.querySelectorAll('table tbody tr')].map(row => row.innerText)"
    return [text for text in browser.execute_script(script) if "***" in text]


def generate(browser: Chrome, name: str, shot: str | None = None) -> str:
    """Makes a key in the dialog and gives it, as it was shown once."""
    before = len(rows(browser))
    click(browser, "make-open")
    browser.find_element(By.ID, "make-name").send_keys(name)
    if shot:
        picture(browser, f"{shot}-name")
    click(browser, "make-submit")
    wait_for(browser, "make-key")
    key = browser.find_element(By.ID, "make-key").get_attribute("value") or ""
    assert V3_KEY.fullmatch(key), key
    if shot:
        picture(browser, f"{shot}-shown-once")
    click(browser, "make-copy")
    until(browser, lambda page: page.find_element(By.ID, "make-copied").text)
    click(browser, "make-ok")
    until(browser, lambda page: len(rows(page)) == before + 1)
    return key


def status(local: Sandbox, key: str, path: str = "/v3/account") -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(local.url + path, headers={"api-key": key})) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_keys_are_shown_once_used_and_deleted(browser: Chrome, local: Sandbox) -> None:
    browser.get(f"{local.url}/settings/keys/api")
    assert "SMTP & API" in browser.find_element(By.TAG_NAME, "h1").text
    assert rows(browser) == []
    shop = generate(browser, "shop in production", "keys")
    reports = generate(browser, "reports")
    for again in range(2):  # After OK, and after loading the page anew.
        if again:
            browser.refresh()
        text, source = browser.find_element(By.TAG_NAME, "body").text, browser.page_source
        for key in (shop, reports):
            assert key not in source
            assert key[-4:] in text
        assert len(rows(browser)) == 2
    picture(browser, "keys-listed")
    assert status(local, shop)[0] == 200
    assert status(local, reports)[0] == 200

    browser.find_element(By.CSS_SELECTOR, "[data-name='reports']").click()
    wait_for(browser, "kill-submit")
    assert browser.find_element(By.ID, "kill-name").text == "reports"
    picture(browser, "keys-delete")
    click(browser, "kill-cancel")
    assert status(local, reports)[0] == 200
    browser.find_element(By.CSS_SELECTOR, "[data-name='reports']").click()
    wait_for(browser, "kill-submit")
    click(browser, "kill-submit")
    until(browser, lambda page: len(rows(page)) == 1)
    assert status(local, shop)[0] == 200
    code, body = status(local, reports)
    assert code == 401
    assert "unauthorized" in body


def test_the_v2_key_is_shown_and_opens_nothing(browser: Chrome, local: Sandbox) -> None:
    browser.get(f"{local.url}/settings/keys/api")
    key = browser.find_element(By.ID, "plugins").get_attribute("value") or ""
    assert re.fullmatch(r"[A-Za-z0-9]{16}", key)
    code, body = status(local, key)
    assert (code, "unauthorized" in body) == (401, True)
    code, body = status(local, key, "/v2.0/account")
    assert code == 410
    assert "25 June 2021" in body


def test_the_dashboard_shows_what_happens(browser: Chrome, local: Sandbox) -> None:
    environment = local.environment()
    assert status(local, environment["BREVO_API_KEY"])[0] == 200
    browser.get(f"{local.url}/")
    picture(browser, "dashboard")
    assert "account" in browser.find_element(By.TAG_NAME, "body").text.lower()
    browser.get(f"{local.url}/calls")
    assert "GET" in browser.find_element(By.TAG_NAME, "body").text
    assert environment["BREVO_API_KEY"] not in browser.page_source
