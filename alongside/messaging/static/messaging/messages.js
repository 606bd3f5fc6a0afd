// Asks the browser for its push address and sends it with the form; nothing is asked before the button is pressed.

const form = document.querySelector("[data-push-key]");
const cannot = document.querySelector("[data-push-cannot]");
const refused = document.querySelector("[data-push-refused]");

const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
if (form && able) {
  form.hidden = false;
  cannot.hidden = true;
  form.addEventListener("submit", switchOn);
}

async function switchOn(event) {
  event.preventDefault();
  try {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
    const worker = await navigator.serviceWorker.register(form.dataset.pushWorker);
    const ready = await active(worker);
    const key = Uint8Array.from(atob(form.dataset.pushKey.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const subscription = await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const said = subscription.toJSON();
    form.elements.endpoint.value = said.endpoint;
    form.elements.p256dh.value = said.keys.p256dh;
    form.elements.auth.value = said.keys.auth;
    form.submit();
  } catch {
    refused.hidden = false;
  }
}

// `navigator.serviceWorker.ready` would wait for a worker of this page; ours answers for pushes alone.
function active(registration) {
  const waiting = registration.installing || registration.waiting;
  if (!waiting) return Promise.resolve(registration);
  return new Promise((done) => {
    waiting.addEventListener("statechange", () => waiting.state === "activated" && done(registration));
  });
}
