// Shows that something waits. A push carries nothing, and this file knows one sentence in four languages.

const WORDS = {
  en: "You have a message in Alongside",
  es: "Tiene un mensaje en Alongside",
  pt: "Você tem uma mensagem no Alongside",
  ht: "Ou gen yon mesaj nan Alongside",
};

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const words = WORDS[(self.navigator.language || "en").slice(0, 2)] || WORDS.en;
  event.waitUntil(self.registration.showNotification(words, { tag: "alongside", renotify: true }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/"));
});
