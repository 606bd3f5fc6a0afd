// The visits of the day as this phone knows them: the pack of the server, and on top of it what is not sent yet.

import { ago, agoHere, due, fill, hour, labelOf, say, slot } from "./page.js";

const HALTS = ["deceased", "in_custody", "in_hospital", "in_treatment"];
const REMOTE = ["phone", "text", "letter"];
const OWN_STEP = ["drop_in", "station", "hospital", "jail", "shelter"];

export async function today(session) {
  const pack = await session.pack();
  if (!pack) return { pack: null, visits: [], unsent: [] };
  const unsent = session.unsent();
  const said = session.pending();
  const place = new Map((pack.route?.order ?? []).map((id, index) => [id, index]));
  const last = place.size;
  const visits = (pack.visits ?? []).map((visit) => withSaid(visit, said));
  visits.sort((one, other) => (place.get(one.case) ?? last) - (place.get(other.case) ?? last));
  return { pack, visits: visits.filter((visit) => !visit.known), unsent };
}

export async function visitOf(session, id) {
  const found = await today(session);
  return { ...found, visit: found.visits.find((one) => one.case === id) };
}

// What was said at this phone counts on it at once, sent or not: a wish to be left alone most of all.
function withSaid(visit, said) {
  const mine = said.filter((change) => change.case === visit.case);
  const of = (kind) => mine.filter((change) => change.kind === kind);
  const [flags, contact] = [{ ...visit.flags }, { ...visit.contact }];
  let { prefers = "" } = visit;
  for (const { data } of of("contact_field")) contact[data.field] = data.value;
  for (const { data } of of("wish")) {
    if (data.field === "prefers") prefers = data.value;
    else flags[data.field] = data.value;
  }
  for (const { data } of of("attempt")) hear(flags, data);
  const tries = of("attempt").map(({ made, data, state }) => [made, data.channel, data.result, state === "unsent" ? "unsent" : "sent"]);
  const done = new Set(of("followed").map(({ data }) => data.follow_up));
  return {
    ...visit, contact, flags, prefers, tries: [...tries.reverse(), ...(visit.tries ?? [])],
    follow_ups: (visit.follow_ups ?? []).filter((one) => !done.has(one.id)), known: of("know").length > 0,
  };
}

function hear(flags, { result, response }) {
  if (response === "no_contact") flags.stop = "no_contact";
  if (result === "reached") for (const where of ["not_today", ...HALTS.slice(1)]) flags[where] = false;
  if (HALTS.includes(result)) flags[result] = true;
}

export const nameOf = (visit) => visit.contact.ask_for || visit.code;
export const mayCare = (pack) => pack.me.police === false && ["recovery_coach", "clinician", "coordinator"].includes(pack.me.role);
export const writeOnly = (me) => ["patrol_officer", "data_designee"].includes(me.role);

// Above a screen about one visit: the name leads back to it.
export function backTo(root, visit) {
  fill(root, { name: nameOf(visit) });
  slot(root, "name").href = `#visit/${visit.case}`;
}

// The flags as words for the chips, hardest first.
export function flagsOf({ flags }) {
  const stop = flags.stop && flags.stop !== "none" ? [say(`flag_${flags.stop === true ? "no_contact" : flags.stop}`)] : [];
  const why = HALTS.some((one) => flags[one]) ? HALTS : ["not_today"];
  return [...stop, ...["no_police", "text_only", "not_at_home", ...why].filter((one) => flags[one]).map((one) => say(`flag_${one}`))];
}

// The one sentence that stands against going there, and what of reaching them is left.
export function haltOf({ flags }, police) {
  if (flags.stop === "no_contact" || flags.stop === true) return { halt: say("halt_no_contact"), reach: false, go: false };
  if (flags.no_police && police) return { halt: say("halt_no_police"), reach: false, go: false };
  if (flags.deceased) return { halt: say("halt_deceased"), reach: false, go: false };
  if (flags.text_only) return { halt: say("halt_text_only"), reach: true, go: false, textOnly: true };
  if (flags.stop === "no_visits") return { halt: say("halt_no_visits"), reach: true, go: false };
  const away = [...HALTS, "not_today"].find((one) => flags[one]);
  return { halt: away ? say(`halt_${away}`) : "", reach: true, go: !away };
}

// Phone or text first: a knock needs an earlier try, or a reason.
export const needsWaiver = (visit, channel) =>
  ![...REMOTE, ...OWN_STEP].includes(channel) && !visit.phoned && !visit.tries.some(([, by]) => REMOTE.includes(by));

export const dueOf = (visit, into) => {
  into.textContent = due(visit.due);
  into.dataset.clock = visit.clock;
};

export function lineOf(visit) {
  const [from, to] = visit.window ?? [];
  return [
    nameOf(visit) === visit.code ? "" : visit.code, visit.town, visit.contact.language, visit.first ? say("first_visit") : "",
    from && to ? say("promised", { from: hour(from), to: hour(to) }) : "",
  ].filter(Boolean).join(" · ");
}

export function reachLinks(root, visit, textOnly) {
  const number = (visit.contact.phone ?? "").replace(/[^+\d]/g, "");
  slot(root, "call").href = `tel:${number}`;
  slot(root, "text").href = `sms:${number}`;
  return { may_call: Boolean(number) && !textOnly, may_text: Boolean(number) };
}

export const triesOf = (visit, lists) =>
  visit.tries.slice(0, 6).map(([at, channel, result, waiting]) => {
    const line = say("try_line", { when: waiting ? agoHere(at) : ago(at), channel: labelOf(lists.channels, channel), result: labelOf(lists.results, result) });
    return waiting === "unsent" ? `${line} (${say("not_sent_mark")})` : line;
  });
