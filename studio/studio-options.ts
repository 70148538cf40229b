import { SessionError } from '../src/lib/errors.js';
import { refuseUnknown } from '../src/lib/unknown-option.js';

/** Options of `startSessionStudio`. */
export interface StudioOptions {
  /**
   * The port of the page. The first call in a process decides.
   * @default 5577, or a free one if that is taken
   */
  readonly port?: number | undefined;
  /**
   * Where your browser has the app, such as `https://app.test`: "Open the app as this session" leads there. Needed if that is not
   * `localhost`, or if the app has a `basePath`.
   * @default where the last request on `localhost`, 127.0.0.1 or [::1] found the app
   */
  readonly appUrl?: string | undefined;
}

const MAX_PORT = 65_535;

/** @throws ERR_SESSION_OPTIONS for an option that does not exist or has a wrong value. */
export function checkStudioOptions(options: StudioOptions): void {
  refuseUnknown('startSessionStudio', options, ['port', 'appUrl'], {});
  const { port = 0, appUrl = 'http://localhost' } = options;
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw invalid('port', `give a number from 0, which takes a free one, to ${MAX_PORT}`);
  }
  if (typeof appUrl !== 'string' || !isAddress(appUrl)) {
    throw invalid('appUrl', 'give an address that begins with http:// or https://, such as https://app.test');
  }
}

function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function invalid(option: keyof StudioOptions, fix: string): SessionError {
  return new SessionError('ERR_SESSION_OPTIONS', `startSessionStudio option ${option}: ${fix}.`);
}
