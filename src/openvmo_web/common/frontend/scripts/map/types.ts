// What the server says of a map; every text is in the reader's language already.

export type Kind = "enabler" | "change" | "outcome" | "benefit" | "objective";

export interface Thing {
  id: string;
  kind: Kind;
  name: string;
  x: number;
  y: number;
  url: string;
  state: string;
  tone: string;
  icon: string;
  note: string;
  weight: number;
  canCut: boolean;
  words: string;
}

export interface Link {
  id: string;
  source: string;
  target: string;
  strength: number | null;
  label: string;
  url: string;
  words: string;
}

export interface Band {
  kind: Kind;
  title: string;
  start: number;
  end: number;
}

export interface Drawing {
  width: number;
  height: number;
  top: number;
  bands: Band[];
  things: Thing[];
  links: Link[];
}

export interface WhatIf {
  losses: Record<string, number>;
  labels: Record<string, string>;
  touched: string[];
  words: string;
}

export interface Changed {
  map: Drawing;
  chosen: string;
  said: string;
}

export type Words = Record<string, string>;
export type Addresses = Record<"data" | "add" | "connect" | "places" | "tidy" | "undo" | "whatIf", string>;

export interface Point {
  x: number;
  y: number;
}

export const filled = (sentence: string | undefined, values: Record<string, string> = {}): string =>
  Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), sentence ?? "");
