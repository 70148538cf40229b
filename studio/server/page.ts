import type { ServerResponse } from 'node:http';

/** The page asks this server alone, runs what this server sends alone, and stands in no frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly body: string;
}

/** The files of the page, by their path. */
const ASSETS: Readonly<Record<string, Asset>> = {
  '/': {
    type: 'text/html; charset=utf-8',
    body: '<!doctype html><html lang="en"><meta charset="utf-8"><title>Session Studio</title><h1>Session Studio</h1></html>',
  },
};

/** Answers with a file of the page. Returns false if there is none of that path. */
export function servePage(path: string, response: ServerResponse): boolean {
  if (!Object.hasOwn(ASSETS, path)) return false;
  const { type, body } = ASSETS[path] as Asset;
  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy': POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
  return true;
}
