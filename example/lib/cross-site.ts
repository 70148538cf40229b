/**
 * Whether another site's page made the browser send this request. Next checks this for Server Actions, but not
 * for Route Handlers and API routes. Browsers say it themselves; other clients carry nobody's cookies.
 */
export function isCrossSite(secFetchSite: string | null | undefined): boolean {
  return secFetchSite === 'cross-site' || secFetchSite === 'same-site';
}
