import type { ServerResponse } from 'node:http';
import { PAGE_FILES, type PageFile } from './page-files.js';

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

/** Answers with a file of the page. Returns false if that does not exist. */
export function sendPage(path: string, response: ServerResponse): boolean {
  if (!Object.hasOwn(PAGE_FILES, path)) return false;
  const { type, body } = PAGE_FILES[path] as PageFile;
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
