// Prints what the built pages weigh, gzip -9, and fails when the first load is over its limit.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const FIRST_LOAD_LIMIT = 130;
const PAGE_LIMIT = 60;

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const kilobytes = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1000;

/** The files that a chunk needs before it can run: itself, its imports and its styles. */
function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const style of chunk.css ?? []) seen.add(style);
  for (const next of chunk.imports ?? []) filesOf(next, seen);
  return seen;
}

const total = (files) => [...files].reduce((sum, file) => sum + kilobytes(file), 0);
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const shell = filesOf(entry);
const lazy = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
// What every page says is loaded first, in one language; the other words come with the pages that say them.
const isFirst = (key) => /^src\/i18n\/[^/]+\/common\.ts$/.test(key);
const LANGUAGES = ["en", "zh-CN"];
const beyondShell = (key) => total([...filesOf(key)].filter((file) => !shell.has(file)));
const wordsOf = (language) => lazy.filter((key) => isFirst(key) && key.startsWith(`src/i18n/${language}/`)).reduce((sum, key) => sum + beyondShell(key), 0);
const words = Math.max(...LANGUAGES.map(wordsOf));
const firstLoad = total(shell) + words;

const line = (name, size, limit) =>
  console.log(`${name.padEnd(36)} ${size.toFixed(1).padStart(7)} kB${limit ? `  of ${limit}` : ""}`);

line("first load", firstLoad, FIRST_LOAD_LIMIT);
for (const file of shell) line(`  ${file}`, kilobytes(file));
line("  the larger language", words);

const pages = lazy.filter((key) => !isFirst(key)).map((key) => ({ key, size: beyondShell(key) }));
for (const { key, size } of pages) line(key.replace("src/routes/", "+ "), size, PAGE_LIMIT);

if (firstLoad > FIRST_LOAD_LIMIT || pages.some(({ size }) => size > PAGE_LIMIT)) {
  console.error("Too heavy: see the limits above.");
  process.exit(1);
}
