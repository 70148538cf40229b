import { FaultRules } from '../faults/fault-rules.js';
import { StudioClock } from '../faults/studio-clock.js';
import { AppAddress } from '../requests/app-address.js';
import { RequestObserver } from '../requests/request-observer.js';
import { CookieReplacements } from '../sessions/cookie-replacements.js';
import { Handles } from '../sessions/handles.js';
import { KnownSessions } from '../sessions/known-sessions.js';
import { OpenLinks } from '../sessions/open-links.js';
import { SessionInspector } from '../sessions/session-inspector.js';
import { SessionModules } from '../sessions/session-modules.js';

/** What the studio of a process knows and does. Its page reaches it over HTTP. */
export class Studio {
  readonly modules = new SessionModules();
  readonly sessions = new KnownSessions(new Handles());
  readonly faults = new FaultRules();
  readonly clock = new StudioClock();
  readonly replacements = new CookieReplacements();
  readonly links = new OpenLinks();
  readonly address = new AppAddress();
  readonly observer = new RequestObserver(this);
  readonly inspector = new SessionInspector(this.modules, this.sessions, this.replacements, this.clock);
}
