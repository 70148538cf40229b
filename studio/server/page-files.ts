/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
}

/**
 * The files of the page, by their path. The build makes them of `studio/page`, and puts them in the place of this module
 * (`scripts/build.mjs`). Without a build there is only a page that says so.
 */
export const PAGE_FILES: Readonly<Record<string, PageFile>> = {
  '/': { type: 'text/html; charset=utf-8', body: '<!doctype html><title>Session Studio</title>Not built.' },
};
