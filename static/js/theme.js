// Runs before the first paint, so that a chosen theme never flashes the other one. Not a module: modules wait.
(() => {
  const chosen = (() => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is switched off: the theme follows the system
    }
  })();
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
})();
