// What every page does: switch the theme, close an open menu.

const ORDER = ["system", "dark", "light"];
const SAYS = { system: "as the system", dark: "dark", light: "light" };
const root = document.documentElement;

function show(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.setAttribute("aria-label", `Theme: ${SAYS[theme]}`);
    button.title = `Theme: ${SAYS[theme]}`;
  }
}

function keep(theme) {
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Storage is switched off: the choice holds for this page.
  }
}

function next(theme) {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
}

show(root.dataset.theme ?? "system");

// Where the navigation is wider than the screen, the page that one is on is in sight.
const nav = document.querySelector(".site-nav");
const here = nav?.querySelector("[aria-current]");
if (here) nav.scrollLeft = here.offsetLeft - nav.offsetLeft - nav.clientWidth / 3;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) {
    const theme = next(root.dataset.theme ?? "system");
    keep(theme);
    show(theme);
  }
  for (const menu of document.querySelectorAll("details.user-menu[open], details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.user-menu[open], details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
