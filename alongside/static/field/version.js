// The service worker, and a new version of the app. It waits until nobody is typing: `mayTake()` says so.

let asked = () => true;

async function offer(registration) {
  if (registration?.waiting && asked()) registration.waiting.postMessage("take");
}

export async function register(mayTake) {
  asked = mayTake;
  if (!navigator.serviceWorker) return;
  const had = Boolean(navigator.serviceWorker.controller); // the very first one changes nothing on the page
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (had) location.reload(); });
  const registration = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/", updateViaCache: "none" });
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => { if (coming.state === "installed") offer(registration); });
  });
  await offer(registration);
}

// Call it when typing has ended, on locking, and when the server said the app is too old.
export async function takeNew() {
  const registration = await navigator.serviceWorker?.getRegistration("/field/");
  await registration?.update().catch(() => {});
  await offer(registration);
}
