/* Tables of parameters, settings and keys of types: the style sheet lays them out anew on phones. */
for (const table of document.querySelectorAll(".md-typeset table")) {
  if (["Parameter", "Setting", "Key"].includes(table.querySelector("th")?.textContent.trim())) {
    table.classList.add("parameters");
  }
}

/* The address may choose the language of all examples: ?lang=python, ?lang=node, ?lang=c. */
const wanted = new URLSearchParams(location.search).get("lang");
if (wanted) {
  const label = [...document.querySelectorAll(".tabbed-labels > label")].find(
    (label) => label.textContent.trim().toLowerCase() === wanted.toLowerCase(),
  );
  label?.click();
}
