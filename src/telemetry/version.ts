/** The version in package.json. A test compares the two. */
export const VERSION = '2.0.0-rc.0';
