// The shell without signal. The server lays VERSION and SHELL (the addresses of the shell) before these lines; they change
// exactly when a file does. What is about people never passes through here: it is not fetched by address, and not cached.

/* global VERSION, SHELL */
const NAME = `field-${VERSION}`;

self.addEventListener("install", (event) => {
  // Asked whether it stands, not fetched anew: the page has just brought most of it over the same slow line.
  const fresh = SHELL.map((address) => new Request(address, { cache: "no-cache" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("field-") && name !== NAME);
  const tidied = caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name))));
  event.waitUntil(tidied.then(() => self.clients.claim()));
});

// The page says when: never while somebody is typing.
self.addEventListener("message", ({ data }) => {
  if (data === "take") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin || !SHELL.includes(pathname)) return;
  const kept = caches.open(NAME).then((cache) => cache.match(pathname));
  event.respondWith(kept.then((found) => found ?? fetch(event.request)));
});
