/**
 * Returns whether a page of another origin made the browser send this request. Requests that are not from a browser
 * carry no visitor's cookie.
 */
export function isCrossOrigin({ headers }: { headers: Headers }): boolean {
  const site = headers.get('sec-fetch-site');
  if (site) return site !== 'same-origin';
  // Browsers leave that out on plain http, except on localhost, and Safari did before 16.4.
  // They send Origin with each POST.
  const origin = headers.get('origin');
  return origin !== null && origin.replace(/^https?:\/\//, '') !== headers.get('host');
}
