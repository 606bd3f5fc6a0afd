// The order of the day, drawn from what came with it: no map server is asked.

import { copy, fill, say, slot, time } from "../page.js";
import { dueOf, nameOf, today } from "../visits.js";

const WIDE = 320;
const EDGE = 18;

export async function show(root, session) {
  const { pack, visits } = await today(session);
  const byCase = new Map(visits.map((visit) => [visit.case, visit]));
  const route = pack?.route;
  const order = (route?.order ?? []).filter((id) => byCase.has(id));
  const left = (route?.left_out ?? []).filter((id) => byCase.has(id));
  const drawn = order.length && pack.map ? draw(pack.map, order) : null;
  fill(root, {
    none: !order.length, order, left, map: drawn, model: route?.model ?? "",
    count: order.length ? say("stop_count", { n: order.length, minutes: Math.round(route.minutes ?? 0) }) : "",
  });
  if (drawn) slot(root, "map").append(drawn);
  const stop = (id, into) => {
    const visit = byCase.get(id);
    const line = fill(copy("part-stop"), { name: nameOf(visit) });
    const words = document.createElement("span");
    dueOf(visit, words);
    const at = route.arrive?.[id];
    slot(line, "line").textContent = [at ? say("at_about", { time: time(at) }) : "", visit.town, words.textContent].filter(Boolean).join(" · ");
    slot(line, "name").href = `#visit/${id}`;
    into.append(line);
  };
  for (const id of order) stop(id, slot(root, "order"));
  for (const id of left) stop(id, slot(root, "left"));
}

// --- the drawing ----------------------------------------------------------------------------------------------------

const node = (name, values, text = "") => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
};

function draw(map, order) {
  const points = order.filter((id) => map.points?.[id]).map((id) => map.points[id]);
  const rings = (map.outlines ?? []).flatMap((one) => one.rings);
  const all = points.length ? points : rings.flat();
  if (!all.length) return null;
  const [at, tall] = plane(all);
  const svg = node("svg", { viewBox: `0 0 ${WIDE} ${tall}`, role: "img", "aria-label": say("map_label") });
  for (const ring of rings) svg.append(node("polygon", { class: "map__town", points: ring.map(at).join(" ") }));
  svg.append(node("polyline", { class: "map__way", points: points.map(at).join(" ") }));
  points.forEach((point, index) => {
    const [x, y] = at(point);
    svg.append(node("circle", { class: "map__stop", cx: x, cy: y, r: 11 }), node("text", { class: "map__number", x, y: y + 4.5 }, String(index + 1)));
  });
  return svg;
}

// A flat sheet that holds all stops; a degree of longitude is shorter in the north.
function plane(all) {
  const span = (index) => [Math.min(...all.map((one) => one[index])), Math.max(...all.map((one) => one[index]))];
  const [[west, east], [south, north]] = [span(0), span(1)];
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const [wide, high] = [Math.max((east - west) * narrow, 0.01), Math.max(north - south, 0.01)];
  const tall = Math.min(420, Math.max(200, Math.round((WIDE * high) / wide)));
  const scale = Math.min((WIDE - 2 * EDGE) / wide, (tall - 2 * EDGE) / high);
  const [x0, y0] = [(WIDE - wide * scale) / 2, (tall - high * scale) / 2];
  const round = (n) => Math.round(n * 10) / 10;
  return [([lon, lat]) => [round(x0 + (lon - west) * narrow * scale), round(y0 + (north - lat) * scale)], tall];
}
