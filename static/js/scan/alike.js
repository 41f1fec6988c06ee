// The labelled candidates that look alike, fetched as a piece of the page.

/** Put them into `element` where `isWanted()` still; say whether there are any. */
export async function showAlike(element, address, isWanted = () => true) {
  const response = await fetch(address, { redirect: "manual" }).catch(() => null);
  const html = response?.ok ? await response.text() : "";
  if (!isWanted()) return false;
  element.innerHTML = html; // made and escaped by the server
  return element.childElementCount > 0;
}
