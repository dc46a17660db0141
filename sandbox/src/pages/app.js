// The little that the pages need a script for: making, copying and deleting keys, moving the clock.
"use strict";

const find = (id) => document.getElementById(id);

async function ask(method, path, body) {
  const reply = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await reply.text();
  const value = text ? JSON.parse(text) : null;
  if (!reply.ok) throw new Error(value && value.message ? value.message : `HTTP ${reply.status}`);
  return value;
}

async function copy(field, status) {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.focus();
    field.select();
    document.execCommand("copy");
  }
  status.textContent = "Copied.";
}

const maker = find("make");
if (maker) {
  const [asking, showing] = [find("make-ask"), find("make-show")];
  find("make-open").addEventListener("click", () => {
    asking.reset();
    find("make-error").textContent = "";
    asking.hidden = false;
    showing.hidden = true;
    maker.showModal();
    find("make-name").focus();
  });
  find("make-cancel").addEventListener("click", () => maker.close());
  asking.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = find("make-submit");
    button.disabled = true;
    try {
      const made = await ask("POST", "/_sandbox/keys", { name: find("make-name").value, kind: maker.dataset.kind });
      find("make-key").value = made.key;
      asking.hidden = true;
      showing.hidden = false;
      find("make-key").focus();
      find("make-key").select();
    } catch (error) {
      find("make-error").textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
  find("make-copy").addEventListener("click", () => copy(find("make-key"), find("make-copied")));
  find("make-ok").addEventListener("click", () => maker.close());
  // Once closed, the key is gone: the page knows its last characters only.
  maker.addEventListener("close", () => {
    find("make-key").value = "";
    if (asking.hidden) location.reload();
  });
}

const killer = find("kill");
if (killer) {
  let id = "";
  for (const button of document.querySelectorAll("button[data-delete]")) {
    button.addEventListener("click", () => {
      id = button.dataset.delete;
      find("kill-name").textContent = button.dataset.name;
      find("kill-error").textContent = "";
      killer.showModal();
    });
  }
  find("kill-cancel").addEventListener("click", () => killer.close());
  find("kill-submit").addEventListener("click", async () => {
    try {
      await ask("DELETE", `/_sandbox/keys/${id}`);
      location.reload();
    } catch (error) {
      find("kill-error").textContent = error.message;
    }
  });
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", () => copy(find(button.dataset.copy), find(button.dataset.status)));
}

for (const button of document.querySelectorAll("button[data-clock]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await ask("POST", "/_sandbox/clock", JSON.parse(button.dataset.clock));
      location.reload();
    } catch (error) {
      find("clock-error").textContent = error.message;
      button.disabled = false;
    }
  });
}
