/** A session that a test gave to a browser, and what the browser holds after the app has answered. */
export interface SignIn {
  /** The decoded value of the cookie that the test gave to the browser. */
  readonly given: string;
  /** The decoded value of the session cookie that the browser holds now. */
  readonly now: string;
  /** All cookies that the browser holds now for the app, decoded, by name. */
  readonly cookies: Readonly<Record<string, string>>;
  /** How many requests with the cookie the app has answered. */
  readonly requests: number;
}

/** The reasons why an app does not accept a session that a test wrote, for the error of the test that fails. */
export const OTHER_SECRET =
  'The app signs its cookies with another secret than the test: SESSION_SECRET (the secret option) differs. Give both ' +
  'the same one. Next reads .env.local by itself, and Playwright does not.';

export const OTHER_KEY =
  'The app seals its records with another key than the test: the encryptionKey option differs. Give both the same one, or none. ' +
  'Next reads .env.local by itself, and Playwright does not.';

export function otherName(name: string, appName: string): string {
  return (
    `The app's session cookie is named "${appName}", and that of the test "${name}". ` +
    "Pass the app's session to sessionFixtures, or its name."
  );
}
