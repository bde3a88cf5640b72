// Where an arrow key leads: along a link, or to the nearest neighbour.

import type { Canvas } from "./canvas";
import type { Thing } from "./types";

const nearest = (from: Thing, candidates: Thing[]): Thing | undefined =>
  candidates.reduce<Thing | undefined>(
    (best, one) => (best === undefined || Math.abs(one.y - from.y) < Math.abs(best.y - from.y) ? one : best),
    undefined,
  );

// While somebody connects, links are no guide: the target is what is not linked yet.
export const across = (canvas: Canvas, from: Thing, forwards: boolean, alongLinks: boolean): Thing | undefined => {
  const { links, things } = canvas.drawing;
  const ends = links.flatMap((link) => (forwards ? (link.source === from.id ? [link.target] : []) : link.target === from.id ? [link.source] : []));
  const linked = things.filter((one) => ends.includes(one.id));
  if (alongLinks && linked.length) return nearest(from, linked);
  const beyond = things.filter((one) => (forwards ? one.x > from.x : one.x < from.x));
  const columns = beyond.map((one) => one.x);
  const next = forwards ? Math.min(...columns) : Math.max(...columns);
  return nearest(from, beyond.filter((one) => Math.abs(one.x - next) < canvas.drawing.width / 2));
};

export const along = (canvas: Canvas, from: Thing, step: 1 | -1): Thing | undefined => {
  const column = canvas.drawing.things.filter((one) => one.kind === from.kind).sort((one, other) => one.y - other.y || one.x - other.x);
  return column[column.indexOf(from) + step];
};
