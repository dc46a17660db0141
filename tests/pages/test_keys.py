"""The page "SMTP & API" and the dashboard, driven in headless Chromium as a person would; leaves screenshots in docs/."""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sandbox import ROOT, Sandbox, sandbox

# Written only where asked for, so that a test run leaves the tree as it was.
SHOTS = ROOT / "docs" / "screenshots" if os.environ.get("SCREENSHOTS") else None


@pytest.fixture(scope="module")
def site() -> Iterator[Sandbox]:
    with sandbox("--seed", "7") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(option)
    options.add_argument("--window-size=1200,800")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


def shot(browser: WebDriver, name: str) -> None:
    if SHOTS:
        SHOTS.mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(SHOTS / f"{name}.png"))


def by_id(browser: WebDriver, name: str) -> WebElement:
    return browser.find_element(By.ID, name)


def seen(browser: WebDriver, name: str) -> WebElement:
    """An element, as soon as it can be seen."""
    WebDriverWait(browser, 10).until(lambda _: by_id(browser, name).is_displayed())
    return by_id(browser, name)


def rows(browser: WebDriver) -> list[str]:
    """The rows of the table of keys; none while the page is loading."""
    return [row.text for row in browser.find_elements(By.CSS_SELECTOR, "table[aria-label='Your API keys'] tbody tr")]


def wait_for_rows(browser: WebDriver, count: int) -> list[str]:
    WebDriverWait(browser, 10, ignored_exceptions=[Exception]).until(lambda _: len(rows(browser)) == count)
    return rows(browser)


def generate(browser: WebDriver, name: str) -> str:
    """Generates a key and gives it; the dialog with the key stays open."""
    by_id(browser, "make-open").click()
    seen(browser, "make-name").send_keys(name)
    by_id(browser, "make-submit").click()
    return str(seen(browser, "make-key").get_attribute("value"))


def status(site: Sandbox, key: str) -> int:
    """Status of a call with a key."""
    request = urllib.request.Request(f"{site.url}/v3/account", headers={"api-key": key})
    try:
        with urllib.request.urlopen(request) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_key_is_generated_shown_once_used_and_deleted(browser: WebDriver, site: Sandbox) -> None:
    browser.get(f"{site.url}/settings/keys")
    assert browser.find_element(By.TAG_NAME, "h1").text == "SMTP & API"
    assert browser.find_element(By.CSS_SELECTOR, ".tabs [aria-current]").text == "API keys"
    assert "There is no API key yet" in browser.page_source
    shot(browser, "keys-empty")

    by_id(browser, "make-open").click()
    seen(browser, "make-name").send_keys("shop in production")
    shot(browser, "keys-name")
    by_id(browser, "make-cancel").click()
    key = generate(browser, "shop in production")
    assert re.fullmatch(r"xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}", key)
    by_id(browser, "make-copy").click()
    WebDriverWait(browser, 5).until(lambda _: by_id(browser, "make-copied").text == "Copied.")
    shot(browser, "keys-once")
    assert status(site, key) == 200
    by_id(browser, "make-ok").click()

    (row,) = wait_for_rows(browser, 1)
    assert "shop in production" in row and f"********{key[-6:]}" in row
    for source in (browser.page_source, json.dumps(browser.execute_script("return [...document.querySelectorAll('input')].map((i) => i.value)"))):
        assert key not in source, "a key shows once"
    browser.refresh()
    assert key not in browser.page_source

    second = generate(browser, "<b>reports</b> & more")
    by_id(browser, "make-ok").click()
    listed = wait_for_rows(browser, 2)
    assert "<b>reports</b> & more" in listed[0] and second != key
    shot(browser, "keys-listed")

    browser.find_element(By.CSS_SELECTOR, "button[data-name='shop in production']").click()
    assert seen(browser, "kill-name").text == "shop in production"
    shot(browser, "keys-delete")
    by_id(browser, "kill-cancel").click()
    assert status(site, key) == 200
    browser.find_element(By.CSS_SELECTOR, "button[data-name='shop in production']").click()
    seen(browser, "kill-submit").click()
    (left,) = wait_for_rows(browser, 1)
    assert "reports" in left
    assert (status(site, key), status(site, second)) == (401, 200)


def test_the_v2_key_shows_in_full_and_opens_nothing(browser: WebDriver, site: Sandbox) -> None:
    browser.get(f"{site.url}/settings/keys/api")
    key = str(by_id(browser, "plugins").get_attribute("value"))
    assert re.fullmatch(r"[A-Za-z0-9]{16}", key)
    assert status(site, key) == 401
    browser.refresh()
    assert by_id(browser, "plugins").get_attribute("value") == key


def test_the_keyboard_is_enough(browser: WebDriver, site: Sandbox) -> None:
    browser.get(f"{site.url}/settings/keys/api")
    before = len(rows(browser))
    browser.execute_script("document.getElementById('make-open').focus()")
    browser.switch_to.active_element.send_keys("\ue007")
    seen(browser, "make-name")
    active = browser.switch_to.active_element
    assert active.get_attribute("id") == "make-name", "the dialog takes the focus"
    active.send_keys("by keyboard\ue007")
    seen(browser, "make-key")
    assert browser.switch_to.active_element.get_attribute("id") == "make-key"
    browser.switch_to.active_element.send_keys("\ue00c")
    wait_for_rows(browser, before + 1)


def test_the_clock_is_moved_from_the_dashboard(browser: WebDriver, site: Sandbox) -> None:
    browser.get(site.url)
    before = browser.find_element(By.CSS_SELECTOR, ".now").text
    browser.find_element(By.XPATH, "//button[.='+ 1 day']").click()
    WebDriverWait(browser, 10, ignored_exceptions=[Exception]).until(
        lambda _: browser.find_element(By.CSS_SELECTOR, ".now").text[:11] != before[:11]
    )
    shot(browser, "dashboard")
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
