// Bundles styles, scripts, fonts and icons into the static folder. Called by hatch_build.py.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const frontend = dirname(fileURLToPath(import.meta.url));
const common = dirname(frontend);
const dist = join(common, "static/common/dist");

const readJson = async (name) => JSON.parse(await readFile(join(common, name), "utf8"));

const declarations = (colours) =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}:${value};`)
    .join("");

// The palette is one file, because Python needs the same colours for printed reports.
const paletteStyles = ({ light, dark }) => `
:root{color-scheme:light;${declarations(light)}}
@media (prefers-color-scheme:dark){:root:not([data-bs-theme=light]){color-scheme:dark;${declarations(dark)}}}
:root[data-bs-theme=dark]{color-scheme:dark;${declarations(dark)}}
@media print{:root,:root[data-bs-theme=dark]{color-scheme:light;${declarations(light)}}}
`;

const palettePlugin = {
  name: "palette",
  setup(bundler) {
    bundler.onResolve({ filter: /^palette\.css$/ }, () => ({ path: "palette.css", namespace: "palette" }));
    bundler.onLoad({ filter: /.*/, namespace: "palette" }, async () => ({
      contents: paletteStyles(await readJson("palette.json")),
      loader: "css",
    }));
  },
};

const symbolOf = async ([name, source]) => {
  const svg = await readFile(require.resolve(`@tabler/icons/outline/${source}.svg`), "utf8");
  const drawing = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing}</symbol>`;
};

const buildIcons = async () => {
  const symbols = await Promise.all(Object.entries(await readJson("icons.json")).map(symbolOf));
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
  await writeFile(join(dist, "icons.svg"), sprite);
};

// Their licences ask that these texts go wherever the drawings, letters and scripts go.
const LICENCES = {
  "Apache ECharts": ["echarts/LICENSE", "echarts/NOTICE"],
  ZRender: ["zrender/LICENSE"],
  Inter: ["@fontsource-variable/inter/LICENSE"],
  "Tabler Icons": ["@tabler/icons/LICENSE"],
};

const buildLicences = async () => {
  const modules = join(dirname(dirname(dirname(common))), "node_modules");
  const sections = await Promise.all(
    Object.entries(LICENCES).map(async ([name, files]) => {
      const texts = await Promise.all(files.map((file) => readFile(join(modules, file), "utf8")));
      return `${name}\n${"=".repeat(name.length)}\n\n${texts.join("\n\n")}`;
    }),
  );
  await writeFile(join(dist, "licences.txt"), sections.join("\n\n\n"));
};

const shared = {
  bundle: true,
  minify: true,
  logLevel: "error",
  legalComments: "linked",
  target: ["chrome111", "firefox115", "safari16.4"],
  absWorkingDir: frontend,
  outdir: dist,
};

const buildScripts = () =>
  build({ ...shared, format: "esm", entryPoints: { app: "scripts/app.ts", charts: "scripts/charts.ts", map: "scripts/map.ts" } });

// The theme is applied before the first paint, and the printed report runs outside a browser: neither may be a module.
const buildPlainScripts = () =>
  build({ ...shared, format: "iife", entryPoints: { theme: "scripts/theme.ts", "chart-printer": "scripts/chart-printer.ts" } });

const buildStyles = () =>
  build({
    ...shared,
    entryPoints: { app: "styles/app.css", "app-rtl": "styles/app-rtl.css" },
    loader: { ".woff2": "file" },
    assetNames: "fonts/[name]-[hash]",
    plugins: [palettePlugin],
  });

await mkdir(dist, { recursive: true });
await Promise.all([buildIcons(), buildLicences(), buildScripts(), buildPlainScripts(), buildStyles()]);
