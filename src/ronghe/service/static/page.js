// What scripts add to the pages; every page works without them.
"use strict";
document.documentElement.classList.add("js");
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// ---- messages that screen readers hear
let silence;
function say(text) {
  const said = $("#said");
  said.textContent = text;
  said.classList.add("on");
  clearTimeout(silence);
  silence = setTimeout(() => said.classList.remove("on"), 2400);
}

// ---- a picture that cannot be loaded gives way to the drawn one behind it
const failed = (image) => { if (image.complete && !image.naturalWidth) image.remove(); };
addEventListener("error", (event) => { if (event.target.matches?.(".tile img")) event.target.remove(); }, true);
$$(".tile img").forEach(failed);

// ---- suggestions: a combobox after the ARIA pattern
function suggest(box) {
  const list = $("#" + box.getAttribute("aria-controls"));
  let at = -1, found = [], typed = "", waiting, asked = 0;
  const settle = () => { clearTimeout(waiting); asked += 1; }; // no answer still on its way may change the list
  const close = () => { settle(); list.hidden = true; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); at = -1; };
  const address = (one) => one.kind === "item" ? "/item/" + encodeURIComponent(one.id)
    : one.kind === "category" || one.kind === "brand" ? "/search?f=" + encodeURIComponent(one.kind + ":" + (one.id || one.text))
    : "/search?q=" + encodeURIComponent(one.text);
  const mark = (next) => {
    settle(); // nobody's choice is swapped under the cursor
    at = next;
    [...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === at)));
    if (at < 0) { box.removeAttribute("aria-activedescendant"); box.value = typed; return; }
    box.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
    box.value = found[at].text;
  };
  const show = (answers) => {
    found = answers;
    list.replaceChildren(...answers.map((one, i) => {
      const li = document.createElement("li"), text = document.createElement("span"), kind = document.createElement("span");
      li.id = "suggestion-" + i; li.setAttribute("role", "option"); li.setAttribute("aria-selected", "false");
      const start = one.text.toLowerCase().indexOf(typed.toLowerCase());
      if (start >= 0 && typed) {
        const strong = document.createElement("mark");
        strong.textContent = one.text.slice(start, start + typed.length);
        text.append(one.text.slice(0, start), strong, one.text.slice(start + typed.length));
      } else text.textContent = one.text;
      kind.className = "kind"; kind.textContent = box.getAttribute("data-kind-" + one.kind) || "";
      li.append(text, kind);
      li.addEventListener("mousedown", (e) => { e.preventDefault(); location.href = address(one); });
      return li;
    }));
    list.hidden = !answers.length;
    box.setAttribute("aria-expanded", String(!!answers.length));
    at = -1;
  };
  const ask = () => {
    typed = box.value.trim();
    if (!typed) close(); // what was searched for lately may come yet
    settle();
    const mine = asked;
    waiting = setTimeout(async () => {
      try {
        const answer = await fetch(box.dataset.suggest + "?q=" + encodeURIComponent(typed.slice(0, 200)));
        if (answer.ok && mine === asked && document.activeElement === box) show(await answer.json());
      } catch { if (mine === asked) close(); }
    }, 90);
  };
  box.addEventListener("input", ask);
  box.addEventListener("focus", () => { if (!box.value.trim()) ask(); });
  box.addEventListener("keydown", (e) => {
    if (e.key === "Escape") { settle(); if (!list.hidden) { box.value = typed; close(); e.preventDefault(); } return; }
    if (list.hidden || !found.length) return;
    if (e.key === "ArrowDown") { mark(at + 1 < found.length ? at + 1 : -1); e.preventDefault(); }
    else if (e.key === "ArrowUp") { mark(at >= 0 ? at - 1 : found.length - 1); e.preventDefault(); }
    else if (e.key === "Enter" && at >= 0) { e.preventDefault(); location.href = address(found[at]); }
  });
  box.addEventListener("blur", close);
}

// ---- why: the reasons in a dialog
async function why(link) {
  const dialog = $("#why"), body = $("#why-body");
  try {
    const answer = await fetch(link.href, { headers: { "X-Piece": "1" } });
    if (!answer.ok) throw new Error(String(answer.status));
    body.innerHTML = await answer.text(); // our own, escaped on the server; the policy lets no script of it run
    dialog.showModal();
  } catch { location.href = link.href; }
}

// ---- forms that change the page they stand on
async function live(form) {
  const where = form.closest("section, ul, .line")?.id, item = form.elements.namedItem("item")?.value;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Live": "1" } });
    if (!answer.ok) throw new Error(String(answer.status));
    swap(await answer.text());
    say(form.dataset.live);
    const again = item && $$("#main input[name=item]").find((i) => i.value === item && (!where || i.closest("#" + where)));
    const shown = item && $$("#main a.card-link").find((a) => new URL(a.href).pathname === "/item/" + encodeURIComponent(item));
    (again?.form.querySelector("button") || shown || $("#main")).focus({ preventScroll: true });
  } catch { form.submit(); }
}

function swap(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const scrolled = new Map($$("#main section[id] .row").map((row) => [row.closest("section").id, row.scrollLeft]));
  for (const id of ["main", "basket-count"]) {
    const now = document.getElementById(id), next = fresh.getElementById(id);
    if (now && next) now.replaceWith(document.adoptNode(next));
  }
  scrolled.forEach((left, id) => { const row = $("#" + id + " .row"); if (row) row.scrollLeft = left; });
  start();
}

// ---- the rules' editor: numbers beside the lines
function edit(area) {
  const gutter = area.previousElementSibling, bad = Number(area.dataset.line || 0);
  const count = () => {
    const lines = area.value.split("\n").length;
    gutter.replaceChildren(...Array.from({ length: lines }, (_, i) => {
      const one = document.createElement(i + 1 === bad ? "b" : "span");
      one.textContent = i + 1 + "\n";
      return one;
    }));
    gutter.scrollTop = area.scrollTop;
  };
  area.addEventListener("input", count);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  count();
  if (bad) {
    const before = area.value.split("\n").slice(0, bad - 1).join("\n").length + (bad > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(before, before + (area.value.split("\n")[bad - 1] || "").length);
  }
}

function start() {
  if (matchMedia("(min-width: 821px)").matches) $$("details[data-wide-open]").forEach((d) => { d.open = true; });
  $$(".editor textarea").forEach(edit);
  const tab = $(".tabs [aria-current]"); // on a phone the tabs are wider than the page
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
}

document.addEventListener("click", (e) => {
  const link = e.target.closest("a[data-why]");
  if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey && e.button === 0) { e.preventDefault(); why(link); }
  if (e.target === $("#why")) $("#why").close();
  $$("details[data-menu][open]").forEach((menu) => { if (!menu.contains(e.target)) menu.open = false; });
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  $$("details[data-menu][open]").forEach((menu) => { menu.open = false; $("summary", menu).focus(); });
});
document.addEventListener("submit", (e) => {
  if (e.target.matches("form[data-live]")) { e.preventDefault(); live(e.target); }
  if (e.target.matches("form[data-auto], form.find")) $$("input", e.target).forEach((i) => { if (!i.value) i.disabled = true; });
});
document.addEventListener("change", (e) => {
  const form = e.target.closest("form[data-auto]");
  if (form) form.requestSubmit();
});
addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
$$("input[data-suggest]").forEach(suggest);
start();
