// Small comforts. Every page works without this file.

const root = document.documentElement;

function shownTheme() {
  if (root.dataset.theme) return root.dataset.theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function chooseTheme(theme) {
  root.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

function followThemeButton(button) {
  const show = () => button.setAttribute("aria-pressed", String(shownTheme() === "dark"));
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    chooseTheme(shownTheme() === "dark" ? "light" : "dark");
    show();
  });
}

function followMenuButton(button) {
  const menu = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => {
    const open = menu.toggleAttribute("data-open");
    button.setAttribute("aria-expanded", String(open));
  });
}

// Doorstep: one tap and nothing on the glass tells why you came.
function followBlankButton(button) {
  const page = document.querySelector("[data-page]");
  const blank = document.querySelector("[data-blank]");
  const title = document.title;
  button.hidden = false;
  button.addEventListener("click", () => {
    page.hidden = true;
    blank.hidden = false;
    document.title = "–";
    blank.querySelector("button").focus();
  });
  blank.querySelector("button").addEventListener("click", () => {
    blank.hidden = true;
    page.hidden = false;
    document.title = title;
    button.focus();
  });
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    const escape = event.type === "keydown" && event.key === "Escape";
    if (!escape && (event.type === "keydown" || menu.contains(event.target))) continue;
    menu.open = false;
    if (escape) menu.querySelector("summary").focus();
  }
}

function followPrintButton(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

document.querySelectorAll("[data-print]").forEach(followPrintButton);
document.querySelectorAll("[data-theme-button]").forEach(followThemeButton);
document.querySelectorAll("[data-menu-button]").forEach(followMenuButton);
document.querySelectorAll("[data-blank-button]").forEach(followBlankButton);
document.addEventListener("keydown", closeMenus);
document.addEventListener("click", closeMenus);

// What was typed into the search goes along to the new contact, in this tab alone, and is gone once it arrived.
const DOOR = "door";
const CARRIED = ["given_name", "family_name", "birth_date", "phone", "other_names", "about_age"];

function carryAlong(form) {
  form.addEventListener("submit", () => {
    const named = CARRIED.map((name) => [name, form.elements[name]?.value ?? ""]);
    sessionStorage.setItem(DOOR, JSON.stringify(Object.fromEntries(named)));
  });
}

function takeUp(form) {
  for (const [name, text] of Object.entries(JSON.parse(sessionStorage.getItem(DOOR) ?? "{}"))) {
    const field = form.elements[name];
    if (!field || field.value || !text) continue;
    field.value = text;
    field.closest("details")?.setAttribute("open", "");
  }
}

// 1, 2 and 3 answer the pair that has the focus, and no other.
function followKeys(pair) {
  pair.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const button = pair.querySelector(`[data-key="${event.key}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

document.querySelectorAll("[data-carried]").forEach(takeUp);
if (!document.querySelector("[data-carry]")) sessionStorage.removeItem(DOOR);
document.querySelectorAll("[data-carry]").forEach(carryAlong);
document.querySelectorAll("[data-keys]").forEach(followKeys);
