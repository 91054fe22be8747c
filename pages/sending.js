// The product form on a bad line: photos are made small before they are sent, and what was typed is kept on the phone
// until the hub has it. Without this script the form works as it is.
(() => {
  const form = document.querySelector("form.sheet-form[enctype]");
  if (!form || !form.elements["title-0"]) return;
  const key = "draft:" + location.pathname;
  const skipped = new Set(["form", "version", "numbers", "photos"]);
  const box = document.querySelector("[data-offline]");
  const say = (name) => {
    for (const one of box ? box.children : []) one.hidden = one.dataset.says !== name;
  };
  const typed = () => [...new FormData(form)].filter(([name, value]) => !skipped.has(name) && typeof value === "string");
  const first = JSON.stringify(typed());
  const store = (value) => {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch { /* without room it is as without this script */ }
  };
  const kept = (() => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  })();
  const fill = (pairs) => {
    for (const field of form.elements) {
      if (!field.name || skipped.has(field.name) || field.type === "hidden" || field.type === "file") continue;
      const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
  };
  if (box && box.dataset.kept) store(null);
  else if (kept && JSON.stringify(kept) !== first) {
    say("kept");
    box.querySelector("[data-take]").onclick = () => { fill(kept); say(""); };
    box.querySelector("[data-drop]").onclick = () => { store(null); say(""); };
  }
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => store(JSON.stringify(typed())), 400);
  });

  // 2048 pixels are what the hub keeps; more is only waiting.
  const small = async (file) => {
    if (file.size < 4e5 || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
    try {
      const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
      return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: blob.type }) : file;
    } catch { return file; }
  };
  const show = (page) => {
    document.open();
    document.write(page);
    document.close();
  };
  let isSending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSending) return; // a second press would only halve the line
    isSending = true;
    const button = event.submitter;
    store(JSON.stringify(typed()));
    say("sending");
    const data = new FormData(form);
    data.set("do", button ? button.value : "draft");
    const files = data.getAll("photos").filter((file) => file.size);
    data.delete("photos");
    for (const file of files) data.append("photos", await small(file));
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
      if (answer.status >= 500 || answer.status === 429) { // a page about our trouble is no reason to lose the form
        isSending = false;
        say("busy");
        return;
      }
      const page = await answer.text();
      if (answer.redirected) {
        // It is kept; elsewhere than among one's own goods one is sent to sign in first, and it is not.
        if (answer.ok && new URL(answer.url).pathname.startsWith("/my/")) store(null);
        history.replaceState(null, "", answer.url); // the page is here already: it is not fetched twice
      }
      show(page);
    } catch {
      isSending = false;
      say("lost");
    }
  });
})();
