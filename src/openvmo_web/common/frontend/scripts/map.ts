// The benefits map: drawn and edited in the browser. Without a script the page's table and forms do the same.

import { startMap } from "./map/editor";

const frame = document.querySelector<HTMLElement>("[data-map]");
if (frame) void startMap(frame);
