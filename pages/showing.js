// What is typed into a field that hides it can be looked at: on a small screen one mistypes. Without this script it stays hidden.
for (const offer of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(offer.dataset.shows);
  const tick = offer.querySelector("input");
  if (!field) continue;
  offer.hidden = false;
  tick.addEventListener("change", () => { field.type = tick.checked ? "text" : "password"; });
  // Nobody's browser remembers it as a line of text.
  field.form.addEventListener("submit", () => { field.type = "password"; });
}
